"""Where a picture may come from besides the pad: a digit of the test set, or a photo of a digit on paper."""

import base64
import functools
import io
from typing import cast

import numpy as np
from PIL import Image

from demos.kit import checks
from demos.kit.drawing import read_picture
from demos.kit.encoding import grey
from training.data import datasets

SIDE = 112  # pixels of the pad's picture
WORK = 256  # pixels along a photo while its paper is told from its ink
TEST_DIGITS = 10_000


def test_digit(index: int) -> dict:
    """A digit of the test set, (28, 28) as base64 bytes, and its class; a sentence where the set is not at hand."""
    index = checks.whole(index, "index", 0, TEST_DIGITS - 1)
    if not datasets.at_hand("digits", split="test"):
        raise ValueError(
            "MNIST's test digits are not at hand; start the app with DATA_DIR set to a folder that has them"
        )
    images, labels = test_set()
    return {"picture": grey(images[index, 0].numpy()), "class": int(labels[index])}


def photo(picture: str) -> dict:
    """A photo of a digit on paper (PNG data URL) -> the pad's picture: light ink on dark, as a PNG data URL."""
    ink = find_ink(read_picture(picture))
    file = io.BytesIO()
    Image.fromarray(np.rint(255 * ink).astype(np.uint8)).save(file, "PNG")
    return {"picture": "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()}


def find_ink(grey: np.ndarray) -> np.ndarray:
    """A grey photo (H, W) in [0, 1] -> its ink (112, 112) in [0, 1], light on dark, whichever way it was written.

    Ink covers little of the paper, so the paper is the median; uneven light is taken out with a local estimate of the
    paper; specks much smaller than the largest stroke are dropped. ValueError when nothing stands out.
    """
    from scipy import ndimage

    scale = WORK / max(grey.shape)
    rows, columns = (max(8, round(side * scale)) for side in grey.shape)
    grey = np.asarray(Image.fromarray(grey).resize((columns, rows), Image.Resampling.BILINEAR))
    low, middle, high = np.percentile(grey, (1, 50, 99))
    if middle > (low + high) / 2:  # dark on light
        grey = 1 - grey
    reach = WORK // 5  # wider than any stroke
    paper = ndimage.gaussian_filter(ndimage.grey_opening(ndimage.gaussian_filter(grey, 1.0), reach), reach / 3)
    raised = ndimage.gaussian_filter(grey, 0.7) - paper
    contrast = np.percentile(raised, 99.5)
    if contrast < 0.08:
        raise ValueError("No ink stands out in this picture; take the photo closer, in even light, with a darker pen")
    ink = np.clip((raised / contrast - 0.35) / 0.3, 0, 1)
    labels, count = cast(tuple[np.ndarray, int], ndimage.label(ink > 0.5))
    if count == 0:
        raise ValueError("No ink stands out in this picture; take the photo closer, in even light, with a darker pen")
    areas = ndimage.sum_labels(np.ones_like(ink), labels, np.arange(1, count + 1))
    strokes = ndimage.binary_dilation(np.isin(labels, 1 + np.flatnonzero(areas > 0.08 * areas.max())), iterations=2)
    return _square(np.where(strokes, ink, 0).astype(np.float32))


def _square(ink: np.ndarray) -> np.ndarray:
    """The inked part with a margin, in the middle of SIDE x SIDE."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    side = int(1.25 * max(part.shape)) + 2
    top, left = (side - part.shape[0]) // 2, (side - part.shape[1]) // 2
    square = np.zeros((side, side), np.float32)
    square[top : top + part.shape[0], left : left + part.shape[1]] = part
    return np.asarray(Image.fromarray(square).resize((SIDE, SIDE), Image.Resampling.BILINEAR)).clip(0, 1)


@functools.cache
def test_set():
    return datasets.load("digits", "test")
