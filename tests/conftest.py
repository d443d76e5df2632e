"""Fixtures that all tests share: the running app, a browser, a client, the data sets where they are at hand."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
STARTS_WITHIN = 120  # seconds; generous, because the first start on a fresh machine compiles every module


TABS = {"denoise", "vae", "latents", "softmax"}  # folders of tests
APPS_OF_THEIR_OWN = {"test_damage", "test_hostile", "test_load", "test_recovery", "test_workers"}
SERVED = {"app_url", "client", "browser", "page", "phone", "watched"}  # fixtures that start an app or a browser


def pytest_collection_modifyitems(items) -> None:
    """`data` is what asks for the data sets; `quick` what needs no server, no browser, no data set and no process.

    What stays on one tab in a browser is `slow`: there is much of it, and the frame's tests open every room as well. So
    are the crowds, attacks and damages for which apps of their own are started.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        on_a_tab = fixtures & {"page", "phone", "browser"} and item.path.parent.name in TABS
        if on_a_tab or item.path.stem in APPS_OF_THEIR_OWN:
            item.add_marker(pytest.mark.slow)
        if "data_dir" in fixtures:
            item.add_marker(pytest.mark.data)
        patient = {mark.name for mark in item.iter_markers()} & {"slow", "exhaustive", "browser", "data"}
        alone = item.path.name.startswith(("test_scripts", "test_resume", "test_runs", "test_hub", "test_own"))
        if not (patient or alone or fixtures & SERVED):
            item.add_marker(pytest.mark.quick)


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_app(*arguments: str, log=None, port: int = 0, **environment: str) -> tuple[subprocess.Popen, str]:
    """Start `python app.py` as a visitor would and wait until it answers; return the process and its address.

    What it prints goes to the file `log` where one is given; `port`: not just any.
    """
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--host", "127.0.0.1", "--port", str(port), *arguments],
        cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
        stdout=log or subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the app ended with status {process.returncode}:\n{(process.stdout or log).read()}")
        try:
            urllib.request.urlopen(url, timeout=5)
            return process, url
        except OSError:
            time.sleep(0.2)
    process.kill()
    pytest.fail(f"the app did not answer within {STARTS_WITHIN} s")


@pytest.fixture(scope="session")
def app_url():
    """The address of one running app, shared by all tests of the session; of the app at APP_URL where that is set."""
    if url := os.environ.get("APP_URL"):
        yield url.rstrip("/")
        return
    process, url = start_app()
    yield url
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="session")
def client(app_url):
    """A gradio_client connected to the running app."""
    from gradio_client import Client

    return Client(app_url, verbose=False)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the data sets; the test is skipped where they are not at hand."""
    from training.data import datasets

    if not (datasets.at_hand("digits") and datasets.at_hand("fashion")):
        pytest.skip(f"MNIST and Fashion-MNIST are not in {datasets.data_dir()}; set DATA_DIR")
    return datasets.data_dir()


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the session; the test is skipped where there is none."""
    playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("no Chromium here: CI must install it")
        pytest.skip("no Chromium here; install it or set CHROMIUM")
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def _page(browser, app_url, **options):
    page = browser.new_page(**options)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: _foreign(request.url, app_url, complaints))
    yield page
    page.close()
    assert not complaints, f"the browser complained: {complaints}"


def _foreign(url: str, app_url: str, complaints: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(app_url).netloc:
        complaints.append(f"request to another host: {url}")


@pytest.fixture
def page(browser, app_url):
    """A fresh page on a projector; the test fails on a console error or a request to another host."""
    yield from _page(browser, app_url, viewport={"width": 1280, "height": 720})


@pytest.fixture
def phone(browser, app_url):
    """A fresh page on a phone with touch."""
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}
    yield from _page(browser, app_url, **options)
