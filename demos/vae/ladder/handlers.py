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
    """The networks trained as `base` was, at beta = 0 and up, in order of beta; `base` itself is beta = 1.

    The 2-d ladder begins with the twin autoencoder-2d: the same layers without KL and without noise in the code.
    """
    twin = ["autoencoder-2d"] if base == "vae-2d" and "vae-2d-beta-0" not in codes.coders() else []
    names = [name for name in codes.coders() if name in (base, *twin) or name.startswith(f"{base}-beta-")]
    return sorted(names, key=codes.beta)


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
    net = codes.coder(network)
    mu, _ = codes.means(net, inputs())
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
    for name in sorted({*codes.vaes(), *ladders}):
        test = on_test_set(name)
        if codes.dataset(name) == "digits" and "reconstruction" in test and "denoising" not in name:
            shown = {"network": name, "beta": codes.beta(name), "dimensions": codes.dimensions(name)}
            shown["deep"] = name.startswith("vae-deep")  # another network altogether: off the curve
            points.append(shown | {"rate": test.get("kl"), "distortion": test["reconstruction"]})
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
