"""A budget for what a start and a visit cost: memory, modules, bytes, requests; a second visit asks only for changes.

Each figure is what was measured when it was set; a page that grows by more than a quarter fails.
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.conftest import ROOT
from tests.frame import EACH_TAB, TAB, visit

CONFIG, PAGE = 85_000, 145_000  # bytes: what Gradio is told, and the page itself, unpacked

REQUESTS, WIRE = 106, 440_000  # of a first visit: requests, and bytes as they travel, packed
MODULES, MEMORY = 790, 100e6  # of a start, beyond `import torch, gradio`: modules of Python, bytes
START = """
import sys, torch, gradio, psutil
modules, memory = len(sys.modules), psutil.Process().memory_info().rss
import app
from demos.kit import page
page.prepare(app.TABS, app.TITLE, "")
print(len(sys.modules) - modules, psutil.Process().memory_info().rss - memory)
page.leave()
"""


def fetched(url: str) -> int:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return len(answer.read())


@pytest.mark.slow
def test_a_start_keeps_its_modules_and_its_memory():
    """What is not needed before the first visitor is imported when it is: scikit-learn, and torchvision."""
    told = subprocess.run([sys.executable, "-c", START], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    modules, memory = map(int, told.split())
    assert 0 < modules <= MODULES
    assert 0 < memory <= MEMORY


@pytest.mark.browser
def test_the_page_and_its_config_keep_their_size(app_url):
    assert fetched(f"{app_url}/config") <= CONFIG
    assert fetched(f"{app_url}/") <= PAGE


def asked_for(page, act) -> list[tuple[str, int]]:
    """The addresses that `act` makes the browser ask for, with the bytes that came over the wire (0 from its cache)."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    names, sizes = {}, {}
    session.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    session.on("Network.requestServedFromCache", lambda event: sizes.update({event["requestId"]: 0}))
    act()
    session.detach()
    return [(name, sizes.get(key, 0)) for key, name in names.items() if not name.startswith(("data:", "blob:"))]


@pytest.mark.browser
def test_a_first_visit_keeps_its_number_of_requests_and_its_bytes(page, app_url):
    asked = asked_for(page, lambda: visit(page, app_url, "denoise", TAB["denoise"].start))
    assert len(asked) <= REQUESTS
    assert sum(size for _, size in asked) <= WIRE


@pytest.mark.browser
@pytest.mark.parametrize("tab", EACH_TAB)
def test_only_the_open_tabs_modules_are_fetched(page, app_url, tab):
    asked = asked_for(page, lambda: visit(page, app_url, tab, TAB[tab].start))
    views = {name.split("/demos/")[1].split("/")[0] for name, _ in asked if "/demos/" in name}
    assert views <= {"kit", tab}
    rooms = {tuple(name.split("/room/")[1].split("/")) for name, _ in asked if "/room/" in name}
    assert rooms == {(tab, TAB[tab].start)}


@pytest.mark.browser
@pytest.mark.parametrize("tab", EACH_TAB)
def test_a_second_visit_asks_for_nothing_that_has_not_changed(page, app_url, tab):
    visit(page, app_url, tab, TAB[tab].start)
    again = asked_for(page, lambda: visit(page, app_url, tab, TAB[tab].start))
    static = [(name, size) for name, size in again if "/static/" in name and size > 0]
    assert not static


@pytest.mark.browser
def test_modules_are_kept_for_ever_and_rooms_are_asked_about(page, app_url):
    visit(page, app_url, "vae", "film")
    shell = page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name).find((n) => n.endsWith('shell.js'))"
    )
    with urllib.request.urlopen(shell, timeout=30) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    with urllib.request.urlopen(f"{app_url}/room/vae/film", timeout=30) as answer:
        tag = answer.headers["ETag"]
        assert json.load(answer)["lesson"]
    request = urllib.request.Request(f"{app_url}/room/vae/film", headers={"If-None-Match": tag})
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        urllib.request.urlopen(request, timeout=30)
    assert unchanged.value.code == 304
