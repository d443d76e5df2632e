"""Feed the output back: a network applied again and again drifts to what it believes in."""

import numpy as np
import torch

from demos.denoise.bench.handlers import batch_of, network_named, spoil
from demos.denoise.normalise.handlers import reading
from demos.kit import networks
from demos.kit.encoding import grey
from training.measures.denoisers import by_network

TIMES = 20


@torch.inference_mode()
def apply_again(network: torch.nn.Module, picture: np.ndarray, times: int, strength: float) -> np.ndarray:
    """The film (times + 1, 28, 28) of a picture and what a network makes of its own output, again and again."""
    frames = [batch_of(picture).to(networks.device())]
    for _ in range(times):
        frames.append(by_network(network, frames[-1], strength))
    return torch.cat(frames)[:, 0].cpu().numpy()


def again_live(picture: str, kind: str, strength: float, seed: int, network: str) -> dict:
    """The film as bytes, each frame's error against the clean picture, its change, and what a classifier reads."""
    seen, noisy = spoil(picture, kind, strength, seed)
    film = apply_again(network_named(network), noisy, TIMES, strength)
    return {
        "film": grey(film),
        "mse": [round(float(np.mean((frame - seen) ** 2)), 5) for frame in film],
        "change": [0.0, *np.round(np.sqrt(np.mean(np.diff(film, axis=0) ** 2, axis=(1, 2))), 5).tolist()],
        "first": reading(film[1]),
        "last": reading(film[-1]),
    }
