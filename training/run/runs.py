"""One training, from the first step to weights/<name>: never twice at once, never lost, resumed bit for bit.

    with runs.start("vae", settings, resume=chosen.resume) as run:
        done = run.restore(network=network, optimizer=optimizer, schedule=schedule, generator=generator, curves=curves)
        for epoch in range(done, settings.epochs):
            ...
            run.check(loss, step)
            run.keep(epoch + 1, network=network, optimizer=optimizer, ...the same things...)
        run.finish(network, metrics)

What `keep` keeps lies in the cache (`.cache/runs/<name>`, or in $TRAINING_CACHE), never in weights/. A resumed training
ends in the same bits as an uninterrupted one on the same device with the same number of threads.
"""

import argparse
import dataclasses
import io
import json
import math
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.run import record
from training.store import cards, checkpoints, files
from training.store.shipped import ENTRIES

EXPLODED = 100.0  # times the first loss: no training of ours comes back from there


def start(name: str, settings: Any, resume: bool = False, smoke: bool = False, overwrite: bool = True) -> "Run":
    """Begin the training of weights/<name>, or end the program with a sentence when one is under way.

    `settings`: the dataclass (or dict) of everything that decides the result. With `resume` the kept state of an
    earlier run is taken up; where none was kept the training starts anew. With `smoke` nothing that is written stays.
    Without `overwrite` the program ends where a checkpoint stands that came with the code.
    """
    return Run(name, settings, resume, smoke, overwrite)


def begin(settings: Any, chosen: argparse.Namespace) -> "Run":
    """As start(), for what options.parse() has read."""
    return Run(settings.name, settings, chosen.resume, chosen.smoke, chosen.overwrite)


def command() -> str:
    """The line that started this program, as one would type it again."""
    words = [word for word in sys.orig_argv[1:] if word not in ("--resume", "-u", "-B")]
    return shlex.join(["python", *words])


class Run:
    """A training under way; see the module's first lines."""

    def __init__(self, name: str, settings: Any, resume: bool, smoke: bool, overwrite: bool):
        self.name, self.resume, self.smoke = name, resume, smoke
        self.settings = _plain(settings)
        self.commit = record.commit()  # of the code that is running: by the end it may be another
        self.kept = 0  # epochs in the kept state
        self.first_loss: float | None = None
        self._scratch = tempfile.TemporaryDirectory() if smoke else None
        self.folder = Path(self._scratch.name) if self._scratch else checkpoints.cache() / name
        self.file = self.folder / "state.pt"
        shipped = name in ENTRIES and checkpoints.folder(name).exists()
        if shipped and not (smoke or overwrite or (resume and self.file.exists())):
            sys.exit(
                f"{checkpoints.folder(name)} came with the code: name your own with --out, as --out my-{name}, "
                "or replace it with --overwrite"
            )
        try:
            lock = files.try_lock(self.folder / "lock")
        except OSError as error:
            sys.exit(_sentence(error))
        if lock is None:
            sys.exit(f"{name} is being trained by another process; wait for it, or stop it and use --resume")
        self._lock = lock

    # --- the states between the epochs

    def restore(self, **things: Any) -> int:
        """Bring `things` to the kept state and return the number of epochs done: 0 when the run starts anew.

        Each of them is something with a state_dict, a torch.Generator, a list, a dict, or None. The state of torch's
        global generators is restored too. Ends the program when the settings have changed since.
        """
        if not self.file.exists():
            return 0
        if not self.resume:
            aside = self.file.replace(self.folder / "state-before.pt")  # a forgotten --resume costs a renaming
            print(f"{self.name}: starting anew; the earlier run, kept until now, is {aside}", file=sys.stderr)
            return 0
        state = self._read()
        differing = [key for key in {**state["settings"], **self.settings} if self._differs(state, key)]
        if differing:
            words = (f"{key} was {state['settings'].get(key)!r}, is {self.settings.get(key)!r}" for key in differing)
            sys.exit(f"{self.name} was begun with other settings: {'; '.join(words)}. Repeat those, or omit --resume")
        if state["threads"] != torch.get_num_threads():
            print(f"{self.name}: begun with {state['threads']} threads, so the bits may differ", file=sys.stderr)
        if set(things) != set(state["things"]):
            sys.exit(f"{self.file} keeps {', '.join(state['things'])}: of another version; begin without --resume")
        for key, thing in things.items():
            _set_state(thing, state["things"][key])
        torch.set_rng_state(state["random"])
        if state["random_cuda"] and torch.cuda.is_available():
            torch.cuda.set_rng_state_all(state["random_cuda"])
        self.kept, self.first_loss = state["epochs"], state["first_loss"]
        print(f"{self.name}: resumed after epoch {self.kept}", file=sys.stderr)
        return self.kept

    def keep(self, epochs: int, **things: Any) -> None:
        """Keep the state after `epochs` epochs, so that --resume goes on from here. Whole or not at all.

        Raises FloatingPointError, with the earlier state kept, when a network holds NaN or infinity.
        """
        for thing in things.values():
            if isinstance(thing, nn.Module) and not all(torch.isfinite(p).all() for p in thing.state_dict().values()):
                raise FloatingPointError(f"{self.name}: the network holds NaN after epoch {epochs}; {self._advice()}")
        state = {
            "epochs": epochs,
            "settings": self.settings,
            "threads": torch.get_num_threads(),
            "first_loss": self.first_loss,
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
            "things": {key: _get_state(key, thing) for key, thing in things.items()},
        }
        content = io.BytesIO()
        torch.save(state, content)
        files.write(self.file, files.sha256(content.getvalue()).encode() + content.getvalue())
        self.kept = epochs

    def check(self, loss: Tensor | float, step: int) -> None:
        """Raise FloatingPointError when the loss of this step is NaN or infinite, or has exploded."""
        loss = float(loss.detach() if isinstance(loss, Tensor) else loss)
        if self.first_loss is None and math.isfinite(loss):
            self.first_loss = loss
        if math.isfinite(loss) and abs(loss) <= EXPLODED * max(abs(self.first_loss or 0.0), 1e-3):
            return
        raise FloatingPointError(f"{self.name}: the loss is {loss:g} at step {step}; {self._advice()}")

    def _advice(self) -> str:
        last = f"the last good state is that of epoch {self.kept}" if self.kept else "no epoch was completed"
        return f"{last}. Nothing of it was saved; try a smaller learning rate or another seed"

    def finish(
        self, network: nn.Module, metrics: dict, half: bool = False, extras: dict[str, bytes] | None = None
    ) -> Path:
        """Save weights/<name> (float16 on disk with `half`), forget the kept state, say what comes next.

        `extras`: further files of the checkpoint by their names, as "latents.npz" or "history/epoch-000.npz". Adds
        name, architecture, command and commit to `metrics` where they are missing; returns the folder.
        FloatingPointError on NaN weights.
        """
        stored = checkpoints.unpack(*checkpoints.pack(network, half), source=self.name)
        numbers = f"{self.name} on the test set: {record.summary(metrics.get('test', {}))}"
        if self.smoke:
            print(f"{numbers} (smoke: nothing was saved)", flush=True)
            return self.folder
        about = {"name": self.name, "architecture": type(network).__name__, "command": command()}
        about |= {"commit": self.commit, **metrics}
        card = cards.made(stored, self.name, about)
        folder = checkpoints.save(network, self.name, about, half, {**(extras or {}), **card})
        self.file.unlink(missing_ok=True)
        print(
            f"{numbers}\nsaved in {folder}; what comes next:\n"
            f"    python app.py                                          # the tabs show it\n"
            f"    python -m training.push {self.name} --namespace USER   # and the Hub keeps it",
            flush=True,
        )
        return folder

    # --- the ways out

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: Any) -> None:
        self._lock.release()
        if self._scratch:
            self._scratch.cleanup()
        if kind is KeyboardInterrupt:
            again = f"after epoch {self.kept}; go on with: {command()} --resume"
            print(f"\n{self.name}: stopped {again if self.kept else 'before the first epoch'}", file=sys.stderr)
            raise SystemExit(130) from None
        if isinstance(error, (FloatingPointError, OSError)):
            sys.exit(_sentence(error))

    def _differs(self, state: dict, key: str) -> bool:
        return state["settings"].get(key) != self.settings.get(key)

    def _read(self) -> dict:
        content = self.file.read_bytes()
        digest, content = content[:64], content[64:]
        if digest != files.sha256(content).encode():
            sys.exit(f"{self.file} is damaged; delete it and begin without --resume")
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _plain(settings: Any) -> dict:
    """The settings, a dataclass or a dictionary, as JSON keeps them: tuples are lists, paths are strings."""
    settings = dict(settings) if isinstance(settings, dict) else dataclasses.asdict(settings)
    return {key: value for key, value in json.loads(json.dumps(settings, default=str)).items() if key != "resume"}


def _get_state(key: str, thing: Any) -> Any:
    if thing is None or isinstance(thing, (list, dict)):
        return json.loads(json.dumps(thing))
    if isinstance(thing, torch.Generator):
        return thing.get_state()
    if hasattr(thing, "state_dict"):
        return thing.state_dict()
    raise TypeError(f"{key} is a {type(thing).__name__}: neither a list, a dict, a Generator nor with a state_dict")


def _set_state(thing: Any, state: Any) -> None:
    if isinstance(thing, list):
        thing[:] = state
    elif isinstance(thing, dict):
        thing.clear()
        thing.update(state)
    elif isinstance(thing, torch.Generator):
        thing.set_state(state)
    elif thing is not None:
        thing.load_state_dict(state)


def _sentence(error: BaseException) -> str:
    """An error in one sentence with the remedy where we know it."""
    if isinstance(error, OSError) and error.strerror:
        where = error.filename2 or error.filename or "a file"
        remedy = "what stood in weights/ still stands; mend that, then go on with --resume"
        return f"{where} could not be read or written: {error.strerror}; {remedy}"
    return str(error)
