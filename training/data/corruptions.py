"""Six ways to corrupt a picture: what a denoising network may be asked to undo (lecture, part A5, and beyond).

Every corruption takes pictures (B, 1, H, W) in [0, 1] and returns the same shape in [0, 1]; `strength` runs from 0
(nothing happens) to 1 for all of them, and the same generator gives the same noise.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from training.models.noise import add_gaussian_noise

Generator = torch.Generator | None


def salt_and_pepper(images: Tensor, strength: float, generator: Generator = None) -> Tensor:
    """A share `strength` of the pixels is replaced: half of them by 1 (salt), half by 0 (pepper)."""
    chance = _uniform(images, generator)
    salted = torch.where(chance < strength / 2, 1.0, images)
    return torch.where((chance >= strength / 2) & (chance < strength), 0.0, salted)


def missing_pixels(images: Tensor, strength: float, generator: Generator = None) -> Tensor:
    """A share `strength` of the pixels, each drawn by itself, is set to 0."""
    return torch.where(_uniform(images, generator) < strength, 0.0, images)


def missing_patch(images: Tensor, strength: float, generator: Generator = None) -> Tensor:
    """A square with a share `strength` of the picture's area, somewhere in each picture, is set to 0."""
    count, _, height, width = images.shape
    side = round(math.sqrt(strength * height * width))
    corner = torch.rand(count, 2, generator=generator, device=_device(images, generator)).to(images.device)
    top = (corner[:, 0] * (height - min(side, height) + 1)).long().view(-1, 1, 1, 1)
    left = (corner[:, 1] * (width - min(side, width) + 1)).long().view(-1, 1, 1, 1)
    row = torch.arange(height, device=images.device).view(1, 1, -1, 1)
    column = torch.arange(width, device=images.device).view(1, 1, 1, -1)
    inside = (row >= top) & (row < top + side) & (column >= left) & (column < left + side)
    return images.masked_fill(inside, 0.0)


def blur(images: Tensor, strength: float, generator: Generator = None) -> Tensor:
    """Convolution with a Gaussian of standard deviation 3 * strength pixels. Nothing is random here."""
    return gaussian(images, 3.0 * strength).clamp(0, 1)


def gaussian(images: Tensor, sigma: float) -> Tensor:
    """Convolution of (B, 1, H, W) with a Gaussian of standard deviation `sigma` pixels; zeros lie outside."""
    if sigma < 0.05:
        return images.clone()
    reach = math.ceil(3 * sigma)
    offsets = torch.arange(-reach, reach + 1, dtype=images.dtype, device=images.device)
    kernel = torch.exp(-0.5 * (offsets / sigma) ** 2)
    kernel = kernel / kernel.sum()
    rows = F.conv2d(images, kernel.view(1, 1, -1, 1), padding=(reach, 0))
    return F.conv2d(rows, kernel.view(1, 1, 1, -1), padding=(0, reach))


def poisson(images: Tensor, strength: float, generator: Generator = None) -> Tensor:
    """Counted electrons: Poisson(dose * x) / dose, clamped to [0, 1], with the dose of `dose(strength)`.

    A detector counts whole electrons. A white pixel expects `dose` of them and scatters by sqrt(dose), that is by
    `strength` in units of white; a black pixel receives none and stays black.
    """
    if strength == 0:
        return images.clone()
    electrons = dose(strength)
    expected = (images * electrons).to(_device(images, generator))
    return (torch.poisson(expected, generator=generator) / electrons).to(images.device).clamp(0, 1)


def dose(strength: float) -> float:
    """Electrons that a white pixel expects so that its counts scatter by `strength`: 1 / strength^2."""
    return 1 / strength**2 if strength else math.inf


KINDS = {
    "gaussian": add_gaussian_noise,
    "salt-and-pepper": salt_and_pepper,
    "missing-pixels": missing_pixels,
    "missing-patch": missing_patch,
    "blur": blur,
    "poisson": poisson,
}


def corrupt(images: Tensor, kind: str, strength: float, generator: Generator = None) -> Tensor:
    """Corrupt `images` (B, 1, H, W) with the corruption `kind` (a key of KINDS) at `strength` in [0, 1]."""
    if kind not in KINDS:
        raise ValueError(f"noise kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if not 0 <= strength <= 1:
        raise ValueError(f"strength must be from 0 to 1, not {strength!r}")
    return KINDS[kind](images, strength, generator)


def _device(images: Tensor, generator: Generator) -> torch.device:
    return images.device if generator is None else generator.device


def _uniform(images: Tensor, generator: Generator) -> Tensor:
    return torch.rand(images.shape, generator=generator, device=_device(images, generator)).to(images)
