"""MNIST, Fashion-MNIST and your own pictures as tensors, resident in memory: read once, no loader, no workers.

A set of your own (training/data/own.py) goes by the name of its folder or .npz, `leaves` for `path/to/leaves`, and lies
where the others do: in the folder that `--data-dir` names.

The files of the other two come from `--data-dir`, or the environment variable DATA_DIR, or torchvision downloads them
into a cache folder. Nothing is read or downloaded when this module is imported.
"""

import hashlib
import os
import re
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.data import own

DATASETS = ("digits", "fashion")
CLASSES = {
    "digits": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    "fashion": (
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
}
FOLDERS = {"digits": "MNIST", "fashion": "FashionMNIST"}  # torchvision's
SIZES = {  # bytes of the four files of either set
    "train-images-idx3-ubyte": 16 + 60_000 * 784,
    "train-labels-idx1-ubyte": 8 + 60_000,
    "t10k-images-idx3-ubyte": 16 + 10_000 * 784,
    "t10k-labels-idx1-ubyte": 8 + 10_000,
}
HELD_OUT = 5_000  # the last training images: recipes are chosen on them, never on the test set


class DamagedFile(ValueError):
    """A file of a data set that is not what it should be."""


def data_dir(folder: str | Path | None = None) -> Path:
    """The folder of the data sets: `folder`, else $DATA_DIR, else a cache folder of the user's."""
    return Path(folder or os.environ.get("DATA_DIR") or cache())


def cache() -> Path:
    """The cache folder of the user's, for those who name no other, or one that cannot be written."""
    return Path.home() / ".cache" / "autoencoder-demo"


def places(folder: str | Path | None = None) -> list[Path]:
    """Where files are looked for: in `folder` alone where one is named, else in data_dir() and then in cache()."""
    return [Path(folder)] if folder else list(dict.fromkeys([data_dir(), cache()]))


def file(dataset: str, name: str, folder: str | Path | None = None) -> Path | None:
    """The file `name` of "digits" or "fashion", in the first place that has it; None where none has."""
    found = (place / FOLDERS[dataset] / "raw" / name for place in places(folder))
    return next((path for path in found if path.exists()), None)


def locate(text: str, folder: str | Path | None = None) -> Path | None:
    """Where pictures of one's own are: `text` is their folder or .npz, or its name in data_dir(); None: nowhere.

    ValueError where that name is taken or would stand for two things.
    """
    if text in DATASETS:
        return None
    given = [Path(text), data_dir(folder) / text, data_dir(folder) / f"{text}.npz"]
    found = next((path for path in given if path.is_dir() or (path.suffix == ".npz" and path.is_file())), None)
    if found is None:
        return None
    found = Path(os.path.abspath(found))
    name = name_of(found)
    if name in (*DATASETS, "simulated-micrographs") or not re.fullmatch(r"\w[\w.-]{0,60}", name):
        raise ValueError(f"{text}: the set is called as its folder: rename it, in letters, digits, '-', '_' and '.'")
    if (found.parent / name).is_dir() and (found.parent / f"{name}.npz").is_file():
        raise ValueError(f"{text}: the folder {name} and {name}.npz lie side by side; rename one of them")
    return found


def name_of(path: Path) -> str:
    """What pictures of one's own are called: as their folder, or as their .npz without its ending."""
    return path.stem if path.suffix == ".npz" else path.name


def classes(dataset: str, folder: str | Path | None = None) -> tuple[str, ...]:
    """The names of the classes of a data set."""
    return CLASSES[dataset] if dataset in CLASSES else _own(dataset, folder).classes


def about(dataset: str, folder: str | Path | None = None) -> dict:
    """What a checkpoint says of one's own pictures: the names of their classes, and how many stand in which part."""
    pictures = _own(dataset, folder)
    return {
        "classes": list(pictures.classes),
        "pictures": {part: len(some) for part, some in own.parts(pictures.labels).items()},
    }


def _own(dataset: str, folder: str | Path | None) -> own.Own:
    path = locate(dataset, folder)
    if path is None:
        raise ValueError(
            f"dataset {dataset!r} is not one of {', '.join(DATASETS)}, and no pictures of that name, a folder or an "
            ".npz, are in the folder that --data-dir or DATA_DIR names"
        )
    return own.read(path)


def at_hand(dataset: str, folder: str | Path | None = None, split: str = "all") -> bool:
    """True when the files of `dataset`, or those of its "test" alone, are there, so that load() needs no network."""
    if dataset not in DATASETS:
        return locate(dataset, folder) is not None
    return all(file(dataset, name, folder) for name in SIZES if split != "test" or name.startswith("t10k"))


def load(dataset: str, split: str, folder: str | Path | None = None) -> tuple[Tensor, Tensor]:
    """Return (images (N, 1, 28, 28) float32 in [0, 1], labels (N,) int64).

    `split` is "train" (the first 55,000), "held-out" (the last 5,000 of the training set), "all" (all 60,000) or
    "test" (10,000); of one's own pictures 80, 10, 90 and 10 per cent of each class, the same at every call.
    Downloads the set, with torchvision's progress bar, when it is not there. Raises ConnectionError when that fails,
    and DamagedFile (a ValueError) when a file is truncated, each in a sentence.
    """
    if split not in ("train", "held-out", "all", "test"):
        raise ValueError(f"split {split!r} is not one of train, held-out, all, test")
    if dataset not in DATASETS:
        pictures = _own(dataset, folder)
        parts = own.parts(pictures.labels)
        chosen = np.concatenate([parts["train"], parts["held-out"]]) if split == "all" else parts[split]
        return _tensors(pictures.pixels[chosen], pictures.labels[chosen])
    for name, size in SIZES.items():
        path = file(dataset, name, folder)
        if path and path.stat().st_size != size:
            found = path.stat().st_size
            raise DamagedFile(f"{path} has {found:,} bytes instead of {size:,}: delete it to load it again")
    if not at_hand(dataset, folder, split):
        _download(dataset, folder)
    pixels, labels = as_bytes(dataset, "test" if split == "test" else "train", folder)
    images, labels = _tensors(pixels, labels)
    part = {"train": slice(0, -HELD_OUT), "held-out": slice(-HELD_OUT, None)}.get(split, slice(None))
    return images[part], labels[part]


def _tensors(pixels: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(pixels)[:, None].float().div_(255), torch.from_numpy(labels).long()


def as_bytes(dataset: str, files: str, folder: str | Path | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The pictures as the files "train" or "test" hold them: pixels (N, 28, 28) and labels (N,), both uint8.

    Read without torchvision, whose import alone takes longer. FileNotFoundError where the set is not at hand.
    """
    start = "t10k" if files == "test" else "train"
    names = f"{start}-images-idx3-ubyte", f"{start}-labels-idx1-ubyte"
    images, labels = (file(dataset, name, folder) or _raw(dataset, folder) / name for name in names)
    return np.fromfile(images, np.uint8, offset=16).reshape(-1, 28, 28), np.fromfile(labels, np.uint8, offset=8)


def _download(dataset: str, folder: str | Path | None) -> None:
    from torchvision.datasets import MNIST, FashionMNIST  # 1.5 s to import, so only where it is used

    kind = MNIST if dataset == "digits" else FashionMNIST
    try:
        kind(data_dir(folder), download=True)
    except (OSError, RuntimeError) as error:  # torchvision raises either, without saying what to do
        raise ConnectionError(
            f"{kind.__name__} is not in {_raw(dataset, folder)} and could not be loaded ({error}); put its four files "
            "there, or say with --data-dir or DATA_DIR where they are"
        ) from None


def _raw(dataset: str, folder: str | Path | None) -> Path:
    return data_dir(folder) / FOLDERS[dataset] / "raw"


def sha256(dataset: str, folder: str | Path | None = None) -> dict[str, str]:
    """The SHA-256 of each of the four files of `dataset`, by file name; of one's own pictures one, by its name."""
    if dataset not in DATASETS:
        return {dataset: _own(dataset, folder).sha256}
    found = {name: file(dataset, name, folder) for name in sorted(SIZES)}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items() if path}
