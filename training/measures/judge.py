"""Is a generated picture a digit? Answers by a classifier that was trained on the real ones.

Its confidence alone is a poor judge, because a softmax must answer something: it is sure of pure noise, too. So its
features are compared: the Frechet distance (Heusel et al., "GANs trained by a two time-scale update rule", 2017, there
with Inception's features) of all of them, and for every picture whether it lies inside the manifold of the real ones
(Kynkaanniemi et al., "Improved precision and recall metric for assessing generative models", 2019): nearer to one of
them than that one's third neighbour.
"""

import torch
from torch import Tensor

from training.models import Network

CLASSIFIERS = {"digits": "cnn-digits", "fashion": "cnn-fashion"}  # the checkpoints that judge, by data set
SURE = 0.9  # how sure the classifier has to be of its best class
NEIGHBOURS = 3  # the region of a real picture extends to its third neighbour
BATCH = 500


# ---- by the means of the last maps: (N, 96) --------------------------------------------------------------------------


@torch.inference_mode()
def read(classifier: Network, pictures: Tensor) -> tuple[Tensor, Tensor]:
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
    """The distance of each of the real features (M, d) to its third neighbour: (M,)."""
    return torch.cat([torch.cdist(part, real).kthvalue(NEIGHBOURS + 1, 1).values for part in real.split(BATCH)])


def inside_manifold(features: Tensor, real: Tensor, radius: Tensor) -> Tensor:
    """Which of the features (N, d) lie within `radius` (M,) of one of the real ones (M, d): (N,) bool."""
    return torch.cat([(torch.cdist(part, real) <= radius).any(1) for part in features.split(BATCH)])


# ---- by all features on their main axes: (N, 4704) -> (N, 32) --------------------------------------------------------


def manifold(features: Tensor, dimensions: int = 32) -> dict[str, Tensor]:
    """Where real pictures lie in a classifier's features (N, f): places on their main axes, and for each a radius."""
    mean = features.mean(0)
    _, _, axes = torch.linalg.svd(features - mean, full_matrices=False)
    places = (features - mean) @ axes[:dimensions].T
    nearest = torch.cdist(places, places).topk(NEIGHBOURS + 1, largest=False).values  # the first is itself
    return {"mean": mean, "axes": axes[:dimensions], "places": places, "radii": nearest[:, -1]}


def out_of_distribution(features: Tensor, real: dict[str, Tensor]) -> Tensor:
    """Features (B, f) -> (B,): the least distance to a real picture, in units of its radius; up to 1 is inside."""
    places = (features - real["mean"]) @ real["axes"].T
    return (torch.cdist(places, real["places"]) / real["radii"]).amin(1)


def verdict(
    classifier: Network, pictures: Tensor, real: dict[str, Tensor] | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures (B, 1, 28, 28) -> highest probability, its class, and how far out of distribution each is, each (B,).

    Without `real`, or for a classifier without features, no picture is out of distribution.
    """
    if real is None or not hasattr(classifier, "features"):
        best, which = torch.softmax(classifier(pictures), 1).max(1)
        return best, which, torch.zeros_like(best)
    features = classifier.features(pictures)
    best, which = torch.softmax(classifier.head(features), 1).max(1)
    return best, which, out_of_distribution(features, real)


def is_digit(best: Tensor, outside: Tensor) -> Tensor:
    """True where the classifier is sure, and the picture lies inside the manifold of real ones."""
    return (best >= SURE) & (outside <= 1)
