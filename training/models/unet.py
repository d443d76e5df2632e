"""Beyond the lecture: a small U-Net (Ronneberger et al., 2015), the denoiser without a bottleneck.

An autoencoder squeezes the whole picture through one code and draws it anew; a U-Net keeps, by its skip connections,
the fine detail of what it saw. Train it: `python -m training.train_unet`.
"""

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from training.models.residual_vae import ResidualBlock


def two_convolutions(inputs: int, outputs: int) -> nn.Sequential:
    """(B, inputs, H, W) -> (B, outputs, H, W): two 3 x 3 convolutions, each with a SiLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1), nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1), nn.SiLU()
    )


class UNet(nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["denoising", "mnist"]):
    """A U of two scales with a skip across; it returns logits of the clean picture. 0.4 M parameters.

    The first layer folds each 2 x 2 pixels into four channels and the last one unfolds them: nothing is lost, and all
    work is done on grids of 14 x 14 and 7 x 7, where a CPU does it four times faster than on 28 x 28. Most of it is
    done at the bottom, where a 3 x 3 convolution sees 12 x 12 pixels: 27 M multiply-adds a picture in all.
    """

    def __init__(self, width: int = 32, middle: int = 96, blocks: int = 2):
        super().__init__()
        self.width, self.middle, self.blocks = width, middle, blocks
        self.fold = nn.PixelUnshuffle(2)  # (B, 4, 14, 14)
        self.fine = two_convolutions(4, width)  # (B, 32, 14, 14)
        self.down = nn.Conv2d(width, middle, 4, stride=2, padding=1)  # (B, 96, 7, 7)
        self.bottom = nn.Sequential(*(ResidualBlock(middle) for _ in range(blocks)))  # (B, 96, 7, 7)
        self.up = nn.ConvTranspose2d(middle, width, 2, stride=2)  # (B, 32, 14, 14)
        self.fine_up = two_convolutions(2 * width, width)  # (B, 32, 14, 14)
        self.to_logits = nn.Sequential(nn.Conv2d(width, 4, 3, padding=1), nn.PixelShuffle(2))  # (B, 1, 28, 28)

    def forward(self, images: Tensor) -> Tensor:
        """Noisy pictures (B, 1, 28, 28) in [0, 1] -> logits (B, 1, 28, 28) of the clean ones."""
        fine = self.fine(self.fold(images))
        deep = self.up(F.silu(self.bottom(self.down(fine))))
        return self.to_logits(self.fine_up(torch.cat([deep, fine], 1)))
