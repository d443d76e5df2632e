"""A training that is killed, stopped, poisoned or run twice: nothing is lost, and --resume ends in the same bits."""

import errno
import itertools
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from tests.training import tiny
from training.run import runs
from training.store import checkpoints, files

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = multiprocessing.get_context("forkserver")  # imports torch once, then forks
PROCESSES.set_forkserver_preload(["tests.training.tiny", "torch._dynamo"])  # which every optimiser imports


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """An empty weights folder; locks and resume states lie beside it."""
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path / "weights")
    monkeypatch.delenv("TRAINING_CACHE", raising=False)
    return tmp_path / "weights"


def _child(weights: Path, *arguments, pause: float = 0.0, **options):
    """tiny.train(...) in a process of its own, started."""
    process = PROCESSES.Process(target=_train_in, args=(weights, arguments, options | {"pause": pause}))
    process.start()
    return process


def _train_in(weights: Path, arguments: tuple, options: dict) -> None:
    checkpoints.WEIGHTS = weights
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (as long as the process lives)
    if fatal := options.pop("fatal", None):
        _die_at(fatal)
    if limit := options.pop("largest_file", None):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    tiny.train(*arguments, **options)


def _die_at(fatal: int) -> None:
    """Kill this process at the fatal-th call that touches the disk for good: an epoch makes three, the end more."""
    calls = itertools.count(1)

    def counted(function):
        def wrapped(*arguments):
            if next(calls) == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments)

        return wrapped

    os.fsync, os.replace = counted(os.fsync), counted(os.replace)


def _tensors(weights: Path) -> bytes:
    return (weights / tiny.NAME / "model.safetensors").read_bytes()


def test_the_same_seed_gives_the_same_bits(tmp_path):
    for name in ("a", "b"):
        _child(tmp_path / name / "weights").join()
    assert _tensors(tmp_path / "a" / "weights") == _tensors(tmp_path / "b" / "weights")


def test_killed_at_any_moment_old_weights_stand_and_resume_ends_in_the_same_bits(tmp_path, weights):
    reference = tmp_path / "reference" / "weights"
    _child(reference).join()
    _child(weights, seed=1).join()
    old = _tensors(weights)
    for fatal in (1, 8, 29, 35, 44):  # the last two while the network is being saved
        process = _child(weights, fatal=fatal)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        assert _tensors(weights) in (old, _tensors(reference))
        tiny.outputs()  # whichever of the two stands there, it loads
    _child(weights, True).join()
    assert _tensors(weights) == _tensors(reference)
    assert checkpoints.metrics(tiny.NAME)["curves"] == _curves(reference)
    assert [path.name for path in weights.rglob("*partial*")] == []


@pytest.mark.slow
def test_resuming_again_and_again_ends_in_the_same_bits(tmp_path, weights):
    _child(tmp_path / "reference" / "weights").join()
    for fatal in (8, 2, 10):
        process = _child(weights, True, fatal=fatal)
        process.join()
        assert process.exitcode == -signal.SIGKILL
    process = _child(weights, True)
    process.join()
    assert process.exitcode == 0
    assert _tensors(weights) == _tensors(tmp_path / "reference" / "weights")


def _curves(weights: Path) -> dict:
    return checkpoints._object(weights / tiny.NAME / "metrics.json")["curves"]


def test_ctrl_c_ends_with_one_line_that_says_how_to_go_on(weights):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.training.tiny"], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"WEIGHTS_DIR": str(weights)},
        # a shell that starts the tests in the background has them, and what they start, ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    process.stdout.readline()  # the first epoch is done
    process.send_signal(signal.SIGINT)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert len(complaint.strip().splitlines()) == 1
    assert "python -m tests.training.tiny --resume" in complaint


def test_a_second_training_of_the_same_name_is_refused_until_the_first_is_gone(weights):
    first = _child(weights, pause=5)
    while not (weights.parent / ".cache" / "runs" / tiny.NAME / "state.pt").exists():
        time.sleep(0.02)
    with pytest.raises(SystemExit, match="tiny is being trained by another process"):
        runs.start(tiny.NAME, {})
    runs.start("another", {}).__exit__(None, None, None)
    first.kill()
    first.join()
    runs.start(tiny.NAME, {}).__exit__(None, None, None)


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), torch.tensor(float("nan")), 1e6])
def test_a_loss_gone_wild_stops_with_step_and_last_good_epoch(weights, loss):
    tiny.train()
    before = _tensors(weights)
    run = runs.start(tiny.NAME, {"seed": 5})
    run.check(200.0, 0)
    run.keep(2, curves=[1.0])
    with pytest.raises(SystemExit, match="at step 41; the last good state is that of epoch 2"), run:
        run.check(loss, 41)
    assert _tensors(weights) == before


def test_weights_that_are_nan_are_never_saved(weights):
    tiny.train()
    before, network = _tensors(weights), checkpoints.load(tiny.NAME)
    network.decoder[0].bias[0] = float("nan")
    with pytest.raises(SystemExit, match=r"decoder\.0\.bias holds NaN"), runs.start(tiny.NAME, {}) as run:
        run.finish(network, {})
    assert _tensors(weights) == before


def test_other_settings_are_not_mixed_into_a_kept_run(weights):
    with runs.start("a", {"beta": 1.0, "layers": (1, 2)}) as run:
        run.keep(3, curves=[])
    with runs.start("a", {"beta": 1.0, "layers": (1, 2)}, resume=True) as run:
        assert run.restore(curves=[]) == 3
    with pytest.raises(SystemExit, match=r"beta was 1\.0, is 4\.0"), runs.start("a", {"beta": 4.0}, resume=True) as run:
        run.restore(curves=[])
    with runs.start("a", {"beta": 4.0}) as run:
        assert run.restore(curves=[]) == 0  # without --resume it starts anew


def test_a_damaged_state_is_not_resumed(weights):
    with runs.start("a", {}) as run:
        run.keep(3, curves=[])
        run.file.write_bytes(run.file.read_bytes()[:-1])
    with pytest.raises(SystemExit, match="damaged; delete it"), runs.start("a", {}, resume=True) as run:
        run.restore(curves=[])


def test_what_cannot_be_kept_is_refused(weights):
    with runs.start("a", {}) as run, pytest.raises(TypeError, match="thing is a set"):
        run.keep(1, thing=set())


def test_a_full_disk_is_one_sentence_and_the_old_weights_stand(weights, monkeypatch):
    tiny.train()
    before = _tensors(weights)

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SystemExit, match=r"state\.pt could not be .* No space left on device.*--resume"):
        tiny.train()
    monkeypatch.undo()
    checkpoints.WEIGHTS, ours = weights, checkpoints.WEIGHTS
    assert _tensors(weights) == before
    tiny.outputs()
    checkpoints.WEIGHTS = ours


def test_a_file_that_the_system_refuses_to_grow_ends_the_training_with_status_1(weights):
    process = _child(weights, largest_file=20_000)
    process.join()
    assert process.exitcode == 1
    assert not list(weights.parent.rglob("*.partial"))


def test_a_folder_that_cannot_be_written_is_one_sentence(weights, monkeypatch):
    weights.write_text("a file where the folder should be")
    with pytest.raises(SystemExit, match=r"weights.* could not be read or written"):
        tiny.train()
    monkeypatch.setenv("TRAINING_CACHE", str(weights / "cache"))
    with pytest.raises(SystemExit, match="could not be read or written"):
        runs.start("a", {})


def test_smoke_touches_neither_weights_nor_cache(weights):
    tiny.train()
    before = sorted((path, path.stat().st_mtime_ns) for path in weights.parent.rglob("*"))
    with runs.start(tiny.NAME, {}, smoke=True) as run:
        run.keep(1, curves=[])
        run.finish(checkpoints.load(tiny.NAME), {})
    assert sorted((path, path.stat().st_mtime_ns) for path in weights.parent.rglob("*")) == before


def test_a_written_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    files.write(tmp_path / "a", b"old")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "a", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]
