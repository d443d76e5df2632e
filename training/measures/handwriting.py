"""Two measures of handwriting, by moments and by edges: the slant and the stroke width of pictures of digits."""

import torch
from torch import Tensor


def slant(pictures: Tensor) -> Tensor:
    """How far digits (N, 28, 28) lean to the right, in degrees (N,): the shear that their second moments show."""
    weight = pictures / pictures.sum((1, 2), keepdim=True).clamp(min=1e-6)
    side = torch.arange(pictures.shape[1], dtype=pictures.dtype, device=pictures.device)
    y, x = side[:, None], side[None, :]
    dx = x - (weight * x).sum((1, 2))[:, None, None]
    dy = y - (weight * y).sum((1, 2))[:, None, None]
    shear = (weight * dx * dy).sum((1, 2)) / (weight * dy.square()).sum((1, 2)).clamp(min=1e-6)
    return torch.rad2deg(torch.atan(-shear))  # y points down: what leans to the right has a negative shear


def thickness(pictures: Tensor) -> Tensor:
    """Mean stroke width of pictures (N, 28, 28) in pixels (N,): 2 * ink / length of the edges.

    A stroke of length L and width w has ink L w and edges of 2 L; the length of the edges of a grey picture is its
    total variation, the sum of its gradients' lengths.
    """
    across = pictures[:, :-1, 1:] - pictures[:, :-1, :-1]
    down = pictures[:, 1:, :-1] - pictures[:, :-1, :-1]
    edges = (across.square() + down.square()).sqrt().sum((1, 2))
    return 2 * pictures.sum((1, 2)) / edges.clamp(min=1e-6)
