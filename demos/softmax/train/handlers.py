"""Train softmax regression from the page: the training script's own loop, advanced a little at every call.

Each visitor has a training of their own, kept here between the calls as the script's generator. A slot (one per core
but one) is held only while a call computes, for a fraction of a second: who stops or closes the page holds none, and
any number of visitors share the slots fairly.
"""

import functools
import itertools
import math
import os
import secrets
import threading
import time
from collections.abc import Iterator

import numpy as np
from torch import Tensor

from demos.kit import checks
from demos.kit.encoding import finite, floats
from demos.kit.room import Room
from training.data import datasets, strokes
from training.data.datasets import CLASSES
from training.models.softmax import SoftmaxRegression
from training.train_softmax import Progress, Settings, evaluate, train

SLOTS = threading.BoundedSemaphore(max(1, (os.cpu_count() or 2) - 1))
PATIENCE = 0.05  # seconds that a call waits for a slot: waiting calls must not take the threads of live ones
TURN = 0.25  # seconds of training in one call
UPDATES = 40  # the least number of points on the curve of a whole training
LEASE = 600  # seconds after which a training that nobody advances is given up
MOST = 400  # trainings kept at once; each is about half a megabyte


class Training:
    """One visitor's training: the script's generator of progress, and what it is tested on."""

    def __init__(self, settings: Settings):
        images, labels, self.test_images, self.test_labels, self.source = pictures(settings.dataset)
        self.settings, self.lock, self.touched = settings, threading.Lock(), time.monotonic()
        self.steps = settings.epochs * -(-len(images) // settings.batch_size)
        self.progress: Iterator[Progress] = train(settings, images, labels)
        self.step, self.broken = 0, False

    def advance(self, most: int | None, seconds: float) -> dict:
        """Take up to `most` steps, or as many as fit into `seconds`; the losses on the way and where it stands."""
        most = most or max(1, self.steps // UPDATES)
        end, losses, now = time.perf_counter() + seconds, [], None
        for now in itertools.islice(self.progress, most):
            losses.append(now.loss)
            self.broken = not math.isfinite(now.loss)
            if self.broken or time.perf_counter() > end:
                break
        if now is None:
            return {"done": True, "step": self.step, "steps": self.steps, "losses": ""}
        self.step = now.step
        numbers = evaluate(now.network, self.settings, self.test_images, self.test_labels)
        return {
            "done": self.broken or now.step == self.steps,
            "broken": self.broken,
            "epoch": now.epoch,
            "step": now.step,
            "steps": self.steps,
            "losses": floats(np.array(losses, np.float32)),
            "accuracy": numbers["accuracy"],
            "cross_entropy": finite(numbers["cross_entropy"]),
            "W": floats(now.network.W.numpy()),
        }


_trainings: dict[str, Training] = {}
_guard = threading.Lock()


def train_start(
    dataset: str = "digits",
    learning_rate: float = 0.1,
    batch_size: int = 256,
    epochs: int = 10,
    sigma: float = 0.01,
    l2: float = 0.0,
    seed: int = 0,
) -> dict:
    """Begin a training of one's own; nothing is computed yet. {"run": its key, "steps", "pictures", "source"}."""
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
    training = Training(settings)
    key = secrets.token_hex(8)
    with _guard:
        forget_idle()
        if len(_trainings) >= MOST:
            raise ValueError(f"{MOST} trainings are under way here, the most that are kept; try again in a minute")
        _trainings[key] = training
    return {"run": key, "steps": training.steps, "source": training.source}


def train_more(run: str, steps: int | None = None) -> dict:
    """Advance a training by `steps` (1 to 100), or for a fraction of a second; {"waiting": True}: no slot is free."""
    if steps is not None:
        checks.whole(steps, "steps", 1, 100)
    training = _trainings.get(run) if isinstance(run, str) else None
    if training is None:
        raise ValueError("This training is not kept any more (stopped, or left alone for long): start it anew")
    if not SLOTS.acquire(timeout=PATIENCE):
        return {"waiting": True}
    try:
        with training.lock:
            training.touched = time.monotonic()
            answer = training.advance(steps, TURN if steps is None else math.inf)
    finally:
        SLOTS.release()
    if answer["done"]:
        train_stop(run)
    return answer


def train_stop(run: str) -> dict:
    """Give a training up and forget it; {"stopped": whether there was one}."""
    with _guard:
        return {"stopped": _trainings.pop(run, None) is not None}


def forget_idle() -> None:
    """Give up the trainings that nobody has advanced for LEASE seconds: their pages are closed."""
    now = time.monotonic()
    for key in [key for key, training in _trainings.items() if now - training.touched > LEASE]:
        del _trainings[key]


@functools.lru_cache(maxsize=2)
def _read(dataset: str) -> tuple[Tensor, Tensor, Tensor, Tensor, str]:
    if datasets.at_hand(dataset):
        return *datasets.load(dataset, "all"), *datasets.load(dataset, "test"), "all 60,000 training pictures"
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
    test = checkpoints.metrics(best).get("test", {}) if best in checkpoints.names() and "60,000" in source else {}
    return {"source": source, "accuracy": test.get("accuracy"), "cross_entropy": test.get("cross_entropy")}


ROOM = Room(
    calls=(train_prepare, train_start, train_more, train_stop),
    props=lambda: {"classes": CLASSES},
    code=(train, SoftmaxRegression.gradients),
)
