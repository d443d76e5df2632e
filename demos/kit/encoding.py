"""Arrays on their way to the page: base64 of bytes, of float32 and of PNG, never long lists of numbers.

The browser's half is demos/kit/bytes.js.
"""

import base64
import binascii
import io
import math

import numpy as np
import torch

GREYS = 31  # steps of grey in a map's background: its PNG shrinks to half, and nobody sees it


def grey(pictures) -> str:
    """Pictures in [0, 1], or whole numbers 0 to 255 as they are, of any shape -> base64 of uint8, row by row."""
    array = np.asarray(pictures.cpu() if isinstance(pictures, torch.Tensor) else pictures)
    if array.dtype.kind == "f":
        array = np.rint(255 * np.minimum(np.maximum(array, 0), 1))  # np.clip of one picture takes twice as long
    return _text(array.astype(np.uint8).tobytes())


def floats(array) -> str:
    """Numbers of any shape -> base64 of little-endian float32, row by row."""
    return _text(np.ascontiguousarray(array, "<f4").tobytes())


def from_floats(text: str, name: str, count: int) -> np.ndarray:
    """The inverse of `floats`: `count` float32 numbers; ValueError when the text holds anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise ValueError(f"{name} must be base64 of {count} float32 numbers") from None
    if len(raw) != 4 * count:
        raise ValueError(f"{name} must hold {count} float32 numbers, {4 * count} bytes; it has {len(raw)}")
    return np.frombuffer(raw, "<f4").copy()


def png(picture: np.ndarray, greys: int = 255) -> str:
    """A picture (H, W) in [0, 1] -> base64 of a grey PNG, a third of the bytes of `grey`; fewer `greys`, fewer bytes.

    Many pictures (N, 784) travel so as well, one picture a line: neighbours are alike and pack well.
    """
    from PIL import Image

    file = io.BytesIO()
    levels = np.rint(np.rint(np.clip(picture, 0, 1) * greys) * (255 / greys)).astype(np.uint8)
    Image.fromarray(levels).save(file, "PNG", optimize=greys < 255)
    return _text(file.getvalue())


def numbers(array) -> list:
    """Numbers as nested lists, rounded to 4 digits, for JSON."""
    return np.round(np.asarray(array, dtype=np.float64), 4).tolist()


def finite(value: float) -> float | str:
    """A number for JSON, which has no infinities: those travel as "inf", "-inf" and "nan"."""
    return value if math.isfinite(value) else str(value)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
