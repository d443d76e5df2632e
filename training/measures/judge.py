"""Is a generated picture a digit, and how like real pictures are many of them?

One network answers for digits: the judge (training/models/digit_judge.py) knows "no digit" and was tried on real ones
and on what is none (`python -m training.train_judge`). It reads the class, too: one network speaks of a picture.
Garments have no judge: there the classifier says what it takes a picture for and how sure it is, which proves less,
because a softmax must answer something and may be sure of pure noise.

Many pictures together are compared with real ones by the Frechet distance (Heusel et al., "GANs trained by a two
time-scale update rule", 2017, there with Inception's features) of the classifier's features.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from training.models import DigitJudge, Network

CLASSIFIERS = {"digits": "cnn-digits", "fashion": "cnn-fashion"}  # whose features the Frechet distance compares
READERS = {"digits": "digit-judge", "fashion": "cnn-fashion"}  # who says what a picture is
SURE = 0.9  # how sure a classifier has to be of its best class, where there is no judge
BATCH = 500


class Reading(NamedTuple):
    """What is said of N pictures."""

    accepted: Tensor  # (N,) bool: a digit to the judge; of other data sets: the classifier is sure
    which: Tensor  # (N,) the class
    probability: Tensor  # (N,) of that class among the ten
    distance: Tensor  # (N,) the doubt whether it is of any class, 0 to 1


@torch.inference_mode()
def read(reader: Network, pictures: Tensor) -> Reading:
    """What the judge of digits, or else a classifier, says of pictures (N, 1, 28, 28) in [0, 1]; N may be 0."""
    if len(pictures) <= BATCH:
        return reading(reader, pictures)
    parts = [reading(reader, part) for part in pictures.split(BATCH)]
    return Reading(*(torch.cat(column) for column in zip(*parts, strict=True)))


def reading(reader: Network, pictures: Tensor) -> Reading:
    """As `read`, of one batch."""
    if isinstance(reader, DigitJudge):
        which, probability, distance = reader.judge(pictures)
        return Reading(reader.accepts(which, distance), which, probability, distance)
    shares = reader(pictures).softmax(1)
    probability = shares.amax(1)
    return Reading(probability >= SURE, shares.argmax(1), probability, 1 - probability)


@torch.inference_mode()
def features(classifier: Network, pictures: Tensor) -> Tensor:
    """Pictures (N, 1, 28, 28) -> (N, 96): the means of the classifier's last maps."""
    return torch.cat([classifier.features(part).unflatten(1, (-1, 49)).mean(2) for part in pictures.split(BATCH)])


def frechet(first: Tensor, second: Tensor) -> float:
    """Frechet distance of two Gaussians fitted to features (N, d) and (M, d).

    |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1 S2)^(1/2)); the trace of the root is the sum of the roots of S1 S2's eigenvalues.
    """
    first, second = first.double(), second.double()
    covariances = torch.cov(first.T), torch.cov(second.T)
    roots = torch.linalg.eigvals(covariances[0] @ covariances[1]).real.clamp(min=0).sqrt().sum()
    distance = (first.mean(0) - second.mean(0)).square().sum() + covariances[0].trace() + covariances[1].trace()
    return float(distance - 2 * roots)
