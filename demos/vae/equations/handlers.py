"""Arithmetic on codes (lecture, part B4): a - b + c, and directions for thickness and slant found by regression."""

import numpy as np
import torch

from demos.kit import checks, networks, questions
from demos.kit.encoding import grey
from demos.kit.room import Room
from demos.vae import codes, judge
from demos.vae.ledger.handlers import generation, measured_of
from demos.vae.sources import members, resolve, with_stored_codes
from training.measures.handwriting import slant, thickness
from training.measures.spread import wilson

ASKED = {"thicker": 1.0, "leaning": 15.0}  # pixels and degrees that the equations of style ask for


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
    name, probabilities = judge.name_of(codes.dataset(network)), None
    if name:
        result = torch.from_numpy(made[3:])[:, None].to(networks.device())
        probabilities = networks.network(name)(result)[0, :10].softmax(0).tolist()  # the ten classes alone
    seen = judge.read(made, codes.dataset(network))
    return {
        "pictures": [grey(picture) for picture in made],
        "probabilities": probabilities,
        "digits": None if seen is None else seen["accepted"].tolist(),
        "slants": slant(torch.from_numpy(made)).tolist(),
        "thicknesses": thickness(torch.from_numpy(made)).tolist(),
        "length": float(z.norm()),
    }


def bench() -> dict[str, list[dict]]:
    """The twenty equations of each network as they were tried, with the 95 % interval of their success."""
    return {
        network: [row | {"interval": wilson(row["success"] * row["tried"], row["tried"])} for row in rows]
        for network, rows in measured_of("bench").items()
    }


@networks.remembered()
def slanted(network: str = "vae", start: int = 7, to: int = 2) -> dict | None:
    """A strongly slanted test picture of class `start`: of 100 stored ones drawn at random the third that leans most.

    None where the network has no stored codes.
    """
    if network not in codes.autoencoders() or not networks.has_codes(network):
        return None
    stored = members(network, start)
    chosen = np.random.default_rng(0).choice(len(stored), min(100, len(stored)), replace=False)
    made = codes.pictures(codes.autoencoder(network), torch.from_numpy(stored[chosen]))
    third = slant(torch.from_numpy(made)).argsort(descending=True)[2]
    return {"network": network, "from": start, "to": to, "index": int(chosen[third])}


def numbers() -> dict:
    """What the lesson says of the equations that were tried with the lecture's VAE."""
    rows, asked = bench().get("vae", []), ASKED | measured_of("asked")
    if not rows:
        return {"judge": questions.judge_in_words()}
    successes, tried = sum(row["success"] * row["tried"] for row in rows), sum(row["tried"] for row in rows)
    low, high = wilson(successes, tried)
    worst = min((row for row in rows if row["kind"] == "class"), key=lambda row: row["success"])
    r = [row["style"] for row in rows if row["kind"] == "class"]
    return {
        "success": f"Of all {tried:,} trials with the lecture's VAE {100 * successes / tried:.0f} % succeed "
        f"({100 * low:.0f} to {100 * high:.0f}); of the exchanges, {worst['from']} to {worst['to']} does worst with "
        f"{100 * worst['success']:.0f} %.",
        "kept": f"{min(r):.2f} to {max(r):.2f}",
        "judge": questions.judge_in_words(),
        "digits": f"{100 * sum(row['accepted'] * row['tried'] for row in rows) / tried:.0f} %",
        "half_thicker": f"{asked['thicker'] / 2:g}",
        "half_leaning": f"{asked['leaning'] / 2:g}",
    } | lean(rows, asked)


def lean(rows: list[dict], asked: dict) -> dict[str, str]:
    """Why leaning fails where it fails most: what was asked for, and what was measured."""
    slants = [row for row in rows if row["kind"] == "slant" and "change" in row]
    if not slants:
        return {"lean": ""}
    worst = min(slants, key=lambda row: row["success"])
    return {
        "lean": f"Asked to lean {asked['leaning']:g}° more, a {worst['from']} leans {worst['change']:.1f}° more on "
        f"average (± {worst['change_sd']:.1f}°): to the eye it leans, and yet only {100 * worst['success']:.0f} % pass."
    }


def props() -> dict:
    """The networks of digits that can be calculated with, and the bench of twenty equations as it was measured."""
    digits = [name for name in with_stored_codes() if codes.dataset(name) == "digits"]
    return {
        "networks": codes.named(digits),
        "bench": bench(),
        "asked": ASKED | measured_of("asked"),
        "directed": list(measured_of("directions")),
        "slanted": slanted() if "vae" in digits else None,
        **codes.examples(),
    }


ROOM = Room(
    calls=(equation,),
    props=props,
    numbers=numbers,
    code=(codes.arithmetic,),
    endpoints={"arithmetic": codes.arithmetic},
)
