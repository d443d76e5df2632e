"""How a drawing becomes data: the steps of to_mnist one by one, and what each network makes of a step left out."""

import numpy as np
import torch

from demos.denoise.bench.handlers import (
    Picture,
    batch_of,
    colour,
    denoisers,
    labels,
    make_noisy,
    names,
    network_named,
    reconstruct,
)
from demos.kit import checks, networks
from demos.kit.drawing import read_picture
from demos.kit.encoding import grey, numbers
from demos.kit.room import Room
from training.data.strokes import STROKE, example_strokes, normalise_steps, to_mnist


def normalise(picture: list[list[float]]) -> dict:
    """Show how a drawing of any size becomes a 28 x 28 picture as in MNIST, step by step.

    Args:
        picture: rows of numbers in [0, 1], light ink on dark, any size from 2 x 2 to 2000 x 2000

    Returns four 28 x 28 pictures: "drawn" (merely shrunk), "box" (scaled to 20 x 20), "stroke" (with MNIST's stroke
    width), "centred" (the centre of mass in the middle: what the networks see).
    """
    steps = normalise_steps(read_picture(picture))
    return {name: numbers(step) for name, step in zip(("drawn", "box", "stroke", "centred"), steps, strict=True)}


def normalise_live(
    picture: Picture, box: bool, stroke: bool, centre: bool, strength: float, seed: int, judged: bool = True
) -> dict:
    """The steps for the page, each left out or not, and for every network the share of the ink that it gets wrong.

    The share is |output - input|^2 / |input|^2 after Gaussian noise of `strength`; "whole" is with all the steps. Both
    are null unless `judged`: asking every network is too much work for every move of a pen.
    """
    ink = read_picture(picture)
    strength, seed = checks.number(strength, "strength", 0, 1), checks.seed(seed)
    steps = normalise_steps(ink, box, stroke, centre)
    return {
        "steps": [grey(step) for step in steps],
        "wrong": wrong_ink(steps[3], strength, seed) if judged else None,
        "whole": with_all_steps(ink.tobytes(), ink.shape, strength, seed) if judged else None,
        "reading": reading(steps[3]),
    }


@networks.remembered(64)  # it stays while the switches of the step are moved
def with_all_steps(ink: bytes, shape: tuple[int, ...], strength: float, seed: int) -> dict[str, float | None]:
    """The share of the ink that every network gets wrong, where no step is left out; `ink` float32 of that shape."""
    picture = np.frombuffer(ink, np.float32).reshape(shape)
    return wrong_ink(normalise_steps(picture, last_only=True)[3], strength, seed)


def wrong_ink(picture: np.ndarray, strength: float, seed: int) -> dict[str, float | None]:
    """|output - picture|^2 / |picture|^2 of every network after Gaussian noise; None for an empty picture."""
    energy = float((picture**2).sum())
    if energy < 1e-3:
        return dict.fromkeys(names())
    noisy = make_noisy(picture, "gaussian", strength, seed)
    outputs = {name: reconstruct(network_named(name), noisy, strength) for name in names()}
    return {name: float(((output - picture) ** 2).sum()) / energy for name, output in outputs.items()}


@torch.inference_mode()
def reading(picture: np.ndarray) -> dict | None:
    """What a classifier reads in a picture (28, 28): {"digit", "probability", "network"}; None without a classifier."""
    name = classifier()
    if name is None:
        return None
    logits = networks.network(name)(batch_of(picture).to(networks.device()))
    probability, digit = torch.softmax(logits[0].float(), 0).max(0)
    return {"digit": int(digit), "probability": float(probability), "network": name}


@networks.remembered()
def classifier() -> str | None:
    """The best classifier of digits whose checkpoint is there."""
    return next(iter(networks.available("cnn-digits", "softmax-digits")), None)


def props() -> dict:
    """What the networks are called, their colours, and the example digits."""
    return {
        "labels": labels(),
        "colours": {name: colour(one) for name, one in denoisers().items()},
        "examples": [example_strokes(digit) for digit in range(10)],
    }


ROOM = Room(
    calls=(normalise_live,),
    props=props,
    numbers=lambda: {"stroke": STROKE},
    code=(to_mnist,),
    endpoints={"normalise": normalise},
)
