"""Logits by hand: the room shows the code that it stands for, and what least squares does on the real digits."""

from demos.softmax.logits import handlers as logits
from training import checkpoints
from training.models.softmax import cross_entropy, softmax


def test_the_room_shows_the_formulas_that_it_plays():
    assert logits.ROOM.code == (softmax, cross_entropy)


def test_what_least_squares_does_is_read_from_its_metrics():
    test = checkpoints.metrics("least-squares-digits")["test"]
    words = logits.ROOM.numbers()["least"]
    assert f"{100 * test['accuracy']:.1f} %" in words
    assert f"{100 * test['share_outside_0_1']:.0f} %" in words
