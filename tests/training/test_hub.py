"""Push and pull with the real huggingface_hub client against a Hub on the loopback: no byte is lost."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import pytest
import safetensors.torch
import torch
from huggingface_hub import ModelCard, constants
from huggingface_hub.utils import close_session

from tests import hub_server
from training import checkpoints as names
from training import push
from training.models.autoencoder import ConvAutoencoder
from training.models.vae import ConvVAE
from training.store import cards, checkpoints, files
from training.store import hub as client

ROOT = Path(__file__).resolve().parents[2]
METRICS = {"dataset": "digits", "seed": 3, "command": "python -m training.train_vae", "test": {"nats": 123.25}}


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A weights folder of its own with one small checkpoint, `vae-2d`."""
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path / "weights")
    monkeypatch.delenv("TRAINING_CACHE", raising=False)
    torch.manual_seed(0)
    network = ConvVAE(latent_dim=2)
    card = cards.made(network.eval(), "vae-2d", METRICS)
    checkpoints.save(network, "vae-2d", METRICS, extras={"latents.npz": b"codes", **card})
    return tmp_path / "weights"


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The loopback Hub, with the client pointed to it, an empty cache, and the client's pauses cut short."""
    with hub_server.running() as server:
        _point_to(monkeypatch, server.url)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setenv("HF_TOKEN", hub_server.TOKEN)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        pause = time.sleep
        monkeypatch.setattr(time, "sleep", lambda seconds: pause(min(seconds, 0.01)))
        monkeypatch.setattr(client, "_downloads", {})
        yield server
        server.faults.clear()
        for download in client._downloads.values():  # none may outlive the session that it uses
            download.join(30)
    close_session()


def _point_to(monkeypatch, url: str) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", url)
    template = url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def _leave_home(weights: Path, name: str = "vae-2d") -> dict[str, bytes]:
    """Take the checkpoint away from beside the code; return its files."""
    gone = {path.name: path.read_bytes() for path in (weights / name).iterdir()}
    for path in (weights / name).iterdir():
        path.unlink()
    (weights / name).rmdir()
    return gone


def _outputs(network) -> torch.Tensor:
    return network.decode(torch.linspace(-2, 2, 8).view(4, 2))


# --- the good way


def test_push_carries_every_byte_and_pins_the_commit(weights, hub):
    repository, commit = push.push("vae-2d", "me")
    here = {path.name: path.read_bytes() for path in (weights / "vae-2d").iterdir()}
    there = {path: content for path, content in hub.at("me/vae-2d", commit)[1].items() if path != ".gitattributes"}
    assert there == here
    entry = checkpoints.catalogue()["vae-2d"]
    assert (
        (entry["repository"], entry["revision"]) == (repository, commit) == ("me/vae-2d", hub.models[repository][-1][0])
    )
    assert entry["sha256"] == files.sha256(there["model.safetensors"])


def test_what_was_pushed_loads_from_the_hub_as_it_was(weights, hub):
    before = _outputs(checkpoints.load("vae-2d"))
    push.push("vae-2d", "me")
    _leave_home(weights)
    assert torch.equal(_outputs(checkpoints.load("vae-2d")), before)
    assert checkpoints.metrics("vae-2d") == METRICS


def test_the_mixin_loads_what_was_pushed(weights, hub):
    before = _outputs(checkpoints.load("vae-2d"))
    _, commit = push.push("vae-2d", "me")
    network = ConvVAE.from_pretrained("me/vae-2d", revision=commit, strict=True).eval()
    assert torch.equal(_outputs(network), before)


def test_pushing_again_without_a_change_makes_no_commit(weights, hub):
    first = push.push("vae-2d", "me")
    commits, uploads = len(hub.models["me/vae-2d"]), len([r for r in hub.requests if r.startswith("PUT")])
    assert push.push("vae-2d", "me") == first
    assert len(hub.models["me/vae-2d"]) == commits
    assert len([r for r in hub.requests if r.startswith("PUT")]) == uploads


def test_the_pinned_commit_is_loaded_though_the_branch_went_on(weights, hub):
    before = _outputs(checkpoints.load("vae-2d"))
    push.push("vae-2d", "me")
    hub.commit("me/vae-2d", {"model.safetensors": b"something else", "config.json": b"{}"})
    _leave_home(weights)
    assert torch.equal(_outputs(checkpoints.load("vae-2d")), before)


def test_training_anew_unpins_until_the_next_push(weights, hub):
    _, old = push.push("vae-2d", "me")
    torch.manual_seed(1)
    checkpoints.save(ConvVAE(latent_dim=2), "vae-2d", METRICS)
    entry = checkpoints.catalogue()["vae-2d"]
    assert (entry["repository"], entry["revision"]) == ("me/vae-2d", None)
    assert push.push("vae-2d", "me")[1] != old


def test_a_cached_checkpoint_loads_without_a_single_request(weights, hub, monkeypatch):
    push.push("vae-2d", "me")
    _leave_home(weights)
    checkpoints.load("vae-2d")
    asked = len(hub.requests)
    _point_to(monkeypatch, "http://127.0.0.1:9")  # nobody listens there
    checkpoints.load("vae-2d")
    assert len(hub.requests) == asked


def test_another_persons_is_brought_in_under_a_name_of_ones_own(weights, hub, capsys):
    before = _outputs(checkpoints.load("vae-2d"))
    _, commit = push.push("vae-2d", "them")
    names.main(["fetch", "them/vae-2d", "--out", "theirs"])
    assert "saved in" in capsys.readouterr().out
    assert torch.equal(_outputs(checkpoints.load("theirs")), before)
    entry = checkpoints.catalogue()["theirs"]
    assert (entry["repository"], entry["revision"]) == ("them/vae-2d", commit)
    found = names.describe("theirs")
    assert (found.kind, found.dataset, found.latent_dim, found.yours) == ("vae", "digits", 2, True)
    for file in ("README.md", "metrics.json", "latents.npz"):
        assert (weights / "theirs" / file).read_bytes() == (weights / "vae-2d" / file).read_bytes()


@pytest.mark.parametrize(
    ("repository", "out", "sentence"),
    [
        ("them/vae-2d", "vae-2d", "there is a vae-2d in weights/ already; choose another name with --out"),
        ("them/vae-2d", "../x", "--out names one folder of weights/"),
        ("vae-2d", "theirs", "'vae-2d' is no name of a repository: it reads user/repository"),
        ("them/nothing", "theirs", "them/nothing/config.json: there is no such repository on the Hub"),
        ("them/odd", "theirs", "metrics.json: recipe is not what it is in a checkpoint of this project"),
        ("them/pickled", "theirs", "pickled weights"),
        ("them/misfit", "theirs", "does not fit ConvVAE"),
    ],
)
def test_what_cannot_be_brought_in_leaves_nothing_behind(weights, hub, repository, out, sentence):
    push.push("vae-2d", "them")
    _, files_there = hub.models["them/vae-2d"][-1]
    config = json.loads(files_there["config.json"])
    hub.commit("them/odd", files_there | {"metrics.json": b'{"recipe": [1]}'})
    kept = {file: content for file, content in files_there.items() if file != "model.safetensors"}
    hub.commit("them/pickled", kept | {"pytorch_model.bin": b"\x80\x04"})
    state = {key: tensor[:1].clone() for key, tensor in ConvVAE(2).state_dict().items()}
    hub.commit(
        "them/misfit", {"config.json": json.dumps(config).encode(), "model.safetensors": safetensors.torch.save(state)}
    )
    with pytest.raises(SystemExit, match=re.escape(sentence)):
        names.main(["fetch", repository, "--out", out])
    assert checkpoints.names() == ["vae-2d"]
    assert sorted(checkpoints.catalogue()) == ["vae-2d"]


def test_dry_run_shows_files_and_card_and_sends_nothing(weights, hub, capsys):
    push.main(["vae-2d", "--namespace", "me", "--dry-run"])
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("model.safetensors", "metrics.json", "latents.npz", "model-index"))
    assert not hub.requests


@pytest.mark.slow
def test_push_works_as_a_command_outside_of_any_checkout(weights, hub, tmp_path):
    environment = os.environ | {
        "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1", "OMP_NUM_THREADS": "1",
        "WEIGHTS_DIR": str(weights), "PYTHONPATH": str(ROOT), "GIT_DIR": str(tmp_path / "no-git"),
    }  # fmt: skip
    line = [sys.executable, "-m", "training.push", "vae-2d", "--namespace"]
    done = subprocess.run([*line, "me"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert checkpoints.catalogue()["vae-2d"]["revision"] in done.stdout
    done = subprocess.run([*line, "me"], cwd=tmp_path, env=environment | {"HF_TOKEN": "hf_wrong"}, capture_output=True)
    assert done.returncode == 1
    assert b"401" in done.stderr
    assert b"Traceback" not in done.stderr


# --- trouble while pushing


def test_a_busy_hub_is_asked_again(weights, hub):
    hub.fail("/api/repos/create", 429)
    hub.fail("/preupload/", 429)
    hub.fail("/commit/", 429, times=2)
    _, commit = push.push("vae-2d", "me")
    assert hub.models["me/vae-2d"][-1][0] == commit


@pytest.mark.parametrize(
    ("where", "status", "word"),
    [
        ("/api/repos/create", 401, "token"),
        ("/commit/", 403, "write access"),
        ("/preupload/", 404, "no such repository"),
    ],
)
def test_a_refusal_is_one_sentence_and_changes_nothing(weights, hub, where, status, word):
    hub.fail(where, status)
    with pytest.raises(ConnectionError, match=word) as caught:
        push.push("vae-2d", "me")
    assert str(status) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert checkpoints.catalogue()["vae-2d"]["revision"] is None


@pytest.mark.parametrize("where", ["/api/repos/create", "/large/", "/commit/"])
def test_a_broken_hub_is_reported_after_some_tries(weights, hub, where):
    hub.fail(where, 500, times=1000)
    with pytest.raises(ConnectionError, match="trouble of its own"):
        push.push("vae-2d", "me")
    assert all("model.safetensors" not in tree for _, tree in hub.models.get("me/vae-2d", []))


def test_an_upload_cut_in_the_middle_is_sent_again(weights, hub):
    hub.cut("PUT /large/", times=2)
    push.push("vae-2d", "me")
    _leave_home(weights)
    checkpoints.load("vae-2d")


def test_an_upload_that_never_gets_through_leaves_no_half_commit(weights, hub):
    hub.cut("PUT /large/", times=1000)
    with pytest.raises(ConnectionError, match="me/vae-2d"):
        push.push("vae-2d", "me")
    assert [set(tree) for _, tree in hub.models["me/vae-2d"]] == [{".gitattributes"}]
    assert checkpoints.catalogue()["vae-2d"]["revision"] is None


def test_a_commit_whose_answer_is_lost_is_not_made_twice(weights, hub):
    hub.cut("/commit/", times=1)
    push.push("vae-2d", "me")
    assert len(hub.models["me/vae-2d"]) == 2  # the repository's own first commit and ours


def test_push_without_a_network_says_so(weights, hub, monkeypatch):
    _point_to(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(ConnectionError, match="cannot be reached"):
        push.push("vae-2d", "me")


def test_a_damaged_checkpoint_is_not_pushed(weights, hub):
    _flip_a_bit(weights / "vae-2d" / "model.safetensors")
    with pytest.raises(ValueError, match="sha256"):
        push.push("vae-2d", "me")
    assert not hub.models


# --- trouble while pulling


def test_a_download_cut_in_the_middle_is_resumed(weights, hub):
    push.push("vae-2d", "me")
    _leave_home(weights)
    hub.cut("GET /me/vae-2d/resolve", times=2)
    checkpoints.load("vae-2d")


def test_a_download_that_never_gets_through_is_not_believed(weights, hub):
    push.push("vae-2d", "me")
    _leave_home(weights)
    hub.cut("GET /me/vae-2d/resolve", times=1000)
    with pytest.raises(OSError, match="me/vae-2d"):
        checkpoints.load("vae-2d")
    hub.faults.clear()
    checkpoints.load("vae-2d")  # and what it left in the cache does no harm


def test_a_bit_flipped_in_the_cache_is_noticed_and_fetched_again(weights, hub):
    before = _outputs(checkpoints.load("vae-2d"))
    push.push("vae-2d", "me")
    _leave_home(weights)
    checkpoints.load("vae-2d")
    _flip_a_bit(client.fetch("me/vae-2d", "model.safetensors", checkpoints.catalogue()["vae-2d"]["revision"]))
    assert torch.equal(_outputs(checkpoints.load("vae-2d")), before)


def test_other_weights_at_the_pinned_commit_are_refused(weights, hub):
    _, commit = push.push("vae-2d", "me")
    _leave_home(weights)
    tree = hub.at("me/vae-2d", commit)[1]
    tree["model.safetensors"] = safetensors.torch.save(ConvVAE(latent_dim=2).state_dict())
    with pytest.raises(ValueError, match="damaged or another file"):
        checkpoints.load("vae-2d")


@pytest.mark.parametrize(("status", "word"), [(401, "log in"), (429, "fewer requests"), (500, "trouble of its own")])
def test_an_error_of_the_hub_is_one_sentence(weights, hub, status, word):
    push.push("vae-2d", "me")
    _leave_home(weights)
    hub.fail("/resolve/", status, times=1000)
    with pytest.raises(OSError, match=word):
        checkpoints.load("vae-2d")


def test_offline_without_a_cache_says_what_is_missing(weights, hub, monkeypatch):
    push.push("vae-2d", "me")
    _leave_home(weights)
    _point_to(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(OSError, match="cannot be reached"):
        checkpoints.load("vae-2d")


def test_a_hub_that_hangs_does_not_hold_the_caller(weights, hub, monkeypatch):
    push.push("vae-2d", "me")
    _leave_home(weights)
    monkeypatch.setattr(client, "DEADLINE", 0.3)
    hub.hang("/resolve/", seconds=3)
    with pytest.raises(TimeoutError, match=r"0\.3 s"):  # had it waited for the answer, it would have one
        checkpoints.load("vae-2d")


def test_the_app_waits_for_no_hub_and_tells_how_long_it_has_been(weights, hub, monkeypatch):
    push.push("vae-2d", "me")
    _leave_home(weights)
    monkeypatch.setattr(client, "PATIENCE", 0.0)
    monkeypatch.setattr(client, "DEADLINE", 0.5)
    hub.hang("/resolve/", seconds=600)
    with pytest.raises(client.Loading, match=r"me/vae-2d/model\.safetensors is being loaded from the Hub, for 0 s"):
        checkpoints.load("vae-2d")
    assert client.loading()
    _until(lambda: not client.loading())
    with pytest.raises(TimeoutError, match=r"did not deliver in 0\.5 s; try again") as caught:
        checkpoints.load("vae-2d")
    assert not isinstance(caught.value, client.Loading)
    hub.faults.clear()
    monkeypatch.setattr(client, "DEADLINE", 30.0)
    client.try_again()
    _until(lambda: _comes("vae-2d"))


def test_a_refusal_is_told_to_all_who_ask_and_the_hub_is_asked_again_when_one_tries(weights, hub, monkeypatch):
    push.push("vae-2d", "me")
    _leave_home(weights)
    monkeypatch.setattr(client, "PATIENCE", 0.0)
    hub.fail("/resolve/", 500, times=1000)
    with pytest.raises(client.Loading):
        checkpoints.load("vae-2d")
    _until(lambda: not client.loading())
    asked = len(hub.requests)
    for _ in range(3):
        with pytest.raises(ConnectionError, match="trouble of its own"):
            checkpoints.load("vae-2d")
    assert len(hub.requests) == asked
    hub.faults.clear()
    client.try_again()
    _until(lambda: _comes("vae-2d"))


@pytest.mark.parametrize("filename", ["model.safetensors", "metrics.json", "latents.npz"])
def test_a_single_file_that_is_not_beside_the_code_comes_from_the_pinned_commit(weights, hub, filename):
    before = _outputs(checkpoints.load("vae-2d"))
    _, commit = push.push("vae-2d", "me")
    (weights / "vae-2d" / filename).unlink()
    asked = len(hub.requests)
    assert torch.equal(_outputs(checkpoints.load("vae-2d")), before)
    assert checkpoints.metrics("vae-2d") == METRICS
    assert checkpoints.read("vae-2d", "latents.npz") == b"codes"
    assert {request.split()[1] for request in hub.requests[asked:]} == {f"/me/vae-2d/resolve/{commit}/{filename}"}


def _comes(name: str) -> bool:
    """Whether the network can be loaded now."""
    try:
        return bool(checkpoints.load(name))
    except client.Loading:
        return False


def _until(happens, seconds: float = 30) -> None:
    """Wait until it happens."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        threading.Event().wait(0.02)


# --- other people's checkpoints


def _fork(hub, config: dict, network=None, **others: bytes) -> None:
    tensors = {"model.safetensors": safetensors.torch.save(network.state_dict())} if network else {}
    hub.commit("you/fork", {"config.json": json.dumps(config).encode(), **tensors, **others})


def test_a_fork_loads_by_class_and_shapes(weights, hub):
    theirs = ConvAutoencoder(latent_dim=5)
    _fork(hub, {"architecture": "ConvAutoencoder", "latent_dim": 5}, theirs)
    assert torch.equal(checkpoints.load("you/fork").encoder[0].weight, theirs.encoder[0].weight)


@pytest.mark.parametrize(
    ("config", "word"),
    [
        ({"architecture": "ConvAutoencoder", "latent_dim": 6}, r"has shape \(5, 32, 7, 7\) instead of \(6, 32, 7, 7\)"),
        ({"architecture": "ConvVAE"}, "to_mu.weight is missing"),
        ({"architecture": "GPT"}, "'GPT' in config.json is not one of"),
        ({"latent_dim": 5}, "None in config.json is not one of"),
        ({"architecture": "ConvAutoencoder", "width": 5}, "cannot be made with"),
    ],
)
def test_a_fork_that_does_not_fit_is_told_where(weights, hub, config, word):
    _fork(hub, config, ConvAutoencoder(latent_dim=5))
    with pytest.raises(ValueError, match=word):
        checkpoints.load("you/fork")


def test_a_pickle_is_never_opened(weights, hub):
    _fork(hub, {"architecture": "ConvVAE"}, **{"pytorch_model.bin": b"whatever"})
    with pytest.raises(FileNotFoundError, match="pickled weights"):
        checkpoints.load("you/fork")
    assert not [request for request in hub.requests if "pytorch_model" in request]


def test_a_fork_that_is_not_there(weights, hub):
    with pytest.raises(FileNotFoundError, match="no such repository"):
        checkpoints.load("you/nothing")
    _fork(hub, {"architecture": "ConvVAE"}, ConvVAE())
    with pytest.raises(FileNotFoundError, match="not this revision"):
        checkpoints.load("you/fork", revision="v7")
    with pytest.raises(FileNotFoundError, match="user/repository"):
        checkpoints.load("you/fork/of/mine")


def test_the_token_is_in_no_log_file_or_card(weights, hub, tmp_path, capsys, caplog):
    """Neither after pushes that are refused nor after one that succeeds."""
    for status in (401, 403):
        hub.fail("/api/repos/create", status)
        with pytest.raises(ConnectionError) as refused:
            push.push("vae-2d", "me")
        assert hub_server.TOKEN not in "".join(traceback.format_exception(refused.value))
    push.push("vae-2d", "me")  # the server refuses it without the token
    assert hub_server.TOKEN not in caplog.text + "".join(capsys.readouterr())
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) >= 4
    assert not [path for path in written if hub_server.TOKEN.encode() in path.read_bytes()]


# --- the card


def test_the_card_says_what_the_metrics_say(weights, hub):
    text = (weights / "vae-2d" / "README.md").read_text("utf-8")
    data = ModelCard(text).data
    assert {result.metric_type: result.metric_value for result in data.eval_results} == cards.numbers(METRICS["test"])
    assert (data.license, data.datasets) == ("mit", ["ylecun/mnist"])
    assert data.pipeline_tag == "unconditional-image-generation"
    assert 'network = checkpoints.load("vae-2d")' in text
    assert METRICS["command"] in text


def _flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
