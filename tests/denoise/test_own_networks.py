"""Exercise 5: a student trains a denoiser, measures it, and finds it on every step, by what it is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from training import checkpoints
from training.analyse import denoising
from training.models.autoencoder import ConvAutoencoder
from training.store import analysis
from training.store import checkpoints as store

ROOT = Path(__file__).resolve().parents[2]
OURS = ("denoising-autoencoder", "autoencoder", "denoising-vae", "linear-denoiser", "cnn-digits", "vae")
PROPS = """
import json
from demos.denoise.tab import TAB
rooms = ("bench", "compare", "grid", "again", "figure", "normalise")
print(json.dumps({room: TAB.room(room).props() for room in rooms}))
"""
WORDS = "Denoising autoencoder (noise 0.6), yours: mine"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder of weights with some of our networks and what was measured of them all."""
    for name in (*OURS, "analysis"):
        shutil.copytree(checkpoints.WEIGHTS / name, tmp_path / "weights" / name)
    shutil.copy(checkpoints.WEIGHTS / "catalogue.json", tmp_path / "weights")
    return tmp_path / "weights"


def run(folder: Path, *words: str) -> str:
    environment = os.environ | {"WEIGHTS_DIR": str(folder), "OMP_NUM_THREADS": "1"}
    environment.pop("TRAINING_CACHE", None)
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.data
def test_from_the_command_line_to_every_chooser_and_the_table(folder, data_dir):
    run(folder, "-m", "training.train_autoencoder", "--noise", "0.6", "--out", "mine", "--epochs", "1",
        "--batch-size", "4096", "--data-dir", str(data_dir), "--device", "cpu")  # fmt: skip
    before = json.loads(run(folder, "-c", PROPS))
    assert before["grid"]["unmeasured"] == ["mine"]  # the step says how to measure it
    run(folder, "-m", "training.analyse.denoising", "mine", "--pictures", "100", "--data-dir", str(data_dir))
    props = json.loads(run(folder, "-c", PROPS))
    for room in ("bench", "again", "figure"):
        assert ["mine", WORDS] in props[room]["networks"]
    for room in ("compare", "grid", "normalise"):
        assert props[room]["labels"]["mine"] == WORDS
    assert props["grid"]["yours"] == ["mine"]
    assert props["grid"]["unmeasured"] == props["grid"]["stale"] == []
    assert "mine" in props["compare"]["measured"]["rows"]
    assert "mine" in props["again"]["drift"]
    assert props["bench"]["colours"]["mine"] == "ae"


@pytest.fixture
def weights(folder, monkeypatch) -> Path:
    monkeypatch.setattr(store, "WEIGHTS", folder)
    monkeypatch.delenv("TRAINING_CACHE", raising=False)
    return folder


def own(name: str, noise: float | str, dataset: str = "digits") -> None:
    """An untrained network that says of itself what a training would."""
    recipe = {"name": name, "noise": noise, "latent_dim": 64, "loss": "mse", "epochs": 1}
    command = f"python -m training.train_autoencoder --noise {noise} --out {name}"
    store.save(ConvAutoencoder(64), name, {"dataset": dataset, "recipe": recipe, "test": {}, "command": command})


def test_what_is_no_denoiser_of_digits_is_none_of_the_choices(weights):
    own("mine", 0.6)
    own("mine-of-clothes", 0.6, "fashion")
    found = [one.name for one in checkpoints.denoisers()]
    assert found == ["denoising-autoencoder", "denoising-vae", "autoencoder", "linear-denoiser", "mine"]


def test_the_order_is_by_what_they_are(weights):
    for name, noise in (("z", 0.2), ("a", "blind"), ("m", 0.9)):
        own(name, noise)
    assert [one.name for one in checkpoints.denoisers() if one.yours] == ["z", "m", "a"]


def test_a_row_takes_the_place_of_its_old_one_or_stands_before_the_filters(weights, monkeypatch):
    own("mine", 0.6)
    old = analysis.load("denoising")
    monkeypatch.setattr(denoising, "drift", lambda settings, few, labels, names: {name: [1.0] for name in names})
    images, labels = torch.rand(4, 1, 28, 28), torch.zeros(4, dtype=torch.long)
    settings = denoising.Settings(filter_pictures=2)
    new = denoising.with_rows(old, settings, images, labels, ["mine", "denoising-vae"])
    names = [row["network"] for row in old["rows"]]
    expected = [*names[: names.index("gaussian-blur")], "mine", *names[names.index("gaussian-blur") :]]
    assert [row["network"] for row in new["rows"]] == expected
    others = [row for row in new["rows"] if row["network"] != "mine"]
    changed = [a["network"] for a, b in zip(old["rows"], others, strict=True) if a != b]
    assert changed == ["denoising-vae"]
    assert new["drift"].keys() == old["drift"].keys() | {"mine"}


def test_an_unknown_name_is_refused_with_those_that_are_there(weights):
    with pytest.raises(SystemExit, match="yours-of-tomorrow: no denoiser of digits in weights/; there: denoising-auto"):
        denoising.main(["yours-of-tomorrow"])
