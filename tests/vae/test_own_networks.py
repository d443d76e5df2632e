"""A visitor's own networks take their place among ours by what they are, whatever they are called."""

import json
import shutil

import pytest

from demos.vae import codes
from demos.vae.ladder import handlers as ladder
from training import checkpoints
from training.models.autoencoder import ConvAutoencoder
from training.models.vae import ConvVAE
from training.store import checkpoints as store

OURS = ("vae", "vae-beta-4", "vae-beta-16", "vae-fashion", "vae-2d", "autoencoder")


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """Some of our networks beside two of a visitor's: the README's own beta-VAE, and an autoencoder of garments."""
    for name in OURS:
        shutil.copytree(checkpoints.folder(name), tmp_path / "weights" / name)
    recipe = checkpoints.describe("vae").recipe
    monkeypatch.setattr(store, "WEIGHTS", tmp_path / "weights")
    monkeypatch.delenv("TRAINING_CACHE", raising=False)
    test = {"reconstruction": 90.0, "kl": 12.0}
    command = "python -m training.train_vae --beta 4 --out my-vae"
    metrics = {
        "dataset": "digits",
        "command": command,
        "recipe": recipe | {"name": "my-vae", "beta": 4.0},
        "test": test,
    }
    store.save(ConvVAE(), "my-vae", metrics)
    store.save(ConvAutoencoder(8), "my-garments", {"dataset": "fashion", "recipe": {}, "test": {}})
    return tmp_path / "weights"


def test_the_readmes_own_beta_vae_stands_at_its_beta(weights):
    assert codes.beta("my-vae") == 4
    assert codes.words("my-vae") == "VAE, 32 dimensions, β = 4, yours: my-vae"
    assert ladder.rungs("vae") == ["vae", "vae-beta-4", "my-vae", "vae-beta-16"]
    point = next(point for point in ladder.curve() if point["network"] == "my-vae")
    assert (point["beta"], point["rate"], point["distortion"]) == (4, 12.0, 90.0)


def test_garments_are_garments_under_any_name(weights):
    assert codes.dataset("my-garments") == "fashion"
    assert codes.words("my-garments") == "autoencoder of garments, 8 dimensions, yours: my-garments"
    assert "my-garments" not in [point["network"] for point in ladder.curve()]


def test_ones_own_networks_come_last_in_a_choice(weights):
    names = [name for name, _ in codes.named(codes.autoencoders())]
    assert names[0] == "vae"
    assert names[-2:] == ["my-vae", "my-garments"]


def test_another_recipe_is_no_twin(weights):
    metrics = checkpoints.metrics("my-vae")
    metrics["recipe"]["epochs"] = 1
    (weights / "my-vae" / "metrics.json").write_text(json.dumps(metrics))
    assert "my-vae" not in ladder.rungs("vae")


def test_ours_read_as_what_they_are():
    assert codes.words("vae") == "VAE, 32 dimensions"
    assert codes.words("vae-2d-beta-0.5") == "VAE, 2 dimensions, β = 0.5"
    assert codes.words("vae-fashion") == "VAE of garments, 32 dimensions"
    assert codes.words("vae-deep") == "deeper VAE, 32 dimensions"
    assert codes.words("autoencoder-2d") == "autoencoder (z = μ), 2 dimensions"
    assert codes.words("denoising-autoencoder-blind") == "denoising autoencoder, 64 dimensions, any noise"
