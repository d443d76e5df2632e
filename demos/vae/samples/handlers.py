"""Samples of the prior (lecture, part B5): a grid by seed, and how many of it a classifier takes for a digit."""

import numpy as np
import torch

from demos.kit import checks
from demos.kit.encoding import grey
from demos.kit.room import Room
from demos.vae import codes, judge
from demos.vae.ledger.handlers import measured_of
from demos.vae.sources import latents, with_stored_codes
from training.measures import judge as judging
from training.measures.spread import wilson

JUDGED = 256  # pictures of a grid, at most
FROM = ("prior", "aggregate")


def aggregate(count: int, network: str, seed: int) -> torch.Tensor:
    """Codes (count, d) of the aggregate posterior: a stored test picture at random, then z = mu + sigma * eps.

    The pictures by the seed, the same for every network; a network without a posterior gives the code itself.
    """
    stored, generator = latents(network), np.random.default_rng(seed)
    which = generator.integers(len(stored["classes"]), size=count)
    z = stored["points"][which].astype(np.float32)
    if network in codes.vaes():
        z = z + np.exp(0.5 * stored["log_var"][which]) * generator.standard_normal(z.shape)
    return torch.from_numpy(z.astype(np.float32))


def judged(pictures: np.ndarray, dataset: str = "digits") -> dict | None:
    """What the judge of `dataset` says of pictures (N, 28, 28); None where there is no such checkpoint.

    "share" of which it is sure, "histogram" of the classes it sees, share "among" the real pictures in its features and
    which ones are ("inside", base64 of N zeros and ones), each share with its 95 per cent interval; "among" is null
    where the real features are missing.
    """
    seen = judge.read(pictures, dataset)
    if seen is None:
        return None
    sure = seen["confidence"] > judging.SURE
    inside = seen.get("near", sure)
    return {
        "dataset": dataset,
        "pictures": len(pictures),
        "share": float(sure.mean()),
        "share_interval": wilson(int(sure.sum()), len(sure)),
        "histogram": np.bincount(seen["class"], minlength=10).tolist(),
        "among": float(inside.mean()) if "near" in seen else None,
        "among_interval": wilson(int(inside.sum()), len(inside)) if "near" in seen else None,
        "inside": grey(inside),
    }


def grid(
    count: int = 64,
    seed: int = 0,
    networks_shown: list | tuple = ("vae",),
    temperature: float = 1.0,
    judge: bool = True,
    draw: str = "prior",
) -> dict:
    """The same draws through each of the networks: pictures and, if wanted, what the judge says of the first 256.

    draw: "prior", the same codes from N(0, temperature^2 I), or "aggregate", codes of the same test pictures.
    """
    count = checks.whole(count, "count", 1, codes.MOST_PICTURES)
    temperature = checks.number(temperature, "temperature", 0, 3)
    seed, draw = checks.seed(seed), checks.choice(draw, "draw", FROM)
    if not isinstance(networks_shown, (list, tuple)) or not 1 <= len(networks_shown) <= 4:
        raise ValueError(f"networks_shown must be a list of 1 to 4 names, not {checks.show(networks_shown)}")
    shown = []
    for name in networks_shown:
        net = codes.autoencoder(name)
        if draw == "prior":
            made = codes.draw(count, seed, name, temperature)
        else:
            made = codes.pictures(net, aggregate(count, name, seed))
        verdict = judged(made[:JUDGED], codes.dataset(name)) if judge else None
        shown.append({"network": name, "pictures": grey(made), "judge": verdict})
    return {"count": count, "judged": judge, "shown": shown}


def props() -> dict:
    """The networks to sample, and what was measured of each at large."""
    measured = {"quality": measured_of("quality"), "real": measured_of("real")}
    offered = codes.autoencoders()
    return {
        "networks": codes.named(offered),
        "judges": [dataset for dataset in codes.CLASSES if judge.name_of(dataset)],
        "stored": with_stored_codes(offered),
        **measured,
        **codes.examples(),
    }


def numbers() -> dict:
    """The shares of real digits and of noise that the classifier is sure of."""
    return {name: percent(measured_of(name).get("digits", {})) for name in ("real", "noise")}


def percent(quality: dict) -> str:
    """The share that the classifier was sure of, in words."""
    return f"{100 * quality['share']:.0f}%" if quality else "an unmeasured share"


ROOM = Room(heavy=(grid,), props=props, numbers=numbers, code=(codes.sample,), endpoints={"sample": codes.sample})
