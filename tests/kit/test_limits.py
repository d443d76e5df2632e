"""The outermost layer: what is closed, how large a request may be, who may ask, what every answer carries."""

import gzip
import json
import logging

import brotli
import httpx
import pytest
from fastapi import FastAPI

from demos.kit import limits
from demos.kit.programs import Programs
from demos.kit.routes import BROKEN
from tests.loops import run

OWN = "here:7860"


class Inner:
    """Stands for Gradio's app: notes what reaches it and answers with what the headers of `gives` say."""

    def __init__(self, body: bytes = b"{}", kind: str = "application/json", status: int = 200, **gives: str):
        self.body, self.status, self.reached = body, status, []
        self.headers = {"content-type": kind} | {name.replace("_", "-"): value for name, value in gives.items()}

    async def __call__(self, scope, receive, send):
        message = await receive()
        body = message.get("body", b"")
        while message.get("more_body"):
            message = await receive()
            body += message.get("body", b"")
        self.reached.append({**scope, "names": dict(scope["headers"]), "body": body, "end": message["type"]})
        raw = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body})


def ask(inner: Inner, *requests: tuple, root_url: str = "", head: str = "", programs=None):
    """The answers to (method, path, options), sent one after the other through Limits to `inner`."""

    async def go():
        transport = httpx.ASGITransport(limits.Limits(inner, root_url, head, programs))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{OWN}") as client:
            client.headers.clear()
            return [await client.request(method, path, **options) for method, path, options in requests]

    answers = run(go())
    return answers[0] if len(answers) == 1 else answers


def get(path: str, **headers):
    return "GET", path, {"headers": headed(headers)}


def post(path: str, body=b"{}", **headers):
    return "POST", path, {"content": body, "headers": {"content-type": "application/json"} | headed(headers)}


def headed(headers: dict) -> dict:
    return {name.replace("_", "-"): value for name, value in headers.items()}


# ---- what is open ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/config", "/qr", "/assets/index-abcdefgh.js", "/room/vae/film", "/static/0123456789abcdef/demos/kit/shell.js",
     "/gradio_api/info", "/gradio_api/heartbeat/abc123", "/gradio_api/call/denoise/0f3a", "/gradio_api/queue/data"],
)  # fmt: skip
def test_what_the_page_and_programs_need_is_open(path):
    assert ask(Inner(), get(path)).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/monitoring", "/monitoring/summary", "/openapi.json", "/docs", "/gradio_api/upload_progress", "/gradio_api/runs",
     "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=https://x.hf.space", "/gradio_api/openapi.json", "/login",
     "/gradio_api/deep_link", "/gradio_api/vibe-code", "/gradio_api/dev/reload",
     "/gradio_api/stream/a/b/c/playlist.m3u8",
     "/room/vae/film/more", "/assets/%2e%2e/config", "/assets//x.js", "/static/%2e/x.js",
     "/gradio_api/heartbeat/" + "a" * 65],
)  # fmt: skip
def test_what_nothing_needs_is_closed(path):
    inner = Inner()
    answer = ask(inner, ("GET", httpx.URL(f"http://{OWN}").copy_with(raw_path=path.encode()), {}))
    assert (answer.status_code, inner.reached) == (404, [])


@pytest.mark.parametrize(
    "path", ["/gradio_api/upload", "/gradio_api/component_server", "/gradio_api/process_recording"]
)
def test_what_no_component_needs_is_closed_to_posts(path):
    inner = Inner()
    assert (ask(inner, post(path)).status_code, inner.reached) == (404, [])


@pytest.mark.parametrize(("installed", "status"), [(True, 200), (False, 404)])
@pytest.mark.parametrize("path", ["/gradio_api/mcp", "/gradio_api/mcp/"])
def test_the_door_for_assistants_is_there_where_it_is_installed(path, installed, status):
    found = Programs({})
    found.for_assistants = installed
    assert ask(Inner(), post(path), programs=found).status_code == status


def test_other_methods_are_closed():
    assert [ask(Inner(), (method, "/config", {})).status_code for method in ("PUT", "DELETE", "PATCH")] == [405] * 3


# ---- how large -------------------------------------------------------------------------------------------------------


def chunks(count: int, taken: list):
    async def parts():
        for number in range(count):
            taken.append(number)
            yield bytes(1_000_000)

    return parts()


@pytest.mark.parametrize("path", ["/live/vae/film", "/gradio_api/run/denoise", "/gradio_api/queue/join"])
def test_a_body_is_refused_by_its_length_before_it_is_read(path):
    inner, taken = Inner(), []
    answer = ask(inner, post(path, chunks(9, taken), content_length=str(limits.LARGEST_BODY + 1)))
    assert answer.status_code == 413
    assert "3,000,000 bytes" in answer.json()["error"]
    assert (inner.reached, taken) == ([], [])


@pytest.mark.parametrize("path", ["/live/vae/film", "/gradio_api/run/denoise"])
def test_a_body_without_a_length_is_cut_where_it_becomes_too_large(path):
    inner, taken = Inner(), []
    answer = ask(inner, post(path, chunks(100, taken)))
    assert (answer.status_code, answer.json()) == (413, {"error": limits.TOO_LARGE})
    assert len(taken) <= 5
    assert all(request["end"] == "http.disconnect" for request in inner.reached)


def test_a_body_of_the_largest_size_arrives_whole():
    inner = Inner()
    assert ask(inner, post("/live/vae/film", bytes(limits.LARGEST_BODY))).status_code == 200
    assert len(inner.reached[0]["body"]) == limits.LARGEST_BODY


# ---- who asks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # a program
        ({"origin": f"http://{OWN}"}, 200),
        ({"origin": "https://proxy.example", "sec_fetch_site": "same-origin"}, 200),
        ({"origin": "https://known.example"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://here:7861"}, 403),
        ({"origin": "http://here:7860.evil.example"}, 403),
        ({"origin": "http://evil.example", "sec_fetch_site": "cross-site"}, 403),
        ({"origin": "http://evil.example", "x_forwarded_host": "evil.example"}, 403),
    ],
)
@pytest.mark.parametrize("path", ["/live/vae/film", "/gradio_api/run/denoise"])
def test_a_foreign_page_cannot_post(path, headers, status):
    answer = ask(Inner(), post(path, **headers), root_url="https://known.example/app")
    assert answer.status_code == status


def test_no_other_origin_gets_leave_to_read():
    inner = Inner(access_control_allow_origin="http://evil.example", access_control_allow_credentials="true")
    answer = ask(inner, get("/config", origin="http://evil.example"))
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_words_of_an_unknown_proxy_are_not_heard():
    inner = Inner()
    words = {"x_forwarded_host": "evil.example", "x_forwarded_proto": "https", "x_gradio_server": "http://evil.example"}
    ask(inner, get("/config", **words))
    assert not set(limits.FORWARDED) & set(inner.reached[0]["names"])


def test_the_words_of_our_own_proxy_are_heard(monkeypatch):
    monkeypatch.setenv("SPACE_HOST", "me-demo.hf.space")
    inner = Inner()
    ask(inner, get("/config", x_forwarded_host="me-demo.hf.space", x_forwarded_proto="https"))
    assert inner.reached[0]["names"][b"x-forwarded-proto"] == b"https"


@pytest.mark.parametrize("host", ["", "a b", "evil.example/path", '"><script>', "x" * 300, "host:123456"])
def test_a_host_that_is_none_is_refused(host):
    inner = Inner()
    assert (ask(inner, get("/", host=host)).status_code, inner.reached) == (400, [])


@pytest.mark.parametrize("session", ["", "a" * 65, "../../x", 3, ["a"], {"a": 1}])
def test_a_session_has_a_name_of_sane_length(session):
    inner = Inner()
    answer = ask(inner, post("/gradio_api/run/denoise", json.dumps({"data": [], "session_hash": session}).encode()))
    assert (answer.status_code, inner.reached) == (400, [])
    assert "session_hash" in answer.json()["error"]


def test_a_session_in_the_address_has_a_name_of_sane_length():
    assert ask(Inner(), get("/gradio_api/queue/data?session_hash=" + "a" * 65)).status_code == 400
    assert ask(Inner(), get("/gradio_api/queue/data?session_hash=abc12")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b'{"data": [1], "session_hash": "abc"}', b'{"data": [1e-300, -5, true, null]}',
     b'{"data": [%s]}' % b",".join([b"1"] * 40_000)],
)  # fmt: skip
def test_what_is_let_in_arrives_as_it_was_sent(body):
    inner = Inner()
    ask(inner, post("/gradio_api/run/denoise", body))
    assert inner.reached[0]["body"] == body


@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"[1]", b'"text"', b'{"data": [NaN]}', b'{"data": [-Infinity]}', b'{"data": [1e400]}',
     b'{"data": [1' + b"0" * 400 + b"]}", b'{"data": [1' + b"0" * 9000 + b"]}", b'{"data": [9007199254740993]}',
     b'{"data": ["\\ud800"]}', b'{"\\udc00": 1}', b'{"data": "\xff"}', b"[" * 1_000_000 + b"]" * 1_000_000,
     b'{"data":' * 1_000 + b"1" + b"}" * 1_000, b'{"data":' + b"[" * 20 + b"]" * 20 + b"}"],
    ids=lambda body: body[:20].decode("latin-1"),
)  # fmt: skip
@pytest.mark.parametrize("path", ["/gradio_api/run/denoise", "/gradio_api/queue/join", "/gradio_api/cancel"])
def test_what_is_no_sound_json_does_not_reach_the_framework(path, body):
    inner = Inner()
    answer = ask(inner, post(path, body))
    assert (answer.status_code, inner.reached) == (400, [])
    assert answer.json()["error"].endswith((".", "JSON", "inf", "other", "(a lone surrogate)", "9007199254740993"))


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
@pytest.mark.parametrize("path", ["/gradio_api/run/denoise", "/gradio_api/queue/join", "/gradio_api/call/denoise"])
def test_a_body_of_another_type_is_refused(path, kind):
    """A form of any page on the web can send these without asking first."""
    inner = Inner()
    assert (ask(inner, post(path, content_type=kind)).status_code, inner.reached) == (415, [])


def test_a_fault_is_shown_and_logged_without_its_text(caplog):
    async def broken(scope, receive, send):
        raise RuntimeError("hf_secret")

    answer = ask(broken, get("/config"))
    assert (answer.status_code, answer.json()) == (500, {"error": BROKEN})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "/config failed: RuntimeError at" in caplog.text
    assert "hf_secret" not in caplog.text


# ---- what every answer carries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/config", "/live/vae/film", "/nothing"])
def test_every_answer_is_marked(path):
    answer = ask(Inner(b"<html></html>", "text/html"), get(path))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def directives(answer: httpx.Response) -> dict[str, set[str]]:
    """A Content-Security-Policy, taken apart."""
    parts = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: set(values) for name, *values in parts}


PAGE = b"<html><head><script>let a = 1;</script><script src='x.js'></script></head><script>b()</script></html>"


def test_only_the_scripts_of_the_page_may_run():
    """The hashes are those that `openssl dgst -sha256 -binary | base64` gives for the two scripts."""
    told = directives(ask(Inner(PAGE, "text/html"), get("/")))
    assert told["script-src"] == {
        "'self'", "'unsafe-eval'",
        "'sha256-xY6QKfH9PRsQnLz56nj6MBwiK5oHg+im1Jkpdp1x/Ck='",
        "'sha256-cf242PFc/kb7xD0Qzhsmd9vvRkc+cWFmbi+k+YvtdKc='",
    }  # fmt: skip
    assert told["default-src"] == {"'self'"}
    assert told["object-src"] == {"'none'"}


def test_the_page_may_be_framed_by_the_hub_and_by_all_where_it_is_embedded():
    plain, embedded = ask(Inner(PAGE, "text/html"), get("/"), get("/?embed&tab=vae"))
    assert directives(plain)["frame-ancestors"] == {"'self'", "https://huggingface.co", "https://*.hf.space"}
    assert directives(embedded)["frame-ancestors"] == {"*"}


# ---- from memory -----------------------------------------------------------------------------------------------------


def test_the_page_is_made_once_for_each_host_and_never_for_another():
    inner = Inner(PAGE, "text/html")
    pages = ask(inner, get("/"), get("/?tab=vae"), get("/", host="other.example"), get("/", host="other.example"))
    assert [page.status_code for page in pages] == [200] * 4
    assert [request["names"][b"host"] for request in inner.reached] == [OWN.encode(), b"other.example"]


def test_the_page_has_our_head_and_travels_packed():
    long = PAGE.replace(b"b()", b"b();" * 500)
    answer = ask(Inner(long, "text/html"), get("/", accept_encoding="br, gzip"), head="<link rel=x>")
    assert answer.headers["content-encoding"] == "br"
    assert int(answer.headers["content-length"]) < len(long) / 4
    assert answer.content == long.replace(b"</head>", b"<link rel=x></head>")


def test_what_a_browser_has_is_not_sent_again():
    inner = Inner(PAGE, "text/html")
    first, second, other = ask(inner, get("/"), get("/", if_none_match='"old", W/"x"'), get("/"))
    again = ask(inner, get("/", if_none_match=first.headers["etag"]))
    assert (first.status_code, second.status_code, other.status_code) == (200, 200, 200)
    assert (again.status_code, again.content) == (304, b"")


def test_a_head_request_has_the_length_without_the_body():
    answer = ask(Inner(PAGE, "text/html"), ("HEAD", "/", {}))
    assert (answer.content, answer.headers["content-length"]) == (b"", str(len(PAGE)))


def test_files_named_by_their_content_are_kept_for_ever_and_others_are_compared():
    inner = Inner(b"export const a = 1;" * 100, "text/javascript")
    named, gradios, other = ask(inner, *map(get, ("/assets/index-DphvyggB.js", "/static/js/x.js", "/theme.css")))
    assert gradios.headers["cache-control"] == "public, max-age=86400"
    assert named.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert other.headers["cache-control"] == "no-cache"


def test_what_fails_is_not_kept():
    inner = Inner(b"gone", "text/plain", status=404)
    assert [answer.status_code for answer in ask(inner, get("/assets/a.js"), get("/assets/a.js"))] == [404] * 2
    assert len(inner.reached) == 4  # asked for the memory, then answered by the app itself, both times


def test_live_answers_and_rooms_are_never_kept():
    inner = Inner()
    ask(inner, get("/room/vae/film"), get("/room/vae/film"), post("/live/vae/film"), post("/live/vae/film"))
    assert len(inner.reached) == 4


def test_live_events_go_past_the_framework_and_no_limit_is_lost():
    """They alone, of their own page, of bounded length, and their answers are marked."""
    framework, events = Inner(), Inner(access_control_allow_origin="*", x_content_type_options="any")

    async def go():
        transport = httpx.ASGITransport(limits.Limits(framework, events=events))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{OWN}") as client:
            answer = await client.post("/live/vae/map", content=b"{}")
            foreign = await client.post("/live/vae/map", content=b"{}", headers={"origin": "https://elsewhere.org"})
            large = await client.post("/live/vae/map", content=chunks(100, []))
            await client.post("/test-pictures", content=b"")
            await client.get("/live/vae/map")
            return answer, foreign, large

    answer, foreign, large = run(go())
    assert [one["path"] for one in framework.reached] == ["/test-pictures", "/live/vae/map"]
    assert (answer.status_code, foreign.status_code, large.status_code) == (200, 403, 413)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers


def test_no_line_is_made_for_each_request():
    """uvicorn asks its logger whether anybody reads it, at the start of each connection."""
    log = logging.getLogger("uvicorn.access")
    log.handlers, log.propagate = [logging.NullHandler()], True
    assert log.hasHandlers()

    async def start():
        async with limits.outermost()(FastAPI()):
            return log.hasHandlers()

    assert not run(start())


def test_the_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(limits.Memory, "LARGEST", 3)
    layer = limits.Limits(Inner(PAGE, "text/html"))

    async def go():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(layer), base_url="http://x") as client:
            for number in range(9):
                await client.get("/", headers={"host": f"host{number}"})

    run(go())
    assert len(layer.memory.kept) == 3


def test_packed_answers_are_the_same_text():
    body = b"const a = 1;\n" * 100
    packed = (
        limits.Memory(Inner()).pack("/assets/a.js", httpx.Headers({"content-type": "text/javascript"}), body).bodies
    )
    assert brotli.decompress(packed["br"]) == gzip.decompress(packed["gzip"]) == packed[""] == body
