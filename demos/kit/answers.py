"""Answers as they go out: kept in memory and packed once for all who ask, or a refusal in one sentence."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson
from starlette.responses import Response


@dataclass(frozen=True)
class Kept:
    """An answer in memory, packed for all who ask for it."""

    kind: str
    bodies: Mapping[str, bytes]  # by their encoding; "" as it is
    tag: str
    keep: str  # Cache-Control
    scripts: str = ""  # hashes of inline scripts

    def answer(self, headers: Mapping[str, str], head_only: bool = False) -> Response:
        """The answer to one request: 304 where the browser has it already."""
        mine = {"ETag": self.tag, "Cache-Control": self.keep, "Vary": "Accept-Encoding"}
        if self.tag in [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers=mine)
        if self.scripts:
            mine["Content-Security-Policy"] = self.scripts
        encoding = best_encoding(headers, self.bodies)
        if encoding:
            mine["Content-Encoding"] = encoding
        mine["Content-Type"] = self.kind
        mine["Content-Length"] = str(len(self.bodies[encoding]))
        return Response(b"" if head_only else self.bodies[encoding], headers=mine)


def tag_of(body: bytes) -> str:
    """The ETag of a content."""
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def best_encoding(headers: Mapping[str, str], offered: Collection[str] = ("br", "gzip")) -> str:
    """The smallest of the offered encodings that a request accepts; "" where it accepts none."""
    accepted = headers.get("accept-encoding", "")
    return next((one for one in ("br", "gzip") if one in offered and _accepts(accepted, one)), "")


def _accepts(header: str, encoding: str) -> bool:
    """Whether an Accept-Encoding header names `encoding` without refusing it by q=0."""
    for part in header.lower().split(","):
        name, _, weight = (text.strip() for text in part.partition(";"))
        if name == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def refusal(status: int, text: str) -> Response:
    """{"error": sentence} with its status."""
    return Response(orjson.dumps({"error": text.encode("utf-8", "replace").decode()}), status, None, "application/json")
