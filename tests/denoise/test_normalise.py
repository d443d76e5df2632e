"""How a drawing becomes data: the steps, what each network makes of a step left out, and what the steps are for."""

import inspect
import typing

import numpy as np
import pytest
import torch

from demos.denoise.normalise import handlers as normalise
from demos.kit.drawing import to_mnist
from tests.denoise.drawings import DRAWING, GREYS, greys, pictures_of
from training import checkpoints
from training.data.strokes import example_strokes, rasterise


def test_normalise_gives_the_steps_and_the_last_is_what_the_networks_see():
    steps = normalise.normalise(DRAWING.tolist())
    assert list(steps) == ["drawn", "box", "stroke", "centred"]
    assert np.allclose(steps["centred"], to_mnist(DRAWING), atol=1e-4)


def test_with_the_steps_left_out_every_autoencoder_gets_more_ink_wrong():
    small = rasterise([[[0.02 + 0.3 * x, 0.02 + 0.3 * y] for x, y in s] for s in example_strokes(3)], 112, 0.03)
    answer = normalise.normalise_live(greys(small), False, False, False, 0.3, 0)
    for name, wrong in answer["wrong"].items():
        if name.endswith(("autoencoder", "vae", "blind")):
            assert wrong > answer["whole"][name]
    whole = normalise.normalise_live(greys(small), True, True, True, 0.3, 0)
    assert whole["wrong"] == pytest.approx(whole["whole"])


def test_switches_are_true_or_false():  # the page's route refuses anything else by these kinds
    kinds = typing.get_type_hints(normalise.normalise_live)
    assert {kinds[name] for name in ("box", "stroke", "centre")} == {bool}
    assert next(iter(inspect.signature(normalise.normalise_live).parameters)) == "picture"


def test_a_photo_of_28_pixels_goes_through_the_steps_as_well():
    answer = normalise.normalise_live(np.kron(GREYS, np.ones((4, 4), np.uint8)), True, True, True, 0.3, 0)
    drawn, *_, seen = (pictures_of(step) for step in answer["steps"])
    assert np.corrcoef(drawn.ravel(), GREYS.ravel())[0, 1] > 0.98
    assert np.corrcoef(seen.ravel(), GREYS.ravel())[0, 1] > 0.95


def test_an_empty_page_has_no_ink_to_get_wrong():
    blank = np.zeros((112, 112), np.uint8)
    assert set(normalise.normalise_live(blank, True, True, True, 0.3, 0)["wrong"].values()) == {None}


def read(network: str, pictures: list[np.ndarray]) -> np.ndarray:
    with torch.inference_mode():
        return checkpoints.load(network)(torch.tensor(np.array(pictures))[:, None]).argmax(1).numpy()


@pytest.mark.skipif("cnn-digits" not in checkpoints.names(), reason="weights/cnn-digits is not there")
def test_drawn_digits_of_every_size_place_and_stroke_are_read_right():
    random = np.random.default_rng(5)
    pictures, truth, shrunk = [], [], []
    for variant in range(12):
        for digit in range(10):
            for width in (0.02, 0.06, 0.10):
                size = random.uniform(max(0.25, 4 * width), 1)  # a digit at least four pens high can be read at all
                left, top = random.uniform(0, 1 - size, 2)
                strokes = [[[left + size * x, top + size * y] for x, y in s] for s in example_strokes(digit, variant)]
                drawing = rasterise(strokes, 112, width)
                pictures.append(to_mnist(drawing))
                shrunk.append(drawing.reshape(28, 4, 28, 4).mean((1, 3)))
                truth.append(digit)
    right = np.mean(read("cnn-digits", pictures) == truth)
    assert right >= 0.97
    assert np.mean(read("cnn-digits", shrunk) == truth) < right - 0.1  # merely shrunk to 28 x 28
