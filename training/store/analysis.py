"""weights/analysis: what `python -m training.analyse.<name>` measured of several networks together.

Written and read here alone. A file that is missing or damaged is named in one sentence, with the command that makes it.
"""

import functools
import io
import json
from pathlib import Path

import numpy as np

from training.store import checkpoints, files, sums

MADE_BY = {"latents_probes": "probes", "latents_fitting": "fitting"}  # the others are called as their analysis
FOLDER = "analysis"


def path(name: str, suffix: str = "json") -> Path:
    """weights/analysis/<name>.<suffix>."""
    return checkpoints.WEIGHTS / FOLDER / f"{name}.{suffix}"


def exists(name: str, suffix: str = "json") -> bool:
    """True where it was measured."""
    return path(name, suffix).exists()


def load(name: str) -> dict:
    """The numbers of the analysis `name`, from weights/analysis/<name>.json. Read once: do not change them.

    Raises FileNotFoundError where it was not measured yet and ValueError where the file is damaged.
    """
    return _load(*_stamped(name, "json"))


def arrays(name: str) -> dict[str, np.ndarray]:
    """The arrays of the analysis `name`, from weights/analysis/<name>.npz; errors as in load()."""
    return _arrays(*_stamped(name, "npz"))


def remedy(name: str) -> str:
    """The command that measures the analysis `name` anew."""
    return f"run `python -m training.analyse.{MADE_BY.get(name, name)}`"


def save(name: str, numbers: dict, indent: int | None = 1, **arrays: np.ndarray) -> Path:
    """Write weights/analysis/<name>.json and, where there are arrays, <name>.npz; return the path of the former."""
    separators = None if indent else (",", ":")
    new = {path(name): (json.dumps(numbers, indent=indent, separators=separators) + "\n").encode()}
    if arrays:
        new[path(name, "npz")] = npz(**arrays)
    named = {f"{FOLDER}/{file.name}": content for file, content in new.items()}
    with sums.replacing(checkpoints.WEIGHTS, checkpoints.sums_lock(), named):
        for file, content in new.items():
            files.write(file, content)
    return path(name)


def npz(**arrays: np.ndarray) -> bytes:
    """The arrays as one compressed .npz file."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _stamped(name: str, suffix: str) -> tuple[str, Path, int]:
    """The file and when it was written, so that what was measured anew is read anew."""
    file = path(name, suffix)
    if not file.exists():
        raise FileNotFoundError(f"weights/analysis/{file.name} is missing: {remedy(name)}")
    return name, file, file.stat().st_mtime_ns


@functools.lru_cache(maxsize=16)
def _load(name: str, file: Path, _: int) -> dict:
    try:
        found = json.loads(_content(file))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"weights/analysis/{file.name} is damaged: {remedy(name)}")
    return found


@functools.lru_cache(maxsize=8)
def _arrays(name: str, file: Path, _: int) -> dict[str, np.ndarray]:
    try:
        return files.arrays(_content(file))
    except ValueError as error:
        raise ValueError(f"weights/analysis/{file.name} is damaged ({error}): {remedy(name)}") from None


def _content(file: Path) -> bytes:
    """What stands in the file. ValueError where its sum is another one than weights/SHA256SUMS has."""
    content = file.read_bytes()
    if not sums.fits(checkpoints.WEIGHTS, f"{FOLDER}/{file.name}", content):
        raise ValueError(f"its sha256 is another than in weights/{sums.FILE}")
    return content
