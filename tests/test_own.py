"""A student's own networks, of digits and of own pictures, from the command line to the rooms of the page."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import expect

from demos.kit.drawing import as_input
from tests.conftest import start_app
from training import checkpoints, train_autoencoder, train_cnn, train_softmax, train_vae
from training.analyse import latents
from training.data.strokes import example_strokes, rasterise
from training.models import ConvVAE
from training.store import analysis, encoded
from training.store import checkpoints as store

ROOT = Path(__file__).resolve().parents[1]
WAITS = 60_000  # milliseconds, for an app that has just begun on a busy machine
OURS = (
    "vae", "vae-beta-4", "vae-2d", "autoencoder-2d", "autoencoder", "denoising-autoencoder", "pca", "softmax-digits",
    "cnn-digits", "digit-judge",
)  # fmt: skip
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
    functions = {one.__name__: one for one in (*handlers.ROOM.calls, *handlers.ROOM.endpoints.values())}
    answers[f"{call}()"] = functions.get(call, getattr(handlers, call, None))(**arguments)
print(json.dumps(answers))
"""


@contextmanager
def opened(weights: Path, browser) -> Iterator[tuple]:
    """The app on these weights, in a browser: (page, its address). In the end no script of the page may have failed."""
    process, url = start_app(WEIGHTS_DIR=str(weights), MPLCONFIGDIR=matplotlib.get_cachedir())
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page, url
        assert not faults
        page.close()
    finally:
        process.terminate()
        process.wait(20)


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


@pytest.mark.data
@pytest.mark.slow
def test_own_codes_of_any_width_stand_among_the_widths_and_the_maps(folder, data_dir):
    short = ["--batch-size", "4096", "--device", "cpu", "--data-dir", str(data_dir), "--epochs", "1"]
    train_autoencoder.main([*short, "--latent-dim", "12", "--out", "my-twelve"])
    train_vae.main([*short, "--latent-dim", "2", "--beta", "4", "--out", "my-map"])
    digit = as_input(rasterise(example_strokes(5))).tolist()
    rooms = [("latents", room) for room in ("widths", "maps", "holes", "samples")]
    calls = [
        ("latents", "widths", "rebuild", {"picture": digit}),
        ("latents", "maps", "walk_all", {"first": 3, "second": 2, "twins": "my-map"}),
        ("latents", "maps", "path", {"network": "my-map"}),
    ]
    answers = ask(folder, rooms, calls)
    twelve = answers["widths"]["own"]["my-twelve"]
    assert (twelve["title"], twelve["width"]) == ("Autoencoder, yours: my-twelve", 12)
    assert twelve["mse"] == store.metrics("my-twelve")["test"]["mse"]
    assert answers["widths"]["own"]["my-map"]["title"] == "VAE, β = 4, yours: my-map"
    assert answers["widths"]["widths"] == [2, 8, 12, 16, 32, 64]
    assert 12 in [cell["width"] for cell in answers["rebuild()"]["rows"]["PCA"]]  # its yardstick of that width
    made = torch.sigmoid(store.load("my-twelve")(torch.tensor([[digit]])))
    error = float((made - torch.tensor([[digit]])).square().mean())
    assert answers["rebuild()"]["own"]["my-twelve"]["mse"] == pytest.approx(error, rel=1e-3)
    assert list(answers["walk_all()"]["spaces"]) == ["pca", "autoencoder-2d", "vae-2d", "my-map"]
    code = torch.from_numpy(encoded.load("my-map")["points"][:2])
    assert answers["path()"]["points"][0] == pytest.approx(code[0].tolist(), abs=1e-3)
    assert answers["path()"]["points"][-1] == pytest.approx(code[1].tolist(), abs=1e-3)
    for room in ("maps", "holes", "samples"):
        name, words, note = answers[room]["twins"][-1]
        assert (name, words) == ("my-map", "VAE, β = 4, yours: my-map")
        assert "my-map differs from the VAE beside it in batch size, beta, epochs." in note
        assert "python -m training.analyse.latents my-map" in note


@pytest.mark.data
@pytest.mark.slow
def test_what_only_an_analysis_measures_is_shown_after_its_command(folder, data_dir):
    metrics = store.metrics("vae-2d") | {"command": "python -m training.train_vae --latent-dim 2 --out my-map"}
    stored = {"latents.npz": (store.folder("vae-2d") / "latents.npz").read_bytes()}
    store.save(store.load("vae-2d"), "my-map", metrics, half=True, extras=stored)
    store.save(store.load("vae"), "my-wide", store.metrics("vae"), half=True)
    before = analysis.load("latents")["spaces"]
    assert latents.main(["my-map", "my-wide", "--data-dir", str(data_dir)]) == 0
    after = analysis.load("latents")["spaces"]
    assert after.pop("my-map/2") == before["vae-2d/2"] | {"network": "my-map"}  # the same network, measured the same
    assert after.pop("my-wide/32") == before["vae/32"] | {"network": "my-wide"}
    assert after == before
    rooms = [("latents", room) for room in ("holes", "maps", "samples", "summary")]
    answers = ask(
        folder,
        rooms,
        [("latents", "holes", "holes", {}),
         ("latents", "disturb", "disturb", {"index": 0, "noise": 0.1}),
         ("latents", "samples", "draw", {"twins": "my-map"}),
         ("latents", "summary", "table", {}),
         ("latents", "summary", "compare", {"twins": "my-map"})],
    )  # fmt: skip
    told = {room: dict((row[0], row[2]) for row in answers[room]["twins"])["my-map"] for _, room in rooms}
    assert told["holes"].strip() == "my-map differs from the VAE beside it in nothing but chance."
    assert f"{100 * before['vae-2d/2']['paths']['recognised']:.0f} %" in told["maps"]
    fields = answers["holes()"]["fields"]
    assert fields["my-map"].pop("title") == "VAE, yours: my-map"
    assert fields["my-map"] == {key: value for key, value in fields["vae-2d"].items() if key != "title"}
    assert answers["disturb()"]["spaces"]["my-map"]["yours"]
    assert told["samples"] == told["holes"].strip()
    assert told["summary"] == "my-map beside our autoencoder: they differ in the KL term and its noise alone."
    drawn = answers["draw()"]["spaces"]
    assert list(drawn) == ["pca", "autoencoder-2d", "vae-2d", "my-map"]
    own, ours = drawn["my-map"], drawn["vae-2d"]
    assert own == ours | {"title": "VAE, yours: my-map", "heading": "VAE, yours"}  # the same pictures and shares
    assert answers["compare()"]["head"][1:3] == ["Autoencoder", "VAE, yours: my-map"]
    rows = answers["compare()"]["rows"]
    assert rows == answers["table()"][: len(rows)]  # the numbers of the network that it is a copy of
    assert len(rows) == 7  # of its 32 numbers and of other seeds nothing is measured
    store.save(ConvVAE(2), "my-map", metrics, half=True, extras=stored)  # trained anew: what was measured is not of it
    rooms.remove(("latents", "maps"))
    answers = ask(
        folder,
        rooms,
        [
            ("latents", "samples", "draw", {"kind": "mixture", "twins": "my-wide"}),
            ("latents", "summary", "compare", {"twins": "my-map"}),
        ],
    )
    for _, room in rooms:
        (note,) = (row[2] for row in answers[room]["twins"] if row[0] == "my-map")
        assert "run `python -m training.analyse.latents my-map`" in note, room
    assert answers["compare()"]["rows"] == []
    assert answers["draw()"]["width"] == 32
    drawn = answers["draw()"]["spaces"]
    assert list(drawn) == ["pca", "vae", "my-wide"]
    assert drawn["my-wide"]["title"] == "VAE, yours: my-wide"
    assert drawn["my-wide"]["shares"] == drawn["vae"]["shares"]
    assert len(drawn["my-wide"]["digits"]) == 24  # from the mixture that was fitted to its own codes


@pytest.mark.slow
def test_a_measured_network_is_chosen_among_samples_and_summary(folder, browser):
    stored = {"latents.npz": (store.folder("vae-2d") / "latents.npz").read_bytes()}
    store.save(store.load("vae-2d"), "my-map", store.metrics("vae-2d"), half=True, extras=stored)
    numbers, arrays = analysis.load("latents"), analysis.arrays("latents")
    numbers["spaces"]["my-map/2"] = numbers["spaces"]["vae-2d/2"] | {"network": "my-map"}  # as the analysis adds it
    numbers["sha256"]["my-map"] = store.sha256("my-map")
    ours = [key for key in arrays if key.startswith("vae-2d/2/")]
    analysis.save(
        "latents", numbers, 1, **arrays, **{f"my-map{key.removeprefix('vae-2d')}": arrays[key] for key in ours}
    )
    with opened(folder, browser) as (page, url):
        page.goto(f"{url}?tab=latents&step=samples")
        page.locator('.latents-samples [data-field="twins"] select').select_option("my-map", timeout=WAITS)
        card = page.locator('.latents-samples [data-space="my-map"]')
        expect(card.locator("h3")).to_have_text("VAE, yours", timeout=WAITS)
        expect(card.locator(".result")).to_have_text(re.compile(r"\d+ of 24"), timeout=WAITS)
        expect(card.locator(".map")).to_be_visible()
        expect(page.locator(".latents-samples tbody th")).to_have_text(
            ["PCA", "Autoencoder", "VAE", "VAE, yours: my-map"]
        )
        expect(page).to_have_url(re.compile("samples_twins=my-map"))
        page.goto(f"{url}?tab=latents&step=summary")
        table = page.locator(".latents-summary table")
        expect(table).to_be_hidden(timeout=WAITS)
        page.locator('.latents-summary [data-field="twins"] select').select_option("my-map", timeout=WAITS)
        expect(table.locator("thead th").nth(2)).to_have_text("VAE, yours: my-map", timeout=WAITS)
        expect(table.locator("tbody tr")).to_have_count(7)
        expect(page).to_have_url(re.compile("summary_twins=my-map"))


@pytest.mark.parametrize(("name", "words"), [("autoencoder", "a code of 64 numbers"), ("softmax-digits", "no code")])
def test_what_cannot_be_compared_is_refused_before_any_work(folder, name, words):
    with pytest.raises(SystemExit, match=words):
        latents.main([name])


@pytest.mark.data
def test_own_classifiers_are_opened_in_the_error_clinic(folder, data_dir):
    short = ["--dataset", "digits", "--epochs", "1", "--device", "cpu", "--data-dir", str(data_dir)]
    train_softmax.main([*short, "--out", "mine"])
    store.save(store.load("cnn-digits"), "my-cnn", store.metrics("cnn-digits"), half=True)  # ours, under another name
    answers = ask(
        folder,
        [("softmax", "errors"), ("softmax", "decide")],
        [("softmax", "errors", "clinic", {"dataset": "digits", "network": "my-cnn"}),
         ("softmax", "errors", "errors", {"dataset": "digits", "network": "mine"}),
         ("softmax", "errors", "case", {"dataset": "digits", "network": "mine", "row": 8}),
         ("softmax", "decide", "decide", {"dataset": "digits", "network": "my-cnn"})],
    )  # fmt: skip
    for room in ("errors", "decide"):
        assert {"mine", "my-cnn"} <= set(answers[room]["networks"]["digits"])
        assert answers[room]["names"]["mine"] == "softmax regression, yours: mine"
        assert answers[room]["names"]["my-cnn"] == "small CNN, yours: my-cnn"
    ours = analysis.load("softmax")["networks"]["cnn-digits"]
    assert answers["clinic()"]["confusion"] == ours["confusion"]
    assert answers["decide()"]["fitted_temperature"] == pytest.approx(ours["temperature"], rel=1e-3)
    right = sum(answers["errors()"]["confusion"][k][k] for k in range(10)) / 10_000
    assert right == pytest.approx(store.metrics("mine")["test"]["accuracy"], abs=2e-4)
    assert ["mine", store.metrics("mine")["test"]["accuracy"]] in answers["clinic()"]["networks"]
    assert answers["case()"]["verdicts"][-1][0] == answers["case()"]["linear"] == "mine"


@pytest.mark.slow
def test_the_page_shows_their_names(trained, browser, tmp_path):
    with opened(trained, browser) as (page, url):
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
