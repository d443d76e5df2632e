"""What a classifier of real pictures says of decoded ones: how sure it is, of what, and whether real ones lie near.

A softmax must answer something and is sure of pure noise, too; so its features are asked as well
(training/measures/judge.py). Everything is None where the classifier is not among the checkpoints.
"""

import functools

import numpy as np
import torch

from demos.kit import networks
from training import checkpoints
from training.measures import judge as judging
from training.store import analysis

KIND = "cnn"


def name_of(dataset: str) -> str | None:
    """The checkpoint that was trained to tell the classes of `dataset` ("digits", "fashion") apart; or None."""
    found = sorted((one.yours, one.name) for one in checkpoints.all() if one.kind == KIND and one.dataset == dataset)
    return next((name for _, name in found if networks.available(name)), None)


def accuracy(dataset: str) -> dict | None:
    """How the judge is judged: {"right", "pictures"} of real test pictures that it reads; None where unmeasured."""
    name = name_of(dataset)
    test = checkpoints.describe(name).test if name else {}
    return {"right": test["accuracy"], "pictures": test.get("pictures", 10_000)} if "accuracy" in test else None


@functools.lru_cache(maxsize=2)
def real_pictures(dataset: str) -> tuple[torch.Tensor, torch.Tensor] | None:
    """The judge's features (2000, 96) of real pictures and the radius (2000,) of each; None where unmeasured."""
    if not analysis.exists("generation", "npz") or dataset not in analysis.arrays("generation"):
        return None
    features = torch.from_numpy(analysis.arrays("generation")[dataset].astype(np.float32)).to(networks.device())
    return features, judging.radii(features)


@torch.inference_mode()
def read(pictures: np.ndarray, dataset: str) -> dict[str, np.ndarray] | None:
    """Pictures (N, 28, 28) in [0, 1] -> "confidence" (N,) and "class" (N,); None without a judge.

    Where real features are stored, "near" (N,), too: whether a picture lies among the real ones in these features.
    """
    name = name_of(dataset)
    if name is None:
        return None
    images = torch.from_numpy(np.ascontiguousarray(pictures, np.float32))[:, None].to(networks.device())
    probabilities, features = judging.read(networks.network(name), images)
    confidence, label = probabilities.max(1)
    answer = {"confidence": confidence, "class": label}
    if (real := real_pictures(dataset)) is not None:
        answer["near"] = judging.inside_manifold(features, *real)
    return {key: value.cpu().numpy() for key, value in answer.items()}


def measured(part: str) -> dict:
    """One part of what `python -m training.analyse.decoded` measured of decoded pictures; {} where it was not run."""
    return analysis.load("decoded").get(part, {}) if analysis.exists("decoded") else {}


def in_words(found: dict | None) -> str:
    """A measured share with its 95 per cent interval: "78% (77 to 80)"."""
    if not found:
        return "an unmeasured share"
    low, high = (f"{100 * end:.0f}" for end in found["interval"])
    return f"{100 * found['share']:.0f}% ({low} to {high})"
