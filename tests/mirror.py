"""A mirror of the test pictures on the loopback: as it should be, slow, cut off, altered, or without them.

    with mirror.running() as server:
        server.manner = "cut"        # DATA_MIRROR is to be server.url
        server.go_on.set()           # lets a slow one send the rest

Unless others are given its pictures are made; `files` is what training.data.fetch.FILES must be for them to count.
"""

import gzip
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from training.data import datasets, fetch

MADE = {(dataset, name): bytes([at]) * datasets.SIZES[name] for at, (dataset, name) in enumerate(fetch.FILES)}


@dataclass
class Mirror:
    """What the server does, and what was asked of it."""

    url: str = ""
    manner: str = "good"  # "slow", "cut", "altered", "absent"
    requests: list[str] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)


def files() -> dict:
    """FILES of training.data.fetch for the made pictures."""
    return {key: (len(gzip.compress(content, 1)), hashlib.sha256(content).hexdigest()) for key, content in MADE.items()}


@contextmanager
def running(content: dict[tuple[str, str], bytes] = MADE) -> Iterator[Mirror]:
    """The mirror, until the block ends; `content`: the files, unpacked, by data set and name."""
    mirror = Mirror()
    packed = {
        f"/{datasets.FOLDERS[dataset]}/{name}.gz": gzip.compress(file, 1) for (dataset, name), file in content.items()
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mirror.requests.append(self.path)
            body = packed.get(self.path)
            if body is None or mirror.manner == "absent":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            half = len(body) // 2
            if mirror.manner == "altered":
                body = gzip.compress(b"another picture")[:half].ljust(len(body), b"\0")
            self.wfile.write(body[:half])
            self.wfile.flush()
            if mirror.manner == "slow":
                mirror.go_on.wait(60)
            if mirror.manner != "cut":
                self.wfile.write(body[half:])

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mirror.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield mirror
    finally:
        mirror.go_on.set()
        server.shutdown()
        server.server_close()
