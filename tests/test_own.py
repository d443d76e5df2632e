"""A student's own networks, of digits and of own pictures, from the command line to the rooms of the page."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.conftest import start_app
from training import checkpoints, train_autoencoder, train_cnn, train_softmax, train_vae
from training.store import checkpoints as store

ROOT = Path(__file__).resolve().parents[1]
WAITS = 60_000  # milliseconds, for an app that has just begun on a busy machine
OURS = ("vae", "vae-beta-4", "vae-2d", "autoencoder-2d", "autoencoder", "denoising-autoencoder", "softmax-digits")
PROPS = """
import importlib, json, sys
from demos import denoise, latents, softmax, vae
asked = json.loads(sys.argv[1])
tabs = {"denoise": denoise.TAB, "latents": latents.TAB, "softmax": softmax.TAB, "vae": vae.TAB}
answers = {}
for tab, room in asked["props"]:
    answers[room] = tabs[tab].room(room).props()
for tab, room, call, arguments in asked["calls"]:
    handlers = importlib.import_module(f"demos.{tab}.{room}.handlers")
    answers[f"{call}()"] = getattr(handlers, call)(**arguments)
print(json.dumps(answers))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder of weights with some of our networks, to train into."""
    weights = tmp_path / "weights"
    for name in (*OURS, "analysis"):
        shutil.copytree(checkpoints.WEIGHTS / name, weights / name)
    shutil.copy(checkpoints.WEIGHTS / "catalogue.json", weights)
    monkeypatch.setattr(store, "WEIGHTS", weights)
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path / "cache"))
    return weights


@pytest.fixture
def leaves(tmp_path) -> Path:
    """Three classes of pictures that a linear network tells apart: a square, a row, a column, at random places."""
    chance = np.random.default_rng(0)
    for k, name in enumerate(("ash", "elm", "oak")):
        (tmp_path / "leaves" / name).mkdir(parents=True)
        for i in range(60):
            pixels, (x, y) = np.zeros((56, 56), np.uint8), chance.integers(4, 40, 2)
            pixels[y : y + (6 if k == 1 else 56 if k == 2 else 12), x : x + (56 if k == 1 else 6 if k == 2 else 12)] = (
                255
            )
            pixels = np.minimum(pixels, 255 - chance.integers(0, 60, pixels.shape, dtype=np.uint8))
            Image.fromarray(pixels).save(tmp_path / "leaves" / name / f"{i}.png")
    return tmp_path / "leaves"


@pytest.fixture
def trained(folder, leaves) -> Path:
    """The folder of weights, with four small networks of the leaves."""
    short = ["--epochs", "1", "--batch-size", "16", "--device", "cpu", "--dataset", str(leaves)]
    train_vae.main([*short, "--latent-dim", "2", "--out", "leaf-map"])
    train_cnn.main([*short, "--no-strokes", "--out", "leaf-cnn"])
    train_autoencoder.main([*short, "--noise", "0.3", "--out", "leaf-denoiser"])
    train_softmax.main(["--dataset", str(leaves), "--device", "cpu", "--out", "leaf-softmax"])
    return folder


def ask(folder: Path, props: list, calls: list) -> dict:
    """What the rooms of an app with these weights start with and answer."""
    words = [sys.executable, "-c", PROPS, json.dumps({"props": props, "calls": calls})]
    environment = os.environ | {"WEIGHTS_DIR": str(folder), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_own_pictures_stand_in_every_room_of_their_kind_with_their_own_classes(trained):
    vae_rooms = ("map", "film", "samples", "strips", "ledger")
    picked = {"class": 2, "index": 0}
    answers = ask(
        trained,
        [*(("vae", room) for room in vae_rooms), ("softmax", "classify"), ("denoise", "bench"), ("denoise", "figure"),
         ("latents", "bottleneck")],
        [("vae", "map", "atlas", {"network": "leaf-map"}),
         ("vae", "map", "across", {"source": picked, "network": "leaf-map"}),
         ("vae", "film", "film", {"first": picked, "second": {"mean": 0}, "network": "leaf-map"}),
         ("vae", "samples", "grid", {"networks_shown": ["leaf-map"], "count": 16}),
         ("vae", "strips", "strips", {"source": picked, "network": "leaf-map"}),
         ("vae", "ledger", "ledger", {"source": picked, "network": "leaf-map"}),
         ("softmax", "classify", "weights", {"network": "leaf-softmax"}),
         ("softmax", "classify", "look", {"picture": [[0.0] * 28] * 28, "network": "leaf-softmax"})],
    )  # fmt: skip
    for room in vae_rooms:
        assert ["leaf-map", "VAE of leaves, 2 dimensions, yours: leaf-map"] in answers[room]["networks"], room
        assert answers[room]["datasets"]["leaf-map"] == "leaves"
        assert answers[room]["classes"]["leaves"] == ["ash", "elm", "oak"]
    assert answers["atlas()"]["dataset"] == "leaves"
    assert answers["atlas()"]["looks"]  # by leaf-cnn, and no judge of digits
    assert len(answers["across()"]["counts"]) == 3
    (shown,) = answers["grid()"]["shown"]
    assert len(shown["judge"]["histogram"]) == 3
    assert "leaves" in answers["samples"]["judges"]
    assert answers["classify"]["networks"]["leaves"] == ["leaf-softmax"]
    assert answers["classify"]["labels"]["leaf-softmax"] == "yours: leaf-softmax"
    assert answers["weights()"]["classes"] == ["ash", "elm", "oak"]
    assert len(answers["look()"]["logits"]) == 3
    words = "Denoising autoencoder of leaves (noise 0.3), yours: leaf-denoiser"
    for room in ("bench", "figure"):
        assert ["leaf-denoiser", words] in answers[room]["networks"]
    own = "denoising autoencoder of leaves, 64 numbers, yours: leaf-denoiser"
    assert ["leaf-denoiser", own] in answers["bottleneck"]["networks"]


def test_what_is_measured_on_digits_is_silent_for_them(trained):
    answers = ask(
        trained,
        [("denoise", "compare"), ("vae", "equations")],
        [("vae", "ladder", "curve", {}), ("vae", "samples", "grid", {"networks_shown": ["leaf-map"], "count": 16})],
    )
    assert "leaf-denoiser" not in answers["compare"]["labels"]
    assert "leaf-map" not in [point["network"] for point in answers["curve()"]]
    assert "leaf-map" not in [name for name, _ in answers["equations"]["networks"]]
    assert answers["grid()"]["shown"][0]["judge"]["dataset"] == "leaves"


@pytest.mark.data
def test_the_readmes_own_vae_from_the_command_line_to_every_room_of_its_kind(folder, data_dir):
    short = ["--batch-size", "4096", "--device", "cpu", "--data-dir", str(data_dir)]
    train_vae.main([*short, "--beta", "4", "--out", "my-vae", "--epochs", "1"])
    rooms = ("film", "samples", "strips", "ledger", "equations")
    answers = ask(
        folder, [*(("vae", room) for room in rooms), ("latents", "history")], [("vae", "ladder", "curve", {})]
    )
    for room in rooms:
        assert ["my-vae", "VAE, 32 dimensions, β = 4, yours: my-vae"] in answers[room]["networks"], room
    (point,) = (point for point in answers["curve()"] if point["network"] == "my-vae")
    assert (point["beta"], point["yours"]) == (4, True)
    assert answers["history"]["curves"]["vae"]["yours"] is False
    train_vae.main([*short, "--latent-dim", "2", "--out", "my-map", "--epochs", "2"])
    answers = ask(folder, [("vae", "map"), ("latents", "history")], [])
    assert ["my-map", "VAE, 2 dimensions, yours: my-map"] in answers["map"]["networks"]
    assert answers["history"]["curves"]["my-map"]["yours"] is True


@pytest.mark.slow
def test_the_page_shows_their_names(trained, browser, tmp_path):
    process, url = start_app(WEIGHTS_DIR=str(trained), MPLCONFIGDIR=matplotlib.get_cachedir())
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{url}?tab=softmax")
        page.get_by_text("leaves (yours)").click()
        names = page.locator(".softmax-classify .line .name")
        expect(names).to_have_text(["ash", "elm", "oak"], timeout=WAITS)
        expect(page.locator(".softmax-classify .answer .result")).to_contain_text("%", timeout=WAITS)
        page.locator(".softmax-classify .line .name").nth(2).click()
        expect(page.locator(".softmax-classify .meaning h3")).to_have_text("Which pixels say oak", timeout=WAITS)
        expect(page.locator(".softmax-classify .check")).to_contain_text("the same sum", timeout=WAITS)
        page.get_by_text("Digit", exact=True).click()
        expect(names).to_have_count(10, timeout=WAITS)
        page.goto(f"{url}?tab=vae&vae_network=leaf-map")
        expect(page.locator(".vae-map")).to_contain_text("elm", timeout=WAITS)
        page.locator("select:has(option[value=leaf-map])").first.select_option("vae-2d")
        expect(page.locator(".vae-map")).not_to_contain_text("elm", timeout=WAITS)
        page.locator("select:has(option[value=leaf-map])").first.select_option("leaf-map")
        expect(page.locator(".vae-map")).to_contain_text("elm", timeout=WAITS)
        assert not faults
        page.close()
    finally:
        process.terminate()
        process.wait(20)
