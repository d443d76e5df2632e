"""The table of training noise against test noise, and what its lesson reads in it."""

import json

import pytest

from demos.denoise.compare import handlers as compare
from demos.denoise.grid import handlers as grid
from training import checkpoints
from training.measures.denoisers import FILTERS
from training.store import analysis


def test_the_noise_grid_has_a_number_for_every_network_and_strength():
    table = compare.noise_grid()
    assert table["strengths"] == sorted(table["strengths"])
    for row in table["rows"]:
        assert len(row["psnr"]) == len(row["ssim"]) == len(table["strengths"])
        assert row["network"] in compare.labels()
    assert table["noisy"]["psnr"][table["strengths"].index(0.3)] == pytest.approx(13.3, abs=0.1)
    assert {row["network"] for row in table["rows"]} >= {"autoencoder", "denoising-autoencoder", *FILTERS}


@pytest.fixture
def table(monkeypatch):
    """The table, free to be changed."""
    own = json.loads(json.dumps(analysis.load("denoising")))
    monkeypatch.setattr(analysis, "load", lambda name: own)
    return own


def row(table: dict, name: str) -> dict:
    return next(row for row in table["rows"] if row["network"] == name)


def test_the_sentences_follow_the_table(table):
    at = table["strengths"].index(0.5)
    row(table, "denoising-autoencoder-0.8")["psnr"][at] = 29.0
    assert "but at 0.5 the one trained at 0.8 is" in grid.winners()
    row(table, "denoising-autoencoder-0.5")["psnr"][at] = 30.0
    assert "but" not in grid.winners()
    for strength in range(1, len(table["strengths"])):
        row(table, "denoising-vae")["psnr"][strength] = 40.0
    assert grid.everywhere() == "One network is the best at every strength from 0.1 to 1.0: Denoising VAE (noise 0.3)."
    row(table, "unet-denoiser")["psnr"][at] = 50.0
    assert grid.everywhere() == "No network is the best everywhere: Denoising VAE (noise 0.3) wins 9 of the 10 columns."


def test_the_price_of_being_blind_is_read_from_the_table(table):
    at = table["strengths"].index(0.3)
    row(table, "denoising-autoencoder-blind")["psnr"][at] = row(table, "denoising-autoencoder")["psnr"][at] - 1.25
    assert "+1.2 dB at 0.3" in grid.blind()


def test_unlike_recipes_are_said_to_be_unlike(monkeypatch):
    nets = grid.autoencoders()
    longest = max(nets, key=lambda one: one.recipe["epochs"])
    monkeypatch.setattr(grid, "autoencoders", lambda: [one for one in nets if one.recipe == longest.recipe])
    assert grid.alike().startswith("All autoencoders of the table were trained alike")
    longer = type(longest)(**vars(longest) | {"recipe": longest.recipe | {"epochs": 99}})
    monkeypatch.setattr(grid, "autoencoders", lambda: [longest, longer])
    assert "were not trained for equally many epochs" in grid.alike()


def test_a_network_without_a_row_is_named_with_its_command(table):
    table["rows"] = [row for row in table["rows"] if row["network"] != "denoising-vae"]
    assert grid.props()["unmeasured"] == ["denoising-vae"]


def test_a_row_of_other_weights_is_stale(table):
    for name in grid.names():
        row(table, name)["sha256"] = checkpoints.sha256(name)
    assert grid.props()["stale"] == []
    row(table, "denoising-vae")["sha256"] = "0" * 64
    assert grid.props()["stale"] == ["denoising-vae"]
