"""Every training script: --smoke on made data, curves, seeds, and that a run leaves weights/ alone."""

import dataclasses

import pytest
import torch

from training import (
    catalogue,
    train_autoencoder,
    train_cnn,
    train_double_softmax,
    train_least_squares,
    train_linear_denoiser,
    train_micrograph,
    train_pca,
    train_sigmoid_pairs,
    train_softmax,
    train_softmax_best,
    train_unet,
    train_vae,
)
from training.data import strokes, warps
from training.models.vae import negative_elbo
from training.run import loop, options, record, runs
from training.store import checkpoints

SMOKES = [
    (train_vae, []),
    (train_vae, ["--deep", "--latent-dim", "2", "--layers", "2", "--again", "0.5"]),
    (train_vae, ["--latent-dim", "2", "--deterministic", "--beta", "0"]),
    (train_vae, ["--noise", "0.3"]),
    (train_autoencoder, []),
    (train_autoencoder, ["--sparsity", "0.002", "--loss", "bce"]),
    (train_autoencoder, ["--noise", "blind"]),
    (train_unet, []),
    (train_cnn, ["--mirror"]),
    (train_softmax, []),
    (train_softmax_best, []),
    (train_softmax_best, ["--dataset", "digits", "--penalties", "1e-4"]),
    (train_pca, []),
    (train_linear_denoiser, []),
    (train_least_squares, []),
    (train_double_softmax, []),
    (train_sigmoid_pairs, []),
]
SCRIPTS = sorted({script for script, _ in SMOKES} | {train_micrograph}, key=lambda script: script.__name__)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Weights and resume states of these tests go to a temporary folder."""
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(("script", "arguments"), SMOKES, ids=lambda x: x if isinstance(x, list) else x.__name__)
def test_smoke_runs_in_seconds_and_leaves_weights_alone(script, arguments, tmp_path, capsys):
    script.main([*arguments, "--smoke", "--device", "cpu"])
    assert "on the test set" in capsys.readouterr().out
    assert not list((tmp_path / "weights").glob("**/*"))


@dataclasses.dataclass
class Kept:
    """Stands in for a Run that keeps nothing."""

    folder: object = None

    def restore(self, **things):
        return 0

    def keep(self, epochs, **things):
        pass

    def check(self, loss, step):
        assert loss == loss


def train_small(script, **changes):
    settings = script.Settings(epochs=2, batch_size=32, **changes)
    images, _ = strokes.made_digits(96)
    network, curves = script.train(settings, images, images[:32], Kept())
    return network, curves


@pytest.mark.parametrize("script", [train_vae, train_autoencoder, train_unet])
def test_the_same_seed_gives_bit_identical_weights(script):
    torch.set_num_threads(1)
    first, second, other = (train_small(script, seed=seed)[0].state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not all(torch.equal(first[key], other[key]) for key in first)


@pytest.mark.parametrize("script", [train_vae, train_autoencoder])
def test_training_lowers_the_loss_and_keeps_both_curves(script):
    _, curves = train_small(script)
    assert len(curves["train"]) == len(curves["held_out"]) == 2
    assert curves["held_out"][1] < curves["held_out"][0]


def test_beta_weighs_the_kl_alone():
    gentle, harsh = (train_small(train_vae, beta=beta)[1] for beta in (0.1, 100.0))
    assert harsh["kl"][-1] < gentle["kl"][-1]
    for curves, beta in ((gentle, 0.1), (harsh, 100.0)):
        assert curves["held_out"][-1] == pytest.approx(curves["reconstruction"][-1] + beta * curves["kl"][-1])


def test_unit_columns_stay_unit_columns():
    network, _ = train_small(train_autoencoder, sparsity=0.01)
    norms = network.decoder[0].weight.flatten(1).norm(dim=1)
    torch.testing.assert_close(norms, torch.ones_like(norms))


def test_softmax_training_yields_after_every_step():
    images, labels = strokes.made_digits(96)
    settings = train_softmax.Settings(epochs=3, batch_size=40)
    progress = list(train_softmax.train(settings, images, labels))
    assert [now.step for now in progress] == list(range(1, 10))  # 96 = 40 + 40 + 16: three steps an epoch
    assert progress[-1].epoch == 3
    assert progress[-1].steps == 9
    assert progress[-1].loss < progress[0].loss


def test_the_importance_weighted_bound_is_tighter_than_the_elbo():
    torch.manual_seed(0)
    network = train_vae.ConvVAE(2).eval().requires_grad_(False)
    network.to_mu.bias.fill_(2.0)  # a q far from the posterior: the ELBO pays about 2 x 2 nats for it
    images = (strokes.made_digits(60)[0] > 0.5).float()
    bounds = [
        train_vae.importance_weighted(network, images, samples, torch.Generator().manual_seed(0))
        for samples in (1, 20, 400)
    ]
    assert bounds[0] > bounds[1] + 1 > bounds[2] + 1
    elbo = sum(train_vae.losses(network, train_vae.Settings(), images))
    assert bounds[0] == pytest.approx(elbo, abs=1.5)  # one sample: the ELBO with a sampled KL


def test_history_holds_the_state_before_the_first_epoch_and_after_the_last(tmp_path):
    import io

    import numpy as np

    images, labels = strokes.made_digits(60)
    history = record.History(tmp_path, images, labels, epochs=2)
    settings = train_vae.Settings(epochs=2, batch_size=32, latent_dim=2)
    network, _ = train_vae.train(settings, images, images, Kept(), history)
    assert [path.name for path in history.files()] == ["epoch-000.npz", "epoch-001.npz", "epoch-002.npz"]
    last = np.load(io.BytesIO(history.files()[-1].read_bytes()))
    assert last["sprite"].shape == (20, 20, 28, 28)
    x0, _, _, y1 = last["extent"]
    with torch.no_grad():
        corner = torch.sigmoid(network.eval().decode(torch.tensor([[x0, y1]])))
    assert np.abs(last["sprite"][0, 0] / 255 - corner[0, 0].numpy()).max() < 0.01  # the top left corner
    assert last["points"].shape == (60, 2)


def test_a_picture_is_found_by_its_key_in_any_order():
    images, _ = strokes.made_digits(10)
    keys = record.keys(images)
    assert len(set(keys.tolist())) == 10
    assert (record.keys(images.flip(0)) == keys[::-1]).all()


def test_warps_leave_pictures_in_range_and_move_them():
    images, _ = strokes.made_digits(20)
    warped = warps.warp(warps.vary_stroke(images, torch.Generator().manual_seed(0)), torch.Generator().manual_seed(1))
    assert warped.shape == images.shape
    assert warped.min() >= 0
    assert warped.max() <= 1.0001
    assert (warped - images).abs().mean() > 0.01
    still = warps.warp(images, torch.Generator().manual_seed(1), 0, 0, 0, 0, 0)
    torch.testing.assert_close(still, images, atol=1e-4, rtol=0)


def test_the_recorded_command_makes_the_settings_again():
    settings = train_vae.Settings(name="x", noise="blind", deep=True, latent_dim=2, beta=0.5)
    words = options.command("training.train_vae", settings).split()
    assert words[:3] == ["python", "-m", "training.train_vae"]
    assert options.parse(train_vae.Settings, words[3:], "")[0] == settings
    plain = train_cnn.Settings(strokes=False)
    assert options.parse(train_cnn.Settings, options.command("m", plain).split()[3:], "")[0] == plain


def test_every_setting_has_a_reason():
    for script in SCRIPTS:
        for field in dataclasses.fields(script.Settings):
            assert len(field.metadata["reason"]) > 10, (script.__name__, field.name)


def test_catalogue_refuses_an_unknown_name(capsys):
    with pytest.raises(SystemExit):
        catalogue.main(["nonsense"])
    assert "nonsense: not in the catalogue" in capsys.readouterr().err


@pytest.mark.slow
def test_the_catalogue_makes_networks_side_by_side_and_goes_on_where_it_failed(tmp_path, monkeypatch, capfd):
    entries = {"pca": "train_pca", "b": "train_vae --nonsense", "c": "train_softmax"}
    monkeypatch.setattr(catalogue, "ENTRIES", entries)
    arguments = ["--smoke", "--device", "cpu", "--jobs", "2"]
    with pytest.raises(SystemExit, match=r"1 of 3 networks could not be made.*--resume"):
        catalogue.main(arguments)
    said = capfd.readouterr()
    assert "b ended with status 2" in said.out + said.err
    assert "--nonsense" in said.out + said.err  # the script's own words
    monkeypatch.setitem(entries, "b", "train_softmax")
    made, make = [], catalogue.make
    monkeypatch.setattr(catalogue, "make", lambda name, options: made.append(name) or make(name, options))
    catalogue.main([*arguments, "--resume"])
    assert made == ["b"]
    made.clear()
    catalogue.main([*arguments, "--resume"])  # nothing is left of the call that ended well
    assert sorted(made) == ["b", "c", "pca"]


@pytest.mark.parametrize(("native", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_training_computes_in_bfloat16_only_where_the_processor_does(native, dtype, monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: native)
    assert loop.precision("cpu") == dtype
    with loop.autocast("cpu"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == dtype


def test_the_kl_rises_to_its_weight(monkeypatch):
    seen = []

    def spy(logits, images, mu, log_var, beta):
        seen.append(beta)
        return negative_elbo(logits, images, mu, log_var, beta)

    monkeypatch.setattr(train_vae, "negative_elbo", spy)
    images, _ = strokes.made_digits(96)
    train_vae.train(train_vae.Settings(beta=2, epochs=2, batch_size=32, kl_warm_up=2 / 3), images, images, Kept())
    assert seen == pytest.approx([0.5, 1, 1.5, 2, 2, 2])


def test_run_stops_at_nan():
    with pytest.raises(SystemExit, match="loss is nan"), runs.start("x", {}, smoke=True) as run:
        run.check(float("nan"), 5)


@pytest.mark.parametrize("script", [train_vae, train_autoencoder, train_unet, train_cnn, train_micrograph])
def test_an_interrupted_training_goes_on_to_the_same_bits(script, monkeypatch):
    torch.set_num_threads(1)
    images, labels = strokes.made_digits(96)
    arguments = {train_cnn: (images, labels, (images, labels)), train_micrograph: ()}.get(script, (images, images))
    size = {"steps": 3, "fields": 1} if script is train_micrograph else {"batch_size": 32}

    def trained(resume: bool, stop_after: int | None = None):
        settings = script.Settings(epochs=3, **size)
        with runs.start("interrupted", settings, resume=resume) as run:
            keep = run.keep

            def keep_or_stop(epochs, **things):
                keep(epochs, **things)
                if epochs == stop_after:
                    raise KeyboardInterrupt

            monkeypatch.setattr(run, "keep", keep_or_stop)
            return script.train(settings, *arguments, run)

    whole, curves = trained(resume=False)
    with pytest.raises(SystemExit):
        trained(resume=False, stop_after=2)
    torch.manual_seed(12345)  # whatever happened in between
    resumed, resumed_curves = trained(resume=True)
    for key, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[key]), key
    assert resumed_curves == curves
