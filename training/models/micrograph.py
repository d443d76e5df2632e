"""A small denoiser for micrographs: an autoencoder of patches, convolutional through and through.

    32 x 32 pixels -> 16 x 16 -> 8 x 8 with 32 numbers each -> 16 x 16 -> 32 x 32

The same idea as the denoising autoencoder of the digits: noisy in, compared with the clean picture. It is trained on
simulated micrographs alone: `python -m training.train_micrograph`.
"""

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

PATCH = 32  # pixels along a patch
STRIDE = 16  # neighbouring patches overlap by half


class MicrographDenoiser(
    nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["denoising", "electron-microscopy"]
):
    """Counted electrons (per dose) in, logits of the clean image out; under 50,000 parameters."""

    def __init__(self, width: int = 32):
        super().__init__()
        self.width = width
        self.encoder = nn.Sequential(  # (B, 1, 32, 32)
            nn.Conv2d(1, 16, 5, stride=2, padding=2),  # (B, 16, 16, 16)
            nn.ReLU(),
            nn.Conv2d(16, width, 3, stride=2, padding=1),  # (B, 32, 8, 8)
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1),  # (B, 32, 8, 8), each number now sees 33 pixels around it
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1),
        )
        self.decoder = nn.Sequential(  # (B, 32, 8, 8)
            nn.ConvTranspose2d(width, 16, 4, stride=2, padding=1),  # (B, 16, 16, 16)
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1),  # (B, 1, 32, 32)
        )

    def encode(self, images: Tensor) -> Tensor:
        """(B, 1, H, W), counts per dose, sides a multiple of 4 -> (B, width, H/4, W/4)."""
        return self.encoder(images.sqrt())  # the root of a Poisson count scatters alike at every brightness

    def decode(self, z: Tensor) -> Tensor:
        """(B, width, H/4, W/4) -> logits (B, 1, H, W)."""
        return self.decoder(z)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, H, W), counts per dose, sides a multiple of 4 -> logits (B, 1, H, W) of the clean image."""
        return self.decode(self.encode(images))


def denoise_by_patches(network: nn.Module, image: Tensor) -> Tensor:
    """A whole image (H, W), sides a multiple of STRIDE, patch by patch -> the clean image (H, W) in [0, 1].

    The patches overlap by half, and each counts most in its middle (a Hann window), so that no seam is seen.
    """
    height, width = image.shape
    edge = STRIDE  # so that every pixel lies in the middle of some patch
    padded = nn.functional.pad(image[None, None], (edge,) * 4, mode="reflect")
    patches = nn.functional.unfold(padded, PATCH, stride=STRIDE)  # (1, PATCH^2, count)
    count = patches.shape[-1]
    made = torch.sigmoid(network(patches[0].T.reshape(count, 1, PATCH, PATCH)))
    window = torch.hann_window(PATCH, periodic=False, device=image.device).outer(
        torch.hann_window(PATCH, periodic=False, device=image.device)
    )
    weighted = (made * window).reshape(1, count, -1).transpose(1, 2)
    weights = window.reshape(1, -1, 1).expand(1, -1, count)
    size = (height + 2 * edge, width + 2 * edge)
    total = nn.functional.fold(weighted, size, PATCH, stride=STRIDE)
    share = nn.functional.fold(weights, size, PATCH, stride=STRIDE)
    return (total / share.clamp_min(1e-6))[0, 0, edge:-edge, edge:-edge]
