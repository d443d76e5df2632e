"""Beyond the lecture: a small U-Net (Ronneberger et al., 2015), the denoiser without a bottleneck.

An autoencoder squeezes the whole picture through one code and draws it anew; a U-Net keeps, by its skip connections,
the fine detail of what it saw. Train it: `python -m training.train_unet`.
"""

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn


def two_convolutions(inputs: int, outputs: int) -> nn.Sequential:
    """(B, inputs, H, W) -> (B, outputs, H, W): two 3 x 3 convolutions, each with a SiLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1), nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1), nn.SiLU()
    )


class UNet(nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["denoising", "mnist"]):
    """Three scales (28, 14, 7), skips between them; returns logits of the clean picture."""

    def __init__(self, width: int = 12, middle: int = 96):
        super().__init__()
        self.width, self.middle = width, middle
        fine, half = width, 3 * width
        self.fine = two_convolutions(1, fine)  # (B, 12, 28, 28)
        self.to_half = nn.Conv2d(fine, half, 4, stride=2, padding=1)  # (B, 36, 14, 14)
        self.half = two_convolutions(half, half)
        self.to_middle = nn.Conv2d(half, middle, 4, stride=2, padding=1)  # (B, 96, 7, 7)
        self.bottom = nn.Sequential(two_convolutions(middle, middle), two_convolutions(middle, middle))
        self.from_middle = nn.ConvTranspose2d(middle, half, 2, stride=2)  # (B, 36, 14, 14)
        self.half_up = two_convolutions(2 * half, half)
        self.from_half = nn.ConvTranspose2d(half, fine, 2, stride=2)  # (B, 12, 28, 28)
        self.fine_up = two_convolutions(2 * fine, fine)
        self.to_logits = nn.Conv2d(fine, 1, 1)  # (B, 1, 28, 28)

    def forward(self, images: Tensor) -> Tensor:
        """Noisy pictures (B, 1, 28, 28) in [0, 1] -> logits (B, 1, 28, 28) of the clean ones."""
        fine = self.fine(images)
        half = self.half(self.to_half(fine))
        bottom = self.bottom(self.to_middle(half))
        half = self.half_up(torch.cat([self.from_middle(bottom), half], 1))
        fine = self.fine_up(torch.cat([self.from_half(half), fine], 1))
        return self.to_logits(fine)
