"""Noise for the denoising networks (lecture, part A5: `noisy = clamp(x + 0.3 * N(0, 1), 0, 1)`).

The lecture's own line makes the noise on the CPU although the picture may be on the GPU. Here the noise is drawn
where the generator lives and then moved to the pictures, so the same seed gives the same noise on every device.
"""

import torch
from torch import Tensor


def normal_like(pictures: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Return N(0, 1) numbers with the shape, dtype and device of `pictures`, drawn on the generator's device."""
    device = pictures.device if generator is None else generator.device
    return torch.randn(pictures.shape, generator=generator, device=device).to(pictures)


def add_gaussian_noise(images: Tensor, strength: float | Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Return `clamp(images + strength * N(0, 1), 0, 1)`, same shape as `images`.

    `strength` is a standard deviation in units of the grey range [0, 1]: one number, or a tensor that broadcasts
    against `images` (shape (B, 1, 1, 1): one strength for each picture, as the blind denoiser is trained).
    """
    return (images + strength * normal_like(images, generator)).clamp(0, 1)


def draw_strength(noise: float | str, count: int, generator: torch.Generator | None = None) -> float | Tensor:
    """The strength of the noise of `count` training pictures: `noise` itself, or for "blind" one from U(0, 1) each.

    Returns a number, or a tensor (count, 1, 1, 1) on the generator's device.
    """
    if noise != "blind":
        return float(noise)
    device = "cpu" if generator is None else generator.device
    return torch.rand(count, 1, 1, 1, generator=generator, device=device)


def add_noise(images: Tensor, noise: float | str, generator: torch.Generator | None = None) -> Tensor:
    """The input of a denoising network: `images` with Gaussian noise of standard deviation `noise`; 0 leaves them.

    "blind" draws another strength from U(0, 1) for each picture.
    """
    if not noise:
        return images
    return add_gaussian_noise(images, draw_strength(noise, len(images), generator), generator)
