"""weights/<name>/latents.npz: the test pictures as codes of the network `name`. Read here alone, and once."""

import functools
from pathlib import Path

import numpy as np

from training.store import checkpoints, files, sums

FILE = "latents.npz"


def exists(name: str) -> bool:
    """True where the codes of the network stand beside its weights, here or on the Hub."""
    if _path(name).exists():
        return True
    return f"{name}/{FILE}" in sums.known(checkpoints.WEIGHTS) and checkpoints.on_hub(name)


def load(name: str) -> dict[str, np.ndarray]:
    """What is stored of N test pictures, by name.

    points (N, d) and, of a posterior, log_var (N, d), float32; classes (N,) uint8; keys (N,) uint64, by which a picture
    is found in any copy of the data set (run/record.py). Do not change it. FileNotFoundError where there is none,
    ValueError where it is damaged.
    """
    if not exists(name):
        raise FileNotFoundError(f"the codes of {name} are not stored: weights/{name}/{FILE} is missing")
    return _load(name, _path(name), _path(name).stat().st_mtime_ns if _path(name).exists() else 0)


def check(name: str) -> None:
    """Look whether the stored codes of `name` are as they were saved; nothing is fetched from the Hub.

    OSError or ValueError, a sentence, where they are damaged. What was found whole is read again when it changes.
    """
    if _path(name).exists():
        _check(name, _path(name), _path(name).stat().st_mtime_ns)


def _path(name: str) -> Path:
    return checkpoints.folder(name) / FILE


@functools.lru_cache(maxsize=32)
def _load(name: str, *_) -> dict[str, np.ndarray]:
    """The arrays of the file; the stamp is that of its last change, so that codes made anew are read anew."""
    arrays = checkpoints.read(name, FILE, files.parse_arrays)
    return {key: array.astype(np.float32) if array.dtype.kind == "f" else array for key, array in arrays.items()}


@functools.lru_cache(maxsize=256)
def _check(name: str, *_) -> None:
    checkpoints.read(name, FILE, files.parse_arrays)
