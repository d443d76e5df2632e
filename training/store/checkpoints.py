"""Save and load trained networks, so that none is ever lost, half-written or taken for another.

A checkpoint is a folder as the Hugging Face Hub lays it out: `weights/<name>/` with config.json, model.safetensors,
README.md (its model card) and metrics.json. `weights/catalogue.json` says of each which class it is, on which data set
and by which command it was trained, the SHA-256 that its weights must have, and where on the Hub it lives. What is not
beside the code comes from there, file by file. `weights/SHA256SUMS` has the sums of the other files (sums.py).
"""

import contextlib
import functools
import inspect
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from training.models import ARCHITECTURES, Network
from training.store import files, hub, sums
from training.store.shipped import ENTRIES

WEIGHTS = Path(os.environ.get("WEIGHTS_DIR") or Path(__file__).resolve().parents[2] / "weights")
CONFIG, TENSORS, METRICS, CARD = "config.json", "model.safetensors", "metrics.json", "README.md"
NO_PICKLE = "pickled weights (.bin, .pt, .pth) are refused, because opening one can run any program"


def names() -> list[str]:
    """The names of all checkpoints beside the code, sorted."""
    return sorted(path.parent.name for path in WEIGHTS.glob(f"*/{CONFIG}"))


def known() -> list[str]:
    """The names of all checkpoints beside the code, and of those that the catalogue says are on the Hub, sorted."""
    try:
        elsewhere = [name for name, entry in catalogue().items() if _on_hub(entry)]
    except ValueError:  # whoever loads one of them is told
        elsewhere = []
    return sorted({*names(), *elsewhere})


def folder(name: str) -> Path:
    """weights/<name>, where the files of the checkpoint lie, or will lie."""
    return WEIGHTS / name


def cache() -> Path:
    """The folder of locks and resume states, outside of weights/ and unknown to git."""
    return Path(os.environ.get("TRAINING_CACHE") or WEIGHTS.parent / ".cache" / "runs")


# --- the catalogue ---------------------------------------------------------------------------------------------------


def catalogue() -> dict[str, dict]:
    """weights/catalogue.json: name -> {"name", "class", "dataset", "sha256", "repository", "revision", "command"}."""
    path = WEIGHTS / "catalogue.json"
    return _object(path) if path.exists() else {}


def update_entry(name: str, **changes: str | None) -> dict:
    """Change the catalogue's entry of `name`, adding it where there is none, and return it."""
    with files.locked(cache() / "catalogue.lock"):  # several trainings may end at the same moment
        entries = catalogue()
        empty = dict.fromkeys(("class", "dataset", "sha256", "repository", "revision", "command"))
        entries[name] = {"name": name, **empty, **entries.get(name, {}), **changes}
        if not entries[name].get("replaces"):
            entries[name].pop("replaces", None)
        text = json.dumps(dict(sorted(entries.items())), indent=2) + "\n"
        files.write(WEIGHTS / "catalogue.json", text.encode())
        return entries[name]


def register(name: str) -> None:
    """Take the weights that stand in weights/<name> as the right ones: their sha256 enters the catalogue."""
    trust(name)
    about = {key: metrics(name).get(key) for key in ("dataset", "command")}
    about["class"] = config(name)["architecture"]
    update_entry(name, sha256=sha256(name), replaces=None, **about)


def trust(name: str) -> None:
    """Take what stands in weights/<name>, but for the weights, as it should be: the sums enter weights/SHA256SUMS."""
    found = [path for path in folder(name).rglob("*") if path.suffix in sums.SUMMED]
    with sums.replacing(WEIGHTS, sums_lock(), {_place(path): path.read_bytes() for path in found}, whole=name):
        pass


def sums_lock() -> Path:
    """The lock of weights/SHA256SUMS."""
    return cache() / "sums.lock"


# --- save ------------------------------------------------------------------------------------------------------------


def save(
    network: nn.Module, name: str, metrics: dict, half: bool = False, extras: dict[str, bytes] | None = None
) -> Path:
    """Write weights/<name>/ and its entry in the catalogue; return the folder.

    With `half` the weights are float16 on disk (load returns float32). `extras` are further files by their names: the
    model card (`cards.made`), codes, a history. Killed at any moment, what stood there before still loads, or the new
    network does. Raises FloatingPointError when a weight is NaN or infinite, before anything is written.
    """
    content, arguments = pack(network, half)
    unpack(content, arguments, name)  # what cannot be loaded again is not saved either
    metrics_json, new, old = _json(metrics), files.sha256(content), catalogue().get(name, {})
    about = {"class": arguments["architecture"], "dataset": metrics.get("dataset"), "command": metrics.get("command")}

    # Before the rename the catalogue accepts the old weights and the new, afterwards the new ones alone.
    standing = folder(name) / TENSORS
    before = files.sha256(standing.read_bytes()) if standing.exists() else None
    accepted = before if before in _accepted(old) and before != new else None
    revision = old.get("revision") if old.get("sha256") == new else None  # other weights are not on the Hub yet
    update_entry(name, sha256=new, replaces=accepted, revision=revision, **about)
    others = {**(extras or {}), METRICS: metrics_json, CONFIG: _json(arguments)}  # names() lists it by the last
    with sums.replacing(WEIGHTS, sums_lock(), {f"{name}/{filename}": other for filename, other in others.items()}):
        files.write(standing, content)
        for filename, other in others.items():
            files.write(folder(name) / filename, other)
    update_entry(name, replaces=None)
    return folder(name)


def arguments(network: nn.Module) -> dict:
    """What config.json says of a network: the arguments that made it, each kept as an attribute, and "architecture"."""
    made_with = {key: getattr(network, key) for key in inspect.signature(type(network)).parameters}
    return {**made_with, "architecture": type(network).__name__}


def pack(network: nn.Module, half: bool = False) -> tuple[bytes, dict]:
    """The network as the bytes of a safetensors file, and its config: the arguments that made it and "architecture"."""
    state = {key: tensor.detach().cpu().contiguous() for key, tensor in network.state_dict().items()}
    for key, tensor in state.items():
        if half and tensor.is_floating_point():
            state[key] = tensor = tensor.half()
        if not torch.isfinite(tensor).all():
            raise FloatingPointError(f"{type(network).__name__}: {key} holds NaN or infinity; nothing was saved")
    config = arguments(network)
    # The file carries its own config, so that no crash between two files can pair new weights with an old config.json.
    return safetensors.torch.save(state, metadata={"config": json.dumps(config, sort_keys=True)}), config


# --- load ------------------------------------------------------------------------------------------------------------


def load(name: str, device: str = "cpu", revision: str | None = None) -> Network:
    """The trained network `name`, in eval mode, float32, without gradients, on `device`.

    It comes from weights/<name> beside the code; else from the cache of the Hub; else from the Hub, at the commit that
    the catalogue names. "user/repository" loads another person's checkpoint (`revision`: its branch or commit). Raises
    FileNotFoundError where there is none, and ValueError where it is damaged or does not fit, each with the remedy.
    """
    if "/" in name:
        return _load_fork(name, revision).to(device)
    content, path = _weights(name)
    return unpack(content, config(name), shown(path)).to(device)


def _weights(name: str) -> tuple[bytes, Path]:
    """The file of the weights that the catalogue names, and where it lies; the errors are those of load()."""
    for attempt in (1, 2):  # twice: a training may be replacing the weights, or the Hub's cache be damaged
        path = _find(name, TENSORS, anew=attempt == 2)
        content = _read(path)
        entry = catalogue().get(name)
        if entry is None:
            raise ValueError(
                f"weights/{name} is not in weights/catalogue.json, so nothing says which weights are the right "
                f"ones; if you trust them: python -m training.checkpoints --register {name}"
            )
        if files.sha256(content) in _accepted(entry):
            return content, path
    raise ValueError(
        f"{shown(path)} is damaged or another file: its sha256 is {files.sha256(content)[:12]}... and not "
        f"{str(entry.get('sha256'))[:12]}... as the catalogue says; {remedy(name)}"
    )


def check(name: str) -> None:
    """Look whether the weights of `name` are those that the catalogue names; nothing is fetched from the Hub.

    OSError or ValueError, a sentence, as in load(). What was found right is looked at again when the file changes; of a
    network that is not in the catalogue nobody knows what is right.
    """
    path, entries = folder(name) / TENSORS, WEIGHTS / "catalogue.json"
    if path.exists() and entries.exists():
        _check(name, path, path.stat().st_mtime_ns, entries.stat().st_mtime_ns)
    elif not path.exists() and not on_hub(name):
        _read(path)


@functools.lru_cache(maxsize=256)
def _check(name: str, *_) -> None:
    if name in catalogue():
        _weights(name)


def on_hub(name: str) -> bool:
    """True where the catalogue says at which commit of which repository on the Hub the checkpoint is."""
    return _on_hub(catalogue().get(name, {}))


def _on_hub(entry: dict) -> bool:
    return bool(entry.get("repository") and entry.get("revision"))


def remedy(name: str) -> str:
    """What to do where a file of the checkpoint is missing or damaged."""
    anew = f"python -m training.catalogue {name}" if name in ENTRIES else str(catalogue().get(name, {}).get("command"))
    return f"take it from the repository again or train it anew: {anew}"


def shown(path: Path) -> str:
    """A file of a checkpoint as messages call it: weights/<name>/<file>, or <repository>/<file> of the Hub's cache."""
    if path.is_relative_to(WEIGHTS):
        return f"weights/{_place(path)}"
    repository = path.parts[-4].removeprefix("models--").replace("--", "/")  # before snapshots/<commit>/<file>
    return f"{repository}/{path.name}"


def _place(path: Path) -> str:
    return path.relative_to(WEIGHTS).as_posix()


def _find(name: str, filename: str, anew: bool = False) -> Path:
    """Where the file lies: in weights/ beside the code, else in the Hub's cache, downloaded (`anew` if need be)."""
    entry, here = catalogue().get(name, {}), name in names()
    if here and ((WEIGHTS / name / filename).exists() or not _on_hub(entry)):
        return WEIGHTS / name / filename
    if _on_hub(entry):
        return hub.fetch(entry["repository"], filename, entry["revision"], anew)
    there = ", ".join(names()) or "none yet: train one with python -m training.train_vae"
    make = f"; {remedy(name)}" if name in ENTRIES else ""
    raise FileNotFoundError(f"there is no checkpoint {name!r} in weights/, nor on the Hub; there: {there}{make}")


def read(name: str, filename: str, parse: Callable[[bytes, str, str], Any] = lambda content, *_: content) -> Any:
    """A file of the checkpoint other than its weights, through `parse(content, what it is called, remedy)`.

    OSError or ValueError, a sentence, where it is not there or not as it was.
    """
    for attempt in (1, 2):  # as for the weights
        path = _find(name, filename, anew=attempt == 2)
        content = _read(path)
        if sums.fits(WEIGHTS, f"{name}/{filename}", content):
            return parse(content, shown(path), remedy(name))
    parse(content, shown(path), remedy(name))  # it knows better what is wrong
    raise ValueError(
        f"{shown(path)} is damaged: its sha256 is another than in weights/{sums.FILE}; {remedy(name)}; or, "
        f"if you changed it yourself: python -m training.checkpoints --register {name}"
    )


def _load_fork(repository: str, revision: str | None) -> Network:
    """Another person's checkpoint from the Hub: no catalogue knows it, so class and shapes are all that is checked."""
    arguments = _object(hub.fetch(repository, CONFIG, revision))
    try:
        path = hub.fetch(repository, TENSORS, revision)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error}; {NO_PICKLE}") from None
    content, stored_as = _read(path), path.resolve().name  # the cache names a large file by its sha256
    if len(stored_as) == 64 and stored_as != files.sha256(content):
        content = _read(hub.fetch(repository, TENSORS, revision, anew=True))
    return unpack(content, arguments, f"{repository}/{TENSORS}")


def fetch(repository: str, name: str, revision: str | None = None) -> Path:
    """Bring another person's checkpoint "user/repository" from the Hub into weights/<name>; return the folder.

    Nothing is written unless the network can be made and what is said of it can be read; the catalogue then knows its
    weights by their sha256. Raises OSError and ValueError in a sentence, FileExistsError where `name` is taken.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]{0,95}", name) or name == "analysis":
        raise ValueError(f"--out names one folder of weights/: letters, digits, '-', '_' and '.', not {name!r}")
    if folder(name).exists() or name in catalogue():
        raise FileExistsError(f"there is a {name} in weights/ already; choose another name with --out")
    if "/" not in repository:
        raise ValueError(f"{repository!r} is no name of a repository: it reads user/repository")
    _load_fork(repository, revision)
    commit = hub.fetch(repository, CONFIG, revision).parent.name  # the Hub's cache has a folder for each commit
    found = {file: _read(hub.fetch(repository, file, commit)) for file in (CONFIG, TENSORS)}
    for file in (METRICS, CARD, "latents.npz", "pictures.png"):
        with contextlib.suppress(FileNotFoundError):
            found[file] = _read(hub.fetch(repository, file, commit))
    _check_metrics(found.setdefault(METRICS, b"{}\n"), f"{repository}/{METRICS}")
    for file in sorted(found, key=lambda file: file == CONFIG):  # last: names() lists the folder from now on
        files.write(folder(name) / file, found[file])
    register(name)
    update_entry(name, repository=repository, revision=commit)
    return folder(name)


def _check_metrics(content: bytes, source: str) -> None:
    """ValueError where the parts of another person's metrics.json are not of the kind that ours are."""
    kinds = {"dataset": str, "command": str, "recipe": dict, "test": dict, "curves": dict, "classes": list}
    try:
        about = json.loads(content)
        wrong = [key for key, kind in kinds.items() if key in about and not isinstance(about[key], kind)]
        wrong += [] if all(isinstance(one, str) for one in about.get("classes", [])) else ["classes"]
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{source} is no JSON object ({error}); ask for a whole one") from None
    if wrong:
        raise ValueError(f"{source}: {', '.join(wrong)} is not what it is in a checkpoint of this project")


def sha256(name: str) -> str:
    """The SHA-256 of the weights of `name` as they stand now: by it an analysis knows what it measured."""
    return files.sha256(_read(_find(name, TENSORS)))


def metrics(name: str) -> dict:
    """What metrics.json says of the checkpoint: test numbers, recipe, seed."""
    return read(name, METRICS, _parsed)


def config(name: str) -> dict:
    """What config.json says of the checkpoint: "architecture", the class, and the arguments that make the network."""
    return read(name, CONFIG, _parsed)


def unpack(content: bytes, arguments: dict, source: Path | str) -> Network:
    """The network of the safetensors file `content`, in eval mode; ValueError says what does not fit."""
    try:
        state = safetensors.torch.load(content)
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        arguments = dict(json.loads(header.get("__metadata__", {}).get("config", "null")) or arguments)
    except (SafetensorError, TypeError, ValueError) as error:
        raise ValueError(f"{source} is truncated or no safetensors file ({error}); fetch it again") from None
    architecture = arguments.pop("architecture", None)
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ValueError(f'{source}: "architecture": {architecture!r} in {CONFIG} is not one of {known}')
    cls = ARCHITECTURES[architecture]
    try:
        network = cls(**arguments)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{source}: {cls.__name__} cannot be made with {arguments}: {error}") from None
    expected = {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}
    found = {key: tuple(tensor.shape) for key, tensor in state.items()}
    if misfits := _misfits(expected, found):
        raise ValueError(f"{source} does not fit {cls.__name__}({arguments}): {'; '.join(misfits)}")
    network.load_state_dict(state, strict=True)  # copies float16 into float32
    return network.eval().requires_grad_(False)


def _misfits(expected: dict[str, tuple], found: dict[str, tuple]) -> list[str]:
    """What differs between two state dicts' shapes, the first five differences in words."""
    words = [f"{key} is missing" for key in expected if key not in found]
    words += [f"{key} is not a part of the network" for key in found if key not in expected]
    words += [
        f"{key} has shape {found[key]} instead of {shape}"
        for key, shape in expected.items()
        if key in found and found[key] != shape
    ]
    return words if len(words) <= 5 else [*words[:5], f"and {len(words) - 5} more"]


def _accepted(entry: dict) -> set[str]:
    return {digest for digest in (entry.get("sha256"), entry.get("replaces")) if digest}


def _object(path: Path) -> dict:
    """The JSON object in the file `path`."""
    return _parsed(_read(path), shown(path), "take it from the repository again")


def _parsed(text: bytes, what: str, remedy: str) -> dict:
    """The JSON object in a file; ValueError says what is wrong with `what`."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{what} is no JSON ({error}); {remedy}") from None
    if not isinstance(content, dict):
        raise ValueError(f"{what} is not an object of names and values; {remedy}")
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pickled = [file.name for suffix in ("bin", "pt", "pth") for file in path.parent.glob(f"*.{suffix}")]
        why = f"{', '.join(pickled)} beside it: {NO_PICKLE}" if pickled else remedy(path.parent.name)
        raise FileNotFoundError(f"{shown(path)} does not exist; {why}") from None
    except OSError as error:
        raise OSError(f"{shown(path)} cannot be read ({error.strerror}); take it from the repository again") from None


def _json(content: dict) -> bytes:
    return (json.dumps(content, indent=2, allow_nan=False) + "\n").encode()
