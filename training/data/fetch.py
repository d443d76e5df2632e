"""The test pictures alone, MNIST's and Fashion-MNIST's, for an app that has no data set: 6 MB, loaded beside its work.

    python app.py --fetch            # at the start; on a Space by itself, elsewhere by a button of the page
    DATA_MIRROR=http://host/path     # another place that has MNIST/ and FashionMNIST/ with their t10k-*.gz

A file counts when its content has the SHA-256 below, and it is whole or not there. One fetch runs at a time, whichever
process of the app began it; what it has so far is read from the disk.
"""

import hashlib
import os
import tempfile
import threading
import urllib.request
import zlib
from pathlib import Path

from filelock import FileLock, Timeout

from training.data import datasets

MIRRORS = {  # torchvision's
    "digits": ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
    "fashion": ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
}
FILES = {  # (data set, file) -> bytes of its .gz there, SHA-256 of what is in it
    ("digits", "t10k-images-idx3-ubyte"): (
        1_648_877,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    ("digits", "t10k-labels-idx1-ubyte"): (4_542, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ("fashion", "t10k-images-idx3-ubyte"): (
        4_422_102,
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    ("fashion", "t10k-labels-idx1-ubyte"): (5_148, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
}
SIZE = sum(size for size, _ in FILES.values())
PATIENCE = 20.0  # seconds without a byte
PART = 32_768  # bytes between two looks at how far it is

_failed: str | None = None  # why the last fetch of this process ended
_thread: threading.Thread | None = None


def at_hand() -> bool:
    """True when the test pictures of both sets are there."""
    return all(datasets.at_hand(dataset, split="test") for dataset in datasets.DATASETS)


def progress() -> dict:
    """{"state": "ready", "loading", "failed" or "absent", "loaded", "size" (bytes), "error": a sentence or None}."""
    if at_hand():
        return {"state": "ready", "loaded": SIZE, "size": SIZE, "error": None}
    loaded = sum(_loaded(dataset, name, size) for (dataset, name), (size, _) in FILES.items())
    running = (_thread is not None and _thread.is_alive()) or _held()
    state = "loading" if running else "failed" if _failed else "absent"
    return {"state": state, "loaded": min(loaded, SIZE), "size": SIZE, "error": None if running else _failed}


def start() -> dict:
    """Begin to fetch in a thread, unless it is under way or all is there; return progress() at once."""
    global _thread, _failed
    if progress()["state"] not in ("ready", "loading"):
        _failed = None
        _thread = threading.Thread(target=_run, name="fetch", daemon=True)
        _thread.start()
    return progress()


def _run() -> None:
    global _failed
    try:
        folder = place()
        with FileLock(folder / LOCK, timeout=2):  # progress() of another process holds it for a moment
            for dataset, name in FILES:
                if datasets.file(dataset, name) is None:
                    _fetch(dataset, name, folder)
    except Timeout:  # another process of the app is at it
        pass
    except OSError as error:
        _failed = str(error)
    except Exception as error:  # a page that waits must be told
        _failed = f"The test pictures could not be fetched ({type(error).__name__})."
        raise


LOCK = ".test-pictures.lock"


def _held() -> bool:
    """True while some process fetches."""
    for folder in datasets.places():
        if (folder / LOCK).exists():
            lock = FileLock(folder / LOCK)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return True
            except OSError:
                continue
            lock.release()
    return False


def place() -> Path:
    """Where fetched pictures go: the first of the data folder and the cache folder that can be written. OSError."""
    for folder in datasets.places():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    raise OSError(
        "Neither the data folder nor the cache folder can be written: start the app with DATA_DIR set to one that can."
    )


def _raw(dataset: str, folder: Path) -> Path:
    return folder / datasets.FOLDERS[dataset] / "raw"


def _loaded(dataset: str, name: str, size: int) -> int:
    """How many bytes of a file are there."""
    if datasets.file(dataset, name):
        return size
    for folder in datasets.places():
        if (part := _raw(dataset, folder) / f".{name}.gz.partial").exists():
            return min(part.stat().st_size, size)
    return 0


def _fetch(dataset: str, name: str, folder: Path) -> None:
    """Load one file from the first mirror that has it as it must be. ConnectionError in a sentence where none has."""
    raw = _raw(dataset, folder)
    raw.mkdir(parents=True, exist_ok=True)
    partial, size, sha256 = raw / f".{name}.gz.partial", *FILES[dataset, name]
    own = os.environ.get("DATA_MIRROR")
    mirrors = (f"{own.rstrip('/')}/{datasets.FOLDERS[dataset]}/",) if own else MIRRORS[dataset]
    why = ""
    try:
        for mirror in mirrors:
            try:
                _download(f"{mirror}{name}.gz", partial, most=2 * size)
                content = _unpacked(partial.read_bytes(), datasets.SIZES[name])
            except (OSError, zlib.error) as error:  # HTTP's errors are among them
                why = f"{getattr(error, 'reason', None) or error}"
                continue
            if hashlib.sha256(content).hexdigest() == sha256:
                with partial.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(partial, raw / name)
                return
            why = "what came is not what it must be"
        raise ConnectionError(
            f"The test pictures could not be fetched: {name}.gz of {datasets.FOLDERS[dataset]}: {why}. Is this machine "
            "online? Everything else works without them."
        )
    finally:
        partial.unlink(missing_ok=True)


def _download(address: str, partial: Path, most: int) -> None:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer, partial.open("wb") as file:
        told = int(answer.headers.get("Content-Length") or 0)
        while part := answer.read1(PART):
            file.write(part)
            file.flush()
            if file.tell() > most:
                raise OSError("far more came than there is")
        if file.tell() < told:
            raise OSError(f"the connection broke off after {file.tell():,} of {told:,} bytes")


def _unpacked(packed: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)  # of a .gz
    return unpacker.decompress(packed, most + 1)
