"""On a ZeroGPU Space: `spaces` is imported first, and a visitor's quota is touched only by what is pressed for."""

import httpx
import pytest

from tests.conftest import start_app
from tests.frame import PLACES
from tests.kit.house import packed
from tests.load import EVENTS, KIND

# Stands in for Hugging Face's package: its decorator changes nothing, and says in a file that it was called.
SPACES = """
import functools, os, sys
assert "torch" not in sys.modules, "spaces must be imported before torch"

def GPU(job):
    @functools.wraps(job)
    def counted(*args, **kwargs):
        with open(os.environ["QUOTA"], "a") as file:
            file.write(job.__name__ + "\\n")
        return job(*args, **kwargs)
    return counted
"""


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """The app as a ZeroGPU Space starts it: (address, the file with the jobs that cost quota)."""
    folder = tmp_path_factory.mktemp("space")
    (folder / "spaces.py").write_text(SPACES)
    quota = folder / "quota"
    quota.touch()
    process, url = start_app(PYTHONPATH=str(folder), QUOTA=str(quota), SPACES_ZERO_GPU="true")
    yield url, quota
    process.terminate()
    process.wait(20)


@pytest.mark.slow
def test_only_what_is_pressed_for_costs_quota(space):
    """Every room opened, live events of each kind, a small grid: nothing. A grid of 300 samples: one job."""
    url, quota = space
    for tab, room in PLACES:
        assert httpx.get(f"{url}/room/{tab}/{room}", timeout=60).status_code == 200
    for event in EVENTS.values():
        address, body = event()
        assert httpx.post(f"{url}/{address}", content=body, headers=KIND, timeout=60).status_code == 200
    grid = {"count": 16, "networks_shown": ["vae"], "judge": False}
    small = httpx.post(f"{url}/live/vae/samples", content=packed("grid", **grid), headers=KIND, timeout=60)
    assert small.status_code == 200
    assert quota.read_text() == ""
    httpx.post(f"{url}/live/vae/samples", content=packed("grid", **(grid | {"count": 300})), headers=KIND, timeout=60)
    assert quota.read_text().split() == ["drawn"]  # it then wants CUDA, which this machine need not have
