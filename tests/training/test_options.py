"""The command line of a script: what it refuses, before any work, and what it never overwrites by accident."""

import pytest
import torch

from training import (
    train_autoencoder,
    train_cnn,
    train_micrograph,
    train_pca,
    train_softmax_best,
    train_unet,
    train_vae,
)
from training.models.vae import ConvVAE
from training.run import loop, options, record, runs
from training.store import checkpoints


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("script", "words", "sentence"),
    [
        (train_autoencoder, "--loss mae", "--loss is one of mse, bce, not 'mae'"),
        (train_vae, "--dataset letters", "--dataset is one of digits, fashion, not 'letters'"),
        (train_vae, "--epochs 0", "--epochs must be at least 1, not 0"),
        (train_vae, "--latent-dim 0", "--latent-dim must be at least 1, not 0"),
        (train_vae, "--batch-size -3", "--batch-size must be at least 1, not -3"),
        (train_vae, "--beta nan", "--beta must be at least 0, not nan"),
        (train_vae, "--beta -1", "--beta must be at least 0, not -1"),
        (train_vae, "--kl-warm-up 1.5", "--kl-warm-up must be from 0 to 1, not 1.5"),
        (train_unet, "--noise loud", "a number or the word blind, not 'loud'"),
        (train_pca, "--latent-dim 1000", "--latent-dim must be from 1 to 784, not 1000"),
        (train_cnn, "--warped 2", "--warped must be from 0 to 1, not 2"),
        (train_micrograph, "--out a/b", "--out names one folder of weights/: letters"),
        (train_vae, "--out ..", "--out names one folder of weights/: letters"),
        (train_vae, "--out analysis", "--out names one folder of weights/: letters"),
        (train_vae, "--nonsense", "unrecognized arguments: --nonsense"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_before_any_work(
    script, words, sentence, capsys, tmp_path, monkeypatch
):
    monkeypatch.setattr(options, "data_sets", None)  # would fail as soon as it is asked for data
    with pytest.raises(SystemExit) as caught:
        script.main(words.split())
    complaint = capsys.readouterr().err
    assert caught.value.code == 2
    assert sentence in complaint
    assert len(complaint.strip().splitlines()) == 2  # how it is used, and the sentence
    assert not list(tmp_path.iterdir())


def test_more_pictures_a_step_than_there_are_is_one_sentence():
    with pytest.raises(SystemExit, match="--batch-size 200 is more than there are training pictures: 96"):
        loop.one_cycle(torch.optim.SGD(ConvVAE(2).parameters()), train_vae.Settings(batch_size=200), 96)


def test_a_list_that_is_none_is_one_sentence():
    with pytest.raises(SystemExit, match="'a,b' is no list of numbers"):
        train_softmax_best.main(["--smoke", "--penalties", "a,b"])


def test_a_shipped_checkpoint_is_not_overwritten_by_accident(tmp_path, monkeypatch):
    checkpoints.save(ConvVAE(2), "vae", {})
    monkeypatch.setattr(options, "data_sets", None)
    for words in ([], ["--resume"]):  # nothing was kept: there is nothing to resume
        with pytest.raises(SystemExit, match=r"weights.vae came with the code: name your own with --out.*--overwrite"):
            train_vae.main(words)
    with runs.start("vae", {}, overwrite=True) as run:
        run.keep(1, curves=[])
    with runs.start("vae", {}, resume=True, overwrite=False) as run:  # begun on purpose, so it goes on
        assert run.restore(curves=[]) == 1
    with runs.start("vae", {}, smoke=True, overwrite=False):
        pass


def test_ones_own_checkpoint_is_trained_again_without_asking():
    checkpoints.save(ConvVAE(2), "my-vae", {})
    with runs.start("my-vae", {}, overwrite=False):
        pass


def test_at_the_end_it_says_where_the_network_is_what_it_reached_and_what_comes_next(capsys, tmp_path):
    network = ConvVAE(2).eval()
    with runs.start("my-vae", {}) as run:
        folder = run.finish(network, {"dataset": "digits", "test": {"nats": 151.25, "kl": 6.5}})
    said = capsys.readouterr().out
    assert folder == tmp_path / "weights" / "my-vae"
    for part in (
        str(folder),
        "nats 151.25, kl 6.5",
        "python app.py",
        "python -m training.push my-vae --namespace USER",
    ):
        assert part in said
    assert checkpoints.metrics("my-vae")["commit"] == run.commit


@pytest.mark.parametrize(("changes", "commit"), [("", "0123abc"), (" M training/models/vae.py", "0123abc-dirty")])
def test_a_tree_with_changes_is_recorded_as_such(changes, commit, monkeypatch):
    monkeypatch.setattr(record, "_git", lambda *words: "0123abc" if words[0] == "rev-parse" else changes)
    assert record.commit() == commit


def test_without_git_the_commit_is_unknown(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert record.commit() == "unknown"


def test_torch_still_has_what_the_precision_is_read_from():
    """torch names what the processor can do in private only; where it has a public way the two agree."""
    native = torch.cpu._is_avx512_bf16_supported()
    assert isinstance(native, bool)
    public = getattr(torch.cpu, "get_capabilities", dict)()
    assert native == public.get("avx512_bf16", native)
