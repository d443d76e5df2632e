"""What the pad or a program sends -> the networks' 28 x 28 picture."""

import base64
import binascii
import functools
import io
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, UnidentifiedImageError

from demos.kit.checks import show
from training.data.strokes import SIDE, to_mnist

__all__ = ["as_input", "decode_png", "read_picture", "to_mnist"]

LONGEST_SIDE = 2_000  # pixels of a PNG
LONGEST_ROW = 512  # numbers, and rows, of a picture as lists: each number costs a hundred times what a pixel does
LONGEST_TEXT = 2_000_000  # characters of a data URL; the pad's have about 3,000
PREFIX = "data:image/png;base64,"
Image.MAX_IMAGE_PIXELS = LONGEST_SIDE**2  # for every decoder of this process


def as_input(value) -> np.ndarray:
    """The networks' input (28, 28) float32 in [0, 1], from the pad's data URL or from a picture (H, W) in [0, 1].

    An array of uint8 holds greys 0 to 255. A 28 x 28 picture stays as it is, any other size goes through to_mnist.
    ValueError, a sentence, for anything else.
    """
    if isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 2:
        _check_sides(*value.shape)
        return _input_from_greys(value.tobytes(), value.shape)
    if isinstance(value, str):
        return _input_from_url(value) if len(value) < 30_000 else _prepare(_decode(value))
    return _prepare(read_picture(value))


def read_picture(value) -> np.ndarray:
    """A PNG data URL, or a picture (H, W) as nested list or array with numbers in [0, 1] -> float32 (H, W)."""
    if isinstance(value, str):
        return _decode(value)
    if not isinstance(value, (Sequence, np.ndarray)):
        raise ValueError(f"picture must be rows of numbers in [0, 1], light ink on dark, not {show(value)}")
    try:
        longest = LONGEST_SIDE if isinstance(value, np.ndarray) else LONGEST_ROW
        _check_sides(len(value), len(value[0]) if len(value) else 0, longest)
        picture = np.asarray(value)
    except (TypeError, ValueError) as error:
        if str(error).startswith("picture"):
            raise
        raise ValueError("picture must be rows of numbers in [0, 1], all rows equally long") from None
    if picture.ndim != 2 or picture.dtype.kind not in "iuf":
        raise ValueError(
            f"picture must be rows of numbers in [0, 1], not of shape {picture.shape} and type {picture.dtype}"
        )
    if picture.dtype == np.uint8:
        return picture.astype(np.float32) / 255
    low, high = float(picture.min()), float(picture.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("picture holds a number that is not finite (NaN or infinity); its pixels must be in [0, 1]")
    if low < 0 or high > 1:
        raise ValueError(f"picture must have its pixels in [0, 1], not from {low:g} to {high:g}")
    return picture.astype(np.float32)


def _prepare(picture: np.ndarray) -> np.ndarray:
    return picture if picture.shape == (SIDE, SIDE) else to_mnist(picture)


@functools.lru_cache(maxsize=512)  # the slider moves while the drawing stays: 512 drawings of 112 x 112 are 8 MB
def _input_from_greys(greys: bytes, shape: tuple[int, int]) -> np.ndarray:
    picture = _prepare(np.frombuffer(greys, np.uint8).reshape(shape).astype(np.float32) / 255)
    picture.setflags(write=False)
    return picture


@functools.lru_cache(maxsize=512)
def _input_from_url(url: str) -> np.ndarray:
    picture = _prepare(_decode(url))
    picture.setflags(write=False)
    return picture


def _decode(url: str) -> np.ndarray:
    """A PNG data URL -> grey (H, W) float32 in [0, 1]."""
    if not url.startswith(PREFIX):
        raise ValueError(f"picture as text must be a PNG data URL ({PREFIX}...), not {show(url)}")
    if len(url) > LONGEST_TEXT:
        raise ValueError(f"picture must have at most {LONGEST_TEXT} characters as a data URL, not {len(url)}")
    try:
        return decode_png(base64.b64decode(url[len(PREFIX) :], validate=True))
    except binascii.Error:
        raise ValueError(f"picture is no PNG: {len(url) - len(PREFIX)} characters that hold something else") from None


def decode_png(data: bytes) -> np.ndarray:
    """A PNG file -> grey (H, W) float32 in [0, 1]. The size is read from the header before any pixel is."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            _check_sides(image.height, image.width)
            if image.mode in ("RGBA", "LA", "P", "PA"):
                image = Image.alpha_composite(Image.new("RGBA", image.size, "black"), image.convert("RGBA"))
            return np.asarray(image.convert("L"), np.float32) / 255
    except Image.DecompressionBombError:
        raise ValueError(f"picture must have sides of 2 to {LONGEST_SIDE} pixels; this one is far larger") from None
    except UnidentifiedImageError:
        raise ValueError(f"picture is no PNG: {len(data)} bytes that hold something else") from None
    except (OSError, SyntaxError) as error:
        raise ValueError(f"picture is a damaged PNG: {error}") from None


def _check_sides(height: int, width: int, longest: int = LONGEST_SIDE) -> None:
    if not (2 <= height <= longest and 2 <= width <= longest):
        raise ValueError(f"picture must have sides of 2 to {longest} pixels, not {height} x {width}")
