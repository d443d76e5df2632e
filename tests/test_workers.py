"""Several processes on one port: whichever a request reaches, the answer is the same; they end in order."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.conftest import ROOT, start_app
from tests.kit.house import packed

pytestmark = pytest.mark.slow  # each app is several processes that import torch
KIND = {"content-type": "application/octet-stream"}
HOPS = 24  # requests, each over a connection of its own: that one of two processes gets them all is luck of 1 in 2^23


def serving_processes(parent: psutil.Process) -> list[psutil.Process]:
    """The processes that answer: those children that listen."""
    return [child for child in parent.children() if child.net_connections(kind="tcp")]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The app with two workers: (address, its parent process); both have started."""
    folder = tmp_path_factory.mktemp("gradio")
    process, url = start_app("--workers", "2", GRADIO_TEMP_DIR=str(folder))
    parent = psutil.Process(process.pid)
    while len(serving_processes(parent)) < 2:
        time.sleep(0.2)
    yield url, parent
    process.terminate()
    process.wait(30)


def spent(processes: list[psutil.Process]) -> list[float]:
    """Seconds of the processor that each has used."""
    return [sum(one.cpu_times()[:2]) for one in processes]


def test_clients_that_hop_meet_one_app(pair):
    """Page, static address, rooms, live calls, endpoints, always over a new connection: one answer, two processes."""
    url, parent = pair
    before = spent(serving_processes(parent))
    pages = [httpx.get(url).text for _ in range(HOPS)]
    assert len(set(pages)) == 1
    version = re.search(r"static/([0-9a-f]{16})/", pages[0])[1]
    live = packed("look", bytes(784), picture="@0", network="softmax-digits")
    arguments = {"data": [[2.0, 1.0], 1.0, "float64", True]}
    asked = {
        "static": lambda: httpx.get(f"{url}/static/{version}/demos/kit/shell.js"),
        "room": lambda: httpx.get(f"{url}/room/softmax/classify"),
        "live": lambda: httpx.post(f"{url}/live/softmax/classify", content=live, headers=KIND),
        "endpoint": lambda: httpx.post(f"{url}/gradio_api/run/softmax", json=arguments),
    }  # fmt: skip
    for name, ask in asked.items():
        answers = [ask() for _ in range(HOPS)]
        assert {answer.status_code for answer in answers} == {200}, name
        contents = {re.sub(r'"(average_)?duration":[\d.]+', "", answer.text) for answer in answers}
        assert len(contents) == 1, name
    assert all(after > earlier for earlier, after in zip(before, spent(serving_processes(parent)), strict=True))


def test_a_training_in_the_page_goes_on_in_any_process(pair):
    url, _ = pair
    kept = {"taken": 0, "W": "", "b": ""}
    for _ in range(6):
        body = packed("train_more", dataset="digits", **kept, steps=1)
        told = httpx.post(f"{url}/live/softmax/train", content=body, headers=KIND, timeout=60).json()
        assert told["step"] == kept["taken"] + 1
        kept = {"taken": told["step"], "W": told["W"], "b": told["b"]}


def test_a_process_that_dies_is_replaced(pair):
    url, parent = pair
    died = serving_processes(parent)[0]
    died.kill()
    while len(serving_processes(parent)) < 2 or died in serving_processes(parent):
        time.sleep(0.2)
    assert {httpx.get(f"{url}/room/softmax/classify", timeout=60).status_code for _ in range(HOPS)} == {200}


def test_who_waits_is_answered_and_all_processes_end():
    """A request whose body is half sent at SIGTERM is answered; a heavy job holds nobody up."""
    process, url = start_app("--workers", "2")
    children = psutil.Process(process.pid).children(recursive=True)
    body = packed("look", bytes(784), picture="@0")
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.putrequest("POST", "/live/softmax/classify")
    connection.putheader("Content-Type", "application/octet-stream")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[:400])
    httpx.get(f"{url}/robots.txt")
    process.send_signal(signal.SIGTERM)
    connection.send(body[400:])
    answer = connection.getresponse()
    assert answer.status == 200
    assert "logits" in json.loads(answer.read())
    connection.close()
    assert process.wait(30) == 0
    assert not psutil.wait_procs(children, timeout=10)[1]


def test_the_processes_end_when_their_parent_is_killed():
    """SIGKILL leaves the parent no time to tell them; none stays on the port."""
    process, url = start_app("--workers", "2")
    parent = psutil.Process(process.pid)
    while len(serving_processes(parent)) < 2:
        time.sleep(0.2)
    children = parent.children(recursive=True)
    process.kill()
    process.wait(10)
    assert not psutil.wait_procs(children, timeout=60)[1]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/robots.txt")


def test_the_address_that_a_proxy_shows_is_in_the_page():
    process, url = start_app("--workers", "2", "--root-url", "https://known.example/app")
    try:
        assert '"root":"https://known.example/app"' in httpx.get(url).text
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many", "1000"])
def test_a_number_of_workers_that_is_none_is_refused_by_a_sentence(number):
    ended = subprocess.run([sys.executable, "app.py", f"--workers={number}"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 2
    assert f"must be a whole number from 1 to 64, not {number}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_refused_by_a_sentence(pair):
    command = [sys.executable, "app.py", "--workers", "2", "--port", str(urlsplit(pair[0]).port)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "is taken or not allowed" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_old_temporary_files_are_gone_after_a_start(tmp_path):
    """Also those of an earlier process, at any depth; a file of today stays."""
    old, young = tmp_path / "aborted" / "upload.png", tmp_path / "young.png"
    old.parent.mkdir()
    for path, age in ((old, 600), (young, 0)):
        path.write_bytes(b"a drawing")
        os.utime(path, (time.time() - age,) * 2)
    os.utime(old.parent, (time.time() - 600,) * 2)
    process, _ = start_app("--workers", "2", GRADIO_TEMP_DIR=str(tmp_path))
    try:
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["young.png"]
    finally:
        process.terminate()
        process.wait(30)
