"""A simulated atomic-resolution electron micrograph: columns of atoms, vacancies, counted electrons.

Each column of atoms scatters electrons into a bright spot, here a Gaussian (as in annular dark field images); a
missing column is a vacancy. The detector counts electrons, so each pixel is a Poisson number whose mean is the dose.
"""

import functools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

LATTICES = ("square", "hexagonal")
BLURS = (0.0, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)  # standard deviations tried, in pixels
VACANT = 0.5  # a site darker than this share of a full column counts as a vacancy


@dataclass
class Specimen:
    """What lies under the beam; lengths in pixels."""

    lattice: str = "hexagonal"  # or square
    spacing: float = 11.0  # distance of neighbouring columns
    width: float = 2.2  # standard deviation of a column's spot
    angle: float = 15.0  # of the lattice, in degrees
    vacancies: float = 0.04  # share of the columns that are missing
    background: float = 0.08  # brightness between the columns, where a column's centre adds 1 - background
    drift: float = 0.25  # standard deviation of each column from its ideal place


def sites(specimen: Specimen, size: int, shift: tuple[float, float] = (0.0, 0.0)) -> Tensor:
    """The ideal places (N, 2), as (x, y), of all columns in and around a field of `size` x `size` pixels."""
    reach = int(1.5 * size / specimen.spacing) + 3
    i, j = torch.meshgrid(torch.arange(-reach, reach + 1.0), torch.arange(-reach, reach + 1.0), indexing="ij")
    if specimen.lattice == "hexagonal":
        x, y = i + 0.5 * j, math.sqrt(0.75) * j
    else:
        x, y = i, j
    angle = math.radians(specimen.angle)
    x, y = (
        specimen.spacing * (math.cos(angle) * x - math.sin(angle) * y) + size / 2 + shift[0],
        specimen.spacing * (math.sin(angle) * x + math.cos(angle) * y) + size / 2 + shift[1],
    )
    margin = 4 * specimen.width
    near = (x > -margin) & (x < size + margin) & (y > -margin) & (y < size + margin)
    return torch.stack([x[near], y[near]], 1)


def simulate(specimen: Specimen, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """The image without noise (size, size) in [0, 1], the ideal sites (N, 2) and which of them are vacant (N,)."""
    shift = torch.rand(2, generator=generator) * specimen.spacing
    places = sites(specimen, size, tuple(shift.tolist()))
    vacant = torch.rand(len(places), generator=generator) < specimen.vacancies
    true = places + specimen.drift * torch.randn(places.shape, generator=generator)
    pixels = torch.arange(size) + 0.5
    spot_x = torch.exp(-0.5 * ((pixels - true[:, :1]) / specimen.width) ** 2)  # (N, size); a Gaussian is a product
    spot_y = torch.exp(-0.5 * ((pixels - true[:, 1:]) / specimen.width) ** 2)
    columns = (spot_y * (~vacant)[:, None]).T @ spot_x
    clean = specimen.background + (1 - specimen.background) * columns
    return clean.clamp(0, 1), places, vacant


def count(clean: Tensor, dose: float | Tensor, generator: torch.Generator) -> Tensor:
    """The counted image: Poisson(dose * clean) / dose, not cut off at 1; `dose` in electrons per white pixel."""
    return torch.poisson(clean * dose, generator=generator) / dose


def best_blur(noisy: Tensor, clean: Tensor) -> tuple[Tensor, float]:
    """The Gaussian blur (H, H) nearest to the clean image, and its sigma: more than one could do without knowing it."""
    matrices = blur_matrices(noisy.shape[-1])
    blurred = matrices @ noisy @ matrices.transpose(1, 2)  # a Gaussian blurs rows and columns apart
    best = int((blurred - clean).square().mean((1, 2)).argmin())
    return blurred[best], BLURS[best]


@functools.cache
def blur_matrices(size: int) -> Tensor:
    """(len(BLURS), size, size): each blurs a column of `size` pixels; beyond its ends it goes on as in a mirror."""
    lines = torch.eye(size)[None, None]  # (1, 1, size, size): blurring unit vectors gives the matrix
    reach = 15
    mirrored = F.pad(lines, (0, 0, reach, reach), mode="reflect")[0, 0]
    offsets = torch.arange(-reach, reach + 1.0)
    matrices = []
    for sigma in BLURS:
        kernel = torch.exp(-0.5 * (offsets / max(sigma, 1e-3)) ** 2)
        kernel = (kernel / kernel.sum()).view(1, 1, -1)
        matrices.append(F.conv1d(mirrored.T[:, None], kernel)[:, 0].T)
    return torch.stack(matrices)


def brightness_at(image: Tensor, places: Tensor) -> Tensor:
    """The mean of the 3 x 3 pixels at each place (N, 2): (N,)."""
    size = image.shape[-1]
    x, y = (places - 0.5).round().long().clamp(1, size - 2).unbind(1)
    return torch.stack([image[y + dy, x + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)]).mean(0)


def vacancies_in(image: Tensor, places: Tensor, background: float = 0.0) -> Tensor:
    """Which sites look vacant: darker than half way from the background to the median column, (N,) of bool."""
    value = brightness_at(image, places)
    return value < background + VACANT * (value.median() - background)


def inside(places: Tensor, size: int, margin: float = 3.0) -> Tensor:
    """Which places (N, 2) lie within the field, at least `margin` pixels from its edge: (N,) of bool."""
    return ((places > margin) & (places < size - margin)).all(1)
