"""Your own pictures as a data set: a folder of class folders, or an .npz; either way greys of 28 x 28 in the end.

    leaves/oak/1.jpg, leaves/elm/2.png ...   a class for each folder; pictures without class folders are one class
    leaves.npz                               "images" (N, 28, 28), uint8 or floats in [0, 1]; "labels" (N,), numbers or
                                             words, where there are any; "classes", the names that numbers stand for

The rule from a picture of any size and format to 28 x 28: upright as its EXIF says; what is transparent on white; grey
by ITU-R 601; the largest square in its middle; each of the 28 x 28 pixels the mean of what it covers. Light stays
light. Of pictures that are alike in every pixel one is kept, so that none is both trained on and tested.
"""

import functools
import hashlib
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageOps
from tqdm import tqdm

SPLIT_SEED = 0  # one split for all networks of a set, whatever their --seed: they are tested on the same pictures
TENTH = 0.1  # of each class is held out, and as much is for testing
LEAST, MOST_CLASSES = 3, 100  # pictures of a class: one for each part; classes that a page can tell apart at all


class Own(NamedTuple):
    """A set of one's own: pixels (N, 28, 28) and labels (N,), both uint8, the classes' names, the files' digest."""

    pixels: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    sha256: str


@functools.lru_cache(maxsize=1)  # a script asks for three parts of it
def read(path: Path) -> Own:
    """The pictures at `path`; ValueError names the file and the remedy where they cannot be a data set."""
    own = _npz(path) if path.suffix == ".npz" else _folder(path)
    first = {picture.tobytes(): at for at, picture in reversed(list(enumerate(own.pixels)))}
    kept = sorted(first.values())
    own = own._replace(pixels=own.pixels[kept], labels=own.labels[kept])
    counts = np.bincount(own.labels, minlength=len(own.classes))
    if counts.min() < LEAST:
        few = own.classes[int(counts.argmin())]
        raise ValueError(
            f"{path}: the class {few!r} has {counts.min()} different pictures; it takes at least {LEAST}, one each for "
            "training, held-out and test"
        )
    return own


def parts(labels: np.ndarray) -> dict[str, np.ndarray]:
    """Positions by part, "train", "held-out" and "test": of each class a tenth, at least one, for the latter two."""
    generator = torch.Generator().manual_seed(SPLIT_SEED)
    found: dict[str, list[np.ndarray]] = {"train": [], "held-out": [], "test": []}
    for label in np.unique(labels):
        mine = np.flatnonzero(labels == label)
        mine = mine[torch.randperm(len(mine), generator=generator).numpy()]
        tenth = max(1, round(TENTH * len(mine)))
        for part, some in zip(found, (mine[2 * tenth :], mine[tenth : 2 * tenth], mine[:tenth]), strict=True):
            found[part].append(some)
    mixed = {part: np.concatenate(some) for part, some in found.items()}
    return {part: some[torch.randperm(len(some), generator=generator).numpy()] for part, some in mixed.items()}


def _folder(path: Path) -> Own:
    kinds = {suffix for suffix, kind in Image.registered_extensions().items() if kind in Image.OPEN}
    inside = sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    folders = inside or [path]
    if len(folders) > MOST_CLASSES:
        raise ValueError(f"{path} has {len(folders)} class folders; at most {MOST_CLASSES} are told apart")
    files: list[tuple[Path, int]] = []
    for label, folder in enumerate(folders):
        mine = sorted(file for file in folder.iterdir() if file.suffix.lower() in kinds and file.name[0] != ".")
        if not mine:
            raise ValueError(
                f"{folder} holds no pictures: put some in it (.png, .jpg ...), one folder for each class, or remove it"
            )
        files += [(file, label) for file in mine]
    digest, pixels = hashlib.sha256(), []
    for file, _ in tqdm(files, path.name, leave=False):
        digest.update(
            f"{file.relative_to(path).as_posix()}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode()
        )
        pixels.append(grey(file))
    labels = np.array([label for _, label in files], np.uint8)
    return Own(np.stack(pixels), labels, tuple(_name(folder.name) for folder in folders), digest.hexdigest())


def grey(file: Path) -> np.ndarray:
    """The picture in `file` as 28 x 28 greys, uint8, by the rule at the head; ValueError where it cannot be opened."""
    try:
        with Image.open(file) as opened:
            image = ImageOps.exif_transpose(opened)
            if image.mode[0] in "IF":  # more than 8 bits a pixel, as microscopes store them
                deep = np.asarray(image, np.float64)
                if image.mode == "F" or not 0 <= deep.min() <= deep.max() <= 65_535:
                    raise ValueError(f"{file} has 32 bits a pixel: store it with 8 or 16")
                image = Image.fromarray((deep / 257).round().astype(np.uint8))
            elif image.has_transparency_data:
                image = image.convert("RGBA")
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
            return np.asarray(ImageOps.fit(image.convert("L"), (28, 28), Image.Resampling.BOX))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        why = str(error).replace(str(file), "it").splitlines()[0]
        raise ValueError(f"{file} cannot be opened as a picture ({why}): mend it or take it out") from None


def _npz(path: Path) -> Own:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
    except (OSError, EOFError, ValueError, TypeError, AttributeError, zipfile.BadZipFile):  # TypeError: it is no .npz
        raise ValueError(
            f"{path} is no .npz of plain numbers: pickled objects are refused, because opening them can run any "
            "program; write it with np.savez(path, images=images, labels=labels)"
        ) from None
    images = arrays.get("images", arrays.get("arr_0"))
    if images is None or images.ndim != 3 or images.shape[1:] != (28, 28) or not len(images):
        found = ", ".join(f"{key} {array.shape}" for key, array in arrays.items()) or "nothing"
        raise ValueError(f'{path} holds {found}; it takes "images" of shape (N, 28, 28)')
    if images.dtype != np.uint8:
        if images.dtype.kind != "f" or not (images.min() >= 0 and images.max() <= 1):  # NaN is neither
            raise ValueError(f"{path}: images are uint8 from 0 to 255 or floats from 0 to 1, not {images.dtype}")
        images = (255 * images).round().astype(np.uint8)
    labels = arrays.get("labels", np.full(len(images), path.stem))
    if labels.shape != (len(images),) or labels.dtype.kind not in "iubUS":
        raise ValueError(f"{path}: labels are {len(images)} numbers or words, one for each picture")
    kinds, labels = np.unique(labels, return_inverse=True)
    names = [kind.decode() if isinstance(kind, bytes) else str(kind) for kind in kinds.tolist()]
    if "classes" in arrays:
        if kinds.dtype.kind not in "iu" or kinds.min() < 0 or kinds.max() >= len(arrays["classes"]):
            raise ValueError(f'{path}: with "classes", labels are whole numbers from 0 to {len(arrays["classes"]) - 1}')
        names = [str(arrays["classes"][kind]) for kind in kinds]
    if len(names) > MOST_CLASSES:
        raise ValueError(f"{path} has {len(names)} different labels; at most {MOST_CLASSES} classes are told apart")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Own(images, labels.astype(np.uint8), tuple(map(_name, names)), digest)


def _name(text: str) -> str:
    """A class's name as cards and page show it: one line, no mark of a table."""
    return " ".join(text.replace("|", " ").split())[:40] or "without a name"
