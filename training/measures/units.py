"""The numbers of a sparse code one by one: how often each fires, and what it draws.

A number fires on a picture when it is above 1% of its own largest value. What it draws is the picture of it alone, at
its mean value when it fires, less the picture of an empty code.
"""

import numpy as np
import torch
from torch import Tensor

from training.models import Network

FIRES = 0.01  # of a number's own largest value
INK = 0.2  # of the strongest change of a drawing: what counts as its ink when its pieces are told apart


def firing(z: Tensor) -> Tensor:
    """Non-negative codes (N, d) -> which numbers fire on which picture: (N, d) bool."""
    return (z > FIRES * z.amax(0)) & (z > 0)


@torch.no_grad()
def drawings(network: Network, z: Tensor) -> Tensor:
    """What each number draws by itself, from the codes (N, d) of many pictures: (d, 28, 28) in [-1, 1]."""
    fires = firing(z)
    size = (z * fires).sum(0) / fires.sum(0).clamp(min=1)
    alone = torch.sigmoid(network.decode(torch.diag(size)))
    return (alone - torch.sigmoid(network.decode(torch.zeros_like(size)[None])))[:, 0]


def largest_piece(pictures: Tensor) -> Tensor:
    """Drawings (d, 28, 28) -> the share of each one's energy that lies in its largest connected piece: (d,), 0 to 1."""
    from scipy import ndimage

    shares = []
    for picture in pictures.cpu().numpy():
        energy, size = np.square(picture), np.abs(picture)
        pieces = np.zeros(picture.shape, np.int32)
        ndimage.label(size > INK * size.max(), np.ones((3, 3)), pieces)
        found = ndimage.sum_labels(energy, pieces, np.arange(1, pieces.max() + 1)) if pieces.any() else [0.0]
        shares.append(float(np.max(found) / max(energy.sum(), 1e-12)))
    return torch.tensor(shares)
