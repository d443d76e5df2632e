"""The bench: right numbers, the same pixels for the same seed, networks by what they are, sentences for bad input."""

import math

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from demos.denoise.bench import handlers as bench
from tests.denoise.drawings import DRAWING, GREYS, PICTURE, greys, pictures_of
from tests.test_drawing import url
from training import checkpoints
from training.checkpoints import Checkpoint
from training.data.corruptions import KINDS
from training.models.noise import add_gaussian_noise


@pytest.mark.parametrize("network", bench.names())
def test_denoise_is_the_network_called_by_hand(network):
    answer = bench.denoise(PICTURE, 0.3, 7, network)
    seen = torch.tensor(PICTURE)[None, None]
    noisy = add_gaussian_noise(seen, 0.3, torch.Generator().manual_seed(7))
    loaded = checkpoints.load(network)
    with torch.no_grad():
        variational = hasattr(loaded, "to_mu")  # a VAE decodes its mean, not a sample
        logits = loaded.decode(loaded.encode(noisy)[0]) if variational else loaded(noisy)
        by_hand = torch.sigmoid(logits)
    assert np.allclose(answer["seen"], PICTURE, atol=1e-4)
    assert np.allclose(answer["noisy"], noisy[0, 0], atol=1e-4)
    assert np.allclose(answer["reconstruction"], by_hand[0, 0], atol=2e-4)
    assert answer["mse"] == pytest.approx(float((by_hand - seen).square().mean()), rel=1e-4)
    assert answer["psnr"] == pytest.approx(10 * math.log10(1 / answer["mse"]), rel=1e-4)


def test_the_measures_are_scikit_images():
    random = np.random.default_rng(0)
    a, b = random.random((2, 28, 28)).astype(np.float32)
    measured = bench.errors(a, b, ("mse", "psnr", "ssim"))
    assert measured["psnr"] == pytest.approx(peak_signal_noise_ratio(a, b, data_range=1), rel=1e-5)
    assert measured["ssim"] == pytest.approx(structural_similarity(a, b, data_range=1), rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_pixels_and_another_seed_others(kind):
    first = bench.bench(GREYS, kind, 0.5, 3, "denoising-autoencoder")
    assert first == bench.bench(GREYS, kind, 0.5, 3, "denoising-autoencoder")
    other = bench.bench(GREYS, kind, 0.5, 4, "denoising-autoencoder")
    assert (first["noisy"] == other["noisy"]) == (kind == "blur")


@pytest.mark.parametrize("network", bench.names())
def test_the_bench_shows_pictures_code_and_errors_before_and_after(network):
    answer = bench.bench(GREYS, "gaussian", 0.3, 0, network)
    for name in ("seen", "noisy", "reconstruction"):
        assert pictures_of(answer[name]).shape == (28, 28)
    for_programs = bench.denoise(GREYS, 0.3, 0, network)
    for name in ("seen", "noisy", "reconstruction"):
        assert np.allclose(pictures_of(answer[name]) / 255, for_programs[name], atol=1 / 255), name
    loaded = checkpoints.load(network)
    assert (answer["code"] is None) == (not hasattr(loaded, "encode"))
    if answer["code"]:
        assert len(answer["code"]) == loaded.latent_dim
    assert answer["before"]["psnr"] < 20


def test_a_denoiser_gains_and_the_plain_autoencoder_does_not_gain_as_much():
    at = {name: bench.denoise(PICTURE, 0.3, 1, name)["psnr"] for name in ("denoising-autoencoder", "autoencoder")}
    assert at["denoising-autoencoder"] > 18
    assert at["denoising-autoencoder"] > at["autoencoder"] + 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"noise": 1.5}, "noise must be from 0 to 1, not 1.5"),
        ({"noise": math.nan}, "noise must be a number from 0 to 1"),
        ({"noise": "much"}, "noise must be a number"),
        ({"noise": True}, "noise must be a number"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"seed": 2**31}, "seed must be a whole number"),
        ({"seed": 0.5}, "seed must be a whole number"),
        ({"network": "vae-of-tomorrow"}, "network must be one of .*denoising-autoencoder.*not 'vae-of-tomorrow'"),
        ({"network": "../vae"}, "network must be one of"),
        ({"picture": [[2.0] * 28] * 28}, r"pixels in \[0, 1\]"),
    ],
)
def test_denoise_refuses_with_a_sentence(changes, words):
    with pytest.raises(ValueError, match=words):
        bench.denoise(**({"picture": PICTURE} | changes))


def test_a_picture_may_come_as_bytes_of_either_size_or_as_a_png():
    def answer(picture) -> dict:
        return bench.bench(picture, "gaussian", 0.3, 1, "denoising-vae")

    assert np.array_equal(pictures_of(answer(GREYS)["seen"]), GREYS)
    assert answer(greys(DRAWING)) == answer(url(DRAWING))


def described(**changes) -> Checkpoint:
    facts = {
        "name": "mine", "kind": "denoising-autoencoder", "architecture": "ConvAutoencoder", "dataset": "digits",
        "latent_dim": 64, "beta": 0.0, "noise": 0.6, "deterministic": False, "script": "train_autoencoder",
        "yours": True, "recipe": {}, "test": {}, "classes": (),
    }  # fmt: skip
    return Checkpoint(**facts | changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Denoising autoencoder (noise 0.6), yours: mine"),
        ({"yours": False}, "Denoising autoencoder (noise 0.6)"),
        ({"yours": False, "noise": "blind"}, "Denoising autoencoder (any strength, blind)"),
        ({"yours": False, "kind": "autoencoder", "noise": 0.0}, "Plain autoencoder (no noise)"),
        ({"yours": False, "kind": "denoising-vae", "noise": 0.3}, "Denoising VAE (noise 0.3)"),
        ({"kind": "unet", "noise": "blind"}, "U-Net (any strength, blind), yours: mine"),
        ({"yours": False, "kind": "linear-denoiser", "noise": 0.0}, "Linear denoiser (told the strength)"),
    ],
)
def test_a_network_is_named_by_what_it_is(changes, words):
    assert bench.words(described(**changes)) == words


def test_no_network_is_shown_under_the_name_of_its_folder():
    shown = dict(bench.choices())
    assert next(iter(shown)) == "denoising-autoencoder"  # the lecture's own comes first
    assert all(words[0].isupper() and words.endswith(")") for words in shown.values())
    assert len(set(shown.values())) == len(shown)


def test_without_an_error_there_are_no_decibels_to_tell():
    answer = bench.bench(GREYS, "gaussian", 0.0, 0, "denoising-autoencoder")
    assert answer["before"]["mse"] == 0  # the page then says "no error": tests/denoise/errors_test.js
    assert answer["after"]["mse"] > 0


def test_an_empty_page_is_no_error_anywhere():
    blank = np.zeros((28, 28), np.uint8)
    assert bench.bench(blank, "poisson", 0.3, 0, "autoencoder")["before"]["mse"] == 0
