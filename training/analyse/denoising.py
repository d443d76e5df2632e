"""Measure every denoiser at every strength of noise, tune the classical filters, and learn what is usual for a digit.

    python -m training.analyse.denoising            # minutes; writes weights/analysis/denoising.json
    python -m training.analyse.denoising --changed  # only the networks whose weights have changed since
    python -m training.analyse.denoising mine       # the row of a network of your own, beside what is there

The networks are all denoisers of digits that stand in weights/, by what they are: a student's own is one of them. The
table is tab 1's grid of training noise against test noise; the knobs are those of its classical filters (tuned on
training pictures); the quantiles are the scale of its meter "how unlike the training data".
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from training import checkpoints
from training.data import datasets, strokes
from training.data.corruptions import KINDS, corrupt
from training.measures.denoisers import FILTERS, by_filter, by_network
from training.measures.pictures import mse_per_picture, psnr, ssim
from training.measures.spread import NINETY_FIVE
from training.models import Network
from training.store import analysis

TOLD = "told"  # a denoiser that is given the strength of the noise, so it was trained on none in particular


@dataclass
class Settings:
    strengths: tuple[float, ...] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of the Gaussian noise
    knob_strengths: tuple[float, ...] = (
        0.05,
        0.1,
        0.2,
        0.3,
        0.4,
        0.5,
        0.6,
        0.7,
        0.8,
        0.9,
        1.0,
    )  # of the filters
    tuning_pictures: int = 48  # training pictures, drawn at random, for each knob
    filter_pictures: int = 300  # test pictures, drawn at random, for the filters, which are slow, and for the drift
    kinds_strength: float = 0.3  # at which all denoisers meet all kinds of noise
    times: int = 20  # that a network is applied to its own output
    classifier: str = "cnn-digits"  # reads what becomes of a digit
    meter: str = "vae"  # the network whose reconstruction error is the meter's scale
    seed: int = 0  # of the noise


@torch.inference_mode()
def score(
    denoise: Callable[[Tensor], Tensor], clean: Tensor, strength: float, seed: int, kind: str = "gaussian"
) -> tuple[float, float, float]:
    """Means of PSNR (dB) and SSIM of `denoise(noisy)` over the pictures, with noise of a kind and strength.

    The third number is half the width of the mean PSNR's interval of 95 %.
    """
    generator, decibels, similar = torch.Generator().manual_seed(seed), [], 0.0
    for batch in clean.split(500):
        made = denoise(corrupt(batch, kind, strength, generator))
        decibels.append(psnr(made, batch))
        similar += float(ssim(made, batch).sum())
    each = torch.cat(decibels)
    spread = NINETY_FIVE * float(each.std()) / len(each) ** 0.5
    return round(float(each.mean()), 3), round(similar / len(clean), 3), round(spread, 3)


def sample(images: Tensor, labels: Tensor, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """`count` of the pictures and their labels, drawn at random: the first of a test set are no fair sample."""
    chosen = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))[:count]
    return images[chosen], labels[chosen]


def tune(images: Tensor, settings: Settings) -> dict[str, dict[str, list]]:
    """[knob, gain, offset] of least MSE of each filter for each kind of noise, at each of the knob strengths."""
    clean = images[:, 0].numpy()
    knobs = {name: {kind: [] for kind in KINDS} for name in FILTERS}
    for kind in KINDS:
        for strength in settings.knob_strengths:
            noisy = corrupt(images, kind, strength, torch.Generator().manual_seed(settings.seed))[:, 0].numpy()
            for name, (_, candidates) in FILTERS.items():
                knobs[name][kind].append(min(fit(name, noisy, clean, knob) for knob in candidates)[1])
        print(f"knobs for {kind}: { {name: knobs[name][kind] for name in FILTERS} }", flush=True)
    return knobs


def fit(name: str, noisy: np.ndarray, clean: np.ndarray, knob: float) -> tuple[float, list[float]]:
    """Fit gain and offset after a filter by least squares; return its MSE and [knob, gain, offset]."""
    made = np.array([FILTERS[name][0](picture, knob) for picture in noisy])
    spread = float(made.var())
    gain = float(np.mean((made - made.mean()) * (clean - clean.mean()))) / spread if spread > 1e-9 else 1.0
    offset = float(clean.mean() - gain * made.mean())
    error = float(np.mean((np.clip(gain * made + offset, 0, 1) - clean) ** 2))
    return error, [knob, round(gain, 3), round(offset, 3)]


def filtered(name: str, images: Tensor, tuned: Sequence[float]) -> Tensor:
    """(B, 1, 28, 28) through a classical filter with its [knob, gain, offset]."""
    return torch.from_numpy(np.array([by_filter(name, picture, *tuned) for picture in images[:, 0].numpy()]))[:, None]


def denoiser_rows(
    settings: Settings, test: Tensor, few: Tensor, names: Sequence[str], known: dict[str, dict]
) -> list[dict]:
    """One row of the table for each network; a row of `known` stays when the network's weights are still the same.

    Gaussian noise is measured on `test`, the other kinds on the `few` that the filters see as well.
    """
    rows = []
    for name in names:
        digest = checkpoints.sha256(name)
        if known.get(name, {}).get("sha256") == digest:
            rows.append(known[name])
            continue
        network = checkpoints.load(name)

        def denoise(noisy: Tensor, strength: float, network: Network = network) -> Tensor:
            return by_network(network, noisy, strength)

        scores = [score(partial(denoise, strength=s), test, s, settings.seed) for s in settings.strengths]
        at = settings.kinds_strength
        kinds = {kind: score(partial(denoise, strength=at), few, at, settings.seed, kind)[0] for kind in KINDS}
        described = checkpoints.describe(name)
        noise = TOLD if described.kind == "linear-denoiser" else described.noise
        rows.append(_row(name, noise, scores, len(test)) | {"sha256": digest, "kinds": kinds})
        print(name, rows[-1]["psnr"], kinds, flush=True)
    return rows


@torch.inference_mode()
def drift(settings: Settings, images: Tensor, labels: Tensor, names: Sequence[str]) -> dict[str, list[float]]:
    """For each network the share of digits read right after each time that it was applied: `times` numbers."""
    classifier = checkpoints.load(settings.classifier)
    noisy = corrupt(images, "gaussian", settings.kinds_strength, torch.Generator().manual_seed(settings.seed))
    shares = {}
    for name in names:
        network, pictures, shares[name] = checkpoints.load(name), noisy, []
        for _ in range(settings.times):
            pictures = by_network(network, pictures, settings.kinds_strength)
            right = (classifier(pictures).argmax(1) == labels).float().mean()
            shares[name].append(round(float(right), 4))
    return shares


def filter_rows(settings: Settings, test: Tensor, knobs: dict) -> list[dict]:
    """One row of the table for each classical filter, on a few test pictures."""
    rows = []
    for name in FILTERS:

        def denoise(noisy: Tensor, kind: str, strength: float, name: str = name) -> Tensor:
            nearest = int(np.argmin(np.abs(np.array(settings.knob_strengths) - strength)))
            return filtered(name, noisy, knobs[name][kind][nearest] if strength else [FILTERS[name][1][0]])

        scores = [
            score(partial(denoise, kind="gaussian", strength=s), test, s, settings.seed) for s in settings.strengths
        ]
        at = settings.kinds_strength
        kinds = {k: score(partial(denoise, kind=k, strength=at), test, at, settings.seed, k)[0] for k in KINDS}
        rows.append(_row(name, TOLD, scores, len(test)) | {"kinds": kinds})
        print(name, rows[-1]["psnr"], kinds, flush=True)
    return rows


@torch.inference_mode()
def analyse(settings: Settings, tuning: Tensor, test: Tensor, labels: Tensor, names: Sequence[str], old: dict) -> dict:
    """The whole table as a dictionary; see the module's docstring. `old` is an earlier one, or empty."""
    drawn = {"pictures": settings.filter_pictures, "tuning": settings.tuning_pictures, "seed": settings.seed}
    old = old if old.get("sample") == drawn else {}  # other pictures give other numbers
    known = {row["network"]: row for row in old.get("rows", [])}
    few, few_labels = sample(test, labels, settings.filter_pictures, settings.seed)
    knobs = old.get("knobs") or tune(tuning, settings)
    rows = denoiser_rows(settings, test, few, names, known)
    if set(FILTERS) <= set(known):
        rows += [known[name] for name in FILTERS]
    else:
        rows += filter_rows(settings, few, knobs)
    untouched = [score(lambda noisy: noisy, test, s, settings.seed) for s in settings.strengths]
    at = settings.kinds_strength
    kinds = {kind: score(lambda noisy: noisy, few, at, settings.seed, kind)[0] for kind in KINDS}
    meter = checkpoints.load(settings.meter)
    errors = torch.cat([mse_per_picture(by_network(meter, batch), batch) for batch in test.split(500)])
    quantiles = torch.quantile(errors, torch.linspace(0, 1, 101)).tolist()
    return {
        "command": "python -m training.analyse.denoising",
        "seed": settings.seed,
        "sample": drawn,
        "strengths": list(settings.strengths),
        "noisy": {"psnr": [p for p, _, _ in untouched], "ssim": [s for _, s, _ in untouched], "kinds": kinds},
        "kinds_strength": at,
        "drift": drift(settings, few, few_labels, names),
        "rows": rows,
        "knob_strengths": list(settings.knob_strengths),
        "knobs": knobs,
        "meter": {"network": settings.meter, "quantiles": [float(f"{q:.4g}") for q in quantiles]},
    }


def with_rows(old: dict, settings: Settings, test: Tensor, labels: Tensor, names: Sequence[str]) -> dict:
    """The table `old` with the rows of these networks, measured now: in the place of their old ones or new."""
    few, few_labels = sample(test, labels, settings.filter_pictures, settings.seed)
    measured = {row["network"]: row for row in denoiser_rows(settings, test, few, names, {})}
    rows = [measured.pop(row["network"], row) for row in old["rows"]]
    first = next((i for i, row in enumerate(rows) if row["network"] in FILTERS), len(rows))
    rows[first:first] = measured.values()  # networks first, filters last
    return old | {"rows": rows, "drift": old["drift"] | drift(settings, few, few_labels, names)}


def _row(name: str, trained_on: float | str, scores: list[tuple[float, float, float]], pictures: int) -> dict:
    psnrs, ssims, spreads = map(list, zip(*scores, strict=True))
    row = {"network": name, "trained_on": trained_on, "pictures": pictures}
    return row | {"psnr": psnrs, "ssim": ssims, "psnr_spread": spreads}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="measure these networks alone, and keep the other rows"
    )
    parser.add_argument("--data-dir", help="folder of the data sets (default: $DATA_DIR, else a cache folder)")
    parser.add_argument(
        "--pictures", type=int, default=10_000, help="test pictures for each NAME (default %(default)s)"
    )
    parser.add_argument("--smoke", action="store_true", help="seconds on made digits; never touches weights/")
    parser.add_argument("--changed", action="store_true", help="keep what was measured on weights that are the same")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    settings = Settings()
    known = [one.name for one in checkpoints.denoisers()]
    if unknown := [name for name in options.names if name not in known]:
        sys.exit(f"{', '.join(unknown)}: no denoiser of digits in weights/; there: {', '.join(known) or 'none'}")
    if options.smoke:
        settings = Settings((0.0, 0.3), (0.3,), tuning_pictures=2, filter_pictures=2, meter=known[0])
        made, labels = strokes.made_digits(12, settings.seed)
        result = analyse(settings, made[:2], made, labels, known[:2], {})
        print(f"smoke: {len(result['rows'])} rows, nothing written")
        return
    test, labels = datasets.load("digits", "test", options.data_dir)
    if options.names:
        some = sample(test, labels, options.pictures, settings.seed)
        result = with_rows(analysis.load("denoising"), settings, *some, options.names)
    else:
        train, _ = datasets.load("digits", "train", options.data_dir)
        tuning, _ = sample(train, torch.zeros(len(train)), settings.tuning_pictures, settings.seed)
        old = analysis.load("denoising") if options.changed and analysis.exists("denoising") else {}
        result = analyse(settings, tuning, test, labels, known, old)
    print(f"wrote {analysis.save('denoising', result, indent=None)}")


if __name__ == "__main__":
    main()
