"""The lecture's own figure: eight digits, original, noisy and reconstructed, as a PNG."""

import base64
import functools
import io
from collections.abc import Sequence

import numpy as np

from demos.denoise.bench import sources
from demos.denoise.bench.handlers import (
    KIND_LABELS,
    choices,
    denoisers,
    errors,
    make_noisy,
    network_named,
    offered,
    reconstruct,
    words,
)
from demos.kit import checks
from demos.kit.room import Room
from training.data import datasets
from training.data.corruptions import KINDS
from training.data.strokes import made_digits

COUNT = 8


@functools.lru_cache(maxsize=4)
def digits(start: int, at_hand: bool) -> tuple[np.ndarray, str]:
    """Eight digits (8, 28, 28) from `start` on and where they come from: the test set, or drawn by the project."""
    if at_hand:
        images, _ = sources.test_set()
        return images[start : start + COUNT, 0].numpy().copy(), f"test digits {start} to {start + COUNT - 1} of MNIST"
    images, _ = made_digits(COUNT, start)
    return images[:, 0].numpy(), "digits drawn by the project (MNIST's test set is not at hand; set DATA_DIR)"


def figure(kind: str, strength: float, seed: int, network: str, start: int = 0) -> dict:
    """The figure as a PNG data URL, with its mean PSNR (dB) before and after."""
    from matplotlib.figure import Figure  # not pyplot, which keeps global state; and not on the app's way up

    checks.choice(kind, "noise_kind", tuple(KINDS))
    strength, seed, start = (
        checks.number(strength, "strength", 0, 1),
        checks.seed(seed),
        checks.whole(start, "start", 0, 9992),
    )
    chosen = network_named(network)
    originals, source = digits(start, datasets.at_hand("digits", split="test"))
    noisy = [make_noisy(picture, kind, strength, seed + i) for i, picture in enumerate(originals)]
    made = [reconstruct(chosen, picture, strength) for picture in noisy]
    before, after = (mean_psnr(pictures, originals) for pictures in (noisy, made))

    frame = ((0, 0), (1, 1), (1, 1))  # a white line around each picture
    rows = [np.pad(np.stack(list(row)), frame, constant_values=1) for row in (originals, noisy, made)]
    mosaic = np.vstack([np.hstack(list(row)) for row in rows])  # one picture is drawn much faster than 24
    sheet = Figure(figsize=(10, 3.75), dpi=110, facecolor="white", layout="constrained")
    axis = sheet.subplots()
    axis.imshow(mosaic, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    side = originals.shape[-1] + 2
    axis.set_yticks([side * (row + 0.5) for row in range(3)], ["original", "noisy", "reconstructed"], fontsize=13)
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    noise = f"{KIND_LABELS[kind]}, strength {strength:g}, seed {seed}"
    sheet.suptitle(f"{words(offered()[network])}; {noise}: {decibels(before)} → {decibels(after)}", fontsize=12)
    file = io.BytesIO()
    sheet.savefig(file, format="png", metadata={"Software": None})
    url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    return {"url": url, "source": source, "before": before, "after": after}


def mean_psnr(pictures: Sequence[np.ndarray], truth: np.ndarray) -> float | None:
    """The mean PSNR (dB) of pictures against the true ones; None where they are the same."""
    pairs = [errors(a, b) for a, b in zip(pictures, truth, strict=True)]
    return None if all(one["mse"] == 0 for one in pairs) else float(np.mean([one["psnr"] for one in pairs]))


def decibels(psnr: float | None) -> str:
    return "no error" if psnr is None else f"{psnr:.1f} dB"


def props() -> dict:
    """The networks, the lecture's own worked example first."""
    known = choices()
    own = [one.name for one in denoisers().values() if one.kind == "denoising-vae" and not one.yours]
    return {"networks": known, "start": own[0] if own else known[0][0]}


ROOM = Room(heavy=(figure,), props=props)
