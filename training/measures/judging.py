"""Are generated pictures like real ones? Three answers by a classifier that was trained on the real ones.

Its confidence alone is a poor judge, because a softmax must answer something: it is sure of pure noise, too. So its
features are compared: the Frechet distance (Heusel et al., "GANs trained by a two time-scale update rule", 2017, there
with Inception's features) of all of them, and for every picture whether it lies among the real ones (Kynkaanniemi et
al., "Improved precision and recall metric for assessing generative models", 2019).
"""

import torch
from torch import Tensor, nn

SURE = 0.9  # a picture counts as recognised above this confidence
NEIGHBOURS = 3  # a real picture's own region reaches to its third neighbour
BATCH = 500


@torch.inference_mode()
def judge(classifier: nn.Module, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Pictures (N, 1, 28, 28) -> probabilities (N, 10) and features (N, 96), the last convolution's means."""
    maps = [classifier.features(part) for part in pictures.split(BATCH)]
    probabilities = torch.cat([classifier.head(part) for part in maps]).softmax(1)
    return probabilities, torch.cat([part.unflatten(1, (-1, 49)).mean(2) for part in maps])


def frechet(first: Tensor, second: Tensor) -> float:
    """Frechet distance of two Gaussians fitted to features (N, d) and (M, d).

    |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2)); the trace of the root is the sum of the roots of S1 S2's eigenvalues.
    """
    first, second = first.double(), second.double()
    covariances = torch.cov(first.T), torch.cov(second.T)
    roots = torch.linalg.eigvals(covariances[0] @ covariances[1]).real.clamp(min=0).sqrt().sum()
    distance = (first.mean(0) - second.mean(0)).square().sum() + covariances[0].trace() + covariances[1].trace()
    return float(distance - 2 * roots)


def radii(real: Tensor) -> Tensor:
    """How far each of the real features (M, d) reaches: the distance to its third neighbour, (M,)."""
    return torch.cat([torch.cdist(part, real).kthvalue(NEIGHBOURS + 1, 1).values for part in real.split(BATCH)])


def among(features: Tensor, real: Tensor, reach: Tensor) -> Tensor:
    """Which of the features (N, d) lie within reach (M,) of one of the real ones (M, d): (N,) bool."""
    return torch.cat([(torch.cdist(part, real) <= reach).any(1) for part in features.split(BATCH)])
