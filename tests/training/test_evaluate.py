"""The numbers of metrics.json are true, and what was trained is what the catalogue says."""

import dataclasses
import importlib
import shlex

import pytest
import torch

from training import catalogue, checkpoints, evaluate
from training.data import datasets
from training.run import options

NAMES = [name for name in checkpoints.names() if name in catalogue.ENTRIES]
ON_DATA = [name for name in NAMES if checkpoints.metrics(name).get("dataset") in datasets.DATASETS]
VAES = [one.name for one in checkpoints.all() if one.variational]
EVERY = 5  # each fifth test picture: 2,000 of them
# What these may differ by from the whole test set: about five standard errors for most numbers.
TOLERANCE = {
    "accuracy": 0.04,
    "cross_entropy": 0.25,
    "psnr": 0.02,
    "ssim": 0.02,
    "mse": 0.06,
    "bce": 0.06,
    "nats": 0.04,
}


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ON_DATA)
def test_metrics_are_true_on_a_sample(name, data_dir):
    now, stored = evaluate.recompute(name, every=EVERY), checkpoints.metrics(name)["test"]
    told = {key: value for key, value in stored.items() if isinstance(value, float)}
    assert told
    assert set(now) == set(stored)
    for key in TOLERANCE.keys() & told.keys():
        assert now[key] == pytest.approx(told[key], rel=TOLERANCE[key]), key


@pytest.mark.parametrize("name", VAES)
def test_nats_are_reconstruction_and_kl(name):
    test = checkpoints.metrics(name)["test"]
    assert test["nats"] == pytest.approx(test["reconstruction"] + test["kl"], rel=1e-5)
    assert test["kl"] == pytest.approx(sum(test["kl_per_dimension"]), rel=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_recipe_is_the_catalogues(name):
    metrics, (module, *arguments) = checkpoints.metrics(name), shlex.split(catalogue.ENTRIES[name])
    script = importlib.import_module(f"training.{module}")
    wanted = dataclasses.asdict(options.parse(script.Settings, [*arguments, "--out", name], "")[0])
    told = dataclasses.asdict(script.Settings(**metrics["recipe"]))  # settings that came later: as they were
    assert told == wanted


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_and_returns_logits_of_the_right_shape(name):
    network = checkpoints.load(name)
    wide = 2 if name == "sigmoid-fashion-pairs" else 1
    answer = network(torch.rand(2, 1, 28, 28 * wide))
    logits = answer[0] if isinstance(answer, tuple) else answer
    classifier = "accuracy" in checkpoints.metrics(name)["test"]
    classes = 11 if checkpoints.describe(name).kind == "judge" else 10  # a judge has "no digit" besides
    assert logits.shape == ((2, classes) if classifier else (2, 1, 28, 28))


@pytest.mark.data
def test_metrics_name_the_data_they_were_made_from(data_dir):
    told = checkpoints.metrics("vae")["data_sha256"]
    if told != datasets.sha256("digits"):
        pytest.skip("another copy of MNIST than the one the networks were trained on")
    assert len(told) == 4


def test_a_number_off_by_more_than_a_thousandth_is_found():
    rows = evaluate.differences({"a": 1.0, "b": [2.0, 3.0]}, {"a": 1.0005, "b": [2.0, 3.01]})
    assert [agrees for *_, agrees in rows] == [True, True, False]
    assert not evaluate.differences({"a": 1.0}, {})[0][-1]


MUST = {  # name -> (number, the worst that is good enough, whether more is better)
    "vae": ("nats", 100.5, False),
    "vae-2d": ("nats", 157, False),
    "vae-deep": ("nats", 98.5, False),
    "vae-deep-2d": ("nats", 135, False),
    "autoencoder-deep-2d": ("mse", 0.0335, False),
    "denoising-vae": ("psnr", 21.3, True),
    "autoencoder": ("mse", 0.0024, False),
    "autoencoder-16d": ("mse", 0.0105, False),
    "autoencoder-2d": ("mse", 0.045, False),
    "sparse-autoencoder": ("mse", 0.014, False),
    "denoising-autoencoder": ("psnr", 22.8, True),
    "unet-denoiser": ("psnr", 24.4, True),
    "softmax-digits": ("accuracy", 0.913, True),
    "softmax-fashion": ("accuracy", 0.828, True),
    "softmax-digits-best": ("accuracy", 0.925, True),
    "softmax-fashion-best": ("accuracy", 0.845, True),
    "cnn-digits": ("accuracy", 0.993, True),
    "cnn-fashion": ("accuracy", 0.915, True),
}


@pytest.mark.parametrize("name", MUST)
def test_the_network_is_as_good_as_it_must_be(name):
    key, worst, more_is_better = MUST[name]
    value = checkpoints.metrics(name)["test"][key]
    assert value >= worst if more_is_better else value <= worst


@pytest.mark.parametrize(("family", "betas"), [("vae", (0.1, 0.5, 1, 4, 16, 32)), ("vae-2d", (0.1, 0.5, 1, 4, 16))])
def test_reconstruction_falls_and_kl_rises_as_beta_shrinks(family, betas):
    ladder = [family if beta == 1 else f"{family}-beta-{beta}" for beta in betas]
    tests = [checkpoints.metrics(name)["test"] for name in ladder if name in NAMES]
    assert len(tests) >= 3
    assert [test["reconstruction"] for test in tests] == sorted(test["reconstruction"] for test in tests)
    assert [test["kl"] for test in tests] == sorted((test["kl"] for test in tests), reverse=True)


def test_at_the_top_of_the_ladder_most_dimensions_have_collapsed():
    for name in ("vae-beta-16", "vae-beta-32"):
        assert checkpoints.metrics(name)["test"]["active_dimensions"] < 16


def test_autoencoders_beat_pca_at_every_width():
    pca = checkpoints.metrics("pca")["test"]["mse_by_width_unclipped"]
    for name, width in (("autoencoder", 64), ("autoencoder-32d", 32), ("autoencoder-16d", 16), ("autoencoder-8d", 8)):
        assert checkpoints.metrics(name)["test"]["mse"] < pca[str(width)]


def test_denoisers_beat_the_best_linear_one_at_their_own_noise():
    linear = checkpoints.metrics("linear-denoiser")["test"]["psnr_by_noise"]
    for name, noise in (("", "0.3"), ("-0.5", "0.5"), ("-0.8", "0.8")):
        own = checkpoints.metrics(f"denoising-autoencoder{name}")["test"]["psnr_by_noise"]
        assert own[noise] > linear[noise]


def test_the_unet_beats_the_best_linear_denoiser_at_every_noise():
    linear = checkpoints.metrics("linear-denoiser")["test"]["psnr_by_noise"]
    unet = checkpoints.metrics("unet-denoiser")["test"]["psnr_by_noise"]
    assert {"0.1", "0.3", "1"} <= set(unet)
    for noise, psnr in unet.items():
        assert psnr > linear[noise], noise


def test_the_micrograph_denoiser_beats_blur_and_total_variation_at_every_dose():
    by_dose = checkpoints.metrics("micrograph-denoiser")["by_dose"]
    for dose, ours in by_dose["network"].items():
        for rival in ("blur", "total-variation"):
            assert ours["psnr"] > by_dose[rival][dose]["psnr"], (rival, dose)


def test_deeper_networks_make_the_sharper_twins():
    for deep, plain, key in (
        ("vae-deep", "vae", "nats"),
        ("vae-deep-2d", "vae-2d", "nats"),
        ("autoencoder-deep-2d", "autoencoder-2d", "mse"),
    ):
        assert checkpoints.metrics(deep)["test"][key] < checkpoints.metrics(plain)["test"][key]


def test_the_elbo_on_grey_pixels_bounds_the_likelihood_of_binarised_ones():
    test = checkpoints.metrics("vae-deep")["test"]
    assert test["importance_weighted_nats_binarised"] < test["nats"]


def test_the_excess_is_what_lies_above_the_greys_own_entropy():
    for name, floor in (("vae", 45.53), ("vae-fashion", 189.9)):
        test = checkpoints.metrics(name)["test"]
        assert test["floor"] == pytest.approx(floor, abs=0.05)
        assert test["excess"] == pytest.approx(test["nats"] - test["floor"], rel=1e-4)


def test_the_blind_denoiser_pays_little_for_being_blind():
    def at(name: str, noise: str) -> float:
        return checkpoints.metrics(name)["test"]["psnr_by_noise"][noise]

    blind = "denoising-autoencoder-blind"
    assert at(blind, "0.3") > at("denoising-autoencoder", "0.3") - 1
    assert at(blind, "0.8") > at("denoising-autoencoder-0.8", "0.8") - 0.5
