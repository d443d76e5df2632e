"""What the tests of this tab share: answers as the page reads them, sources of pictures, the pixels of a canvas."""

import base64

import numpy as np

from tests.vae.test_codes import digit

FIRST, SECOND = {"picture": digit(3)}, {"class": 8, "index": 2}


def read(text: str, dtype=np.uint8) -> np.ndarray:
    """What kit.bytes or kit.floats make of a text."""
    return np.frombuffer(base64.b64decode(text), dtype)


def pixels(page, selector: str) -> str:
    """A canvas's content, to compare."""
    return page.locator(selector).first.evaluate("canvas => canvas.toDataURL()")


def changes(page, selector: str, before: str) -> None:
    """Wait until the canvas shows something else."""
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector).toDataURL() !== before", arg=[selector, before]
    )


def asked(page) -> list[str]:
    """A list that grows with every live call of the page from now on."""
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url) if "/live/" in request.url else None)
    return calls
