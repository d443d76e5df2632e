"""The ELBO's ledger of one picture (lecture, part B2): the cost of each pixel and of each dimension, in nats."""

import numpy as np
import torch
import torch.nn.functional as F

from demos.kit import checks, networks
from demos.kit.encoding import floats, grey
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.sources import resolve
from training import train_vae
from training.data.strokes import example_strokes, rasterise, to_mnist
from training.models.vae import kl_per_dimension, negative_elbo, reparameterise
from training.store import analysis

MOST_DRAWS = 256  # of epsilon, in one batch
FEWEST_FOR_SPREAD = 16
WEIGHTED = 50  # draws of the importance-weighted bound
EXAMPLE = 7  # the digit that the room begins with


def generation() -> dict:
    """What `python -m training.analyse.generation` measured, from weights/analysis/generation.json; {} without it."""
    return analysis.load("generation") if analysis.exists("generation") else {}


def cost(probabilities, picture: np.ndarray) -> float:
    """Cross-entropy of a picture in nats, summed over pixels, when pixel i is called white with probabilities[i]."""
    p, x = np.clip(np.asarray(probabilities, np.float64), 1e-7, 1 - 1e-7), picture.astype(np.float64)
    return float(-(x * np.log(p) + (1 - x) * np.log1p(-p)).sum())


@torch.inference_mode()
def ledger(source: dict, network: str = "vae", seed: int = 0, draws: int = 1) -> dict:
    """The ledger of a drawn, picked or sampled picture over `draws` of eps, beside what simpler answers would cost.

    "reconstruction", "total" and "nats" of each pixel are means over the draws, "spread" the 5th and 95th per cent of
    the totals (of 16 draws or more); "weighted" is the importance-weighted bound (Burda et al. 2016) of WEIGHTED draws.
    """
    net = codes.vae(network)
    draws, generator = checks.whole(draws, "draws", 1, MOST_DRAWS), torch.Generator().manual_seed(checks.seed(seed))
    code, seen = resolve(source, network)
    picture = codes.pictures(net, code[None])[0] if seen is None else seen
    images = codes.batch(picture)
    mu, log_var = net.encode(images)
    z = torch.cat([reparameterise(mu, log_var, generator) for _ in range(draws)])  # the first is the endpoint's
    logits = net.decode(z)
    costs = F.binary_cross_entropy_with_logits(logits, images.expand_as(logits), reduction="none")[:, 0].cpu().double()
    kl = kl_per_dimension(mu, log_var)[0].cpu().double().numpy()
    totals = costs.sum((1, 2)).numpy() + kl.sum()
    found = generation()
    mean_picture = found.get("mean_picture", {}).get(codes.dataset(network))
    return {
        "seen": grey(picture),
        "picture": grey(torch.sigmoid(logits)[0, 0]),
        "nats": floats(costs.mean(0)),
        "kl": kl.tolist(),
        "reconstruction": float(totals.mean() - kl.sum()),
        "total": float(totals.mean()),
        "draws": draws,
        "spread": np.quantile(totals, [0.05, 0.95]).tolist() if draws >= FEWEST_FOR_SPREAD else None,
        "weighted": train_vae.importance_weighted(net, images, WEIGHTED, generator),
        "floor": cost(picture, picture),  # the picture's own entropy: grey pixels are never certain
        "constant": cost(np.full_like(picture, picture.mean()), picture),
        "mean_picture": cost(np.reshape(mean_picture, (28, 28)) / 255, picture) if mean_picture else None,
        "test": found.get("test_nats", {}).get(network),
    }


def percent(share: float) -> str:
    """A share in words."""
    return f"{100 * share:.0f} %" if share in (0, 1) or 0.005 <= share < 0.995 else f"{100 * share:.2f} %"


def cheaper(total: float, test: dict) -> float:
    """The share of the test set that costs more than `total` nats, by the middles of a histogram's bins."""
    counts = np.asarray(test["counts"])
    middles = test["from"] + (np.arange(len(counts)) + 0.5) / len(counts) * (test["to"] - test["from"])
    return float(counts[middles > total].sum() / counts.sum())


def measured_of(what: str) -> dict:
    """One part of what `python -m training.analyse.generation` measured; empty where it was not run."""
    return generation().get(what, {})


def props() -> dict:
    """The variational networks, the example digits and the names of the classes."""
    return {"networks": codes.named(codes.vaes()), "weighted": WEIGHTED, **codes.examples()}


def numbers() -> dict:
    """What an empty page costs the lecture's VAE, how many test digits cost more, what eps does to one digit."""
    if not networks.available("vae"):
        return {}
    empty = ledger({"picture": np.zeros((28, 28), np.float32)}, draws=MOST_DRAWS)
    seven = ledger({"picture": to_mnist(rasterise(example_strokes(EXAMPLE)))}, draws=MOST_DRAWS)
    return {
        "empty": f"{empty['total']:.1f}",
        "empty_low": f"{empty['spread'][0]:.1f}",
        "empty_high": f"{empty['spread'][1]:.1f}",
        "draws": MOST_DRAWS,
        "more": percent(cheaper(empty["total"], empty["test"]["total"])) if empty["test"] else "an unmeasured share",
        "low": f"{seven['spread'][0]:.1f}",
        "high": f"{seven['spread'][1]:.1f}",
        "digit": str(EXAMPLE),
        "bound": f"{seven['weighted']:.1f}",
    }


ROOM = Room(calls=(ledger,), props=props, numbers=numbers, code=(negative_elbo,), endpoints={"elbo": codes.elbo})
