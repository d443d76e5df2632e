"""The checkpoints that come with the code: whole, catalogued, documented, small."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import torch
from huggingface_hub import ModelCard

from training import cards, checkpoints
from training.store import analysis, files, sums

ROOT = Path(__file__).resolve().parents[2]
NAMES = checkpoints.names()
LIMIT = 60_000_000  # bytes: the repository stays easy to clone


def test_there_are_checkpoints():
    assert {"autoencoder", "denoising-autoencoder", "vae", "vae-2d", "autoencoder-2d"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_checkpoint_loads_and_computes(name):
    network = checkpoints.load(name)
    assert not network.training
    assert all(parameter.dtype == torch.float32 for parameter in network.parameters())
    assert all(torch.isfinite(tensor).all() for tensor in network.state_dict().values())


@pytest.mark.parametrize("name", NAMES)
def test_checkpoint_is_what_the_catalogue_says(name):
    entry, content = checkpoints.catalogue()[name], (checkpoints.WEIGHTS / name / "model.safetensors").read_bytes()
    assert entry["sha256"] == files.sha256(content)
    assert "replaces" not in entry
    assert entry["class"] == checkpoints.config(name)["architecture"] == type(checkpoints.load(name)).__name__
    assert entry["command"] == checkpoints.metrics(name)["command"]
    assert entry["command"].startswith("python -m training.")
    assert entry["dataset"] == checkpoints.metrics(name)["dataset"]


@pytest.mark.parametrize("name", NAMES)
def test_the_weights_file_agrees_with_config_json(name):
    content = (checkpoints.WEIGHTS / name / "model.safetensors").read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert json.loads(header["__metadata__"]["config"]) == checkpoints.config(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_card_says_what_the_metrics_say(name):
    metrics = checkpoints.metrics(name)
    card = ModelCard((checkpoints.WEIGHTS / name / "README.md").read_text("utf-8"))
    told = sorted(result.metric_value for result in card.data.eval_results)
    assert told == sorted(cards.numbers(metrics["test"]).values())
    assert told
    assert metrics["command"] in card.text
    assert str(metrics["commit"]) in card.text


@pytest.mark.parametrize("name", NAMES)
def test_the_commit_that_the_card_names_knows_the_options_of_its_command(name):
    _, _, module, *words = checkpoints.metrics(name)["command"].split()
    script = f"{checkpoints.metrics(name)['commit']}:{module.replace('.', '/')}.py"
    then = subprocess.run(["git", "show", script], cwd=ROOT, capture_output=True, text=True)
    if "fatal: path" not in then.stderr and then.returncode:
        pytest.skip("this checkout has not the whole history")
    known = {line.split(":")[0].strip() for line in then.stdout.splitlines()}
    options = {word.removeprefix("--no-").removeprefix("--").replace("-", "_") for word in words if word[:2] == "--"}
    assert options - {"out"} <= known


def test_every_file_that_the_app_reads_has_its_sum():
    stored = {path.relative_to(checkpoints.WEIGHTS).as_posix(): path for path in checkpoints.WEIGHTS.rglob("*/*")}
    read = {place for place in stored if place.endswith(sums.SUMMED)}
    assert set(sums.known(checkpoints.WEIGHTS)) == read
    assert not [place for place in read if not sums.fits(checkpoints.WEIGHTS, place, stored[place].read_bytes())]


def test_the_catalogue_names_nothing_that_is_nowhere():
    missing = {name for name, entry in checkpoints.catalogue().items() if not entry["revision"]} - set(NAMES)
    assert not missing


def test_everything_together_stays_small_and_without_pickles():
    stored = [path for path in checkpoints.WEIGHTS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in stored) < LIMIT
    assert not [path for path in stored if path.suffix in (".bin", ".pt", ".pth", ".pkl", ".ckpt")]


ANALYSES = sorted(analysis.path("any").parent.glob("*.json"))
TRAINS_ITS_OWN = {"latents_fitting"}  # reads no network of weights/


@pytest.mark.parametrize("path", ANALYSES, ids=lambda path: path.stem)
def test_an_analysis_was_made_with_the_networks_of_today(path):
    """Every sum that it holds, also those of the networks that judged, is that of a network that stands here."""
    told = set(re.findall(r"\b[0-9a-f]{64}\b", path.read_text()))
    assert bool(told) == (path.stem not in TRAINS_ITS_OWN)
    assert told <= {checkpoints.sha256(name) for name in checkpoints.names()}, "measure it again"
    by_name = json.loads(path.read_text()).get("sha256", {})
    assert all(checkpoints.sha256(name) in sums for name, sums in by_name.items())
