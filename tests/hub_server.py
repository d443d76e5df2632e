"""A Hugging Face Hub on the loopback, in the standard library: what the real client needs to push and pull models.

    with hub_server.running() as hub:
        ...                                     # the client is pointed to hub.url, with the token hub_server.TOKEN
        hub.fail("/commit/", 429, times=1)      # the next such request is answered by an error
        hub.cut("/lfs/objects/", times=1)       # the next such body breaks off in the middle

It keeps models in memory as the Hub does: large files by their SHA-256, each commit a whole tree.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

TOKEN = "hf_test"
LARGE = (".safetensors", ".npz", ".png")  # what the Hub keeps as large files (LFS)


@dataclass
class Fault:
    """What goes wrong with the next `times` requests whose method and path hold `where`."""

    where: str
    status: int | None  # None: the connection is cut in the middle of the body
    times: int
    seconds: float = 0.0  # the answer waits so long


@dataclass
class Hub:
    """The models of the server, the large files, the faults to come and the requests that came."""

    url: str = ""
    models: dict[str, list[tuple[str, dict[str, bytes]]]] = field(default_factory=dict)  # id -> [(commit, files)]
    large: dict[str, bytes] = field(default_factory=dict)  # sha256 -> content
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def fail(self, where: str, status: int, times: int = 1) -> None:
        """Answer the next `times` requests whose "METHOD /path" holds `where` by the error `status`."""
        self.faults.append(Fault(where, status, times))

    def cut(self, where: str, times: int = 1) -> None:
        """Break the connection off in the middle of the body of the next `times` such requests."""
        self.faults.append(Fault(where, None, times))

    def hang(self, where: str, seconds: float) -> None:
        """Let the next such request wait before it is answered."""
        self.faults.append(Fault(where, 200, 1, seconds))

    def commit(self, model: str, files: dict[str, bytes]) -> str:
        """Put `files` over those of the last commit of `model`; return the new commit."""
        history = self.models.setdefault(model, [])
        tree = {**(history[-1][1] if history else {}), **files}
        oid = hashlib.sha1(f"{model} {len(history)}".encode()).hexdigest()
        history.append((oid, tree))
        return oid

    def at(self, model: str, revision: str) -> tuple[str, dict[str, bytes]] | None:
        """The commit of `model` that `revision` ("main" or a commit) means, and its files."""
        history = self.models[model]
        if revision == "main":
            return history[-1]
        return next((entry for entry in history if entry[0] == revision), None)


@contextmanager
def running() -> Iterator[Hub]:
    """A Hub that serves on a free port of 127.0.0.1 as long as the block lasts."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


def blob_id(path: str, content: bytes) -> str:
    """The id by which the Hub knows a file: SHA-256 of a large one, git's blob SHA-1 of any other."""
    if path.endswith(LARGE):
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self):
        self.path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(f"{self.command} {self.path}")
        fault = self._fault()
        if fault and fault.seconds:
            self._hang(fault)
        elif fault and fault.status:
            self._read()
            return self._json({"error": "as the test wants it"}, fault.status, {"Retry-After": "0"})
        cut = bool(fault and fault.status is None)
        if cut and self.command == "PUT":
            self.rfile.read(int(self.headers["Content-Length"]) // 2)
            self.close_connection = True
            return None
        parts = self.path.strip("/").split("/")
        if "resolve" in parts[:4]:
            return self._resolve(parts, cut)
        token = self.headers.get("Authorization", "")
        if token != f"Bearer {TOKEN}" and (token or self.command == "POST"):  # a wrong token may not even read
            self._read()
            return self._json({"error": "Invalid username or password."}, 401)
        body = self._read()
        if self.path == "/api/repos/create":
            return self._create(json.loads(body))
        if self.path == "/api/validate-yaml":
            return self._json({"errors": [], "warnings": []})
        if self.path.startswith("/large/"):
            return self._large(parts, body)
        if self.path.endswith(".git/info/lfs/objects/batch"):
            return self._batch(json.loads(body))
        model = "/".join(parts[2:4])
        if model not in self.hub.models:
            return self._missing("RepoNotFound")
        if parts[4:5] == ["preupload"]:
            return self._preupload(model, json.loads(body))
        if parts[4:5] == ["commit"]:
            return self._commit(model, [json.loads(line) for line in body.splitlines()], cut)
        found = self.hub.at(model, parts[5] if len(parts) > 5 else "main")
        if found is None:
            return self._missing("RevisionNotFound")
        if parts[4:5] == ["tree"]:
            return self._json([self._entry(path, content) for path, content in found[1].items()])
        return self._json({"id": model, "sha": found[0], "siblings": [{"rfilename": path} for path in found[1]]})

    do_HEAD = do_POST = do_PUT = do_GET

    # --- reading

    def _resolve(self, parts: list[str], cut: bool):
        model, revision, path = "/".join(parts[:2]), parts[3], "/".join(parts[4:])
        if model not in self.hub.models:
            return self._missing("RepoNotFound")
        found = self.hub.at(model, revision)
        if found is None:
            return self._missing("RevisionNotFound")
        commit, tree = found
        if path not in tree:
            return self._missing("EntryNotFound", {"X-Repo-Commit": commit})
        content, total, status = tree[path], len(tree[path]), 200
        headers = {"X-Repo-Commit": commit, "ETag": f'"{blob_id(path, content)}"', "Accept-Ranges": "bytes"}
        if path.endswith(LARGE):
            headers |= {"X-Linked-Etag": f'"{blob_id(path, content)}"', "X-Linked-Size": str(total)}
        if self.headers.get("Range", "").startswith("bytes=") and self.command == "GET":
            start = int(self.headers["Range"].removeprefix("bytes=").split("-")[0])
            content, status = content[start:], 206
            headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        return self._answer(content, status, headers | {"Content-Length": str(len(content))}, cut)

    def _entry(self, path: str, content: bytes) -> dict:
        entry = {"type": "file", "path": path, "size": len(content), "oid": blob_id(path, content)}
        if path.endswith(LARGE):
            entry["lfs"] = {"oid": blob_id(path, content), "size": len(content), "pointerSize": 134}
        return entry

    # --- writing

    def _create(self, request: dict):
        model = f"{request.get('organization') or 'me'}/{request['name']}"
        if model in self.hub.models:
            return self._json({"error": "You already created this model repo", "url": f"{self.hub.url}/{model}"}, 409)
        self.hub.commit(model, {".gitattributes": b"*.safetensors filter=lfs\n"})
        return self._json({"url": f"{self.hub.url}/{model}"})

    def _preupload(self, model: str, request: dict):
        tree = self.hub.at(model, "main")[1]
        answer = []
        for file in request["files"]:
            path = file["path"]
            known = blob_id(path, tree[path]) if path in tree else None
            mode = "lfs" if path.endswith(LARGE) else "regular"
            answer.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": known})
        return self._json({"files": answer})

    def _batch(self, request: dict):
        objects = []
        for wanted in request["objects"]:
            if wanted["oid"] not in self.hub.large:
                actions = {"upload": {"href": f"{self.hub.url}/large/{wanted['oid']}"}}
                wanted["actions"] = actions | {"verify": {"href": f"{self.hub.url}/large/{wanted['oid']}/verify"}}
            objects.append(wanted)
        return self._json({"transfer": "basic", "objects": objects})

    def _large(self, parts: list[str], body: bytes):
        if self.command == "PUT":
            if hashlib.sha256(body).hexdigest() != parts[1]:
                return self._json({"error": "the content has another sha256"}, 400)
            self.hub.large[parts[1]] = body
        stored = self.hub.large.get(parts[1])
        return self._json({}, 200 if stored is not None else 404)

    def _commit(self, model: str, lines: list[dict], cut: bool):
        changes = {}
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                changes[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.hub.large:
                    return self._json({"error": f"{value['path']} was never uploaded"}, 400)
                changes[value["path"]] = self.hub.large[value["oid"]]
        oid = self.hub.commit(model, changes)
        if cut:  # the commit is made, and the client never hears of it
            self.close_connection = True
            return None
        return self._json({"commitOid": oid, "commitUrl": f"{self.hub.url}/{model}/commit/{oid}"})

    # --- the wire

    def _fault(self) -> Fault | None:
        for fault in self.hub.faults:
            if fault.times and fault.where in f"{self.command} {self.path}":
                fault.times -= 1
                return fault
        return None

    def _hang(self, fault: Fault) -> None:
        """Wait until the fault is over or taken back."""
        end = time.monotonic() + fault.seconds
        while fault in self.hub.faults and time.monotonic() < end:
            threading.Event().wait(0.05)

    def _read(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _json(self, content, status: int = 200, headers: dict | None = None):
        body = json.dumps(content).encode()
        sized = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        return self._answer(body, status, sized | (headers or {}))

    def _missing(self, code: str, headers: dict | None = None):
        return self._json({"error": code}, 404, {"X-Error-Code": code, "X-Error-Message": code} | (headers or {}))

    def _answer(self, body: bytes, status: int, headers: dict, cut: bool = False):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, *_):
        """Keep the tests' output clean."""
