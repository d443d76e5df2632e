"""The networks that the tabs share: loaded once, when first asked for, on the device that the app was started with.

Every visitor reads the same networks and nobody writes to them: they are in eval mode and without gradients.
"""

import os
import threading

import torch
from torch import nn

from training import checkpoints

_device = "cpu"
_networks: dict[str, nn.Module] = {}
_lock = threading.Lock()


def choose_device(wish: str = "auto") -> str:
    """Set the device of all networks loaded from now on and return it: "cpu" or "cuda".

    `auto` takes CUDA where there is one. On ZeroGPU CUDA exists only inside decorated jobs, so there `auto` is the CPU.
    """
    global _device
    if wish not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device {wish!r} is not one of auto, cpu, cuda")
    on_zero_gpu = bool(os.environ.get("SPACES_ZERO_GPU"))
    if wish == "auto":
        wish = "cuda" if torch.cuda.is_available() and not on_zero_gpu else "cpu"
    if wish == "cuda" and not torch.cuda.is_available():
        raise ValueError("device 'cuda' was asked for, but torch finds no CUDA here; start with --device cpu")
    with _lock:
        _device = wish
        _networks.clear()
    return wish


def device() -> str:
    """The device that networks are loaded to: "cpu" or "cuda"."""
    return _device


def network(name: str) -> nn.Module:
    """The trained network `name` (a folder of weights/), in eval mode on the app's device. Do not change it."""
    with _lock:
        if name not in _networks:
            _networks[name] = checkpoints.load(name, _device)
        return _networks[name]


def available(*wanted: str) -> list[str]:
    """Those of the wanted checkpoints that exist, in the order given."""
    existing = set(checkpoints.names())
    return [name for name in wanted if name in existing]
