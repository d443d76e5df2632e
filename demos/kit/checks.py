"""Checks of what visitors and programs send: each refuses with a sentence that names the value and the range."""

import math
import reprlib
from collections.abc import Sequence

# of a code's coordinate: a VAE's lie within 10, nothing ties an autoencoder's, and ours lie as far out as 2,000
FARTHEST = 1e6
_REPR = reprlib.Repr()  # of a long list no more is written than is shown
_REPR.maxlist = _REPR.maxtuple = _REPR.maxdict = 64
_REPR.maxstring = _REPR.maxother = 200


def number(value, name: str, low: float, high: float) -> float:
    """Return `value` as a float; ValueError unless it is a finite number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, not {show(value)}")
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value:g}")
    return float(value)


def whole(value, name: str, low: int, high: int) -> int:
    """Return `value` as an int; ValueError unless it is a whole number in [low, high]."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or value != value
        or value in (math.inf, -math.inf)
    ):
        raise ValueError(f"{name} must be a whole number from {low} to {high}, not {show(value)}")
    if value != int(value) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, not {show(value)}")
    return int(value)


def choice(value, name: str, options: Sequence) -> str:
    """Return `value`; ValueError unless it is one of `options`."""
    if not isinstance(value, str) or value not in options:
        known = ", ".join(options) or "nothing, for nothing of the kind is here"
        raise ValueError(f"{name} must be one of {known}, not {show(value)}")
    return value


def seed(value) -> int:
    """Return a seed: a whole number from 0 to 2**31 - 1."""
    return whole(value, "seed", 0, 2**31 - 1)


def numbers(value, name: str, length: int, low: float = -1e3, high: float = 1e3) -> list[float]:
    """Return a list of exactly `length` finite floats in [low, high]."""
    if not isinstance(value, (list, tuple)) or len(value) != length:
        found = f"{len(value)} numbers" if isinstance(value, (list, tuple)) else show(value)
        raise ValueError(f"{name} must be a list of {length} numbers, not {found}")
    return [number(item, f"{name}[{index}]", low, high) for index, item in enumerate(value)]


def code(value, name: str, dimensions: int) -> list[float]:
    """Return a code: a list of `dimensions` finite floats within FARTHEST."""
    return numbers(value, name, dimensions, -FARTHEST, FARTHEST)


def show(value) -> str:
    """A short, printable form of anything, for a sentence."""
    text = _REPR.repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
