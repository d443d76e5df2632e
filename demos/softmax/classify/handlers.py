"""The main instrument's numbers: a picture -> x * W -> logits -> softmax -> cross-entropy, on the trained networks.

The lecture's part C, for 784 pixels. Everything here is arrays and numbers; the page draws them.
"""

import copy
import functools

import numpy as np
import torch

from demos.kit import checks, networks
from demos.kit.encoding import finite, floats
from demos.kit.room import Room
from demos.softmax import garments
from training import checkpoints
from training.checkpoints import Checkpoint
from training.data.datasets import CLASSES, DATASETS
from training.data.strokes import example_strokes
from training.measures.spread import wilson
from training.models.softmax import SoftmaxRegression, cross_entropy, softmax

LINEAR = {dataset: (f"softmax-{dataset}", f"softmax-{dataset}-best") for dataset in DATASETS}


@networks.remembered()  # no look at the disk for each stroke
def linear() -> dict[str, list[Checkpoint]]:
    """The softmax regressions by data set: digits, garments, pictures of one's own.

    The lecture's recipe comes first, then the optimum, then one's own.
    """
    found = [one for one in checkpoints.all() if one.kind == "softmax"]
    found.sort(key=lambda one: (one.yours, one.script == "train_softmax_best", one.name))
    sets = dict.fromkeys([*DATASETS, *(one.dataset for one in found)])
    return {dataset: [one for one in found if one.dataset == dataset] for dataset in sets}


def known() -> list[str]:
    """The names of all softmax regressions."""
    return [one.name for ones in linear().values() for one in ones]


@functools.lru_cache(maxsize=8)
def in_double(name: str) -> SoftmaxRegression:
    """The network `name` in float64 on the CPU, so that the terms of a sum agree with the sum."""
    network = networks.network(name)
    if not isinstance(network, SoftmaxRegression):
        raise ValueError(f"{name} is not a softmax regression: only a linear model has one weight per pixel and class")
    return copy.deepcopy(network).cpu().double()


def contributions(network: SoftmaxRegression, picture: np.ndarray) -> np.ndarray:
    """What each pixel says for each class, x_i W_ik: (28, 28) -> (10, 28, 28); with b_k each sums to the logit o_k."""
    x = torch.as_tensor(picture, dtype=network.W.dtype).flatten()
    return (x[:, None] * network.W).T.reshape(-1, 28, 28).numpy()


def classify(picture: list, dataset: str = "digits", true_class: int = 0) -> dict:
    """Classify a picture by softmax regression and say what each pixel contributed.

    Args:
        picture: (H, W) nested list of numbers in [0, 1], light ink on dark; 28 x 28 is taken as it stands, any other
            size is brought to 28 x 28 by MNIST's steps first.
        dataset: "digits" (MNIST) or "fashion" (Fashion-MNIST): which network reads it.
        true_class: the class from 0 to 9 that one declares true, for the cross-entropy.

    Returns:
        "logits" (10), "probabilities" (10), "cross_entropy" in nats, "contributions" (10 maps of 28 x 28, each of which
        with its "bias" sums to its logit), "bias" (10) and "classes" (10 names).
    """
    from demos.kit.drawing import as_input

    checks.choice(dataset, "dataset", DATASETS)
    true_class = checks.whole(true_class, "true_class", 0, 9)
    x = as_input(picture)
    network = in_double(f"softmax-{dataset}")
    logits = network(torch.tensor(x, dtype=torch.float64)[None])  # (1, 10)
    return {
        "logits": logits[0].tolist(),
        "probabilities": softmax(logits)[0].tolist(),
        "cross_entropy": float(cross_entropy(logits, torch.tensor([true_class]))),
        "contributions": contributions(network, x).round(9).tolist(),
        "bias": network.b.tolist(),
        "classes": list(CLASSES[dataset]),
    }


def look(picture: str | list | np.ndarray, network: str = "softmax-digits") -> dict:
    """One live event of the main instrument: a picture -> what the network sees of it and its ten logits.

    The page has W and b (see `weights`) and makes x * W, exp, softmax and the loss itself, all from this answer.
    """
    from demos.kit.drawing import as_input

    return seen(as_input(picture), network)


def seen(x: np.ndarray, network: str) -> dict:
    """The answer for a 28 x 28 picture x in [0, 1]: x as base64 float32 and the ten logits of `network`."""
    model = networks.network(networks.choice(network, known()))
    logits = model(torch.tensor(x, dtype=torch.float32, device=networks.device())[None])[0]
    return {"x": floats(x), "logits": [finite(value) for value in logits.tolist()]}


def weights(network: str) -> dict:
    """W (784 x 10, row by row) and b of a linear network, as base64 float32, with its classes and its test numbers."""
    model = networks.network(networks.choice(network, known()))
    test = checkpoints.metrics(network).get("test", {})
    return {
        "W": floats(model.W.cpu().numpy()),
        "b": floats(model.b.cpu().numpy()),
        "classes": list(checkpoints.describe(network).classes),
        "accuracy": test.get("accuracy"),
        "cross_entropy": test.get("cross_entropy"),
    }


ORIGINS = {
    "test": "A picture of the test set, which the network has never seen.",
    "samples": "A sample of the Fashion VAE, since the data set is not on this machine. It has no label.",
    "silhouettes": "A hand-made shape, since the data set is not on this machine.",
    "strokes": "A digit drawn by the program, since the data set is not on this machine.",
}


def pick(dataset: str = "fashion", index: int = 0, network: str = "softmax-fashion") -> dict:
    """Picture `index` of `dataset` as the main instrument shows it: x, logits, its label and where it comes from."""
    pixels, label = garments.picture(dataset, index)
    return seen(pixels / 255, network) | {"label": label, "origin": ORIGINS[garments.source(dataset)]}


TESTED = 10_000  # pictures in either test set


def tested(name: str) -> str:
    """The test accuracy of a checkpoint with its 95 % interval, in words; a dash where it is not there."""
    accuracy = checkpoints.metrics(name).get("test", {}).get("accuracy") if networks.available(name) else None
    if not accuracy:
        return "–"
    low, high = wilson(round(accuracy * TESTED), TESTED)
    return f"{100 * accuracy:.1f} % (95 % interval {100 * low:.1f} to {100 * high:.1f} %)"


def words(one: Checkpoint) -> str:
    """What the page calls a classifier among those of its data set."""
    if one.yours:
        return f"yours: {one.name}"
    return "the best linear one" if one.script == "train_softmax_best" else "the lecture's recipe"


def props() -> dict:
    """The example digits, the linear networks of each data set and where the pictures of two of them come from here."""
    return {
        "examples": [example_strokes(digit) for digit in range(10)],
        "networks": {dataset: [one.name for one in ones] for dataset, ones in linear().items()},
        "labels": {one.name: words(one) for ones in linear().values() for one in ones},
        "classes": {of: list(CLASSES.get(of) or ones[0].classes) for of, ones in linear().items()},
        "sources": {dataset: garments.source(dataset) for dataset in DATASETS},
    }


def numbers() -> dict:
    """The size of the model and its accuracy on both test sets."""
    accuracy = {dataset: tested(f"softmax-{dataset}") for dataset in DATASETS}
    return {"parameters": f"{785 * 10:,}", **accuracy}


ROOM = Room(calls=(look, pick, weights), props=props, numbers=numbers, endpoints={"classify": classify})
