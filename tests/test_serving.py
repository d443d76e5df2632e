"""The app as it is served: its endpoints for programs, what is closed, one address or another, an orderly end."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client

import app
from tests.conftest import ROOT, free_port, start_app
from tests.frame import PLACES
from tests.kit.house import packed
from tests.load import EVENTS, KIND
from training import checkpoints

ENDPOINTS = {  # what programs may call, by name, with its parameters: a promise that does not change
    "denoise": ["picture", "noise", "seed", "network"],
    "normalise": ["picture"],
    "compare": ["picture", "noise_kind", "strength", "seed", "networks"],
    "noise_grid": [],
    "encode": ["picture", "network"],
    "decode": ["z", "network"],
    "sample": ["count", "seed", "network", "temperature"],
    "interpolate": ["first", "second", "steps", "network", "kind"],
    "elbo": ["picture", "network", "seed"],
    "traverse": ["picture", "network", "dimension", "values"],
    "arithmetic": ["a", "b", "c", "network"],
    "latents": ["network"],
    "path": ["first", "second", "network", "steps"],
    "probe": [],
    "classify": ["picture", "dataset", "true_class"],
    "softmax": ["logits", "temperature", "dtype", "stable"],
    "errors": ["dataset", "network", "true_class", "predicted_class"],
    "linear_model": ["W", "b", "x", "label"],
}


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    """An app of its own with an empty folder for temporary files: (address, folder)."""
    folder = tmp_path_factory.mktemp("gradio")
    process, url = start_app(GRADIO_TEMP_DIR=str(folder))
    yield url, folder
    process.terminate()
    process.wait(20)


def test_the_named_endpoints_keep_their_names_and_parameters(serving):
    told = httpx.get(f"{serving[0]}/gradio_api/info").json()["named_endpoints"]
    found = {name[1:]: [one["parameter_name"] for one in endpoint["parameters"]] for name, endpoint in told.items()}
    assert {name: found.get(name) for name in ENDPOINTS} == ENDPOINTS


def test_a_program_calls_an_endpoint_by_each_way(serving):
    """gradio_client (through the queue), /run, and /call with its answer as an event: the same answer."""
    arguments = [[2.0, 1.0, -1.0], 1.0, "float64", True]
    by_client = Client(serving[0], verbose=False).predict(*arguments, api_name="/softmax")
    by_run = httpx.post(f"{serving[0]}/gradio_api/run/softmax", json={"data": arguments}).json()["data"][0]
    event = httpx.post(f"{serving[0]}/gradio_api/call/softmax", json={"data": arguments}).json()["event_id"]
    by_call = httpx.get(f"{serving[0]}/gradio_api/call/softmax/{event}", timeout=30).text
    assert by_client == by_run == json.loads(re.search(r"data: (.*)", by_call)[1])[0]
    assert sum(by_client["probabilities"]) == pytest.approx(1)


def test_a_refusal_reaches_a_program_as_its_sentence(serving):
    client = Client(serving[0], verbose=False)
    with pytest.raises(Exception, match="count must be a whole number from 1 to 1024, not 4000"):
        client.predict(4000, api_name="/sample")
    with pytest.raises(Exception, match="count must be a whole number, not 'many'"):
        client.predict("many", api_name="/sample")


@pytest.mark.parametrize("path", ["upload", "component_server", "process_recording", "stream/x", "vibe-edit", "login"])
def test_what_nothing_needs_is_closed_in_the_real_app(serving, path):
    assert httpx.post(f"{serving[0]}/gradio_api/{path}", json={}).status_code == 404


@pytest.mark.parametrize(
    "path", ["monitoring", "monitoring/summary", "gradio_api/runs", "gradio_api/openapi.json", "openapi.json"]
)
def test_what_nobody_should_read_is_closed_in_the_real_app(serving, path):
    assert httpx.get(f"{serving[0]}/{path}").status_code == 404


def test_another_origin_may_neither_read_nor_ask_before(serving):
    """Also under a public name, where Gradio itself would reflect any origin with credentials."""
    asked = {"Origin": "https://evil.example", "Host": "public.example", "Access-Control-Request-Method": "POST"}
    for answer in (
        httpx.get(f"{serving[0]}/config", headers=asked),
        httpx.options(f"{serving[0]}/config", headers=asked),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_forwarded_host_is_not_written_into_the_page(serving):
    answer = httpx.get(serving[0], headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert "evil.example" not in answer.text


def test_nothing_that_a_visitor_does_leaves_a_file(serving):
    url, folder = serving
    httpx.get(url)
    httpx.post(f"{url}/live/softmax/classify", content=packed("look", bytes(784), picture="@0"),
               headers={"content-type": "application/octet-stream"})  # fmt: skip
    Client(url, verbose=False).predict(api_name="/probe")
    assert not [path for path in Path(folder).rglob("*") if path.is_file()]


def test_the_weights_may_be_read_only(serving):
    """Nothing is written there, whatever rooms are opened and whatever is asked."""

    def files():
        return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in checkpoints.WEIGHTS.rglob("*")}

    before = files()
    for tab, room in PLACES:
        assert httpx.get(f"{serving[0]}/room/{tab}/{room}", timeout=60).status_code == 200
    for address, body in (event() for event in EVENTS.values()):
        assert httpx.post(f"{serving[0]}/{address}", content=body, headers=KIND, timeout=60).status_code == 200
    assert files() == before


def test_every_room_is_described_without_an_error(serving):
    told = re.search(r"window.gradio_config = (.*?);</script>", httpx.get(serving[0]).text)[1]
    page = next(
        one["props"]["props"]["page"] for one in json.loads(told)["components"] if "page" in one["props"]["props"]
    )
    rooms = [
        f"{tab['key']}/{room}" for tab in page["tabs"] for room in [tab["start"], *(s["room"] for s in tab["steps"])]
    ]
    assert len(rooms) >= 30
    errors = {room: httpx.get(f"{serving[0]}/room/{room}", timeout=60).json().get("error") for room in rooms}
    assert not {room: error for room, error in errors.items() if error}


@pytest.mark.slow
def test_the_page_names_the_address_that_a_proxy_shows():
    process, url = start_app("--root-url", "https://known.example/app")
    try:
        assert '"root":"https://known.example/app"' in httpx.get(url).text
        assert httpx.get(f"{url}/room/denoise/bench").status_code == 200
        body = packed("look", bytes(784), picture="@0")
        kind = {"content-type": "application/octet-stream"}
        own = httpx.post(
            f"{url}/live/softmax/classify", content=body, headers=kind | {"origin": "https://known.example"}
        )
        assert own.status_code == 200
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("port", ["0", "99999", "-1", "http"])
def test_a_port_that_is_none_is_refused_by_a_sentence(port, capsys):
    with pytest.raises(SystemExit, match="2"):
        app.main([f"--port={port}"])
    assert f"must be a whole number from 1 to 65535, not {port}" in capsys.readouterr().err


def test_a_port_that_is_taken_is_refused_by_a_sentence(serving):
    port = str(urlsplit(serving[0]).port)
    ended = subprocess.run([sys.executable, "app.py", "--port", port], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 2
    assert f"Port {port} is taken" in ended.stderr
    assert "Traceback" not in ended.stderr


def lets_in(url: str) -> bool:
    """Whether the app takes new connections."""
    with socket.socket() as visitor:
        return visitor.connect_ex((urlsplit(url).hostname, urlsplit(url).port)) == 0


@pytest.mark.slow
def test_who_waits_for_an_answer_gets_it_before_the_app_ends():
    """A request whose body is half sent when SIGTERM comes is answered, then the process ends by itself with 0."""
    process, url = start_app()
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    body = packed("look", bytes(784), picture="@0")
    connection.putrequest("POST", "/live/softmax/classify")
    connection.putheader("Content-Type", "application/octet-stream")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[:400])
    httpx.get(f"{url}/robots.txt")  # by now the first half has arrived
    process.send_signal(signal.SIGTERM)
    while lets_in(url):
        pass
    connection.send(body[400:])
    answer = connection.getresponse()
    assert answer.status == 200
    assert "logits" in json.loads(answer.read())
    connection.close()
    assert process.wait(20) == 0


@pytest.mark.slow
def test_a_heavy_job_does_not_keep_the_app_from_ending():
    process, url = start_app()
    address, body = f"{url}/live/softmax/stability", packed("timings")
    kind = {"content-type": "application/octet-stream"}
    threading.Thread(target=lambda: httpx.post(address, content=body, headers=kind, timeout=60), daemon=True).start()
    httpx.get(f"{url}/robots.txt")
    process.terminate()
    assert process.wait(20) == 0


HANGS = """
import threading
import gradio
from demos.kit import page
from demos.softmax import TAB

def hang(*_, **__):
    print("launching", flush=True)
    threading.Semaphore(0).acquire()

gradio.Blocks.launch = hang
page.launch((TAB,), "")
"""


@pytest.mark.slow
def test_a_launch_that_hangs_does_not_keep_the_app_from_ending():
    process = subprocess.Popen([sys.executable, "-c", HANGS], cwd=ROOT, text=True, stdout=subprocess.PIPE)
    assert "launching" in process.stdout.readline()
    process.terminate()
    assert process.wait(20) == 0


@pytest.mark.slow
def test_one_tab_opens_alone():
    port = str(free_port())
    process = subprocess.Popen(
        [sys.executable, "-m", "demos.softmax"], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "GRADIO_SERVER_PORT": port, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        line = next(line for line in process.stdout if "Running on" in line)
        page = httpx.get(re.search(r"http://\S+", line)[0]).text
        assert "Classify" in page
        assert "AE vs VAE" not in page
    finally:
        process.terminate()
        assert process.wait(20) == 0
