"""Our own digits, and to_mnist: place, size and pen leave no trace."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data import datasets
from training.data.strokes import MIDDLE, as_unit, example_strokes, made_digits, normalise_steps, rasterise, to_mnist

DIGITS = range(10)


def moved(strokes, size, left, top):
    """The strokes shrunk to `size` of the unit square and put at (left, top)."""
    return [[[left + size * x, top + size * y] for x, y in stroke] for stroke in strokes]


def likeness(first, second):
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize(
    ("size", "left", "top", "width"),
    [
        (0.3, 0.03, 0.03, 0.03),  # small, in a corner
        (0.4, 0.58, 0.57, 0.04),  # small, in the other corner
        (0.25, 0.4, 0.1, 0.02),  # tiny
        (1.15, -0.075, -0.075, 0.08),  # large
        (1.0, 0.0, 0.0, 0.02),  # a thin pen
        (1.0, 0.0, 0.0, 0.10),  # a thick pen
    ],
)
@pytest.mark.parametrize("side", [112, 280])
def test_the_same_digit_gives_the_same_picture(digit, size, left, top, width, side):
    plain = to_mnist(rasterise(example_strokes(digit), 112, 0.07))
    other = to_mnist(rasterise(moved(example_strokes(digit), size, left, top), side, width))
    assert likeness(plain, other) > 0.96
    assert np.abs(plain - other).mean() < 0.03


@pytest.mark.parametrize("shape", [(28, 28), (112, 112), (60, 200), (2, 2), (1, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_an_empty_picture_gives_zeros(shape, dtype):
    result = to_mnist(np.zeros(shape, dtype))
    assert result.shape == (28, 28)
    assert result.dtype == np.float32
    assert not result.any()


def test_bytes_and_floats_agree_and_any_shape_will_do():
    drawing = rasterise(example_strokes(5), 112)
    wide = np.zeros((112, 300), np.float32)
    wide[:, 150:262] = drawing
    assert np.abs(to_mnist(drawing) - to_mnist(np.rint(drawing * 255).astype(np.uint8))).max() < 0.05
    assert likeness(to_mnist(drawing), to_mnist(wide)) > 0.99
    with pytest.raises(ValueError, match="two dimensions"):
        to_mnist(np.zeros((3, 28, 28)))


@pytest.mark.parametrize("digit", DIGITS)
def test_the_result_lies_as_mnist_lays_it(digit):
    result = to_mnist(rasterise(example_strokes(digit, 2), 112))
    pixels, mass = np.arange(28), result.sum()
    assert abs(result.sum(1) @ pixels / mass - MIDDLE) < 0.15  # the centre of mass is in the middle
    assert abs(result.sum(0) @ pixels / mass - MIDDLE) < 0.15
    rows, columns = np.flatnonzero((result > 0.5).any(1)), np.flatnonzero((result > 0.5).any(0))
    assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 21  # its long side is 20 pixels
    assert result.min() >= 0
    assert result.max() == 1


@pytest.mark.data
def test_our_pictures_have_mnists_brightness_and_its_own_digits_come_back(data_dir):
    images = datasets.load("digits", "held-out", data_dir)[0][:200, 0].numpy()
    again = np.array([to_mnist(np.kron(image, np.ones((4, 4), np.float32))) for image in images])
    made = made_digits(200, 1)[0].numpy()
    assert abs(again.mean() - images.mean()) < 0.015
    assert abs(made.mean() - images.mean()) < 0.01
    assert np.mean([likeness(a, b) for a, b in zip(again, images, strict=True)]) > 0.9


@given(st.integers(2, 60), st.integers(2, 60), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_any_picture_at_all_gives_a_picture(height, width, seed):
    random = np.random.default_rng(seed)
    picture = random.random((height, width)) * (random.random((height, width)) < random.random())
    for step in normalise_steps(picture, *(random.random(3) < 0.5)):
        assert step.shape == (28, 28)
        assert step.min() >= 0
        assert step.max() <= 1


def test_a_step_left_out_is_seen():
    corner = rasterise(moved(example_strokes(2), 0.35, 0.05, 0.05), 112, 0.03)
    drawn, boxed, stroked, centred = normalise_steps(corner)
    assert np.array_equal(centred, to_mnist(corner))
    assert drawn[15:].max() == 0  # it still lies in its corner
    assert (boxed > 0.5).sum() < (stroked > 0.5).sum() * 1.5
    assert np.array_equal(normalise_steps(corner, box=False, stroke=False, centre=False)[3], drawn)
    assert likeness(normalise_steps(corner, box=False)[3], centred) < 0.8


def test_a_dot_stays_a_dot():
    dot = to_mnist(rasterise([[[0.5, 0.5]]], 112, 0.08))
    assert 5 < dot.sum() < 120


def test_the_same_variant_is_the_same_hand():
    assert example_strokes(3, 7) == example_strokes(3, 7)
    assert example_strokes(3, 7) != example_strokes(3, 9)
    for digit in DIGITS:
        for variant in range(6):
            points = np.concatenate(example_strokes(digit, variant))
            assert points.min() >= 0.05
            assert points.max() <= 0.95
    with pytest.raises(ValueError, match="0 to 9"):
        example_strokes(10)


def test_made_digits_are_balanced_and_repeatable():
    images, labels = made_digits(50, 3)
    assert images.shape == (50, 1, 28, 28)
    assert images.dtype == torch.float32
    assert labels.bincount().tolist() == [5] * 10
    assert torch.equal(images, made_digits(50, 3)[0])
    assert not torch.equal(images, made_digits(50, 4)[0])
    assert 0 <= images.min() <= images.max() <= 1


def test_the_pen_covers_what_geometry_says():
    line = rasterise([[[0.2, 0.5], [0.8, 0.5]]], 100, 0.1)
    assert line.sum() == pytest.approx(60 * 10 + np.pi * 5**2, rel=0.01)  # a rectangle and two half discs
    assert not rasterise([], 40).any()
    assert as_unit(np.full((2, 2), 255, np.uint8)).max() == 1
