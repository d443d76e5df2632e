"""The networks that the tabs share: loaded once, when first asked for, on the device that the app was started with.

Every visitor reads the same networks and nobody writes to them: they are in eval mode and without gradients.
"""

import contextlib
import contextvars
import functools
import os
import threading
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from demos.kit import checks
from demos.kit.quick import Traced, quick
from training import checkpoints
from training.models import Network
from training.store import encoded
from training.store.shipped import ENTRIES

_device = "cpu"
_in_heavy_job = contextvars.ContextVar("in_heavy_job", default=False)
_networks: dict[tuple[str, str], Network] = {}
_let_in: set[tuple[Callable[[], list[str]], str]] = set()
_lock = threading.Lock()
_remembered: list = []
_asked: contextvars.ContextVar[set[str] | None] = contextvars.ContextVar("asked", default=None)


def on_zero_gpu() -> bool:
    """True on a ZeroGPU Space, where CUDA exists only inside decorated jobs that cost the visitor's quota."""
    return bool(os.environ.get("SPACES_ZERO_GPU"))


def choose_device(wish: str = "auto") -> str:
    """Set the device of all networks loaded from now on and return it: "cpu" or "cuda".

    `auto` takes CUDA where there is one; on ZeroGPU it is the CPU, and heavy() jobs go to CUDA by themselves.
    """
    global _device
    if wish not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device {wish!r} is not one of auto, cpu, cuda")
    if wish == "cuda" and not torch.cuda.is_available():
        raise ValueError("device 'cuda' was asked for, but torch finds no CUDA here; start with --device cpu")
    if wish == "auto":
        wish = "cuda" if torch.cuda.is_available() and not on_zero_gpu() else "cpu"
    with _lock:
        _device = wish
        _networks.clear()
    return wish


def device() -> str:
    """The device that networks are on and that their inputs must be on: "cpu" or "cuda"."""
    return "cuda" if _in_heavy_job.get() else _device


def network(name: str) -> Network:
    """The trained network `name` (a folder of weights/), in eval mode on device(). Do not change it."""
    key = (name, device())
    with _lock:
        if key not in _networks:
            whole = folded(checkpoints.load(*key)).to(memory_format=torch.channels_last)
            _networks[key] = quick(whole) if key[1] == "cpu" else whole
        return _networks[key]


@functools.lru_cache(128)
def traced(kind: Callable[..., nn.Module], *parts: Network) -> Traced:
    """What a live event computes with these networks, a module of this kind made of them, as one graph (quick.py)."""
    return Traced(kind(*parts).eval())


def folded(network: Network) -> Network:
    """The same function without its BatchNorm layers: each becomes a part of the convolution before it.

    A trained one is an affine map of every channel, and so is what stays: fewer steps for each picture.
    """
    for layers in [module for module in network.modules() if isinstance(module, nn.Sequential)]:
        for at in range(len(layers) - 1, 0, -1):
            layer, norm = layers[at - 1], layers[at]
            if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                layers[at - 1] = fuse_conv_bn_eval(layer, norm)
                del layers[at]
    return network


def one_of(names: Callable[[], list[str]], name: str, what: str = "network") -> Network:
    """The trained network `name`; ValueError, a sentence about `what`, unless it is one of `names()`.

    Who was among them once stays so: no look at the disk for each stroke.
    """
    if not isinstance(name, str) or (names, name) not in _let_in:
        _let_in.add((names, choice(name, names(), what)))
    return network(name)


def available(*wanted: str) -> list[str]:
    """Those of the wanted checkpoints that are here and whole, in the order given."""
    if (asked := _asked.get()) is not None:
        asked |= set(wanted)
    return [name for name in wanted if _whole(name)]


def has_codes(name: str) -> bool:
    """True where test codes of the network `name` are stored and whole; a room that asks says which are damaged."""
    if (asked := _asked.get()) is not None:
        asked.add(f"{name}/{encoded.FILE}")
    try:
        encoded.check(name)
        return encoded.exists(name)
    except (OSError, ValueError):
        return False


def _whole(name: str) -> bool:
    try:
        checkpoints.describe(name)
        checkpoints.check(name)
        return True
    except (OSError, ValueError):
        return False


def choice(value, options: Sequence[str], name: str = "network") -> str:
    """As checks.choice; of a network that is not among the options for want of a file, the sentence names the file."""
    if isinstance(value, str) and value not in options and value in (*checkpoints.known(), *ENTRIES):
        checkpoints.describe(value)
        checkpoints.check(value)
    return checks.choice(value, name, options)


def remembered(maxsize: int = 8) -> Callable:
    """functools.lru_cache for what depends on which files are in weights/: all of it is forgotten by look_again()."""

    def decorate(function: Callable) -> Callable:
        kept = functools.lru_cache(maxsize)(function)
        _remembered.append(kept)
        return kept

    return decorate


def look_again() -> None:
    """What was remembered while a file was missing or damaged is looked for anew."""
    for kept in _remembered:
        kept.cache_clear()


@contextlib.contextmanager
def asked() -> Iterator[set[str]]:
    """While the block lasts, in this thread: names that available() is asked for, name/latents.npz of has_codes()."""
    names: set[str] = set()
    token = _asked.set(names)
    try:
        yield names
    finally:
        _asked.reset(token)


def heavy(job: Callable) -> Callable:
    """Decorate a batch job (a large grid, a film): on ZeroGPU it runs on CUDA with its own networks; else as it is.

    Never for live events (a stroke, a slider, a hover): each call would cost the visitor's quota.
    """
    if not on_zero_gpu():
        return job
    import spaces  # pyright: ignore[reportMissingImports] it is only there

    @functools.wraps(job)
    def on_cuda(*args, **kwargs):
        token = _in_heavy_job.set(True)
        try:
            return job(*args, **kwargs)
        finally:
            _in_heavy_job.reset(token)

    return spaces.GPU(on_cuda)
