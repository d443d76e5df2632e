"""Arithmetic on codes (lecture, part B4): a - b + c, and directions for thickness and slant found by regression."""

import torch

from demos.kit import checks, networks
from demos.kit.encoding import grey
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.ledger.handlers import generation, measured_of
from demos.vae.samples.handlers import JUDGES
from demos.vae.sources import resolve, with_stored_codes
from training.measures.handwriting import slant, thickness


def directions(network: str) -> dict:
    """The directions that were measured for this network: {"thickness": (d,), "slant": (d,)}, or {}."""
    return generation().get("directions", {}).get(network, {})


@torch.inference_mode()
def equation(a: dict, b: dict, c: dict, network: str = "vae", thicker: float = 0.0, leaning: float = 0.0) -> dict:
    """a - b + c (+ thicker * direction + leaning * direction) decoded, beside the three pictures, measured and judged.

    `thicker` is in pixels of stroke width, `leaning` in degrees to the right: what the regression promises.
    """
    net = codes.autoencoder(network)
    thicker = checks.number(thicker, "thicker", -3, 3)
    leaning = checks.number(leaning, "leaning", -60, 60)
    first, second, third = (resolve(source, network)[0] for source in (a, b, c))
    z = first - second + third
    for amount, name in ((thicker, "thickness"), (leaning, "slant")):
        if amount:
            if name not in directions(network):
                raise ValueError(f"no direction of {name} was measured for {network!r}: leave it at 0")
            z = z + amount * torch.tensor(directions(network)[name])
    made = codes.pictures(net, torch.stack([first, second, third, z]))
    shapes = torch.from_numpy(made[3:])
    judge = JUDGES[codes.dataset(network)]
    probabilities = None
    if networks.available(judge):
        probabilities = networks.network(judge)(shapes[:, None].to(networks.device())).softmax(1)[0].tolist()
    return {
        "pictures": [grey(picture) for picture in made],
        "probabilities": probabilities,
        "slant": float(slant(shapes)),
        "thickness": float(thickness(shapes)),
        "length": float(z.norm()),
    }


def props() -> dict:
    """The networks of digits that can be calculated with, and the bench of twenty equations as it was measured."""
    digits = [name for name in with_stored_codes() if codes.dataset(name) == "digits"]
    return {
        "networks": codes.named(digits),
        "bench": measured_of("bench"),
        "asked": {"thicker": 1.0, "leaning": 15.0} | measured_of("asked"),
        "directed": list(measured_of("directions")),
        **codes.examples(),
    }


ROOM = Room(calls=(equation,), props=props, code=(codes.arithmetic,), endpoints={"arithmetic": codes.arithmetic})
