"""How good are the samples, and what do the codes mean? Measured once, for the tab that samples and interpolates.

    python -m training.analyse.generation      # of every network in weights/, to weights/analysis/generation.*

Of each sample of N(0, I) it is asked whether it is a digit, and all are compared with real pictures
(training/measures/judge.py).
Directions for thickness and slant are slopes of the codes against what is measured on the pictures. Twenty equations on
codes, drawn by the seed and not by hand, are tried on a hundred test pictures each.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training import checkpoints
from training.data import datasets, strokes
from training.measures import judge
from training.measures.handwriting import slant, thickness
from training.models import Network
from training.models.vae import bernoulli_nats, kl_per_dimension, reparameterise
from training.run import options, record
from training.run.options import setting
from training.store import analysis, encoded

MEASURES = {"thickness": thickness, "slant": slant}  # of the directions of style
EQUATIONS_OF = ("vae", "autoencoder", "vae-2d")  # the networks whose arithmetic is tried


@dataclass
class Settings:
    samples: int = setting(5_000, "samples of the prior for each network")
    pictures: int = setting(100, "test pictures that each equation is tried on")
    swaps: int = setting(12, "equations that exchange one class for another; 4 more thicken and 4 more lean")
    thicker: float = setting(1.0, "pixels of stroke width that an equation asks for")
    leaning: float = setting(15.0, "degrees to the right that an equation asks for")
    bins: int = setting(40, "of the histograms of nats")
    resamples: int = setting(20, "bootstrap resamples behind the spread of a Frechet distance")
    keep: bool = setting(True, "keep what an earlier run measured of weights that have not changed since")
    anew: str = setting("", "parts to measure anew all the same, such as quality,directions,bench")
    seed: int = setting(0, "of the samples and of the choice of the equations", least=0)


# ---- quality of samples ----------------------------------------------------------------------------------------------
def quality(reader: Network, classifier: Network, pictures: Tensor, real: Tensor, resamples: int = 20) -> dict:
    """What the reader says of pictures (N, 1, 28, 28), and how far they are from real ones of features `real` (M, 96).

    "accepted": the share that is a digit to the judge (of garments: of which the classifier is sure); "histogram": the
    classes of all.
    """
    seen, features = judge.read(reader, pictures), judge.features(classifier, pictures)
    return {
        "samples": len(pictures),
        "accepted": float(seen.accepted.float().mean()),
        "histogram": torch.bincount(seen.which, minlength=10).tolist(),
        "frechet": judge.frechet(features, real),
        "frechet_spread": frechet_spread(features, real, resamples),
    }


def frechet_spread(features: Tensor, real: Tensor, resamples: int) -> float:
    """Standard deviation of the Frechet distance over bootstrap resamples of the features (N, d) (Efron 1979)."""
    generator = torch.Generator().manual_seed(0)
    chosen = [torch.randint(len(features), (len(features),), generator=generator) for _ in range(resamples)]
    return float(np.std([judge.frechet(features[rows], real) for rows in chosen], ddof=1))


@torch.inference_mode()
def sampled(network: Network, settings: Settings) -> Tensor:
    """The pictures (N, 1, 28, 28) of N codes from N(0, I) by the seed: as the tab draws them."""
    generator = torch.Generator().manual_seed(settings.seed)
    z = torch.randn(settings.samples, network.latent_dim, generator=generator)
    return torch.cat([torch.sigmoid(network.decode(part)) for part in z.split(1000)])


# ---- what the test set costs -----------------------------------------------------------------------------------------
@torch.inference_mode()
def test_nats(network: Network, settings: Settings, images: Tensor) -> dict:
    """Histograms of reconstruction, KL and their sum over test pictures, in nats."""
    generator = torch.Generator().manual_seed(settings.seed)
    parts = []
    for chunk in images.split(1000):
        mu, log_var = network.encode(chunk)
        z = reparameterise(mu, log_var, generator)
        parts.append(torch.stack([bernoulli_nats(network.decode(z), chunk), kl_per_dimension(mu, log_var).sum(1)]))
    reconstruction, kl = torch.cat(parts, 1).double().numpy()
    found = {}
    for name, values in (("reconstruction", reconstruction), ("kl", kl), ("total", reconstruction + kl)):
        counts, edges = np.histogram(values, settings.bins, (0, np.quantile(values, 0.998)))
        found[name] = {"counts": counts.tolist(), "from": 0.0, "to": float(edges[-1]), "mean": float(values.mean())}
    return found


# ---- directions and equations ----------------------------------------------------------------------------------------
def slope(codes: Tensor, measured: Tensor, labels: Tensor) -> Tensor:
    """Mean change of the codes (N, d) per unit of what was measured (N,), within classes: (d,).

    Least squares of the codes on the measure, after each class's mean was taken from both: a 7 leans more than a 0, and
    that is no matter of style.
    """
    codes, measured = codes.double(), measured.double()
    for label in labels.unique():
        of = labels == label
        codes[of] -= codes[of].mean(0)
        measured[of] -= measured[of].mean()
    return (measured @ codes / measured.square().sum()).float()


def halves(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Two masks (count,) that part `count` things in halves by chance: what is fitted to, and what it is tried on."""
    fitted = torch.zeros(count, dtype=torch.bool)
    fitted[torch.randperm(count, generator=torch.Generator().manual_seed(seed))[: count // 2]] = True
    return fitted, ~fitted


def equations(settings: Settings) -> list[dict]:
    """The twenty equations: which class for which is drawn by the seed, four are thickened and four made to lean."""
    generator = np.random.default_rng(settings.seed)
    pairs = [(a, c) for a in range(10) for c in range(10) if a != c]
    chosen = [pairs[i] for i in generator.choice(len(pairs), settings.swaps, replace=False)]
    asked = [{"kind": "class", "from": a, "to": c} for a, c in chosen]
    for kind in ("thickness", "slant"):
        asked += [{"kind": kind, "from": int(a), "to": int(a)} for a in generator.choice(10, 4, replace=False)]
    return asked


@torch.inference_mode()
def attempt(
    settings: Settings,
    network: Network,
    reader: Network,
    asked: dict,
    points: Tensor,
    labels: Tensor,
    along: dict,
    free: Tensor,
) -> dict:
    """Try one equation on stored codes that are `free`: the share that succeeded, and the first twelve outcomes.

    a - mean(class of a) + mean(class c) succeeds where the class that is read is c; a + direction where it still is a's
    own class (the share "kept") and at least half of what was asked for is measured ("change", its mean). Beside it the
    share of outcomes that are digits at all ("accepted").
    """
    members = torch.nonzero(labels == asked["from"])[:, 0]
    indices = torch.nonzero(free[members])[: settings.pictures, 0]  # among those of the class, as the tab counts them
    codes = points[members[indices]]
    if asked["kind"] == "class":
        moved = codes - points[members].mean(0) + points[labels == asked["to"]].mean(0)
    else:
        moved = codes + along[asked["kind"]] * wanted(settings, asked["kind"])
    before, after = (torch.sigmoid(network.decode(z)) for z in (codes, moved))
    seen = judge.read(reader, after)
    right = kept = seen.which == asked["to"]
    found = {**asked, "tried": len(codes), "accepted": float(seen.accepted.float().mean())}
    if asked["kind"] != "class":
        measure = MEASURES[asked["kind"]]
        change = measure(after[:, 0]) - measure(before[:, 0])
        right = kept & (change >= wanted(settings, asked["kind"]) / 2)
        found |= {"kept": float(kept.float().mean()), "change": float(change.mean()), "change_sd": float(change.std())}
    style = np.corrcoef(slant(before[:, 0]), slant(after[:, 0]))[0, 1]
    return (
        found
        | {
            "success": float(right.float().mean()),
            "style": float(style),  # does who leant before lean after? the correlation of the slants
            "first": [int(x) for x in right[:12]],
            "indices": indices[:12].tolist(),
        }
    )


def wanted(settings: Settings, kind: str) -> float:
    """How much thicker (pixels) or more slanted (degrees) an equation of style asks a picture to be."""
    return settings.thicker if kind == "thickness" else settings.leaning


# ---- all of it ------------------------------------------------------------------------------------------------------
def arithmetic(
    settings: Settings, name: str, network: Network, reader: Network, images: Tensor
) -> tuple[dict, list[dict]]:
    """Directions {"thickness": (d,), "slant": (d,)} and bench of a network, by its stored codes of test images."""
    stored = encoded.load(name)
    keys, points, classes = stored["keys"], torch.from_numpy(stored["points"]), stored["classes"]
    place = {int(key): index for index, key in enumerate(record.keys(images))}
    drawn = images[[place[int(key)] for key in keys], 0]  # by key: copies of a data set differ in their order
    labels = torch.from_numpy(classes.astype(np.int64))
    fitted, free = halves(len(points), settings.seed)
    along = {kind: slope(points[fitted], measure(drawn[fitted]), labels[fitted]) for kind, measure in MEASURES.items()}
    tried = [attempt(settings, network, reader, asked, points, labels, along, free) for asked in equations(settings)]
    return {key: vector.tolist() for key, vector in along.items()}, tried


def analyse(
    settings: Settings, pictures: dict[str, tuple[Tensor, Tensor]], mean: dict[str, Tensor], known: dict
) -> dict:
    """Everything, for all networks in weights/, against the test `pictures` {data set: (images, labels)}.

    What is `known` from an earlier run of weights that have not changed since is kept.
    """
    parts = ("quality", "test_nats", "directions", "bench")
    found = {part: {} for part in (*parts, "real", "noise", "sha256")}
    found["asked"] = {"thicker": settings.thicker, "leaning": settings.leaning}
    found["mean_picture"] = {name: (255 * m).round().int().flatten().tolist() for name, m in mean.items()}
    there = set(checkpoints.names())
    judged = [d for d in pictures if {judge.CLASSIFIERS[d], judge.READERS[d]} <= there]
    sums = {name: checkpoints.sha256(name) for name in sorted(there)}  # before they are read
    readers = {dataset: checkpoints.load(judge.READERS[dataset]) for dataset in judged}
    classifiers = {dataset: checkpoints.load(judge.CLASSIFIERS[dataset]) for dataset in judged}
    real = {}
    for dataset, classifier in classifiers.items():
        reader = readers[dataset]
        images = pictures[dataset][0]
        rest, compared = halves(len(images), settings.seed)  # by chance: MNIST's first half is the easier one
        real[dataset] = judge.features(classifier, images[compared])
        found["real"][dataset] = quality(reader, classifier, images[rest], real[dataset], settings.resamples)
        noise = torch.rand(1000, 1, 28, 28, generator=torch.Generator().manual_seed(settings.seed))
        found["noise"][dataset] = quality(reader, classifier, noise, real[dataset], settings.resamples)
    for described in checkpoints.all():
        name, dataset = described.name, described.dataset
        if not described.has_code or dataset not in pictures:
            continue
        network = checkpoints.load(name)
        by = judge.READERS[dataset], judge.CLASSIFIERS[dataset]
        found["sha256"][name] = " ".join(sums.get(one, "none") for one in (name, *by))
        same = known.get("sha256", {}).get(name) == found["sha256"][name]
        kept = {part for part in parts if same and name in known[part]} - set(settings.anew.split(","))
        found |= {part: found[part] | {name: known[part][name]} for part in kept}
        if described.variational and "test_nats" not in kept:
            found["test_nats"][name] = test_nats(network, settings, pictures[dataset][0])
        if dataset in classifiers and "quality" not in kept:
            samples = sampled(network, settings)
            by = readers[dataset], classifiers[dataset]
            found["quality"][name] = quality(*by, samples, real[dataset], settings.resamples)
        tried = name in EQUATIONS_OF and encoded.exists(name)
        if dataset in classifiers and tried and not {"directions", "bench"} <= kept:
            directions, bench = arithmetic(settings, name, network, readers[dataset], pictures[dataset][0])
            found["directions"][name], found["bench"][name] = directions, bench
        print(f"{name}: {found['quality'].get(name, 'no judge')}", flush=True)
    return record.rounded(found, 5)


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    torch.set_num_threads(1)
    if chosen.smoke:
        settings.samples, settings.pictures = 64, 8
        images, labels = strokes.made_digits(64, settings.seed)
        pictures, mean = {"digits": (images, labels)}, {"digits": images.mean(0)}
        print(json.dumps(analyse_smoke(settings, pictures, mean))[:300])
        return
    pictures = {name: datasets.load(name, "test", chosen.data_dir) for name in datasets.DATASETS}
    mean = {name: datasets.load(name, "train", chosen.data_dir)[0].mean(0) for name in datasets.DATASETS}
    known = analysis.load("generation") if settings.keep and analysis.exists("generation") else {}
    print(f"wrote {analysis.save('generation', analyse(settings, pictures, mean, known), indent=None)}")


def analyse_smoke(settings: Settings, pictures: dict, mean: dict) -> dict:
    """The parts that need no trained network, on made digits: measures, slopes and the choice of the equations."""
    images, labels = pictures["digits"]
    codes = images.flatten(1)[:, 400:416]
    return {
        "slope": slope(codes, thickness(images[:, 0]), labels).tolist(),
        "slant": slant(images[:, 0]).tolist(),
        "equations": equations(settings),
        "mean_picture": mean["digits"].shape,
    }


if __name__ == "__main__":
    main()
