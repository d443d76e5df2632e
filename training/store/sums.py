"""weights/SHA256SUMS: what every .json and .npz below weights/ must be; `sha256sum -c SHA256SUMS` checks it, too.

The sums of the weights themselves stand in catalogue.json. A file without a sum is taken as it is. While files are
being replaced the old and the new content are both right, so that a crash at any moment leaves files that can be read.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from training.store import files

FILE = "SHA256SUMS"
SUMMED = (".json", ".npz")


def known(root: Path) -> dict[str, frozenset[str]]:
    """The sums that each file below `root` may have, by its path there; {} where there is no list."""
    try:
        return _read(root / FILE, (root / FILE).stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


def fits(root: Path, path: str, content: bytes) -> bool:
    """True unless `content` has another sum than the list says of `path`, relative to `root`."""
    right = known(root).get(path)
    return right is None or files.sha256(content) in right


@contextmanager
def replacing(root: Path, lock: Path, new: dict[str, bytes], whole: str | None = None) -> Iterator[None]:
    """While the block lasts, what stands there and what is `new` ({path: content}) are right; then the new alone.

    `whole`: a folder of which nothing but the new is known then.
    """
    wanted = {path: frozenset([files.sha256(content)]) for path, content in new.items() if path.endswith(SUMMED)}
    both = {path: right | _standing(root, path) for path, right in wanted.items()}
    with files.locked(lock):  # several trainings may end at the same moment
        _write(root, known(root) | both)
    yield
    with files.locked(lock):
        others = {path: right for path, right in known(root).items() if not whole or path.partition("/")[0] != whole}
        _write(root, others | wanted)


def _standing(root: Path, path: str) -> frozenset[str]:
    """The sum of what stands at `path`, where it is right."""
    try:
        content = (root / path).read_bytes()
    except FileNotFoundError:
        return frozenset()
    return frozenset([files.sha256(content)]) if fits(root, path, content) else frozenset()


def _write(root: Path, entries: dict[str, frozenset[str]]) -> None:
    lines = [f"{digest}  {path}\n" for path, right in sorted(entries.items()) for digest in sorted(right)]
    files.write(root / FILE, "".join(lines).encode())


@functools.lru_cache(maxsize=4)
def _read(file: Path, _: int) -> dict[str, frozenset[str]]:
    """The entries of the list; the stamp is that of its last change."""
    found: dict[str, frozenset[str]] = {}
    for line in file.read_text("utf-8", "replace").splitlines():
        digest, path = line[:64], line[66:]
        if path:
            found[path] = found.get(path, frozenset()) | {digest}
    return found
