"""Files that are whole or not there: atomic writes, sha256, and locks that die with the process that holds them."""

import hashlib
import io
import os
from pathlib import Path

import numpy as np
from filelock import BaseFileLock, FileLock, Timeout


def sha256(content: bytes) -> str:
    """The SHA-256 of `content` in 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def arrays(content: bytes) -> dict[str, np.ndarray]:
    """The arrays of a .npz file by their names. ValueError where it is cut, damaged, or holds anything but numbers."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}
    except Exception as error:  # of zip, of zlib and of numpy: a dozen kinds
        raise ValueError(str(error) or type(error).__name__) from None


def parse_arrays(content: bytes, what: str, remedy: str) -> dict[str, np.ndarray]:
    """As arrays(); the ValueError is a sentence that calls the file `what`."""
    try:
        return arrays(content)
    except ValueError as error:
        raise ValueError(f"{what} is damaged ({error}); {remedy}") from None


def write(path: Path, content: bytes) -> None:
    """Replace `path` by `content`: whoever opens it, at any moment and after any crash, reads the old file or the new.

    The bytes go to a temporary file in the same folder, reach the disk (fsync), are read back, and only then take the
    name. Raises OSError, with the old file untouched, when the disk is full or the folder not writable.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if partial.read_bytes() != content:
            raise OSError(None, "the disk gave back other bytes than were written", str(path))
        os.replace(partial, path)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:  # a full disk does not say which file
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    if os.name == "posix":  # the new name is an entry of the folder, which has to reach the disk too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def try_lock(path: Path) -> BaseFileLock | None:
    """Lock the file `path` and return the lock, to be released; or None when another process holds it.

    The operating system keeps the lock, not the file's presence: it goes when the process goes, however that ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock


def locked(path: Path) -> BaseFileLock:
    """A context that holds the lock of the file `path`, and waits for whoever holds it now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path)
