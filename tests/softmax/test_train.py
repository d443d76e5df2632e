"""Training in the page: the script's own result in whichever parts it came, turns short enough for others."""

import pytest
import torch

from demos.kit.encoding import from_floats as decode
from demos.softmax.train import handlers as train_here
from training.data.strokes import made_digits
from training.train_softmax import Settings, train

MADE = made_digits(96, seed=5)
SMALL = {"dataset": "digits", "batch_size": 32, "epochs": 2, "learning_rate": 0.3}


@pytest.fixture(autouse=True)
def small_set(monkeypatch):
    """96 made digits instead of the data set."""
    images, labels = MADE
    monkeypatch.setattr(train_here, "pictures", lambda dataset: (images, labels, images[:40], labels[:40], "made"))


def further(answer: dict | None = None, **others) -> dict:
    """The next answer: as the page does, with what the one before gave."""
    stand = {"taken": answer["step"], "W": answer["W"], "b": answer["b"]} if answer else {}
    return train_here.train_more(**SMALL | others | stand)


def matrix(answer: dict) -> torch.Tensor:
    return torch.from_numpy(decode(answer["W"], "W", 7840)).view(784, 10)


def whole(steps: int = 10_000, **others) -> torch.Tensor:
    """Train in the page to the end, `steps` at a time, and return W as the page gets it."""
    answer = further(steps=steps, **others)
    while not answer["done"]:
        answer = further(answer, steps=steps, **others)
    return matrix(answer)


def script(seed: int = 0, **others) -> torch.Tensor:
    images, labels, *_ = train_here.pictures("digits")
    *_, last = train(Settings(name="x", **SMALL, seed=seed, **others), images, labels)
    return last.network.W


@pytest.mark.parametrize("steps", [10_000, 1, 2, 5])
def test_the_page_and_the_script_end_in_the_same_bits(steps):
    assert torch.equal(whole(seed=3, steps=steps), script(seed=3))


def test_every_setting_reaches_the_script():
    assert torch.equal(whole(sigma=0.1, l2=0.01), script(sigma=0.1, l2=0.01))
    assert not torch.equal(whole(), whole(seed=1))


def test_a_call_ends_with_its_turn_however_many_steps_it_asks_for(monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr(train_here.time, "perf_counter", lambda: train_here.TURN * next(clock))
    answer = further(epochs=50, steps=10_000)  # the clock passes the turn's end at the second step
    assert answer["step"] == 2
    assert not answer["done"]
    assert len(decode(answer["losses"], "losses", 2)) == 2


@pytest.mark.parametrize("steps", [0, 10_001, 1.5, None])
def test_a_number_of_steps_out_of_range_is_refused(steps):
    with pytest.raises(ValueError, match="steps must be a whole number from 1 to 10000"):
        further(steps=steps)


@pytest.mark.parametrize(
    ("stand", "sentence"),
    [
        ({"taken": 6}, "taken must be a whole number from 0 to 5, not 6"),
        ({"taken": 1, "W": ""}, "W must hold 7840 float32 numbers"),
        ({"taken": 1, "W": "no base64"}, "W must be base64 of 7840 float32 numbers"),
    ],
)
def test_a_stand_that_does_not_fit_is_refused(stand, sentence):
    first = further()
    with pytest.raises(ValueError, match=sentence):
        train_here.train_more(**SMALL | {"W": first["W"], "b": first["b"]} | stand)


def test_too_large_a_learning_rate_is_shown():
    answer, losses = None, []
    for _ in range(3):
        answer = further(answer, learning_rate=1e4, epochs=50, sigma=10, steps=5)
        losses.append(float(answer["cross_entropy"]))
    assert max(losses) > 100  # it jumps about instead of falling


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"learning_rate": float("nan")}, "learning_rate must be a number from 0.0001 to 10000"),
        ({"epochs": 10**9}, "epochs must be a whole number from 1 to 50, not 1000000000"),
        ({"batch_size": 0}, "batch_size"),
        ({"dataset": "cats"}, "dataset must be one of digits, fashion"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_settings_are_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        train_here.train_more(**arguments)
