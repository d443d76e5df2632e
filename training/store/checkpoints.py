"""Save and load trained networks, so that none is ever lost, half-written or taken for another.

A checkpoint is a folder as the Hugging Face Hub lays it out: `weights/<name>/` with config.json, model.safetensors,
README.md (its model card) and metrics.json. `weights/catalogue.json` says of each which class it is, on which data set
and by which command it was trained, the SHA-256 that its weights must have, and where on the Hub it lives.
"""

import inspect
import json
import os
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from training.models import ARCHITECTURES, Network
from training.store import files, hub

WEIGHTS = Path(os.environ.get("WEIGHTS_DIR") or Path(__file__).resolve().parents[2] / "weights")
CONFIG, TENSORS, METRICS, CARD = "config.json", "model.safetensors", "metrics.json", "README.md"
NO_PICKLE = "pickled weights (.bin, .pt, .pth) are refused, because opening one can run any program"


def names() -> list[str]:
    """The names of all checkpoints beside the code, sorted."""
    return sorted(path.parent.name for path in WEIGHTS.glob(f"*/{CONFIG}"))


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
    about = {key: metrics(name).get(key) for key in ("dataset", "command")}
    about["class"] = config(name)["architecture"]
    update_entry(name, sha256=sha256(name), replaces=None, **about)


# --- save ------------------------------------------------------------------------------------------------------------


def save(
    network: nn.Module, name: str, metrics: dict, half: bool = False, extras: dict[str, bytes] | None = None
) -> Path:
    """Write weights/<name>/ and its entry in the catalogue; return the folder.

    With `half` the weights are float16 on disk (load returns float32). `extras` are further files by their names: the
    model card (`cards.made`), codes, a history. Killed at any moment, what stood there before still loads, or the new
    network does. Raises FloatingPointError when a weight is NaN or infinite, before anything is written.
    """
    content, config = pack(network, half)
    unpack(content, config, name)  # what cannot be loaded again is not saved either
    metrics_json, new, old = _json(metrics), files.sha256(content), catalogue().get(name, {})
    about = {"class": config["architecture"], "dataset": metrics.get("dataset"), "command": metrics.get("command")}

    # Before the rename the catalogue accepts the old weights and the new, afterwards the new ones alone.
    standing = folder(name) / TENSORS
    before = files.sha256(standing.read_bytes()) if standing.exists() else None
    accepted = before if before in _accepted(old) and before != new else None
    revision = old.get("revision") if old.get("sha256") == new else None  # other weights are not on the Hub yet
    update_entry(name, sha256=new, replaces=accepted, revision=revision, **about)
    files.write(standing, content)
    for filename, extra in (extras or {}).items():
        files.write(folder(name) / filename, extra)
    files.write(folder(name) / METRICS, metrics_json)
    files.write(folder(name) / CONFIG, _json(config))  # last: names() lists the folder from now on
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
    for attempt in (1, 2):  # twice: a training may be replacing the weights, or the Hub's cache be damaged
        path = _find(name, TENSORS, anew=attempt == 2)
        content = _read(path)
        entry = catalogue().get(name)
        if entry is None:
            raise ValueError(
                f"{path.parent} is not in {WEIGHTS / 'catalogue.json'}, so nothing says which weights are the right "
                f"ones; if you trust them: python -m training.checkpoints --register {name}"
            )
        if files.sha256(content) in _accepted(entry):
            return unpack(content, config(name), path).to(device)
    raise ValueError(
        f"{path} is damaged or another file: its sha256 is {files.sha256(content)[:12]}... and not "
        f"{str(entry.get('sha256'))[:12]}... as the catalogue says; take it from the repository again or train it anew"
    )


def _find(name: str, filename: str, anew: bool = False) -> Path:
    """Where the file lies: in weights/ beside the code, else in the Hub's cache, downloaded (`anew` if need be)."""
    if name in names():
        return WEIGHTS / name / filename
    entry = catalogue().get(name, {})
    if entry.get("repository") and entry.get("revision"):
        return hub.fetch(entry["repository"], filename, entry["revision"], anew)
    known = ", ".join(names()) or "none yet: train one with python -m training.train_vae"
    raise FileNotFoundError(f"there is no checkpoint {name!r} in {WEIGHTS}, nor on the Hub; there: {known}")


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


def sha256(name: str) -> str:
    """The SHA-256 of the weights that stand in weights/<name> now: by it an analysis knows what it measured."""
    return files.sha256(_read(folder(name) / TENSORS))


def metrics(name: str) -> dict:
    """What metrics.json says of the checkpoint: test numbers, recipe, seed."""
    return _object(_find(name, METRICS))


def config(name: str) -> dict:
    """What config.json says of the checkpoint: "architecture", the class, and the arguments that make the network."""
    return _object(_find(name, CONFIG))


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
    try:
        content = json.loads(_read(path))
    except ValueError as error:
        raise ValueError(f"{path} is no JSON ({error}); take it from the repository again") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} is not an object of names and values; take it from the repository again")
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        known = ", ".join(names()) or "none yet: train one with python -m training.train_vae"
        pickled = [file.name for suffix in ("bin", "pt", "pth") for file in path.parent.glob(f"*.{suffix}")]
        why = f"{', '.join(pickled)} beside it: {NO_PICKLE}" if pickled else f"checkpoints there: {known}"
        raise FileNotFoundError(f"{path} does not exist; {why}") from None


def _json(content: dict) -> bytes:
    return (json.dumps(content, indent=2, allow_nan=False) + "\n").encode()
