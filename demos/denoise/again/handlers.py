"""Feed the output back: a network applied again and again drifts to what it believes in."""

import numpy as np
import torch

from demos.denoise.bench.handlers import Picture, add_noise, batch_of, choices, labels, network_named
from demos.denoise.compare.handlers import analysis, few, markdown
from demos.denoise.normalise.handlers import reading
from demos.kit import networks
from demos.kit.encoding import grey
from demos.kit.room import Room
from training.data.strokes import example_strokes
from training.measures.denoisers import by_network
from training.measures.spread import wilson
from training.models import Network

TIMES = 20


@torch.inference_mode()
def apply_again(network: Network, picture: np.ndarray, times: int, strength: float) -> np.ndarray:
    """The film (times + 1, 28, 28) of a picture and what a network makes of its own output, again and again."""
    frames = [batch_of(picture).to(networks.device())]
    for _ in range(times):
        frames.append(by_network(network, frames[-1], strength))
    return torch.cat(frames)[:, 0].cpu().numpy()


def again_live(picture: Picture, kind: str, strength: float, seed: int, network: str) -> dict:
    """The film as bytes, each frame's error against the clean picture, its change, and what a classifier reads."""
    seen, noisy = add_noise(picture, kind, strength, seed)
    film = apply_again(network_named(network), noisy, TIMES, strength)
    return {
        "film": grey(film),
        "mse": [round(float(np.mean((frame - seen) ** 2)), 5) for frame in film],
        "change": [0.0, *np.round(np.sqrt(np.mean(np.diff(film, axis=0) ** 2, axis=(1, 2))), 5).tolist()],
        "first": reading(film[1]),
        "last": reading(film[-1]),
    }


def drift() -> dict[str, list[float]]:
    """For each network that is there: the share of test digits still read right after each time, 1 to TIMES."""
    return {name: share for name, share in analysis()["drift"].items() if name in labels()}


def drift_numbers() -> dict:
    """How many digits are read right after 1, 5 and all times, as a table in Markdown, with intervals of 95 %."""
    table, shares = analysis(), drift()
    count = drift_count()
    times = len(next(iter(shares.values())))
    rows = [
        [labels()[name], *(share_words(share[n - 1], count) for n in (1, 5, times))] for name, share in shares.items()
    ]
    numbers = {"count": f"{count:,}", "at": table["kinds_strength"], "times": times}
    return numbers | {"table": markdown(["Network", "1", "5", str(times)], rows)}


def drift_count() -> int:
    """On how many test digits the drift was measured: as many as the filters saw."""
    return few()


def share_words(share: float, count: int) -> str:
    """A share with its interval of 95 %: "91 % (87\u201394)"."""
    low, high = wilson(round(share * count), count)
    return f"{100 * share:.0f} % ({100 * low:.0f}\u2013{100 * high:.0f})"


def props() -> dict:
    """The networks that can be fed their own output, how often, and what became of test digits."""
    return {
        "networks": choices(),
        "times": TIMES,
        "examples": [example_strokes(digit) for digit in range(10)],
        "drift": {name: [share[0], share[-1]] for name, share in drift().items()},
        "count": drift_count(),
        "at": analysis()["kinds_strength"],
    }


ROOM = Room(calls=(again_live,), props=props, numbers=drift_numbers, code=(apply_again,))
