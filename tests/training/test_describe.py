"""What a network is, is read from what it was made with: its name decides nothing."""

import inspect
import json
import os

import pytest

from training import checkpoints
from training.models import ARCHITECTURES
from training.models.autoencoder import ConvAutoencoder
from training.models.softmax import SoftmaxRegression
from training.models.vae import ConvVAE
from training.store import checkpoints as store
from training.store.shipped import ENTRIES

KINDS = {
    "autoencoder": "autoencoder",
    "autoencoder-2d": "autoencoder",
    "autoencoder-deep-2d": "autoencoder",
    "vae-beta-0": "autoencoder",
    "sparse-autoencoder": "sparse-autoencoder",
    "denoising-autoencoder": "denoising-autoencoder",
    "denoising-autoencoder-blind": "denoising-autoencoder",
    "vae": "vae",
    "vae-deep": "vae",
    "vae-fashion-2d": "vae",
    "denoising-vae": "denoising-vae",
    "pca": "pca",
    "softmax-digits": "softmax",
    "softmax-fashion-best": "softmax",
    "softmax-fashion-double": "double-softmax",
    "least-squares-digits": "least-squares",
    "sigmoid-fashion-pairs": "sigmoid-pairs",
    "cnn-digits": "cnn",
    "unet-denoiser": "unet",
    "linear-denoiser": "linear-denoiser",
    "micrograph-denoiser": "micrograph-denoiser",
}


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """An empty weights folder."""
    monkeypatch.setattr(store, "WEIGHTS", tmp_path / "weights")
    monkeypatch.delenv("TRAINING_CACHE", raising=False)
    return tmp_path / "weights"


def saved(network, name: str, module: str = "train_vae", dataset: str = "digits", **recipe) -> checkpoints.Checkpoint:
    """Save a network with these settings and ask what it is."""
    metrics = {"dataset": dataset, "command": f"python -m training.{module} --out {name}", "recipe": recipe}
    store.save(network, name, metrics | {"test": {"nats": 100.0}})
    return checkpoints.describe(name)


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_the_shipped_networks_are_of_their_kind(name, kind):
    found = checkpoints.describe(name)
    assert (found.name, found.kind, found.yours) == (name, kind, False)
    assert found.architecture == type(checkpoints.load(name)).__name__
    assert found.dataset == checkpoints.catalogue()[name]["dataset"]
    assert ENTRIES[name].split()[0] == found.script


def test_every_checkpoint_beside_the_code_is_described_and_of_a_known_kind():
    found = checkpoints.all()
    assert [one.name for one in found] == checkpoints.names()
    assert {one.kind for one in found} <= set(checkpoints.KINDS)
    assert set(KINDS.values()) <= set(checkpoints.KINDS)


def test_the_readmes_own_beta_vae_has_the_beta_that_it_was_trained_with(weights):
    found = saved(ConvVAE(), "my-vae", beta=4.0)
    assert (found.kind, found.beta, found.latent_dim, found.dataset) == ("vae", 4.0, 32, "digits")
    assert found.yours
    assert found.variational


def test_a_name_decides_nothing(weights):
    found = saved(ConvVAE(2), "autoencoder-fashion-beta-9", beta=0.5)
    assert (found.kind, found.beta, found.dataset, found.latent_dim) == ("vae", 0.5, "digits", 2)
    assert saved(ConvAutoencoder(8), "my-garments", "train_autoencoder", "fashion").dataset == "fashion"


def test_noise_and_sparsity_make_another_kind(weights):
    script = "train_autoencoder"
    assert saved(ConvVAE(), "a", noise=0.3).kind == "denoising-vae"
    assert saved(ConvAutoencoder(), "b", script, noise="blind").kind == "denoising-autoencoder"
    assert saved(ConvAutoencoder(sparse=True), "c", script, noise=0.0).kind == "sparse-autoencoder"
    assert saved(ConvVAE(deterministic=True), "d", beta=0.0).kind == "autoencoder"


def test_one_class_under_four_losses_is_four_kinds(weights):
    scripts = {"train_softmax": "softmax", "train_softmax_best": "softmax", "train_least_squares": "least-squares"}
    scripts |= {"train_double_softmax": "double-softmax", "train_sigmoid_pairs": "sigmoid-pairs"}
    assert {script: saved(SoftmaxRegression(), "mine", script).kind for script in scripts} == scripts


def test_twins_differ_in_nothing_but_what_is_named(weights):
    first = saved(ConvVAE(), "first", beta=1.0, epochs=16, seed=0)
    assert saved(ConvVAE(), "second", beta=4.0, epochs=16, seed=1).differs_from(first) == {"beta"}
    assert saved(ConvVAE(), "third", beta=4.0, epochs=2, seed=0).differs_from(first) == {"beta", "epochs"}


def test_a_network_trained_anew_is_described_anew(weights):
    assert saved(ConvVAE(), "mine", beta=1.0).beta == 1.0
    assert saved(ConvVAE(), "mine", beta=4.0).beta == 4.0


def test_without_metrics_the_config_says_what_it_can(weights):
    saved(ConvVAE(2), "mine", beta=4.0)
    (weights / "mine" / "metrics.json").unlink()
    found = checkpoints.describe("mine")
    assert (found.kind, found.latent_dim, found.beta, found.test) == ("vae", 2, 1.0, {})


def test_a_damaged_checkpoint_costs_the_others_nothing(weights):
    saved(ConvVAE(2), "good")
    saved(ConvVAE(2), "bad")
    (weights / "bad" / "config.json").write_text("{")
    os.utime(weights / "bad" / "config.json", ns=(1, 1))
    assert [one.name for one in checkpoints.all()] == ["good"]
    with pytest.raises(ValueError, match=r"config\.json is no JSON"):
        checkpoints.describe("bad")


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_network_keeps_the_arguments_that_made_it(name):
    """The config of a checkpoint is read from these attributes."""
    cls = ARCHITECTURES[name]
    arguments = store.arguments(cls())
    assert list(arguments) == [*inspect.signature(cls).parameters, "architecture"]
    again = cls(**{key: value for key, value in arguments.items() if key != "architecture"})
    assert json.dumps(store.arguments(again)) == json.dumps(arguments)
