"""Training in the page: the script's own result, one's own state, turns short enough for others."""

import time

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
    """96 made digits instead of the data set, and no training left over from another test."""
    images, labels = MADE
    monkeypatch.setattr(train_here, "pictures", lambda dataset: (images, labels, images[:40], labels[:40], "made"))
    monkeypatch.setattr(train_here, "_trainings", {})


def whole(seed: int = 0, steps: int = 10_000, **others) -> torch.Tensor:
    """Train in the page to the end, `steps` at a time, and return W as the page gets it."""
    run = train_here.train_start(**SMALL, seed=seed, **others)["run"]
    while True:
        answer = train_here.train_more(run, steps)
        if answer["done"]:
            return torch.from_numpy(decode(answer["W"], "W", 7840)).view(784, 10)


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


def test_two_visitors_at_once_do_not_disturb_each_other():
    first, second = (train_here.train_start(**SMALL, seed=seed)["run"] for seed in (0, 1))
    for _ in range(6):  # 96 pictures, batches of 32, 2 epochs: 6 steps each, by turns
        a, b = train_here.train_more(first, 1), train_here.train_more(second, 1)
    assert a["done"]
    assert b["done"]
    for answer, seed in ((a, 0), (b, 1)):
        assert torch.equal(torch.from_numpy(decode(answer["W"], "W", 7840)).view(784, 10), script(seed=seed))


def test_a_call_ends_with_its_turn_however_many_steps_it_asks_for(monkeypatch):
    run = train_here.train_start(**(SMALL | {"epochs": 50}))["run"]
    clock = iter(range(1000))
    monkeypatch.setattr(train_here.time, "perf_counter", lambda: train_here.TURN * next(clock))
    answer = train_here.train_more(run, 10_000)  # the clock passes the turn's end at the second step
    assert answer["step"] == 2
    assert not answer["done"]
    assert len(decode(answer["losses"], "losses", 2)) == 2


def test_pages_that_are_closed_hold_nobody_up():
    for _ in range(5):  # five pages that begin and are never heard of again
        train_here.train_more(train_here.train_start(**SMALL)["run"], 1)
    assert train_here.train_more(train_here.train_start(**SMALL)["run"], 1)["step"] == 1


def test_only_so_many_trainings_are_kept(monkeypatch):
    monkeypatch.setattr(train_here, "MOST", 2)
    runs = [train_here.train_start(**SMALL)["run"] for _ in range(2)]
    with pytest.raises(ValueError, match="2 trainings are under way here, the most that are kept"):
        train_here.train_start(**SMALL)
    train_here.train_stop(runs[0])
    assert train_here.train_start(**SMALL)["steps"] == 6


@pytest.mark.parametrize("steps", [0, 10_001, 1.5, None])
def test_a_number_of_steps_out_of_range_is_refused(steps):
    run = train_here.train_start(**SMALL)["run"]
    with pytest.raises(ValueError, match="steps must be a whole number from 1 to 10000"):
        train_here.train_more(run, steps)


def test_a_stopped_training_is_forgotten():
    run = train_here.train_start(**SMALL)["run"]
    assert train_here.train_stop(run) == {"stopped": True}
    with pytest.raises(ValueError, match="start it anew"):
        train_here.train_more(run)


def test_a_training_that_nobody_advances_is_given_up(monkeypatch):
    run = train_here.train_start(**SMALL)["run"]
    later = time.monotonic() + train_here.LEASE + 1
    monkeypatch.setattr(train_here.time, "monotonic", lambda: later)
    train_here.forget_idle()
    assert run not in train_here._trainings


def test_too_large_a_learning_rate_is_shown():
    run = train_here.train_start(**(SMALL | {"learning_rate": 1e4, "epochs": 50}), sigma=10)["run"]
    losses = [train_here.train_more(run, 5)["cross_entropy"] for _ in range(3)]
    assert max(float(loss) for loss in losses) > 100  # it jumps about instead of falling


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
        train_here.train_start(**arguments)
