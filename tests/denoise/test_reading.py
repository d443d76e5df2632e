"""What to_mnist is for: a classifier trained on MNIST reads what visitors draw, wherever and however they draw it."""

import numpy as np
import pytest
import torch

from training import checkpoints
from training.data.strokes import example_strokes, rasterise, to_mnist


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
