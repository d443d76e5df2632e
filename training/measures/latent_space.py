"""What a latent space is worth, as numbers: is a code near others, does it come back, how can one sample.

Used by the analyses (`python -m training.analyse.latents`) and by tab 3, so that the page measures live what the
analysis measured at large.
"""

import torch
from torch import Tensor

from training.models import Network


def picture(network: Network, z: Tensor) -> Tensor:
    """Codes (B, k) -> pictures (B, 1, 28, 28) in [0, 1]; a code shorter than the network's is filled with zeros.

    So PCA's 64 components serve as a space of two: the first two are its best plane, the others stay at their mean.
    """
    missing = network.latent_dim - z.shape[1]
    return torch.sigmoid(network.decode(torch.nn.functional.pad(z, (0, missing)) if missing else z))


def spread(codes: Tensor) -> float:
    """The root mean square distance of codes (N, d) from their mean: the unit in which distances are told."""
    return float((codes - codes.mean(0)).square().sum(1).mean().sqrt())


def nearest_code(points: Tensor, codes: Tensor) -> Tensor:
    """The Euclidean distance of each of the points (M, d) to the nearest of the codes (N, d): (M,)."""
    return torch.cdist(points, codes).amin(1)


def return_distance(network: Network, points: Tensor) -> Tensor:
    """|encode(decode(z)) - z| for points (M, d): how far away a decoded picture is re-encoded; zero: they agree."""
    returned = network.code(picture(network, points))[:, : points.shape[1]]
    return (returned - points).norm(dim=1)


def region(codes: Tensor) -> list[float]:
    """[x0, x1, y0, y1] of a square that holds nearly all codes (N, 2), so that distances on a map are true."""
    low, high = (torch.quantile(codes.float(), q, dim=0) for q in (0.002, 0.998))
    (x, y), half = ((low + high) / 2).tolist(), 0.56 * float((high - low).max())
    return [x - half, x + half, y - half, y + half]


def grid(region: list[float], side: int) -> Tensor:
    """The middles (side * side, 2) of the cells that tile `region` [x0, x1, y0, y1], row by row from the top down."""
    x0, x1, y0, y1 = region
    middle = (torch.arange(side) + 0.5) / side
    x, y = x0 + (x1 - x0) * middle, y1 - (y1 - y0) * middle
    return torch.stack([x.repeat(side), y.repeat_interleave(side)], 1)


def straight(first: Tensor, second: Tensor, steps: int) -> Tensor:
    """The points (steps, d) of the straight line between two codes (d,), both included: z(t) = (1 - t) a + t b."""
    t = torch.linspace(0, 1, steps)[:, None]
    return (1 - t) * first + t * second


def draw(mixture: dict, count: int, generator: torch.Generator | None = None) -> Tensor:
    """`count` codes (count, d) from a mixture of Gaussians: choose k by its weight, then z = mean_k + L_k eps.

    mixture: weights (K,), means (K, d), factors (K, d, d), the Cholesky factors L of the covariances. One component
    with mean 0 and L = I is the prior N(0, I).
    """
    weights, means, factors = (torch.as_tensor(mixture[key]).float() for key in ("weights", "means", "factors"))
    chosen = torch.multinomial(weights, count, replacement=True, generator=generator)
    epsilon = torch.randn(count, means.shape[1], generator=generator)
    return means[chosen] + torch.einsum("bij,bj->bi", factors[chosen], epsilon)


def prior(dimensions: int) -> dict:
    """N(0, I) as a mixture of one."""
    return {"weights": torch.ones(1), "means": torch.zeros(1, dimensions), "factors": torch.eye(dimensions)[None]}


def gaussian(codes: Tensor) -> dict:
    """The Gaussian with the mean and covariance of the codes (N, d), as a mixture of one."""
    covariance = torch.cov(codes.double().T) + 1e-6 * torch.eye(codes.shape[1], dtype=torch.float64)
    factor = torch.linalg.cholesky(covariance).float()
    return {"weights": torch.ones(1), "means": codes.mean(0, keepdim=True), "factors": factor[None]}
