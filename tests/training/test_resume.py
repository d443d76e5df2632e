"""Every training loop, stopped between two epochs and resumed, ends in the bits of the uninterrupted one."""

import pytest
import torch

from training import train_autoencoder, train_cnn, train_softmax, train_unet, train_vae
from training.data import strokes
from training.run import runs
from training.store import checkpoints

LOOPS = {
    "vae": (train_vae, {}),
    "denoising-vae": (train_vae, {"noise": 0.3}),
    "vae-deep-2d": (train_vae, {"deep": True, "latent_dim": 2}),
    "autoencoder-2d": (train_vae, {"latent_dim": 2, "deterministic": True, "beta": 0.0}),
    "denoising-autoencoder": (train_autoencoder, {"noise": "blind"}),
    "sparse-autoencoder": (train_autoencoder, {"sparsity": 0.003}),
    "unet-denoiser": (train_unet, {}),
    "cnn-digits": (train_cnn, {}),
}


pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path / "weights")
    monkeypatch.delenv("TRAINING_CACHE", raising=False)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _train(script, name: str, options: dict, resume: bool = False, stop_after: int | None = None):
    """Three epochs of the script's own loop on drawn digits: (weights, curves), or None when stopped."""
    settings = script.Settings(name=name, epochs=3, batch_size=16, seed=1, **options)
    images, labels = strokes.made_digits(32, seed=0)
    data = (images, labels, (images, labels)) if script is train_cnn else (images, images)
    run = runs.start(name, settings, resume)
    keep = run.keep

    def keep_and_stop(epochs, **things):
        keep(epochs, **things)
        if epochs == stop_after:
            raise KeyboardInterrupt

    run.keep = keep_and_stop
    with run:
        network, curves = script.train(settings, *data, run)
        return network.state_dict(), curves


@pytest.mark.parametrize("name", LOOPS)
def test_resumed_is_uninterrupted(name):
    script, options = LOOPS[name]
    weights, curves = _train(script, f"{name}-reference", options)
    with pytest.raises(SystemExit, match="130"):
        _train(script, name, options, stop_after=2)
    torch.manual_seed(99)  # nothing of the old process is left
    resumed, resumed_curves = _train(script, name, options, resume=True)
    assert all(torch.equal(weights[key], resumed[key]) for key in weights)
    assert curves == resumed_curves


def test_softmax_resumed_is_uninterrupted():
    images, labels = strokes.made_digits(64, seed=0)

    def train(name, resume=False, steps=None):
        settings = train_softmax.Settings(name=name, epochs=3, batch_size=16, seed=1)
        with runs.start(name, settings, resume) as run:
            for progress in train_softmax.train(settings, images, labels, run):
                if progress.step == steps:
                    raise KeyboardInterrupt
            return progress.network.W

    reference = train("a")
    with pytest.raises(SystemExit, match="130"):
        train("b", steps=10)
    assert torch.equal(train("b", resume=True), reference)


def test_a_network_of_nan_is_not_kept_over_a_good_one():
    network = torch.nn.Linear(2, 2)
    run = runs.start("a", {})
    run.keep(4, network=network)
    good = run.file.read_bytes()
    network.weight.data[0, 0] = float("nan")
    with pytest.raises(SystemExit, match="NaN after epoch 5; the last good state is that of epoch 4"), run:
        run.keep(5, network=network)
    assert run.file.read_bytes() == good
