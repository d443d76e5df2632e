"""Where a picture comes from without a data set: drawn, a test picture by its stored code, a class's mean, a sample.

A source is {"picture": what the pad sends}, {"class": k, "index": i}, {"mean": k} or {"seed": s}.
"""

import functools

import numpy as np
import torch
from torch import Tensor

from demos.kit import checks
from demos.kit.drawing import as_input
from demos.vae import codes
from training import checkpoints


def with_stored_codes(names: list[str] | None = None) -> list[str]:
    """Those of the networks with stored test codes: in them a class can be picked without a data set."""
    return [name for name in names or codes.autoencoders() if (checkpoints.folder(name) / "latents.npz").exists()]


@functools.lru_cache(maxsize=32)
def latents(network: str) -> dict[str, np.ndarray]:
    """What weights/<network>/latents.npz stores of test pictures: points (N, d), log_var (N, d), classes (N,)."""
    file = checkpoints.folder(network) / "latents.npz"
    if not file.exists():
        raise FileNotFoundError(
            f"{network!r} has no stored test codes ({file.name} beside its weights): draw or sample instead, or choose "
            f"one of {', '.join(with_stored_codes())}"
        )
    with np.load(file, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in stored.files if key != "keys"}
    return {key: a.astype(np.float32) if a.dtype.kind == "f" else a for key, a in arrays.items()}


def members(network: str, label: int, what: str = "points") -> np.ndarray:
    """What is stored of the test pictures of class `label`: codes (n, d), or with what="log_var" log-variances."""
    stored = latents(network)
    return stored[what][stored["classes"] == checks.whole(label, "class", 0, 9)]


def stored_posterior(source: dict, network: str) -> tuple[Tensor, Tensor]:
    """mu and log_var (d,) of the test picture {"class": k, "index": i}; "another" goes round."""
    codes_of = members(network, source["class"])
    index = checks.whole(source.get("index", 0), "index", 0, 10**6) % len(codes_of)
    return torch.from_numpy(codes_of[index]), torch.from_numpy(members(network, source["class"], "log_var")[index])


def resolve(source: dict, network: str) -> tuple[Tensor, np.ndarray | None]:
    """The code (d,) of a source on the CPU and, where it was drawn, the picture (28, 28) that the network saw."""
    net = codes.autoencoder(network)
    if not isinstance(source, dict) or len({"picture", "class", "mean", "seed"} & set(source)) != 1:
        raise ValueError(f"a source must have one of picture, class, mean or seed, not {checks.show(source)}")
    if "picture" in source:
        seen = as_input(source["picture"])
        return net.code(codes.batch(seen))[0].cpu(), seen
    if "seed" in source:
        return codes.prior(1, net.latent_dim, checks.seed(source["seed"]))[0], None
    if "mean" in source:
        return torch.from_numpy(members(network, source["mean"]).mean(0)), None
    stored = members(network, source["class"])
    index = checks.whole(source.get("index", 0), "index", 0, 10**6) % len(stored)  # "another" goes round
    return torch.from_numpy(stored[index]), None
