"""The ELBO's ledger of one picture (lecture, part B2): the cost of each pixel and of each dimension, in nats."""

import numpy as np
import torch
import torch.nn.functional as F

from demos.kit import checks
from demos.kit.encoding import floats, grey
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.sources import resolve
from training.models.vae import kl_per_dimension, negative_elbo, reparameterise
from training.store import analysis


def generation() -> dict:
    """What `python -m training.analyse.generation` measured, from weights/analysis/generation.json; {} without it."""
    return analysis.load("generation") if analysis.exists("generation") else {}


def cost(probabilities, picture: np.ndarray) -> float:
    """Cross-entropy of a picture in nats, summed over pixels, when pixel i is called white with probabilities[i]."""
    p, x = np.clip(np.asarray(probabilities, np.float64), 1e-7, 1 - 1e-7), picture.astype(np.float64)
    return float(-(x * np.log(p) + (1 - x) * np.log1p(-p)).sum())


@torch.inference_mode()
def ledger(source: dict, network: str = "vae", seed: int = 0) -> dict:
    """The ledger of a drawn, picked or sampled picture, beside what simpler answers would cost."""
    net = codes.vae(network)
    code, seen = resolve(source, network)
    picture = codes.pictures(net, code[None])[0] if seen is None else seen
    images = codes.batch(picture)
    mu, log_var = net.encode(images)
    z = reparameterise(mu, log_var, torch.Generator().manual_seed(checks.seed(seed)))
    logits = net.decode(z)
    nats = F.binary_cross_entropy_with_logits(logits, images, reduction="none")[0, 0].cpu().double().numpy()
    kl = kl_per_dimension(mu, log_var)[0].cpu().double().numpy()
    found = generation()
    mean_picture = found.get("mean_picture", {}).get(codes.dataset(network))
    return {
        "seen": grey(picture),
        "picture": grey(torch.sigmoid(logits)[0, 0]),
        "nats": floats(nats),
        "kl": kl.tolist(),
        "reconstruction": nats.sum(),
        "total": nats.sum() + kl.sum(),
        "floor": cost(picture, picture),  # the picture's own entropy: grey pixels are never certain
        "constant": cost(np.full_like(picture, picture.mean()), picture),
        "mean_picture": cost(np.reshape(mean_picture, (28, 28)) / 255, picture) if mean_picture else None,
        "test": found.get("test_nats", {}).get(network),
    }


def measured_of(what: str) -> dict:
    """One part of what `python -m training.analyse.generation` measured; empty where it was not run."""
    return generation().get(what, {})


def props() -> dict:
    """The variational networks, the example digits and the names of the classes."""
    return {"networks": codes.named(codes.vaes()), **codes.examples()}


ROOM = Room(calls=(ledger,), props=props, code=(negative_elbo,), endpoints={"elbo": codes.elbo})
