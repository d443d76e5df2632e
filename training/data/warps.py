"""Random warps of training pictures, so that a classifier also reads digits that are drawn by hand on a screen."""

import torch
import torch.nn.functional as F
from torch import Tensor


def warp(
    images: Tensor,
    generator: torch.Generator,
    turn: float = 0.2,
    shear: float = 0.2,
    scale: float = 0.12,
    shift: float = 0.08,
    bend: float = 0.04,
) -> Tensor:
    """Turn, shear, stretch, shift and smoothly bend each picture (B, 1, 28, 28) in its own way; same shape.

    `turn` in radians, `shear` and `scale` as shares, `shift` and `bend` in half picture widths: the standard deviation
    of the bend, the half ranges of the others.
    """
    count, device = len(images), images.device

    def between(half_range: float) -> Tensor:
        return (2 * torch.rand(count, generator=generator, device=device) - 1) * half_range

    angle, slant = between(turn), between(shear)
    wide, high = 1 + between(scale), 1 + between(scale)
    cos, sin = angle.cos(), angle.sin()
    rows = [
        cos * wide,
        (slant * cos - sin) * high,
        between(shift),
        sin * wide,
        (slant * sin + cos) * high,
        between(shift),
    ]
    theta = torch.stack(rows, 1).view(-1, 2, 3)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)  # (B, 28, 28, 2)
    if bend:
        waves = bend * torch.randn(count, 2, 5, 5, generator=generator, device=device)
        bends = F.interpolate(waves, images.shape[-2:], mode="bicubic", align_corners=True)
        grid = grid + bends.permute(0, 2, 3, 1)
    return F.grid_sample(images, grid, align_corners=False)


def vary_stroke(images: Tensor, generator: torch.Generator, most: float = 0.7) -> Tensor:
    """Thicker or thinner strokes: each picture mixed with its 3 x 3 dilation or erosion, up to the share `most`."""
    share = (2 * torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device) - 1) * most
    thick = F.max_pool2d(images, 3, stride=1, padding=1)
    thin = -F.max_pool2d(-images, 3, stride=1, padding=1)
    return torch.where(share > 0, images + share * (thick - images), images + share * (images - thin)).clamp(0, 1)
