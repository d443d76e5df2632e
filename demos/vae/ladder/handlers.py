"""The beta ladder (lecture, parts A6 and B2): networks that differ in nothing but the weight of the KL term."""

import functools

import torch

from demos.kit import checks
from demos.kit.encoding import floats, grey
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.sources import latents
from training import checkpoints
from training.data.strokes import example_strokes, rasterise, to_mnist

SAMPLES = 36
BASES = ("vae", "vae-2d")


def rungs(base: str = "vae") -> list[str]:
    """The networks that differ from `base` in nothing but beta, from 0 up, a visitor's own among them.

    A ladder begins with the twin: the same layers without KL and without noise in the code (z = mu).
    """
    first = checkpoints.describe(base)
    twins = [one for one in checkpoints.all() if one.has_code and one.differs_from(first) <= {"beta", "deterministic"}]
    return [one.name for one in sorted(twins, key=lambda one: (one.beta, one.yours, one.name))]


@functools.lru_cache(maxsize=1)
def inputs() -> torch.Tensor:
    """The ten digits (10, 1, 28, 28) that every rung reconstructs: drawn by the project, so no data set is needed."""
    return codes.batch(*[to_mnist(rasterise(example_strokes(digit, variant=1))) for digit in range(10)])


def on_test_set(network: str) -> dict:
    """The network's numbers on the test set, from its metrics.json: reconstruction, kl, active_dimensions, ..."""
    return checkpoints.metrics(network).get("test", {})


@functools.lru_cache(maxsize=64)
def rung(network: str, seed: int = 0) -> dict:
    """One rung: samples by seed, ten reconstructions at the mean, and the two terms of the loss on the test set."""
    net = codes.autoencoder(network)
    mu = net.code(inputs())
    z = torch.cat([mu.cpu(), codes.prior(SAMPLES, net.latent_dim, checks.seed(seed))])
    made = codes.pictures(net, z)
    test = on_test_set(network)
    return {
        "network": network,
        "beta": codes.beta(network),
        "inputs": grey(inputs()),
        "reconstructions": grey(made[:10]),
        "samples": grey(made[10:]),
        "reconstruction": test.get("reconstruction"),
        "kl": test.get("kl"),
        "active": test.get("active_dimensions"),
        "epochs": checkpoints.metrics(network).get("recipe", {}).get("epochs"),
        "kl_per_dimension": sorted(test.get("kl_per_dimension", []), reverse=True),
        "map": _map(network) if net.latent_dim == 2 else None,
    }


def _map(network: str) -> dict:
    stored = latents(network)
    reach = max(4.0, float(abs(stored["points"]).max()))
    return {"points": floats(stored["points"]), "classes": grey(stored["classes"]), "reach": reach}


def curve() -> list[dict]:
    """Rate (KL) and distortion (reconstruction) on the test set of the networks of digits that have both.

    A rung without noise in its code (z = mu) has an infinite rate: null.
    """
    points = []
    ladders = {name for base in BASES for name in rungs(base)}
    for one in checkpoints.all():
        if (one.variational or one.name in ladders) and one.dataset == "digits" and not one.noise and one.test:
            shown = {"network": one.name, "beta": one.beta, "dimensions": one.latent_dim}
            shown["deep"] = one.deep  # another network altogether: off the curve
            points.append(shown | {"rate": one.test.get("kl"), "distortion": one.test["reconstruction"]})
    return points


def props() -> dict:
    """The ladders: for each its networks by beta, what it is called, and the curve of rate and distortion."""
    families = [name for name in BASES if name in codes.vaes()]
    return {
        "families": [[name, [{"network": one, "beta": codes.beta(one)} for one in rungs(name)]] for name in families],
        "words": {name: codes.words(name) for name in families},
        "curve": curve(),
    }


ROOM = Room(calls=(rung,), props=props)
