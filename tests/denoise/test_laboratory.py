"""The bench and the comparison: right numbers, the same pixels for the same seed, sentences for bad input."""

import base64
import itertools
import math

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from demos.denoise.again import handlers as again
from demos.denoise.bench import handlers as laboratory
from demos.denoise.compare import handlers as compare
from demos.denoise.normalise import handlers as normalise
from demos.denoise.unlike import handlers as unlike
from demos.kit.drawing import to_mnist
from tests.test_drawing import url
from training import checkpoints
from training.data.corruptions import KINDS
from training.data.strokes import example_strokes, rasterise
from training.measures.denoisers import FILTERS
from training.models.noise import add_gaussian_noise

DRAWING = rasterise(example_strokes(3), 112)
PICTURE = to_mnist(DRAWING).tolist()


def picture_of(base64_bytes: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(base64_bytes), np.uint8).reshape(-1, 28, 28).squeeze()


@pytest.mark.parametrize("network", laboratory.names())
def test_denoise_is_the_network_called_by_hand(network):
    answer = laboratory.denoise(PICTURE, 0.3, 7, network)
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
    measured = laboratory.errors(a, b, ("mse", "psnr", "ssim"))
    assert measured["psnr"] == pytest.approx(peak_signal_noise_ratio(a, b, data_range=1), rel=1e-5)
    assert measured["ssim"] == pytest.approx(structural_similarity(a, b, data_range=1), rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_pixels_and_another_seed_others(kind):
    first = laboratory.bench(url(DRAWING), kind, 0.5, 3, "denoising-autoencoder")
    assert first == laboratory.bench(url(DRAWING), kind, 0.5, 3, "denoising-autoencoder")
    other = laboratory.bench(url(DRAWING), kind, 0.5, 4, "denoising-autoencoder")
    assert (first["noisy"] == other["noisy"]) == (kind == "blur")


@pytest.mark.parametrize("network", laboratory.names())
def test_the_bench_shows_pictures_code_and_errors_before_and_after(network):
    answer = laboratory.bench(url(DRAWING), "gaussian", 0.3, 0, network)
    for name in ("seen", "noisy", "reconstruction"):
        assert picture_of(answer[name]).shape == (28, 28)
    loaded = checkpoints.load(network)
    assert (answer["code"] is None) == (not hasattr(loaded, "encode"))
    if answer["code"]:
        assert len(answer["code"]) == loaded.latent_dim
    assert answer["before"]["psnr"] < 20


def test_a_denoiser_gains_and_the_plain_autoencoder_does_not_gain_as_much():
    at = {name: laboratory.denoise(PICTURE, 0.3, 1, name)["psnr"] for name in ("denoising-autoencoder", "autoencoder")}
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
        laboratory.denoise(**({"picture": PICTURE} | changes))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strength", [0.0, 0.4, 1.0])
def test_compare_answers_for_every_denoiser_at_any_noise(kind, strength):
    results = compare.compare(PICTURE, kind, strength, 2)
    assert [result["network"] for result in results] == [*laboratory.names(), *FILTERS]
    for result in results:
        made = np.array(result["picture"])
        assert made.shape == (28, 28)
        assert 0 <= made.min() <= made.max() <= 1
        assert np.isfinite([result[key] for key in ("mse", "psnr", "ssim", "milliseconds")]).all()
        assert result["mse"] == pytest.approx(np.mean((made - PICTURE) ** 2), abs=2e-4)
        if strength == 0 and result["network"] in FILTERS:
            assert result["mse"] < 1e-9  # nothing to do, and a filter is told so


def test_compare_agrees_with_denoise_and_takes_names():
    alone = laboratory.denoise(PICTURE, 0.3, 5, "denoising-vae")
    both = compare.compare(PICTURE, "gaussian", 0.3, 5, ["median", "denoising-vae"])
    assert [result["network"] for result in both] == ["median", "denoising-vae"]
    assert both[1]["picture"] == alone["reconstruction"]
    assert both[1]["psnr"] == pytest.approx(alone["psnr"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"noise_kind": "rain"}, "noise_kind must be one of gaussian"),
        ({"strength": -0.1}, "strength must be from 0 to 1"),
        ({"networks": ["bm3d"]}, "networks must be one of .*median.*not 'bm3d'"),
        ({"networks": "median"}, "list of names"),
        ({"networks": ["median"] * 99}, "at most"),
    ],
)
def test_compare_refuses_with_a_sentence(changes, words):
    with pytest.raises(ValueError, match=words):
        compare.compare(**({"picture": PICTURE} | changes))


def test_the_filters_are_tuned_for_each_noise_and_help_against_gaussian_noise():
    results = compare.compare(PICTURE, "gaussian", 0.3, 0, list(FILTERS))
    noisy = np.mean((laboratory.make_noisy(np.array(PICTURE, np.float32), "gaussian", 0.3, 0) - PICTURE) ** 2)
    assert all(result["mse"] < noisy / 1.5 for result in results)


def test_the_noise_grid_has_a_number_for_every_network_and_strength():
    table = compare.noise_grid()
    assert table["strengths"] == sorted(table["strengths"])
    for row in table["rows"]:
        assert len(row["psnr"]) == len(row["ssim"]) == len(table["strengths"])
        assert row["network"] in compare.LABELS
    assert table["noisy"]["psnr"][table["strengths"].index(0.3)] == pytest.approx(13.3, abs=0.1)
    assert {row["network"] for row in table["rows"]} >= {"autoencoder", "denoising-autoencoder", *FILTERS}


def test_normalise_gives_the_steps_and_the_last_is_what_the_networks_see():
    steps = normalise.normalise(DRAWING.tolist())
    assert list(steps) == ["drawn", "box", "stroke", "centred"]
    assert np.allclose(steps["centred"], to_mnist(DRAWING), atol=1e-4)


def test_with_the_steps_left_out_every_autoencoder_gets_more_ink_wrong():
    small = rasterise([[[0.02 + 0.3 * x, 0.02 + 0.3 * y] for x, y in s] for s in example_strokes(3)], 112, 0.03)
    answer = normalise.normalise_live(url(small), False, False, False, 0.3, 0)
    for name, wrong in answer["wrong"].items():
        if name.endswith(("autoencoder", "vae", "blind")):
            assert wrong > answer["whole"][name]
    whole = normalise.normalise_live(url(small), True, True, True, 0.3, 0)
    assert whole["wrong"] == pytest.approx(whole["whole"])
    with pytest.raises(ValueError, match="box must be true or false"):
        normalise.normalise_live(url(small), "yes", True, True, 0.3, 0)


def test_an_empty_page_is_no_error_anywhere():
    blank = url(np.zeros((112, 112)))
    assert normalise.normalise_live(blank, True, True, True, 0.3, 0)["wrong"]["autoencoder"] is None
    assert laboratory.bench(blank, "poisson", 0.3, 0, "autoencoder")["before"]["mse"] == 0
    assert again.again_live(blank, "gaussian", 0.3, 0, "autoencoder")["film"]
    assert 0 <= unlike.unlike_live(blank)["percentile"] <= 100


def test_applied_again_the_film_is_the_network_of_the_frame_before():
    answer = again.again_live(url(DRAWING), "gaussian", 0.3, 0, "denoising-vae")
    film = picture_of(answer["film"]) / 255
    assert len(film) == again.TIMES + 1 == len(answer["mse"]) == len(answer["change"])
    network = laboratory.network_named("denoising-vae")
    for before, after in itertools.pairwise(film):
        assert np.abs(laboratory.reconstruct(network, before.astype(np.float32)) - after).max() < 0.03
    assert answer["change"][-1] < answer["change"][1]  # it settles


def test_the_meter_tells_noise_and_scribbles_from_digits():
    def percentile(picture):
        return unlike.unlike_live(url(picture))["percentile"]

    digits = [percentile(rasterise(example_strokes(digit), 112)) for digit in range(10)]
    assert np.median(digits) < 80
    drawings = unlike.out_of_distribution()
    assert percentile(rasterise(drawings["scribble"], 112)) > 97
    assert percentile(np.random.default_rng(0).random((28, 28))) > 99
