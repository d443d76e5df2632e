"""A hostile internet, through the app's public address: nothing is read that should not be, nobody waits, no word of a
visitor is in the log."""

import http.client
import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from gradio_client import Client

from demos.kit import programs, routes
from tests.conftest import ROOT, start_app
from tests.kit.house import packed

BYTES = {"content-type": "application/octet-stream"}
WALK = {"first": {"seed": 1}, "second": {"seed": 2}}
LOOK = packed("look", bytes(784), picture="@0")
SECRET = 0.4837261  # a grey in a visitor's drawing, by which it is known


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """An app of its own: (address, function that returns its log so far)."""
    log = tmp_path_factory.mktemp("log") / "log"
    with log.open("w+") as file:
        process, url = start_app(log=file, PYTHONUNBUFFERED="1")
        yield url, log.read_text
        process.terminate()
        process.wait(20)


def raw(url: str, request: bytes) -> bytes:
    """The answer to the bytes of a request, as no client would send it."""
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=20) as connection:
        connection.sendall(request)
        return connection.recv(65536)


FOLDERS = ["/static/{version}/demos/", "/static/{version}/weights/", "/assets/"]
UP = ["..", "%2e%2e", "..%2f..", "%2e%2e%2f", "..%5c..", "....//", "%252e%252e", "..;", ".%00.", "%c0%ae%c0%ae",
      "..\\.."]  # fmt: skip
TRAVERSALS = [f"{folder}{'/'.join([up] * 6)}/etc/passwd" for folder in FOLDERS for up in UP]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_nothing_is_read_outside(watched, path):
    version = re.search(r"static/([0-9a-f]{16})/", httpx.get(watched[0]).text)[1]
    answer = raw(watched[0], f"GET {path.format(version=version)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 (400|404) ", answer)
    assert b"root:" not in answer


def test_there_are_as_many_traversals_as_were_tried():
    assert len(set(TRAVERSALS)) == 33


@pytest.mark.parametrize(
    "path",
    ["file=app.py", "file=/etc/passwd", "file=weights/catalogue.json", "file=http://127.0.0.1:9/x.html", "upload",
     "proxy=http://127.0.0.1:9/", "stream/a", "component_server"],
)  # fmt: skip
def test_gradios_files_are_closed(watched, path):
    """No html or svg of a visitor can be stored, and so none comes back."""
    assert httpx.get(f"{watched[0]}/gradio_api/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "?embed", "config", "room/vae/film", "qr?text=x", "nothing", "gradio_api/info"])
def test_every_answer_of_the_real_app_carries_its_headers(watched, path):
    headers = httpx.get(f"{watched[0]}/{path}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_the_page_may_be_framed_by_others_only_where_it_is_embedded(watched):
    plain, embedded = (httpx.get(f"{watched[0]}/{path}").headers["content-security-policy"] for path in ("", "?embed"))
    assert "frame-ancestors 'self' https://huggingface.co https://*.hf.space" in plain
    assert "frame-ancestors *" in embedded
    assert "default-src 'self'" in plain


@pytest.mark.parametrize(
    ("room", "asked", "word"),
    [
        ("latents/disturb", {"call": "squeeze", "changes": [1]}, ""),
        ("vae/map", {"call": "posterior", "source": "x"}, "source must be an object"),
        ("vae/film", {"call": "film", **WALK, "network": []}, "network must be a text"),
        ("vae/film", {"call": "film", **WALK, "network": "nobody"}, "network must be one of"),
        ("vae/film", {"call": "film", **WALK, "steps": 10**400}, "steps must be a number that fits"),
        ("vae/samples", {"call": "grid", "count": 10**300}, "count must be a number that fits"),
        ("vae/samples", {"call": "grid", "networks_shown": ["\ud800"]}, "half a character"),
        ("vae/samples", {"call": "grid", "judge": "\ud800"}, "judge holds half a character"),
        ("softmax/stability", {"call": "timings", "pictures": 4_000_000}, "'pictures' is no argument of timings"),
    ],
)
def test_what_once_broke_the_server_is_a_sentence(watched, room, asked, word):
    answer = httpx.post(f"{watched[0]}/live/{room}", content=json.dumps(asked).encode(), headers=BYTES)
    assert answer.status_code in (400, 404)
    assert word in answer.json()["error"]


def test_no_file_of_another_address_is_fetched(watched):
    """An object that names a file of the web, in a picture's place, on each of the ways of programs."""
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0)
        address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/digit.png"
        data = [{"path": address, "url": address, "meta": {"_type": "gradio.FileData"}}, "vae"]
        run = httpx.post(f"{watched[0]}/gradio_api/run/encode", json={"data": data})
        event = httpx.post(f"{watched[0]}/gradio_api/call/encode", json={"data": data}).json()["event_id"]
        called = httpx.get(f"{watched[0]}/gradio_api/call/encode/{event}", timeout=30).text
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    assert run.status_code == 400
    assert "event: error" in called
    assert "picture must be a list" in called


def test_no_word_of_a_visitor_is_in_the_log(watched):
    url, log = watched
    picture = np.full((28, 28), SECRET).tolist()
    for path, body in (
        ("run/encode", {"data": []}), ("run/encode", {"data": [picture, "nobody"]}),
        ("run/elbo", {"data": [picture, 1]}),
        ("run/interpolate", {"data": [picture]}), ("call/encode", {"data": [picture, picture, picture]}),
        ("queue/join", {"data": [picture], "fn_index": 9999, "session_hash": "a"}),
        ("cancel", {"data": [picture]}), ("call/v2/encode", {"picture": picture, "wide": 1}),
    ):  # fmt: skip
        assert httpx.post(f"{url}/gradio_api/{path}", json=body).status_code < 500
    with pytest.raises(Exception, match="network must be one of"):
        Client(url, verbose=False).predict(picture, "nobody", api_name="/encode")
    for name in ("queue/data?session_hash=nobody", "call/encode/0f3a"):
        assert httpx.get(f"{url}/gradio_api/{name}").status_code == 404
    assert str(SECRET) not in log()
    assert "Traceback" not in log()


def test_a_crowd_of_large_jobs_is_told_so_while_a_live_call_is_answered(watched):
    """45 grids of 1,024 samples through 4 networks at once: one runs, a few wait, the others hear a sentence."""
    url = watched[0]
    body = packed("grid", count=1024, networks_shown=["vae", "vae-deep", "autoencoder", "pca"])
    post = lambda body: httpx.post(f"{url}/live/vae/samples", content=body, headers=BYTES, timeout=120)  # noqa: E731
    with ThreadPoolExecutor(45) as crowd:
        jobs = [crowd.submit(post, body) for _ in range(45)]
        live = httpx.post(f"{url}/live/softmax/classify", content=LOOK, headers=BYTES, timeout=60)
        assert not all(job.done() for job in jobs)
        assert live.status_code == 200
        answers = [job.result() for job in jobs]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.status_code for answer in answers} == {200, 503}
    assert {answer.json()["error"] for answer in refused} == {routes.BUSY}
    assert post(packed("grid", count=4)).status_code == 200


@pytest.mark.parametrize("way", ["run", "call"])
def test_a_full_queue_of_programs_says_so_and_recovers(watched, way):
    """All requests arrive before the first answers are read."""
    crowd = [http.client.HTTPConnection(urlsplit(watched[0]).netloc, timeout=120) for _ in range(2 * programs.WAITING)]
    for one in crowd:
        one.connect()
    for one in crowd:
        one.request("POST", f"/gradio_api/{way}/sample", b'{"data": [512]}', {"content-type": "application/json"})
    answers = [one.getresponse() for one in crowd]
    assert {answer.status for answer in answers} == {200, 503}
    assert re.search(rb"busy|full", next(answer.read() for answer in answers if answer.status == 503))
    for one in crowd:
        one.close()
    address = f"{watched[0]}/gradio_api/{way}/sample"
    later = iter(lambda: httpx.post(address, json={"data": [2]}, timeout=120), None)
    assert next(answer for answer in later if answer.status_code != 503).status_code == 200


def test_half_open_connections_hinder_nobody(watched):
    address = (urlsplit(watched[0]).hostname, urlsplit(watched[0]).port)
    half = [socket.create_connection(address, timeout=20) for _ in range(500)]
    try:
        for connection in half:
            connection.sendall(b"POST /live/softmax/classify HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nhalf")
        answer = httpx.post(f"{watched[0]}/live/softmax/classify", content=LOOK, headers=BYTES, timeout=60)
        assert answer.status_code == 200
    finally:
        for connection in half:
            connection.close()


def test_calls_closed_in_mid_event_leave_no_job_behind(watched):
    """100 visitors ask for a large grid and leave at once; the next one does not stand behind them."""
    address, body = f"{watched[0]}/live/vae/samples", packed("grid", count=1024)
    head = f"POST /live/vae/samples HTTP/1.1\r\nHost: x\r\nContent-Type: {BYTES['content-type']}\r\n"
    for _ in range(100):
        with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port), timeout=20) as connection:
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    ask = lambda: httpx.post(address, content=packed("grid", count=1), headers=BYTES, timeout=60)  # noqa: E731
    answer = next(answer for answer in iter(ask, None) if answer.status_code == 200)  # what had begun runs to its end
    assert len(answer.json()["shown"]) == 1
    assert "Traceback" not in watched[1]()


def test_two_apps_share_a_folder(watched):
    """A second app beside the first: the same page, the same answer, and nothing of the folder is changed."""
    before = {path: path.stat().st_mtime_ns for path in (ROOT / "weights").rglob("*")}
    process, second = start_app()
    try:
        answers = [httpx.post(f"{url}/live/softmax/classify", content=LOOK, headers=BYTES, timeout=60).content
                   for url in (watched[0], second)]  # fmt: skip
    finally:
        process.terminate()
        process.wait(20)
    assert answers[0] == answers[1]
    assert httpx.get(watched[0]).status_code == 200
    assert {path: path.stat().st_mtime_ns for path in (ROOT / "weights").rglob("*")} == before
