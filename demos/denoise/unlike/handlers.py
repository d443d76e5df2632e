"""Leave the data: what networks dream into pictures that are no digits, and how unlike the training data they are."""

import numpy as np
import torch

from demos.denoise.bench.handlers import Picture, reconstruct
from demos.denoise.bench.handlers import labels as denoisers
from demos.denoise.compare.handlers import analysis, listed
from demos.kit import networks
from demos.kit.drawing import as_input
from demos.kit.encoding import grey
from demos.kit.room import Room
from training import checkpoints
from training.data.strokes import example_strokes, rasterise

RAW = 112  # pixels of the pad's picture
DREAMERS = ("autoencoder", "denoising-autoencoder", "denoising-vae", "vae", "unet-denoiser")


def _ring(turns: float, count: int, x, y) -> list:
    return [[round(float(x(t)), 3), round(float(y(t)), 3)] for t in np.linspace(0, 2 * np.pi * turns, count)]


def out_of_distribution() -> dict[str, list]:
    """Drawings that are no digits, as strokes."""
    halves = [
        [[0.5 * x + 0.5 * k, 0.25 + 0.5 * y] for x, y in stroke]
        for k, d in enumerate((4, 2))
        for stroke in example_strokes(d)
    ]
    return {
        "letter A": [[[0.2, 0.9], [0.5, 0.1], [0.8, 0.9]], [[0.32, 0.6], [0.68, 0.6]]],
        "letter K": [[[0.3, 0.1], [0.3, 0.9]], [[0.75, 0.1], [0.32, 0.52], [0.78, 0.9]]],
        "two digits": halves,
        "smiley": [
            _ring(1, 60, lambda t: 0.5 + 0.42 * np.cos(t), lambda t: 0.5 + 0.42 * np.sin(t)),
            [[0.35, 0.38]], [[0.65, 0.38]], [[0.3, 0.6], [0.4, 0.72], [0.5, 0.75], [0.6, 0.72], [0.7, 0.6]],
        ],
        "scribble": [_ring(1, 90, lambda t: 0.5 + 0.35 * np.sin(5 * t + 1), lambda t: 0.5 + 0.38 * np.sin(7 * t))],
        "empty page": [],
    }  # fmt: skip


def percentile(error: float) -> float:
    """The share of the test digits, in percent, that the meter's network reconstructs better than `error`."""
    quantiles = analysis()["meter"]["quantiles"]
    return float(np.interp(error, quantiles, np.linspace(0, 100, len(quantiles))))


@torch.inference_mode()
def unlike_live(picture: Picture) -> dict:
    """What every network makes of a picture without any noise, and the meter's verdict on it."""
    seen = as_input(picture)
    meter = analysis()["meter"]["network"]
    made = {name: reconstruct(networks.network(name), seen, 0.0) for name in dreamers()}
    judged = made[meter] if meter in made else reconstruct(networks.network(meter), seen)
    error = float(np.mean((judged - seen) ** 2))
    return {
        "seen": grey(seen),
        "made": [[name, grey(output), round(float(np.mean((output - seen) ** 2)), 5)] for name, output in made.items()],
        "distance": error,
        "percentile": percentile(error),
    }


@networks.remembered()
def verdicts() -> dict[str, dict[str, float]]:
    """The meter's error and percentile of each of these pictures: of the very pixels that the page sends."""
    shown = {}
    for name, strokes in out_of_distribution().items():
        drawn = np.rint(255 * rasterise(strokes, RAW)).astype(np.uint8)
        answer = unlike_live(np.rint(255 * as_input(drawn)).astype(np.uint8))
        shown[name] = {key: answer[key] for key in ("distance", "percentile")}
    return shown


def labels() -> dict[str, str]:
    """The dreamers' names in words."""
    return {name: denoisers().get(name, "VAE (no noise)") for name in DREAMERS}


@networks.remembered()
def dreamers() -> tuple[str, ...]:
    """Those of the DREAMERS whose checkpoints are there."""
    return tuple(networks.available(*DREAMERS))


def meter_words() -> str:
    """The meter's network in words."""
    return checkpoints.KINDS[checkpoints.describe(analysis()["meter"]["network"]).kind]


def props() -> dict:
    """Pictures that are no digits, as strokes; what the networks are called; what is usual for a digit."""
    named = labels()
    return {
        "drawings": list(out_of_distribution().items()),
        "digits": [example_strokes(digit) for digit in range(10)],
        "labels": {name: named[name] for name in dreamers()},
        "quantiles": analysis()["meter"]["quantiles"],
        "meter": meter_words(),
        "verdicts": verdicts(),
        "pictures": max(row["pictures"] for row in analysis()["rows"]),
    }


def percent(share: float) -> str:
    """A share of 100 as the page writes it: only a true 0 and a true 100 are called so."""
    text = f"{share:.0f}"
    if text == "100" and share < 100:
        return "> 99 %"
    return "< 1 %" if text == "0" and share > 0 else f"{text} %"


def numbers() -> dict:
    """What the meter says of the pictures that are no digits, in words."""
    shown = {name: verdict["percentile"] for name, verdict in verdicts().items()}

    def those(low: float, high: float) -> str:
        return listed([f"the {name} ({percent(share)})" for name, share in shown.items() if low <= share < high])

    return {"meter": meter_words(), "quiet": those(0, 90), "loud": those(99, 101)}


ROOM = Room(calls=(unlike_live,), props=props, numbers=numbers)
