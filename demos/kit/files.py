"""What a browser may read of this repository: the page's scripts, styles and drawings, and the networks' weights.

Everything is listed once at the start: an address is looked up in that list and never on the disk, so there is no path
to climb out of. The addresses hold a hash of the whole tree and therefore never change what they mean: a browser keeps
them for ever, and a restart with other files gives other addresses. Nested imports of modules inherit the hash.
"""

import functools
import gzip
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from demos.kit.answers import best_encoding, refusal

ROOT = Path(__file__).resolve().parents[2]
PAGE = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}  # under demos/
CHECKPOINT = {  # of weights/<name>/
    "config.json": "application/json",
    "metrics.json": "application/json",
    "model.safetensors": "application/octet-stream",
}
KIT = "demos/kit/"
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class File:
    """One file as it was at the start: short texts with their content, weights with their size and time alone."""

    path: Path
    kind: str
    content: bytes | None
    stamp: tuple[int, int]

    @functools.cached_property
    def packed(self) -> dict[str, bytes]:
        """Its content for those who accept brotli or gzip; made when first asked for."""
        content = self.content or b""
        return {"br": brotli.compress(content, quality=9), "gzip": gzip.compress(content, 9, mtime=0)}


class Files:
    """The files that may be read, by their address below static/<version>/."""

    def __init__(self, root: Path = ROOT):
        self.files = dict(_allowed(root))
        self.version = _hash(self.files)

    @property
    def base(self) -> str:
        """The address of the tree, relative to the page."""
        return f"static/{self.version}/"

    def rooms(self, name: str) -> list[str]:
        """The rooms, as <tab>/<room>, that have a file of this name."""
        return [address.split("/", 1)[1].rsplit("/", 1)[0] for address in self.files
                if re.fullmatch(rf"demos/\w+/\w+/{re.escape(name)}", address)]  # fmt: skip

    def kit(self, suffix: str) -> list[str]:
        """The names of the files in demos/kit that end so."""
        return [address[len(KIT) :] for address in self.files if address.startswith(KIT) and address.endswith(suffix)]

    def started_by(self, module: str) -> list[str]:
        """A module of demos/kit and all that it imports there, itself first: what a browser may fetch at once."""
        found = [module]
        for name in found:
            file = self.files.get(KIT + name)
            for imported in re.findall(rb'from "\./(\w+\.js)"', file.content or b"") if file else ():
                if imported.decode() not in found:
                    found.append(imported.decode())
        return [name for name in found if KIT + name in self.files]

    async def page(self, request: Request) -> Response:
        """GET static/<version>/demos/<path>"""
        return self._answer(request, "demos/")

    async def weights(self, request: Request) -> Response:
        """GET static/<version>/weights/<path>"""
        return self._answer(request, "weights/")

    def _answer(self, request: Request, folder: str) -> Response:
        """The file, or 404 for another version and for whatever is not listed."""
        file = self.files.get(folder + request.path_params["path"])
        if file is None or request.path_params["version"] != self.version:
            return refusal(404, "No such file in this version of the page: load the page anew.")
        if file.content is None:
            return self._from_disk(file)
        headers, content = FOR_EVER | {"Vary": "Accept-Encoding"}, file.content
        if encoding := best_encoding(request.headers):
            headers, content = headers | {"Content-Encoding": encoding}, file.packed[encoding]
        return Response(content, headers=headers, media_type=file.kind)

    def _from_disk(self, file: File) -> Response:
        if not file.path.is_file() or _stamp(file.path) != file.stamp:
            return refusal(404, f"{file.path.name} has changed since the start: start the app anew.")
        return FileResponse(file.path, headers=FOR_EVER, media_type=file.kind)


def _allowed(root: Path) -> Iterator[tuple[str, File]]:
    """(address, file) of all that may be read, in the order of the addresses."""
    for path in sorted((root / "demos").rglob("*")):
        if path.suffix in PAGE and _own(path, root):
            yield path.relative_to(root).as_posix(), File(path, PAGE[path.suffix], path.read_bytes(), _stamp(path))
    for path in sorted((root / "weights").glob("*/*")):
        if path.name in CHECKPOINT and _own(path, root):
            content = path.read_bytes() if path.suffix == ".json" else None
            yield path.relative_to(root).as_posix(), File(path, CHECKPOINT[path.name], content, _stamp(path))


def _own(path: Path, root: Path) -> bool:
    """A plain file of this tree: not hidden, no link, below no link."""
    parts = path.relative_to(root).parts
    return path.is_file() and path.resolve() == root.resolve() / Path(*parts) and not any(p[0] == "." for p in parts)


def _stamp(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


def _hash(files: dict[str, File]) -> str:
    """A short hash of all names and contents; of weights on the disk, their size and time."""
    total = hashlib.sha256()
    for address, file in files.items():
        content = repr(file.stamp).encode() if file.content is None else file.content
        total.update(f"{address}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()[:16]
