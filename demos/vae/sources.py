"""Where a picture comes from without a data set: drawn, a test picture by its stored code, a class's mean, a sample.

A source is {"picture": what the pad sends}, {"class": k, "index": i}, {"mean": k} or {"seed": s}.
"""

import numpy as np
import torch
from torch import Tensor

from demos.kit import checks, networks
from demos.kit.drawing import as_input
from demos.vae import codes
from training.store import encoded


def with_stored_codes(names: list[str] | None = None) -> list[str]:
    """Those of the networks with stored test codes, whole: in them a class can be picked without a data set."""
    return [name for name in names or codes.autoencoders() if networks.has_codes(name)]


def latents(network: str) -> dict[str, np.ndarray]:
    """What is stored of test pictures (training/store/encoded.py); without it, a sentence with what to do instead."""
    if not encoded.exists(network):
        raise FileNotFoundError(
            f"{network!r} has no stored test codes ({encoded.FILE} beside its weights): draw or sample instead, or "
            f"choose one of {', '.join(with_stored_codes())}"
        )
    return encoded.load(network)


def members(network: str, label: int, what: str = "points") -> np.ndarray:
    """What is stored of the test pictures of class `label`: codes (n, d), or with what="log_var" log-variances."""
    stored = latents(network)
    last = len(codes.classes(codes.dataset(network))) - 1
    return stored[what][stored["classes"] == checks.whole(label, "class", 0, last)]


def stored_posterior(source: dict, network: str) -> tuple[Tensor, Tensor]:
    """mu and log_var (d,) of the test picture {"class": k, "index": i}; "another" goes round."""
    return _picked(source, network, "points"), _picked(source, network, "log_var")


def _picked(source: dict, network: str, what: str) -> Tensor:
    """What is stored (d,) of the test picture {"class": k, "index": i}."""
    stored = members(network, source["class"], what)
    return torch.from_numpy(stored[checks.whole(source.get("index", 0), "index", 0, 10**6) % len(stored)])


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
    return _picked(source, network, "points"), None
