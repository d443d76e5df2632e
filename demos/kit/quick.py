"""Convolutions of one picture or two, as in a live event: on a CPU without what many pictures need.

Torch hands most convolutions to oneDNN, whose preparations cost as much as the sums of a single small picture. Torch's
own way, one matrix product, takes half the time in ConvAutoencoder, four fifths in the deep networks and the judge, and
little less in ConvVAE and the U-Net (`python -m tests.forward` prints the ratios). With three pictures it is slower in
the U-Net, with eight in the deep networks and the judge, too.
"""

import torch
from torch import Tensor, nn

from training.models import Network

FEW = 2  # pictures; with so many it is slower in none of them
aten = torch.ops.aten


class QuickConv2d(nn.Conv2d):
    """nn.Conv2d without groups: the same function."""

    def forward(self, input: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H', W')."""
        if len(input) > FEW:
            return super().forward(input)
        return aten.thnn_conv2d(input, self.weight, self.kernel_size, self.bias, self.stride, self.padding)


class QuickConvTranspose2d(nn.ConvTranspose2d):
    """nn.ConvTranspose2d without groups: the same function, its size left to `output_padding`."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H', W')."""
        if len(input) > FEW or output_size is not None:
            return super().forward(input, output_size)
        own = self.kernel_size, self.bias, self.stride, self.padding, self.output_padding
        return aten.slow_conv_transpose2d(input, self.weight, *own)


class QuickSequential(nn.Sequential):
    """nn.Sequential that asks its layers directly: no hooks, which nobody sets here."""

    def forward(self, input: Tensor) -> Tensor:
        """What the last layer makes of it."""
        for layer in self._modules.values():
            input = layer.forward(input)  # pyright: ignore[reportOptionalMemberAccess] none is None
        return input


QUICK = {nn.Conv2d: QuickConv2d, nn.ConvTranspose2d: QuickConvTranspose2d}


def quick(network: Network) -> Network:
    """The same network with quick convolutions, its weights channels last but where a picture has one channel."""
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] torch forgot it
    for layer in network.modules():
        if type(layer) is nn.Sequential:
            layer.__class__ = QuickSequential
        elif type(layer) in QUICK and _plain(layer):
            layer.__class__ = QUICK[type(layer)]
            if 1 in (layer.in_channels, layer.out_channels):
                layer.weight.data = layer.weight.clone(memory_format=torch.contiguous_format)
    return network


def _plain(layer: nn.Conv2d | nn.ConvTranspose2d) -> bool:
    """Whether torch's own way can do what this convolution does."""
    padded = layer.padding_mode == "zeros" and not isinstance(layer.padding, str)
    return padded and layer.groups == 1 and set(layer.dilation) == {1}
