"""Arrays on their way to the page: base64 of bytes, of float32 and of PNG, never long lists of numbers."""

import base64
import io

import numpy as np
import torch


def pack(pictures) -> str:
    """Pictures in [0, 1], or whole numbers 0 to 255 as they are, of any shape -> base64 of uint8, row by row."""
    array = np.asarray(pictures.cpu() if isinstance(pictures, torch.Tensor) else pictures)
    if array.dtype.kind == "f":
        array = np.rint(255 * np.clip(array, 0, 1))
    return base64.b64encode(array.astype(np.uint8).tobytes()).decode()


def floats(array) -> str:
    """Numbers of any shape -> base64 of little-endian float32, row by row: kit.floats reads them."""
    return base64.b64encode(np.asarray(array, "<f4").tobytes()).decode()


def png(picture: np.ndarray) -> str:
    """A picture (H, W) in [0, 1] -> base64 of a grey PNG: a third of the bytes of pack()."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
