"""A checkpoint is the network that was saved, bit for bit, or it is refused in a sentence."""

import json
import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import ModelCard

from training import checkpoints as script
from training.models.autoencoder import ConvAutoencoder
from training.store import analysis, cards, checkpoints, encoded, files, sums

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["training.store.checkpoints"])
METRICS = {
    "dataset": "digits", "seed": 7, "command": "python -m training.train_autoencoder", "commit": "0123abc",
    "recipe": {"noise": 0.3, "epochs": 2}, "data_sha256": {"train-images": "ab12"},
    "test": {"mse": 0.0123456789, "psnr": 21.75, "active_dimensions": 3, "by_noise": {"0.1": 25.5}, "list": [1.0]},
}  # fmt: skip


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A weights folder with the checkpoint `a`: an autoencoder of 2 dimensions."""
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path / "weights")
    monkeypatch.delenv("TRAINING_CACHE", raising=False)
    _save(_network(2), "a")
    return tmp_path / "weights"


def _save(network: ConvAutoencoder, name: str) -> None:
    """Save it with its card, as a training does."""
    checkpoints.save(network, name, METRICS, extras=cards.made(network, name, METRICS))


def _network(latent_dim: int) -> ConvAutoencoder:
    torch.manual_seed(latent_dim)
    return ConvAutoencoder(latent_dim)


def _same(first, second) -> bool:
    first, second = first.state_dict(), second.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[key], second[key]) for key in first)


def test_what_is_loaded_is_what_was_saved(weights):
    loaded = checkpoints.load("a")
    assert _same(loaded, _network(2))
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert checkpoints.metrics("a") == METRICS
    assert checkpoints.names() == ["a"]


def test_saving_the_same_network_gives_the_same_file(weights):
    before = (weights / "a" / "model.safetensors").read_bytes()
    checkpoints.save(_network(2), "a", METRICS)
    assert (weights / "a" / "model.safetensors").read_bytes() == before


def test_metrics_that_are_no_json_are_refused_before_anything_is_written(weights):
    with pytest.raises(ValueError, match="not JSON compliant"):
        checkpoints.save(_network(3), "a", METRICS | {"test": {"mse": float("nan")}})
    assert _same(checkpoints.load("a"), _network(2))


def test_half_precision_halves_the_file_and_loads_as_float32(weights):
    checkpoints.save(_network(2), "half", METRICS, half=True)
    sizes = [(weights / name / "model.safetensors").stat().st_size for name in ("half", "a")]
    assert sizes[0] < 0.6 * sizes[1]
    loaded = checkpoints.load("half")
    assert _same(loaded, _network(2).half().float())
    assert loaded.encoder[0].weight.dtype == torch.float32


def test_the_catalogue_says_what_the_checkpoint_is(weights):
    entry = checkpoints.catalogue()["a"]
    assert (entry["name"], entry["class"], entry["dataset"]) == ("a", "ConvAutoencoder", "digits")
    assert (entry["command"], entry["repository"], entry["revision"]) == (METRICS["command"], None, None)
    assert entry.keys() == {"name", "class", "dataset", "sha256", "repository", "revision", "command"}


# --- crashes


def _save_and_die(weights: Path, fatal: int) -> None:
    """Save another network as `a`, and kill this process at the fatal-th call that touches the disk for good."""
    checkpoints.WEIGHTS = weights
    calls = 0

    def counted(function):
        def wrapped(*arguments):
            nonlocal calls
            calls += 1
            if calls == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments)

        return wrapped

    os.fsync, os.replace = counted(os.fsync), counted(os.replace)
    _save(_network(3), "a")


@pytest.mark.slow
def test_killed_at_any_step_of_saving_old_or_new_loads(weights, tmp_path):
    old, new, seen = _network(2), _network(3), set()
    for fatal in range(1, 100):
        process = PROCESSES.Process(target=_save_and_die, args=(weights, fatal))
        process.start()
        process.join()
        loaded = checkpoints.load("a")
        seen.add(loaded.latent_dim)
        assert _same(loaded, old if loaded.latent_dim == 2 else new)
        if process.exitcode == 0:
            break
        _save(old, "a")  # after the crash everything goes on as before
        assert _same(checkpoints.load("a"), old)
    assert process.exitcode == 0
    assert fatal > 15  # 3 calls for each of 6 files: no step was left out
    assert seen == {2, 3}
    assert checkpoints.load("a").latent_dim == 3


def _enter_many(weights: Path, worker: int) -> None:
    checkpoints.WEIGHTS = weights
    for index in range(10):
        checkpoints.update_entry(f"{worker}-{index}", sha256="0")


def test_trainings_that_end_together_all_reach_the_catalogue(weights):
    processes = [PROCESSES.Process(target=_enter_many, args=(weights, worker)) for worker in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len(checkpoints.catalogue()) == 1 + 4 * 10


# --- damage


def test_a_flipped_bit_is_refused(weights):
    path = weights / "a" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-3] ^= 4
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a.model\.safetensors is damaged .* train it anew"):
        checkpoints.load("a")


def test_a_truncated_file_is_refused(weights):
    path = weights / "a" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"model\.safetensors is damaged"):
        checkpoints.load("a")
    checkpoints.register("a")  # even when somebody trusts it
    with pytest.raises(ValueError, match="truncated or no safetensors file"):
        checkpoints.load("a")


@pytest.mark.parametrize("filename", ["metrics.json", "config.json", "latents.npz"])
def test_one_other_digit_in_any_file_is_refused_with_its_name(weights, filename):
    codes = analysis.npz(points=np.arange(10.0)[:, None].repeat(2, 1), classes=np.arange(10))
    checkpoints.save(_network(2), "a", METRICS, extras={"latents.npz": codes})
    assert len(encoded.load("a")["points"]) == 10
    path = weights / "a" / filename
    content = path.read_bytes()
    other = content.replace(b"0.0123456789", b"0.0123456788").replace(b'"latent_dim": 2', b'"latent_dim": 3')
    path.write_bytes(other if other != content else analysis.npz(points=np.zeros((10, 2)), classes=np.arange(10)))
    os.utime(path, ns=(1, 1))
    with pytest.raises(ValueError, match=rf"^weights/a/{filename} is damaged.*SHA256SUMS.*train it anew"):
        checkpoints.config("a"), checkpoints.metrics("a"), encoded.load("a")
    script.main(["--register", "a"])  # whoever trusts it says so
    checkpoints.config("a"), checkpoints.metrics("a"), encoded.load("a")


def test_the_sums_are_digests_and_names_and_hold_after_training_anew(weights):
    checkpoints.save(_network(3), "a", METRICS, extras={"latents.npz": b"codes"})
    lines = [line.split("  ") for line in (weights / "SHA256SUMS").read_text().splitlines()]
    assert [name for _, name in lines] == ["a/config.json", "a/latents.npz", "a/metrics.json"]
    assert all(files.sha256((weights / name).read_bytes()) == digest for digest, name in lines)


def test_what_stood_there_is_right_until_the_new_stands_there(weights):
    old = (weights / "a" / "metrics.json").read_bytes()
    with sums.replacing(weights, checkpoints.sums_lock(), {"a/metrics.json": b"{}"}):
        assert all(sums.fits(weights, "a/metrics.json", content) for content in (old, b"{}"))
    assert [sums.fits(weights, "a/metrics.json", content) for content in (old, b"{}")] == [False, True]


def test_weights_of_another_network_are_refused(weights):
    checkpoints.save(_network(3), "b", METRICS)
    (weights / "a" / "model.safetensors").write_bytes((weights / "b" / "model.safetensors").read_bytes())
    with pytest.raises(ValueError, match="damaged or another file"):
        checkpoints.load("a")


def test_weights_that_nobody_entered_are_refused_until_registered(weights):
    (weights / "catalogue.json").unlink()
    with pytest.raises(ValueError, match=r"training\.checkpoints --register a"):
        checkpoints.load("a")
    script.main(["--register", "a"])
    assert _same(checkpoints.load("a"), _network(2))


@pytest.mark.parametrize("name", ["nothing", "", ".", "..", "a b", "A" * 300])
def test_a_checkpoint_that_is_not_there(weights, name):
    with pytest.raises(FileNotFoundError, match="there is no checkpoint"):
        checkpoints.load(name)


def test_a_folder_without_weights_names_the_file(weights):
    (weights / "a" / "model.safetensors").rename(weights / "a" / "pytorch_model.bin")
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors does not exist; pytorch_model\.bin .* refused"):
        checkpoints.load("a")


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
@pytest.mark.parametrize("filename", ["a/metrics.json", "a/config.json", "catalogue.json"])
def test_broken_json_names_the_file(weights, filename, text):
    (weights / filename).write_text(text)
    with pytest.raises(ValueError, match=Path(filename).name):
        checkpoints.load("a"), checkpoints.metrics("a")


# --- the card


def test_the_card_says_what_the_metrics_say(weights):
    card = ModelCard((weights / "a" / "README.md").read_text("utf-8"))
    told = {result.metric_name: result.metric_value for result in card.data.eval_results}
    assert sorted(told.values()) == sorted(cards.numbers(METRICS["test"]).values())
    assert told["PSNR (dB, mean over pictures)"] == METRICS["test"]["psnr"]
    assert (card.data.license, card.data.library_name, card.data.datasets) == ("mit", "pytorch", ["ylecun/mnist"])
    for fact in (METRICS["command"], METRICS["commit"], "0.012346", "| seed | 7 |", "## Intended use", "## Limits"):
        assert fact in card.text


def test_the_card_without_numbers_is_still_a_card():
    text = cards.card("b", {}, {"architecture": "SoftmaxRegression"})
    assert ModelCard(text).data.model_name == "b"
    assert json.dumps(METRICS) not in text


def test_the_card_says_when_the_code_had_changes_that_its_commit_has_not():
    config = {"architecture": "ConvVAE"}
    clean, dirty = (cards.card("b", METRICS | {"commit": commit}, config) for commit in ("0123abc", "0123abc-dirty"))
    assert f"commit `0123abc`, by the command:\n\n```\n{METRICS['command']}\n```" in clean
    assert "commit `0123abc-dirty` (with changes that are not in it), by the command:" in dirty


def test_the_card_says_when_the_file_went_on_from_an_earlier_run():
    begun = {"epochs": 1, "command": "python -m training.train_autoencoder --epochs 1", "commit": "4567def"}
    whole, parts = (cards.card("b", METRICS | more, {"architecture": "ConvVAE"}) for more in ({}, {"begun": begun}))
    assert "two parts" not in whole
    assert "Its first 1 epochs are those of an earlier run, with the code of commit `4567def`" in parts
    assert f"```\n{begun['command']}\n```" in parts


def test_the_picture_is_the_same_for_the_same_network(weights):
    first = cards.picture(checkpoints.load("a"), METRICS)
    assert first == cards.picture(checkpoints.load("a"), METRICS)
    assert first.startswith(b"\x89PNG")
    assert len(first) < 60_000
