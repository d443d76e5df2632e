"""The page without test pictures: a button fetches them, the page says how far it is, and shows them at once."""

from pathlib import Path

import httpx
import matplotlib
import pytest
from playwright.sync_api import expect

from tests import mirror
from tests.conftest import start_app
from training.data import datasets, fetch

WAITS = 60_000  # milliseconds, for an app that has just begun on a busy machine
SIZES = [{"width": 1280, "height": 720}, {"width": 390, "height": 844}]


@pytest.fixture
def server(data_dir):
    """A mirror of the real files."""
    content = {key: (datasets.file(*key) or Path()).read_bytes() for key in fetch.FILES}
    with mirror.running(content) as running:
        yield running


@pytest.fixture
def start(server, tmp_path):
    """Starts the app on a machine that has no data set."""
    begun = []

    def app(*arguments: str, **environment: str) -> str:
        process, url = start_app(
            *arguments, DATA_DIR=str(tmp_path / "data"), HOME=str(tmp_path / "home"), DATA_MIRROR=server.url,
            MPLCONFIGDIR=matplotlib.get_cachedir(), **environment,  # its fonts are listed there already
        )  # fmt: skip
        begun.append(process)
        return url

    yield app
    for process in begun:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("size", SIZES, ids=["projector", "phone"])
def test_a_button_fetches_them_and_the_error_clinic_shows_them(start, server, browser, size):
    server.manner = "absent"
    url = start()
    page = browser.new_page(viewport=size)
    page.goto(f"{url}?tab=softmax&step=errors")
    foot = page.locator(".test-pictures")
    expect(page.locator(".softmax-errors")).to_contain_text(
        "They can be fetched at the foot of this page", timeout=WAITS
    )
    foot.get_by_role("button", name="Fetch the test pictures, 6 MB").click()
    expect(foot).to_contain_text("could not be fetched: t10k-images-idx3-ubyte.gz of MNIST: Not Found.", timeout=WAITS)
    server.manner = "slow"
    foot.get_by_role("button", name="Try again").click()
    expect(foot.get_by_role("progressbar")).to_be_visible(timeout=WAITS)
    expect(foot).to_contain_text("Fetching the test pictures:", timeout=WAITS)
    server.manner = "good"
    server.go_on.set()
    foot.get_by_role("button", name="Show them").click()
    expect(page.locator(".softmax-errors canvas").first).to_be_visible(timeout=WAITS)
    expect(page.locator(".softmax-errors")).not_to_contain_text("They can be fetched", timeout=WAITS)
    expect(page.locator(".test-pictures")).to_be_hidden(timeout=WAITS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


@pytest.mark.parametrize("how", ["space", "argument"])
def test_on_a_space_and_with_the_argument_it_begins_by_itself(start, server, how):
    url = start(SPACE_ID="someone/lab") if how == "space" else start("--fetch")
    with httpx.Client(base_url=url) as client:
        while (found := client.post("/test-pictures").json())["state"] == "loading":
            assert 0 <= found["loaded"] <= found["size"]
    assert found["state"] == "ready"
    assert len(server.requests) == 4


def test_without_being_asked_it_fetches_nothing_and_other_pages_may_not_ask(start, server):
    url = start()
    with httpx.Client(base_url=url) as client:
        assert client.post("/test-pictures").json()["state"] == "absent"
        assert client.get("/test-pictures").status_code == 405
        foreign = client.post("/test-pictures", content="start", headers={"origin": "https://elsewhere.org"})
        assert foreign.status_code == 403
        assert client.post("/test-pictures/more").status_code == 404
        assert client.post("/test-pictures").json()["state"] == "absent"
    assert not server.requests
