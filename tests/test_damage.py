"""A missing, damaged or unreachable file costs what stands on it and nothing else, and says its name and the remedy."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests import hub_server
from tests.conftest import ROOT, start_app
from tests.frame import READY, query
from tests.kit.house import packed
from training import checkpoints

BYTES = {"Content-Type": "application/octet-stream"}


def cut(file: Path) -> None:
    """The second half is lost."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def flip(file: Path) -> None:
    """One bit in the middle, which in a number of a text leaves another number."""
    content = bytearray(file.read_bytes())
    at = next(place for place in range(len(content) // 2, len(content)) if chr(content[place]) in "02468")
    content[at] ^= 1
    file.write_bytes(content)


def write(text: str):
    """The file holds `text` instead."""
    return lambda file: file.write_text(text)


def lose(file: Path) -> None:
    """The file is gone."""
    file.unlink()


DAMAGES = [  # file, what happens to it, the room that stands on it, the remedy that it names
    ("analysis/softmax.json", write("{}"), "softmax/errors", "python -m training.analyse.softmax"),
    ("analysis/latents_probes.json", write("[]"), "latents/probes", "python -m training.analyse.probes"),
    ("analysis/denoising.json", cut, "denoise/again", "python -m training.analyse.denoising"),
    ("vae/latents.npz", flip, "vae/strips", "python -m training.catalogue vae"),
    ("autoencoder-2d/history/epoch-002.npz", cut, "latents/history", "python -m training.catalogue autoencoder-2d"),
    ("sparse-autoencoder/config.json", cut, "latents/bottleneck", "python -m training.catalogue sparse-autoencoder"),
    ("vae-fashion-2d/metrics.json", write("{"), "vae/map", "python -m training.catalogue vae-fashion-2d"),
    ("unet-denoiser/metrics.json", flip, "denoise/bench", "python -m training.catalogue unet-denoiser"),
    ("softmax-digits/model.safetensors", flip, "softmax/classify", "python -m training.catalogue softmax-digits"),
    ("autoencoder-bce/model.safetensors", lose, "latents/bottleneck", "python -m training.catalogue autoencoder-bce"),
]
UNTOUCHED = ["softmax/chain", "softmax/stability", "denoise/micrograph"]


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    """The real app beside a copy of weights/ with all of these damages: (address, the copy)."""
    weights = shutil.copytree(checkpoints.WEIGHTS, tmp_path_factory.mktemp("damage") / "weights")
    for file, happens, *_ in [*DAMAGES, ("analysis/latents.npz", cut)]:
        happens(weights / file)
    process, url = start_app(WEIGHTS_DIR=str(weights))
    yield url, weights
    process.terminate()
    process.wait(20)


@pytest.mark.parametrize(("file", "happens", "room", "remedy"), DAMAGES, ids=[damage[0] for damage in DAMAGES])
def test_the_room_that_stands_on_a_damaged_file_names_it_with_the_remedy(damaged, file, happens, room, remedy):
    url, weights = damaged
    told = httpx.get(f"{url}/room/{room}", timeout=60).text
    assert f"weights/{file}" in told
    assert remedy in told
    assert str(weights.parent) not in told
    assert str(ROOT) not in told


@pytest.mark.parametrize("room", UNTOUCHED)
def test_the_other_rooms_know_nothing_of_it(damaged, room):
    told = httpx.get(f"{damaged[0]}/room/{room}", timeout=60).json()
    assert not told.keys() & {"error", "notes"}
    assert "cannot be shown" not in told["lesson"]


@pytest.mark.parametrize("room", ["denoise/bench", "vae/map", "latents/bottleneck"])
def test_a_network_that_lacks_a_file_is_not_offered_and_the_others_are(damaged, room):
    networks = [name for name, _ in httpx.get(f"{damaged[0]}/room/{room}", timeout=60).json()["props"]["networks"]]
    assert networks
    assert not {"unet-denoiser", "vae-fashion-2d", "sparse-autoencoder", "autoencoder-bce"} & set(networks)


@pytest.mark.parametrize("room", ["vae/strips", "vae/equations", "vae/film"])
def test_damaged_codes_are_said_when_the_instrument_is_opened_and_the_rest_goes_on(damaged, room):
    """Once, above the instrument, as what is missing of it; lesson and networks with whole codes are there."""
    told = httpx.get(f"{damaged[0]}/room/{room}", timeout=60).json()
    notes = [note for note in told["notes"] if "weights/vae/latents.npz is damaged" in note]
    assert len(notes) == 1
    assert notes[0].endswith("take it from the repository again or train it anew: python -m training.catalogue vae")
    assert "cannot be shown" not in told["lesson"]
    assert {"vae-beta-4", "vae-16d"} <= {name for name, _ in told["props"]["networks"]}


def test_what_needs_no_codes_goes_on_without_them_and_what_does_names_the_file(damaged):
    """Strips of a drawing are answered by the network whose codes are damaged; those of a test picture are not."""

    def asked(source, *pictures):
        body = packed("strips", *pictures, source=source, network="vae")
        return httpx.post(f"{damaged[0]}/live/vae/strips", content=body, headers=BYTES, timeout=60)

    assert asked({"picture": "@0"}, bytes(784)).json()["frames"] == 9
    refused = asked({"class": 3, "index": 0})
    assert refused.status_code == 400
    assert refused.json()["error"].startswith("weights/vae/latents.npz is damaged")


def test_a_call_that_needs_damaged_weights_names_them(damaged):
    body = packed("look", bytes(784), picture="@0", network="softmax-digits")
    answer = httpx.post(f"{damaged[0]}/live/softmax/classify", content=body, headers=BYTES, timeout=60)
    assert answer.status_code == 400
    assert "weights/softmax-digits/model.safetensors is damaged" in answer.json()["error"]


def test_a_call_that_needs_damaged_measurements_names_them(damaged):
    answer = httpx.post(f"{damaged[0]}/live/latents/holes", content=packed("holes"), headers=BYTES, timeout=60)
    assert answer.json()["error"].startswith("weights/analysis/latents.npz is damaged")
    assert answer.json()["error"].endswith("run `python -m training.analyse.latents`")


def test_a_call_that_needs_a_network_without_description_names_its_file(damaged):
    body = packed("bench", bytes(784), picture="@0", kind="gaussian", strength=0.3, seed=0, network="unet-denoiser")
    answer = httpx.post(f"{damaged[0]}/live/denoise/bench", content=body, headers=BYTES, timeout=60)
    assert "weights/unet-denoiser/metrics.json is damaged" in answer.json()["error"]


def test_an_endpoint_names_the_file_by_its_place_in_the_project(damaged):
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    url, weights = damaged
    with pytest.raises(AppError, match=r"weights/softmax-digits/model\.safetensors is damaged") as caught:
        Client(url, verbose=False).predict([[0.0] * 28] * 28, "digits", 0, api_name="/classify")
    assert str(weights.parent) not in str(caught.value)


@pytest.mark.browser
def test_the_page_says_what_is_damaged_and_recovers_when_the_file_is_back(browser, damaged):
    url, weights = damaged
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{url}/{query('softmax', 'errors')}")
    lack = page.locator(".lacking")
    lack.wait_for(timeout=READY)
    assert "weights/analysis/softmax.json is damaged" in lack.inner_text()
    for file in ("analysis/softmax.json", "softmax-digits/model.safetensors"):
        shutil.copy(checkpoints.WEIGHTS / file, weights / file)
    lack.get_by_role("button", name="Try again").click()
    page.locator(".softmax-errors canvas").first.wait_for(timeout=READY)
    assert not page.locator(".lacking").count()
    page.close()


# --- all of weights/ is gone

NOTHING = """
import json
import app
from demos.kit import page, routes
from demos.denoise.compare.handlers import compare_live
from demos.latents.maps.handlers import walk_all
from demos.latents.disturb.handlers import disturb
from demos.vae.codes import sample
assert page.endpoints(app.TABS)
empty = [[0.0] * 28] * 28
for call in (
    lambda: walk_all(0, 1),
    lambda: disturb(0, 1.0),
    lambda: sample(4),
    lambda: compare_live(empty, "blur", 0.3, 0, True),
    lambda: app.TABS[1].room("map").props(),
):
    try:
        print("answered", call())
    except (OSError, ValueError) as error:
        print(routes.sentence(error))
told = routes.describe(app.TABS[0], "bench")
print(told if isinstance(told, str) else json.loads(told.bodies[""]).get("notes"))
"""


def test_without_any_weights_the_app_starts_and_every_answer_says_what_to_do(tmp_path):
    environment = os.environ | {"WEIGHTS_DIR": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", NOTHING], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    *answers, bench = done.stdout.strip().splitlines()[-6:]
    for answer in answers:
        assert "weights/" in answer
        assert "python -m training.catalogue" in answer
    assert "python -m training.catalogue" in bench
    assert str(tmp_path) not in done.stdout


# --- what is on the Hub alone


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The real app without one network and without the weights of another, both on a Hub that hangs: (address, Hub)."""
    folder = tmp_path_factory.mktemp("hub")
    weights = shutil.copytree(checkpoints.WEIGHTS, folder / "weights")
    with hub_server.running() as hub:
        entries = checkpoints.catalogue()
        for name in ("sparse-autoencoder", "denoising-vae"):
            files = {path.name: path.read_bytes() for path in (weights / name).iterdir() if path.is_file()}
            entries[name] |= {"repository": f"me/{name}", "revision": hub.commit(f"me/{name}", files)}
        shutil.rmtree(weights / "sparse-autoencoder")
        (weights / "denoising-vae" / "model.safetensors").unlink()
        (weights / "catalogue.json").write_text(json.dumps(entries))
        hub.faults.append(hub_server.Fault("/resolve/", 200, 1000, seconds=600))
        process, url = start_app(
            WEIGHTS_DIR=str(weights), HF_ENDPOINT=hub.url, HF_HOME=str(folder / "home"), HF_HUB_DISABLE_XET="1",
            HF_HUB_ETAG_TIMEOUT="60", HF_TOKEN=hub_server.TOKEN, NO_PROXY="127.0.0.1",
        )  # fmt: skip
        yield url, hub
        process.terminate()
        process.wait(20)


@pytest.mark.browser
def test_a_network_that_comes_from_a_hub_that_hangs_is_waited_for_where_it_stands(browser, elsewhere):
    url, hub = elsewhere
    assert not hub.requests  # nothing was fetched for the page itself
    told = httpx.get(f"{url}/room/latents/bottleneck", timeout=60).json()
    assert "me/sparse-autoencoder/config.json is being loaded from the Hub" in told["notes"][0]
    assert told["loading"]
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{url}/{query('denoise', 'bench', denoise_network='denoising-vae')}")
    lack = page.locator(".lacking", has_text="me/denoising-vae/model.safetensors is being loaded from the Hub")
    lack.wait_for(timeout=READY)
    assert lack.get_by_role("button", name="Try again").is_visible()
    other = "denoising-autoencoder"
    others = packed("bench", bytes(784), picture="@0", kind="blur", strength=0.3, seed=0, network=other)
    assert "code" in httpx.post(f"{url}/live/denoise/bench", content=others, headers=BYTES, timeout=60).json()
    hub.faults.clear()
    lack.wait_for(state="detached", timeout=READY)
    page.locator(".lacking", has_text="All is here now").wait_for(timeout=READY)  # the other one, too: a room shows it
    page.locator(".lacking").get_by_role("button", name="Try again").click()
    page.locator(".lacking").wait_for(state="detached", timeout=READY)
    assert [r for r in hub.requests if "denoising-vae" in r and "model.safetensors" not in r] == []  # the rest was here
    page.goto(f"{url}/{query('latents', 'bottleneck')}")
    page.locator(".latents-bottleneck option[value=sparse-autoencoder]").wait_for(state="attached", timeout=READY)
    page.close()
