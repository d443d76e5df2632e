"""What a latent space is worth, as numbers: is a decoded picture a digit, is a code near others, does it come back.

Used by the analyses (`python -m training.analyse_latents`) and by tab 3, so that the page measures live what the
analysis measured at large.
"""

import hashlib
import math

import numpy as np
import torch
from torch import Tensor, nn

RECOGNISED = 0.9  # a picture counts as a digit when the classifier gives its best class at least this probability


def flat_code(network: nn.Module, images: Tensor) -> Tensor:
    """(B, 1, 28, 28) in [0, 1] -> codes (B, d): the mean of q(z | x) where the network is variational."""
    code = network.encode(images)
    return code[0] if isinstance(code, tuple) else code


def picture(network: nn.Module, z: Tensor) -> Tensor:
    """Codes (B, k) -> pictures (B, 1, 28, 28) in [0, 1]; a code shorter than the network's is filled with zeros.

    So PCA's 64 components serve as a space of two: the first two are its best plane, the others stay at their mean.
    """
    missing = network.latent_dim - z.shape[1]
    return torch.sigmoid(network.decode(torch.nn.functional.pad(z, (0, missing)) if missing else z))


def confidence(classifier: nn.Module, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Pictures (B, 1, 28, 28) -> the classifier's highest probability (B,) and the class that has it (B,)."""
    probabilities = torch.softmax(classifier(pictures), 1)
    return probabilities.max(1)


def spread(codes: Tensor) -> float:
    """The root mean square distance of codes (N, d) from their mean: the unit in which distances are told."""
    return float((codes - codes.mean(0)).square().sum(1).mean().sqrt())


def nearest_code(points: Tensor, codes: Tensor) -> Tensor:
    """The Euclidean distance of each of the points (M, d) to the nearest of the codes (N, d): (M,)."""
    return torch.cdist(points, codes).amin(1)


def return_distance(network: nn.Module, points: Tensor) -> Tensor:
    """|encode(decode(z)) - z| for points (M, d): how far away a decoded picture is re-encoded; zero: they agree."""
    returned = flat_code(network, picture(network, points))[:, : points.shape[1]]
    return (returned - points).norm(dim=1)


def psnr(mse: float) -> float:
    """Peak signal-to-noise ratio in dB of a mean squared error, for pixels in [0, 1]."""
    return 10 * math.log10(1 / mse) if mse > 0 else math.inf


def keys(images: Tensor) -> np.ndarray:
    """(N, 1, 28, 28) in [0, 1] -> (N,) uint64: the first 8 bytes, big-endian, of sha256 of the 784 grey bytes.

    Whatever is stored per picture is found by this key, never by its position: copies of a data set differ in order.
    """
    grey = (images * 255).round().byte().numpy().reshape(len(images), -1)
    return np.array([int.from_bytes(hashlib.sha256(row.tobytes()).digest()[:8], "big") for row in grey], np.uint64)
