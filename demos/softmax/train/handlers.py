"""Train softmax regression from the page: the training script's own loop, advanced a little at every call.

Nothing of a training is kept here: the page holds W, b and the steps taken and sends them with each call, so any
process may answer it, and who closes the page holds nothing. A call computes for a tenth of a second at most, among the
page's heavy work: visitors take turns.
"""

import functools
import itertools
import math
import threading
import time

import numpy as np
import torch
from torch import Tensor

from demos.kit import checks, networks, turns
from demos.kit.encoding import finite, floats, from_floats
from demos.kit.room import Room
from training.data import datasets, strokes
from training.data.datasets import CLASSES
from training.models.softmax import SoftmaxRegression
from training.train_softmax import Settings, evaluate, train

TURN = 0.1  # seconds of training in one call, so that others wait no longer
MOST_STEPS = 10_000  # that one call may be asked for; it takes as many of them as fit into its turn


def train_more(
    dataset: str = "digits",
    learning_rate: float = 0.1,
    batch_size: int = 256,
    epochs: int = 10,
    sigma: float = 0.01,
    l2: float = 0.0,
    seed: int = 0,
    taken: int = 0,
    W: str = "",
    b: str = "",
    steps: int = 1,
) -> dict:
    """Advance a training by up to `steps` (1 to MOST_STEPS), as many as a tenth of a second allows.

    `taken` steps ago it began; from then on W and b (base64 of 784 x 10 and 10 float32) are what the call before
    answered. Returns "W", "b", "step" of "steps", the "losses" (base64 of float32) of the minibatches on the way, in
    nats, and "accuracy" and "cross_entropy" on the test pictures; "broken" when the loss is no number any more.
    """
    settings = Settings(
        name="in-the-page",
        dataset=checks.choice(dataset, "dataset", datasets.DATASETS),
        learning_rate=checks.number(learning_rate, "learning_rate", 1e-4, 1e4),
        batch_size=checks.whole(batch_size, "batch_size", 1, 60_000),
        epochs=checks.whole(epochs, "epochs", 1, 50),
        sigma=checks.number(sigma, "sigma", 0, 10),
        l2=checks.number(l2, "l2", 0, 1),
        seed=checks.seed(seed),
    )
    checks.whole(steps, "steps", 1, MOST_STEPS)
    images, labels, *test, source = pictures(settings.dataset)
    whole = settings.epochs * -(-len(images) // settings.batch_size)
    begun = None
    if checks.whole(taken, "taken", 0, whole - 1):
        weights, biases = (torch.from_numpy(array) for array in (from_floats(W, "W", 7840), from_floats(b, "b", 10)))
        begun = weights.view(784, 10), biases, taken

    end, losses, broken, now = time.perf_counter() + TURN, [], False, None
    for now in itertools.islice(train(settings, images, labels, begun=begun), steps):
        losses.append(now.loss)
        broken = not math.isfinite(now.loss)
        if broken or time.perf_counter() > end:
            break
        turns.give_way()
    assert now is not None  # taken < whole
    numbers = evaluate(now.network, settings, *test)
    return {
        "done": broken or now.step == whole,
        "broken": broken,
        "epoch": now.epoch,
        "step": now.step,
        "steps": whole,
        "source": source,
        "losses": floats(np.array(losses, np.float32)),
        "accuracy": numbers["accuracy"],
        "cross_entropy": finite(numbers["cross_entropy"]),
        "W": floats(now.network.W.numpy()),
        "b": floats(now.network.b.numpy()),
    }


@functools.lru_cache(maxsize=2)
def _read(dataset: str) -> tuple[Tensor, Tensor, Tensor, Tensor, str]:
    if datasets.at_hand(dataset):
        return *datasets.load(dataset, "all"), *datasets.load(dataset, "test"), "all 60,000 training pictures"
    if dataset != "digits":
        raise FileNotFoundError(
            "There are no garments to train on: Fashion-MNIST is not on this machine. Set DATA_DIR to the folder that "
            "holds it, or run `python -m training.train_softmax` once, which downloads it. Digits can be trained here."
        )
    made, test = strokes.made_digits(1_000, seed=1), strokes.made_digits(300, seed=2)
    return *made, *test, "1,000 digits that the program draws, since the data set is not on this machine"


_reading = threading.Lock()


def pictures(dataset: str) -> tuple[Tensor, Tensor, Tensor, Tensor, str]:
    """Training and test pictures: (images, labels, test images, test labels, where they come from in words)."""
    with _reading:  # two visitors at once read the files once
        return _read(dataset)


def train_prepare(dataset: str = "digits") -> dict:
    """Read the pictures before the first step needs them, and say what the best linear classifier reaches on them."""
    from training import checkpoints

    *_, source = pictures(checks.choice(dataset, "dataset", datasets.DATASETS))
    best = f"softmax-{dataset}-best"
    test = checkpoints.metrics(best).get("test", {}) if networks.available(best) and "60,000" in source else {}
    return {"source": source, "accuracy": test.get("accuracy"), "cross_entropy": test.get("cross_entropy")}


def numbers() -> dict:
    """Where ten epochs of the lecture's recipe end on the digits, and where the optimum lies; else dashes."""
    from training import checkpoints

    there = len(networks.available("softmax-digits", "softmax-digits-best")) == 2
    if not there:
        return dict.fromkeys(("lecture", "optimum", "penalty"), "–")
    lecture, best = (checkpoints.metrics(name) for name in ("softmax-digits", "softmax-digits-best"))
    penalty = best.get("choice", {}).get("penalty")
    return {
        "lecture": f"{lecture['test']['cross_entropy']:.3f}",
        "optimum": f"{best['test']['cross_entropy']:.3f}",
        "penalty": f"{penalty:f}".rstrip("0") if penalty else "–",
    }


ROOM = Room(
    numbers=numbers,
    heavy=(train_prepare, train_more),
    props=lambda: {"classes": {dataset: list(CLASSES[dataset]) for dataset in datasets.DATASETS}},
    code=(train, SoftmaxRegression.gradients),
)
