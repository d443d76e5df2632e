"""What the app answers at all: an outermost layer around Gradio's own, which stays as it is.

    Limits        what is not needed is closed; large bodies, foreign pages, foreign hosts are refused before anything
                  is parsed; every answer carries its security headers; live events go past Gradio's layers
    Memory        the page and Gradio's scripts, the same for everybody, are made once and answered from memory

`outermost` installs both: launch(app_kwargs={"lifespan": outermost(...)}).
"""

import asyncio
import base64
import gzip
import hashlib
import logging
import os
import re
from collections import OrderedDict
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import brotli
from starlette._utils import get_route_path
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demos.kit import live
from demos.kit.answers import Kept, refusal, tag_of
from demos.kit.programs import Programs
from demos.kit.routes import BROKEN, log_fault

LARGEST_BODY = 3_000_000  # bytes of one request: a photograph as PNG
TOO_LARGE = f"The request has more than {LARGEST_BODY:,} bytes."
QUICK = 50_000  # bytes of JSON that are read in a millisecond or two
SESSION = re.compile(r"[\w-]{1,64}")
BAD_SESSION = "session_hash must be 1 to 64 letters, digits, - or _."
HOST = re.compile(r"[\w.-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:.]{2,45}\](:\d{1,5})?", re.ASCII)
FORWARDED = (b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix", b"x-gradio-server")

# All that the page and gradio_client need; whatever else Gradio offers (uploads, files, monitoring, run history,
# recordings, proxies, its editor) is not there.
OPEN = re.compile(
    r"""/ | /config/? | /(theme\.css|favicon\.ico|robots\.txt|manifest\.json) | /(assets|svelte|static)/.+
    | /qr | /test-pictures | /room/\w+/\w+ | /live/\w+/\w+
    | /gradio_api/(info/? | theme\.css | startup-events | app_id | queue/(join|data) | cancel | reset
        | heartbeat/[\w-]{1,64} | run/\w+/? | call/(v2/)?\w+/? | call/\w+/[\w-]{1,64})""",
    re.X | re.ASCII,
)
ASSISTANTS = re.compile(r"/gradio_api/mcp/?")  # where gradio[mcp] is installed
KEPT = re.compile(
    r"/ | /(theme\.css|favicon\.ico|robots\.txt) | /(assets|svelte)/.+ | /static/(?![0-9a-f]{16}/).+", re.X
)
CLIMBS = re.compile(r"//|/\.\.?(/|$)|\\")

SECURITY = {  # headers of every answer; their names in lower case, as the server's interface has them
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"microphone=(), geolocation=(), payment=(), usb=()",
}


class Limits:
    """The outermost layer: refuses what the app has no use for, and marks every answer."""

    def __init__(
        self,
        app: ASGIApp,
        root_url: str = "",
        head: str = "",
        programs: Programs | None = None,
        events: ASGIApp | None = None,  # answers /live/... in the place of `app`
    ):
        self.app, self.programs, self.events = app, programs, events or app
        self.hosts = {urlsplit(root_url).netloc, os.environ.get("SPACE_HOST", "")} - {""}  # by which proxies call us
        self.memory = Memory(app, head)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket":  # no component uses one
            return await send({"type": "websocket.close"})
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope["headers"] = self.own_headers(scope["headers"])
        path, headers = get_route_path(scope), Headers(scope=scope)
        marked = Marked(send, scope)
        closed = self.refusal(scope, path, headers)
        if closed:
            return await closed(scope, receive, marked)
        try:
            await self.answer(scope, path, receive, marked)
        except Exception as error:  # not further: the server would log its text, in which a visitor's words may stand
            log_fault(path, error)
            if not marked.begun:
                await refusal(500, BROKEN)(scope, receive, marked)

    async def answer(self, scope: Scope, path: str, receive: Receive, marked: Send) -> None:
        """Answer a request that is let in."""
        headers = Headers(scope=scope)
        if scope["method"] in ("GET", "HEAD"):
            kept = await self.memory.get(scope, path) if KEPT.fullmatch(path) else None
            if kept:
                return await kept.answer(headers, scope["method"] == "HEAD")(scope, receive, marked)
        elif scope["method"] == "POST":
            if path.startswith("/gradio_api/"):
                return await self.of_program(scope, path, receive, marked)
            bounded = Bounded(receive, marked)
            within = self.events if path.startswith("/live/") else self.app
            return await within(scope, bounded.receive, bounded.send)
        await self.app(scope, receive, marked)

    def own_headers(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers without the words of a proxy, unless it names a host that is known to be ours."""
        named = dict(headers).get(b"x-forwarded-host", b"").decode("latin-1")
        if named and named in self.hosts:
            return headers
        return [(name, value) for name, value in headers if name not in FORWARDED]

    def refusal(self, scope: Scope, path: str, headers: Headers) -> Response | None:
        """Why a request is not let in, read from its first lines alone; None where it is."""
        if not HOST.fullmatch(headers.get("host", "")):
            return refusal(400, "The request names no host.")
        if scope["method"] not in ("GET", "HEAD", "POST", "OPTIONS"):
            return refusal(405, "Only GET and POST are answered here.")
        for_assistants = self.programs and self.programs.for_assistants and ASSISTANTS.fullmatch(path)
        if not (OPEN.fullmatch(path) or for_assistants) or CLIMBS.search(path):
            return refusal(404, "There is nothing here.")
        session = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", ["0"])
        if not all(SESSION.fullmatch(one) for one in session):
            return refusal(400, BAD_SESSION)
        if scope["method"] == "GET" and self.programs and self.programs.knows_no_job(path, session[0]):
            return refusal(404, "No job waits under this name: it was fetched, or it is over.")
        if scope["method"] == "POST":
            if not self.own_page(headers):
                return refusal(403, "Only this app's own page may ask for this.")
            length = headers.get("content-length", "0")
            if not length.isdigit() or int(length[:12]) > LARGEST_BODY:
                return refusal(413, TOO_LARGE)
            kind = headers.get("content-type", "").partition(";")[0].strip()
            if path.startswith("/gradio_api/") and kind != "application/json":
                return refusal(415, "The request must be of the type application/json.")
        return None

    def own_page(self, headers: Headers) -> bool:
        """Whether a request comes from this app's own page, or from a program, which names no origin."""
        if headers.get("sec-fetch-site") == "same-origin":  # set by the browser itself; holds behind any proxy
            return True
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc in self.hosts | {headers["host"]}

    async def of_program(self, scope: Scope, path: str, receive: Receive, send: Send) -> None:
        """Let a request to Gradio in when it is sound JSON, of a session whose name has a sane length: that is kept."""
        bounded = Bounded(receive, send)
        body, more = b"", True
        while more:
            message = await bounded.receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message.get("body", b""), message.get("more_body", False)
        found = await asyncio.to_thread(sound, body) if len(body) > QUICK else sound(body)
        closed = refusal(400, found) if isinstance(found, str) else self.programs and self.programs.refusal(path, found)
        if closed:
            return await closed(scope, receive, send)
        unread = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        await self.app(scope, replay, send)


def sound(body: bytes) -> dict | str:
    """The object in a body of JSON, or the sentence that says why it is not let in."""
    try:
        found = live.parse(body)
        if found is None:
            return "The body must be a JSON object."
        live.sane(found, "the body")
    except live.Refused as error:
        return str(error)
    session = found.get("session_hash")
    if session is not None and not (isinstance(session, str) and SESSION.fullmatch(session)):
        return BAD_SESSION
    return found


class Bounded:
    """A request whose body ends, with 413, at LARGEST_BODY, also where its length was not told before."""

    def __init__(self, receive: Receive, send: Send):
        self._receive, self._send, self.size, self.ended = receive, send, 0, False

    async def receive(self) -> Message:
        """The next part of the body; a disconnect once it is too large."""
        if not self.ended:
            message = await self._receive()
            self.size += len(message.get("body", b""))
            if self.size <= LARGEST_BODY:
                return message
            self.ended = True
            answer = refusal(413, TOO_LARGE)
            await answer({"type": "http"}, self._receive, self._send)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """What the app answers, unless it was too late."""
        if not self.ended:
            await self._send(message)


class Marked:
    """An answer with its security headers, and without leave for other origins."""

    def __init__(self, send: Send, scope: Scope):
        self.send, self.scope, self.begun = send, scope, False

    async def __call__(self, message: Message) -> None:
        """Pass on one message of an answer."""
        if message["type"] == "http.response.start":
            self.begun = True
            given = message.get("headers", ())
            own = [one for one in given if one[0] not in SECURITY and not one[0].startswith(b"access-control-")]
            message["headers"] = [*own, *SECURITY.items()]
            headers = MutableHeaders(raw=message["headers"])
            if headers.get("content-type", "").startswith("text/html"):
                query = parse_qs(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
                scripts = headers.get("content-security-policy", "")
                headers["Content-Security-Policy"] = policy(scripts, "embed" in query)
        await self.send(message)


def policy(scripts: str, embedded: bool) -> str:
    """What the page may load: its own host's files, and the inline scripts that it was sent with (their hashes).

    'unsafe-eval' is Gradio's: it makes functions of a component's js_on_load. A Space's header shows faces of the Hub.
    """
    hub = " https://huggingface.co https://*.hf.co" if os.environ.get("SPACE_ID") else ""
    frames = "*" if embedded else "'self' https://huggingface.co https://*.hf.space"
    return (
        f"default-src 'self'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:{hub}; font-src 'self' data:; connect-src 'self' data: blob:{hub}; "
        f"media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {frames}"
    )


class Memory:
    """Answers that are the same for everybody, each asked of the app once. The page holds its host: one for each."""

    LARGEST = 600  # answers; Gradio has about 400 files, of which a page loads 80

    def __init__(self, app: ASGIApp, head: str = ""):
        self.app, self.head, self.lock = app, head, asyncio.Lock()
        self.kept: OrderedDict[tuple, Kept] = OrderedDict()

    async def get(self, scope: Scope, path: str) -> Kept | None:
        """The answer to GET `path`; None where the app does not answer 200."""
        page = path == "/"
        names = (b"host", *FORWARDED)
        asking = [(name, value) for name, value in scope["headers"] if name in names]
        key = (path, scope["scheme"], tuple(asking)) if page else (path,)
        if key not in self.kept:
            async with self.lock:
                if key not in self.kept:
                    found = await self.ask(scope, asking)
                    if found is None:
                        return None
                    self.kept[key] = await asyncio.to_thread(self.pack, path, *found)
                    if len(self.kept) > self.LARGEST:
                        self.kept.popitem(last=False)
        self.kept.move_to_end(key)
        return self.kept[key]

    async def ask(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> tuple[Headers, bytes] | None:
        """The app's own answer, neither packed nor shortened by what the visitor's browser has."""
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        unread: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            if not unread:
                await asyncio.Event().wait()  # for ever: nobody leaves before the end
            return unread.pop()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            parts.append(message.get("body", b""))

        await self.app({**scope, "method": "GET", "query_string": b"", "headers": headers}, receive, collect)
        return (Headers(raw=start["headers"]), b"".join(parts)) if start.get("status") == 200 else None

    def pack(self, path: str, headers: Headers, body: bytes) -> Kept:
        """The answer as it is kept; the page with our styles and modules in its head."""
        kind = headers.get("content-type", "application/octet-stream")
        scripts = ""
        if kind.startswith("text/html"):
            body = body.replace(b"</head>", self.head.encode() + b"</head>", 1)
            inline = [script for script in re.findall(rb"<script[^>]*>(.*?)</script>", body, re.S) if script]
            scripts = " ".join(dict.fromkeys(map(hash_of, inline)))
        bodies = {"": body}
        if re.match(r"text/|application/(javascript|json|manifest)|image/svg", kind) and len(body) > 400:
            bodies |= {"br": brotli.compress(body, quality=7), "gzip": gzip.compress(body, 7, mtime=0)}
        named = re.search(r"-[\w-]{8}\.\w+$", path)  # Gradio's own hash of the content
        gradios = path.startswith(("/static/", "/svelte/", "/favicon"))  # they change with Gradio's version alone
        keep = "public, max-age=31536000, immutable" if named else "public, max-age=86400" if gradios else "no-cache"
        return Kept(kind, bodies, tag_of(body), keep, scripts)


def hash_of(script: bytes) -> str:
    """An inline script as a Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"


def outermost(
    root_url: str = "", head: str = "", programs: Programs | None = None, events: ASGIApp | None = None
) -> Callable:
    """A lifespan for Gradio's app that puts Limits around everything else, its CORS layer included."""

    @asynccontextmanager
    async def lifespan(app):
        forget_requests()
        within = app.middleware_stack or app.build_middleware_stack()  # a mounted app has none before a request
        app.middleware_stack = Limits(within, root_url, head, programs, events)
        yield

    return lifespan


def forget_requests() -> None:
    """Have uvicorn make no line for each request: Gradio starts it with a log of them that is never written."""
    log = logging.getLogger("uvicorn.access")
    log.handlers, log.propagate = [], False
