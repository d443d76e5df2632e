"""What is said of decoded pictures: of digits by the judge, of garments by the classifier (training/measures/judge.py).

Everything is None where the network that would say it is not among the checkpoints.
"""

import numpy as np
from torch import Tensor, nn

from demos.kit import networks
from training import checkpoints
from training.measures import judge as judging
from training.models import Network
from training.store import analysis

KINDS = {"digits": "judge", "fashion": "cnn"}  # what a checkpoint is that speaks of pictures of this data set
WORDS = {"digits": "digits", "fashion": "sure"}  # what a picture is that it accepts

_found: dict[str, str] = {}  # data set -> checkpoint


def name_of(dataset: str) -> str | None:
    """The checkpoint that says what a picture of `dataset` is, of one's own pictures their classifier; or None.

    Once found it stays: no look at the disk for each stroke.
    """
    if dataset not in _found:
        wanted = KINDS.get(dataset, "cnn"), dataset
        names = sorted((one.yours, one.name) for one in checkpoints.all() if (one.kind, one.dataset) == wanted)
        if there := networks.available(*(name for _, name in names)):
            _found[dataset] = there[0]
    return _found.get(dataset)


def accuracy(dataset: str) -> dict | None:
    """How it is judged itself: {"right", "pictures"} of real test pictures that it reads; None where unmeasured."""
    name = name_of(dataset)
    if name is None or "accuracy" not in checkpoints.describe(name).test:
        return None
    pictures = checkpoints.metrics(name).get("pictures", {}).get("test", 10_000)
    return {"right": checkpoints.describe(name).test["accuracy"], "pictures": pictures}


class Reader(nn.Module):
    """What a network that judges says of pictures (N, 1, 28, 28)."""

    def __init__(self, network: Network):
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """The parts of its Reading."""
        return tuple(judging.reading(self.network, images))


def read(pictures: np.ndarray, dataset: str) -> dict[str, np.ndarray] | None:
    """Pictures (N, 28, 28) in [0, 1] -> "accepted" (N,) bool, "class" (N,) and its "confidence" (N,); None without it.

    Accepted is what the judge takes for a digit, or of garments what the classifier is sure of.
    """
    name = name_of(dataset)
    if name is None:
        return None
    images, reader = np.asarray(pictures)[:, None], networks.traced(Reader, networks.network(name))
    parts = [reader(images[at : at + judging.BATCH]) for at in range(0, max(len(images), 1), judging.BATCH)]
    accepted, which, probability, _ = (np.concatenate(part) for part in zip(*parts, strict=True))
    return {"accepted": accepted, "class": which, "confidence": probability}


def measured(part: str) -> dict:
    """One part of what `python -m training.analyse.decoded` measured of decoded pictures; {} where it was not run."""
    return analysis.load("decoded").get(part, {}) if analysis.exists("decoded") else {}


def in_words(found: dict | None) -> str:
    """A measured share with its 95 per cent interval: "78 % (77 to 80)"."""
    if not found:
        return "an unmeasured share"
    low, high = (f"{100 * end:.0f}" for end in found["interval"])
    return f"{100 * found['share']:.0f} % ({low} to {high})"
