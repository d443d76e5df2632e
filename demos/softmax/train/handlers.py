"""Train softmax regression from the page: the training script's own loop, advanced a little at every call.

Each visitor has a training of their own, kept here between the calls as the script's generator. A call computes for a
tenth of a second at most, among the page's heavy work: visitors take turns, and who closes the page holds nothing.
"""

import functools
import itertools
import math
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

TURN = 0.1  # seconds of training in one call, so that others wait no longer
MOST_STEPS = 10_000  # that one call may be asked for; it takes as many of them as fit into its turn
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

    def advance(self, most: int) -> dict:
        """Take up to `most` steps, as many as fit into a turn; the losses on the way and where it stands then."""
        end, losses, now = time.perf_counter() + TURN, [], None
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


def train_more(run: str, steps: int = 1) -> dict:
    """Advance a training by up to `steps` (1 to MOST_STEPS), as many as a tenth of a second allows."""
    checks.whole(steps, "steps", 1, MOST_STEPS)
    training = _trainings.get(run) if isinstance(run, str) else None
    if training is None:
        raise ValueError("This training is not kept any more (stopped, or left alone for long): start it anew")
    with training.lock:
        training.touched = time.monotonic()
        answer = training.advance(steps)
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
    test = checkpoints.metrics(best).get("test", {}) if best in checkpoints.names() and "60,000" in source else {}
    return {"source": source, "accuracy": test.get("accuracy"), "cross_entropy": test.get("cross_entropy")}


def numbers() -> dict:
    """Where ten epochs of the lecture's recipe end on the digits, and where the optimum lies; else dashes."""
    from training import checkpoints

    there = {"softmax-digits", "softmax-digits-best"} <= set(checkpoints.names())
    if not there:
        return dict.fromkeys(("lecture", "optimum", "penalty"), "–")
    lecture, best = (checkpoints.metrics(name) for name in ("softmax-digits", "softmax-digits-best"))
    penalty = best.get("choice", {}).get("penalty")
    return {
        "lecture": f"{lecture['test']['cross_entropy']:.3f}",
        "optimum": f"{best['test']['cross_entropy']:.3f}",
        "penalty": f"{penalty:g}" if penalty else "–",
    }


ROOM = Room(
    numbers=numbers,
    calls=(train_stop,),
    heavy=(train_prepare, train_start, train_more),
    props=lambda: {"classes": {dataset: list(CLASSES[dataset]) for dataset in datasets.DATASETS}},
    code=(train, SoftmaxRegression.gradients),
)
