"""Arrays on their way to the page: base64 of a PNG or of float32, never long lists of numbers."""

import base64
import io

import numpy as np

GREYS = 31  # steps of grey in a map's background: its PNG shrinks to half, and nobody sees it


def png(pictures: np.ndarray) -> str:
    """Pictures (N, 784) in [0, 1] -> base64 of a grey PNG with one picture a line (kit.unpackLines reads it)."""
    from PIL import Image

    grey = np.rint(np.rint(np.clip(pictures, 0, 1) * GREYS) * (255 / GREYS)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(grey).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def floats(array) -> str:
    """Numbers of any shape -> base64 of little-endian float32, row by row (kit.floats reads them)."""
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()
