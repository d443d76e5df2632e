"""What is said of decoded pictures: of digits by the judge, of garments by the classifier (training/measures/judge.py).

Everything is None where the network that would say it is not among the checkpoints.
"""

import numpy as np
import torch

from demos.kit import networks
from training import checkpoints
from training.measures import judge as judging
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


def read(pictures: np.ndarray, dataset: str) -> dict[str, np.ndarray] | None:
    """Pictures (N, 28, 28) in [0, 1] -> "accepted" (N,) bool, "class" (N,) and its "confidence" (N,); None without it.

    Accepted is what the judge takes for a digit, or of garments what the classifier is sure of.
    """
    name = name_of(dataset)
    if name is None:
        return None
    images = torch.from_numpy(np.ascontiguousarray(pictures, np.float32))[:, None].to(networks.device())
    seen = judging.read(networks.network(name), images)
    answer = {"accepted": seen.accepted, "class": seen.which, "confidence": seen.probability}
    return {key: value.cpu().numpy() for key, value in answer.items()}


def measured(part: str) -> dict:
    """One part of what `python -m training.analyse.decoded` measured of decoded pictures; {} where it was not run."""
    return analysis.load("decoded").get(part, {}) if analysis.exists("decoded") else {}


def in_words(found: dict | None) -> str:
    """A measured share with its 95 per cent interval: "78 % (77 to 80)"."""
    if not found:
        return "an unmeasured share"
    low, high = (f"{100 * end:.0f}" for end in found["interval"])
    return f"{100 * found['share']:.0f} % ({low} to {high})"
