"""Samples of the prior (lecture, part B5): a grid by seed, and how many of it a classifier takes for a digit."""

import functools

import numpy as np
import torch

from demos.kit import checks, networks
from demos.kit.encoding import grey
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.ledger.handlers import measured_of
from training.measures import judge as judging
from training.store import analysis

JUDGES = {"digits": "cnn-digits", "fashion": "cnn-fashion"}  # classifiers that were trained on the real pictures


@functools.lru_cache(maxsize=2)
def real_pictures(dataset: str) -> tuple[torch.Tensor, torch.Tensor] | None:
    """The judge's features (2000, 96) of real pictures and the radius (2000,) of each; None where unmeasured."""
    if not analysis.exists("generation", "npz") or dataset not in analysis.arrays("generation"):
        return None
    features = torch.from_numpy(analysis.arrays("generation")[dataset].astype(np.float32)).to(networks.device())
    return features, judging.radii(features)


@torch.inference_mode()
def judged(pictures: np.ndarray, dataset: str = "digits") -> dict | None:
    """What the judge of `dataset` says of pictures (N, 28, 28); None where there is no such checkpoint.

    "share" of which it is sure, "histogram" of the classes it sees, share "among" the real pictures in its features and
    which ones are ("inside", base64 of N zeros and ones); "among" is null where the real features are missing.
    """
    name = JUDGES[dataset]
    if not networks.available(name):
        return None
    images = torch.from_numpy(np.ascontiguousarray(pictures))[:, None].to(networks.device())
    probabilities, features = judging.read(networks.network(name), images)
    confidence, label = probabilities.max(1)
    real = real_pictures(dataset)
    inside = confidence > judging.SURE if real is None else judging.inside_manifold(features, *real)
    return {
        "name": name,
        "dataset": dataset,
        "share": float((confidence > judging.SURE).float().mean()),
        "histogram": torch.bincount(label, minlength=10).tolist(),
        "among": None if real is None else float(inside.float().mean()),
        "inside": grey(inside),
    }


def grid(
    count: int = 64,
    seed: int = 0,
    networks_shown: list | tuple = ("vae",),
    temperature: float = 1.0,
    judge: bool = True,
) -> dict:
    """The same codes through each of the networks: pictures and, if wanted, what the judge says of the first 256."""
    count = checks.whole(count, "count", 1, codes.MOST_PICTURES)
    temperature = checks.number(temperature, "temperature", 0, 3)
    seed = checks.seed(seed)
    if not isinstance(networks_shown, (list, tuple)) or not 1 <= len(networks_shown) <= 4:
        raise ValueError(f"networks_shown must be a list of 1 to 4 names, not {checks.show(networks_shown)}")
    shown = []
    for name in networks_shown:
        checks.choice(name, "network", codes.autoencoders())
        made = codes.draw(count, seed, name, temperature)
        verdict = judged(made[:256], codes.dataset(name)) if judge else None
        shown.append({"network": name, "pictures": grey(made), "judge": verdict})
    return {"count": count, "judged": judge, "shown": shown}


def props() -> dict:
    """The networks to sample, and what was measured of each at large."""
    measured = {"quality": measured_of("quality"), "real": measured_of("real")}
    return {"networks": codes.named(codes.autoencoders()), **measured, **codes.examples()}


def numbers() -> dict:
    """The shares of real digits and of noise that the classifier is sure of."""
    return {name: percent(measured_of(name).get("digits", {})) for name in ("real", "noise")}


def percent(quality: dict) -> str:
    """The share that the classifier was sure of, in words."""
    return f"{100 * quality['share']:.0f}%" if quality else "an unmeasured share"


ROOM = Room(heavy=(grid,), props=props, numbers=numbers, code=(codes.sample,), endpoints={"sample": codes.sample})
