"""Drawings that the tests of this tab share, and what the page's bytes hold."""

import base64

import numpy as np

from demos.kit.drawing import to_mnist
from training.data.strokes import example_strokes, rasterise

DRAWING = rasterise(example_strokes(3), 112)  # as the pad has it
PICTURE = to_mnist(DRAWING).tolist()  # as the networks see it
GREYS = np.rint(255 * to_mnist(DRAWING)).astype(np.uint8)  # as the page sends it


def greys(picture: np.ndarray) -> np.ndarray:
    """A picture in [0, 1] as the page sends it."""
    return np.rint(255 * np.asarray(picture)).astype(np.uint8)


def pictures_of(base64_bytes: str) -> np.ndarray:
    """The pictures (28, 28) that an answer holds."""
    return np.frombuffer(base64.b64decode(base64_bytes), np.uint8).reshape(-1, 28, 28).squeeze()
