"""How good are the samples, and what do the codes mean? Measured once, for the tab that samples and interpolates.

    python -m training.analyse.generation      # of every network in weights/, to weights/analysis/generation.*

Samples of N(0, I) are judged by a classifier that was trained on the real pictures (training/measures/judge.py).
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

REFERENCE = 2_000  # real pictures that samples are compared with one by one, here and in the tab
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
def quality(classifier: Network, pictures: Tensor, real: Tensor, resamples: int = 20) -> dict:
    """What the classifier says of pictures (N, 1, 28, 28), with the features `real` (M, 96) of real ones."""
    probabilities, features = judge.read(classifier, pictures)
    confidence, label = probabilities.max(1)
    reference = real[:REFERENCE]
    return {
        "samples": len(pictures),
        "share": float((confidence > judge.SURE).float().mean()),
        "histogram": torch.bincount(label, minlength=10).tolist(),
        "frechet": judge.frechet(features, real),
        "frechet_spread": frechet_spread(features, real, resamples),
        "among": float(judge.inside_manifold(features, reference, judge.radii(reference)).float().mean()),
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
    classifier: Network,
    asked: dict,
    points: Tensor,
    labels: Tensor,
    along: dict,
    free: Tensor,
) -> dict:
    """Try one equation on stored codes that are `free`: the share that succeeded, and the first twelve outcomes.

    a - mean(class of a) + mean(class c) succeeds where the classifier's first choice is c; a + direction where it still
    is a's own class (the share "kept") and at least half of what was asked for is measured ("change", its mean).
    """
    members = torch.nonzero(labels == asked["from"])[:, 0]
    indices = torch.nonzero(free[members])[: settings.pictures, 0]  # among those of the class, as the tab counts them
    codes = points[members[indices]]
    if asked["kind"] == "class":
        moved = codes - points[members].mean(0) + points[labels == asked["to"]].mean(0)
    else:
        moved = codes + along[asked["kind"]] * wanted(settings, asked["kind"])
    before, after = (torch.sigmoid(network.decode(z)) for z in (codes, moved))
    right = kept = judge.read(classifier, after)[0].argmax(1) == asked["to"]
    found = {**asked, "tried": len(codes)}
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
    settings: Settings, name: str, network: Network, classifier: Network, images: Tensor
) -> tuple[dict, list[dict]]:
    """Directions {"thickness": (d,), "slant": (d,)} and bench of a network, by its stored codes of test images."""
    stored = encoded.load(name)
    keys, points, classes = stored["keys"], torch.from_numpy(stored["points"]), stored["classes"]
    place = {int(key): index for index, key in enumerate(record.keys(images))}
    drawn = images[[place[int(key)] for key in keys], 0]  # by key: copies of a data set differ in their order
    labels = torch.from_numpy(classes.astype(np.int64))
    fitted, free = halves(len(points), settings.seed)
    along = {kind: slope(points[fitted], measure(drawn[fitted]), labels[fitted]) for kind, measure in MEASURES.items()}
    tried = [
        attempt(settings, network, classifier, asked, points, labels, along, free) for asked in equations(settings)
    ]
    return {key: vector.tolist() for key, vector in along.items()}, tried


def analyse(
    settings: Settings, pictures: dict[str, tuple[Tensor, Tensor]], mean: dict[str, Tensor], known: dict
) -> tuple[dict, dict[str, np.ndarray]]:
    """Everything, for all networks in weights/, against the test `pictures` {data set: (images, labels)}.

    Also the features of real pictures {data set: (2000, 96) float16} that the tab compares new samples with. What is
    `known` from an earlier run of weights that have not changed since is kept.
    """
    parts = ("quality", "test_nats", "directions", "bench")
    found = {part: {} for part in (*parts, "real", "noise", "sha256")}
    found["asked"] = {"thicker": settings.thicker, "leaning": settings.leaning}
    found["mean_picture"] = {name: (255 * m).round().int().flatten().tolist() for name, m in mean.items()}
    there = checkpoints.names()
    classifiers = {d: checkpoints.load(n) for d, n in judge.CLASSIFIERS.items() if n in there and d in pictures}
    real = {}
    for dataset, classifier in classifiers.items():
        images = pictures[dataset][0]
        rest, compared = halves(len(images), settings.seed)  # by chance: MNIST's first half is the easier one
        real[dataset] = judge.read(classifier, images[compared])[1]
        found["real"][dataset] = quality(classifier, images[rest], real[dataset], settings.resamples)
        noise = torch.rand(1000, 1, 28, 28, generator=torch.Generator().manual_seed(settings.seed))
        found["noise"][dataset] = quality(classifier, noise, real[dataset], settings.resamples)
    sums = {name: entry["sha256"] for name, entry in checkpoints.catalogue().items()}
    for described in checkpoints.all():
        name, dataset = described.name, described.dataset
        if not described.has_code or dataset not in pictures:
            continue
        network = checkpoints.load(name)
        found["sha256"][name] = f"{sums.get(name)} {sums.get(judge.CLASSIFIERS[dataset])}"
        same = known.get("sha256", {}).get(name) == found["sha256"][name]
        kept = {part for part in parts if same and name in known[part]} - set(settings.anew.split(","))
        found |= {part: found[part] | {name: known[part][name]} for part in kept}
        if described.variational and "test_nats" not in kept:
            found["test_nats"][name] = test_nats(network, settings, pictures[dataset][0])
        if dataset in classifiers and "quality" not in kept:
            samples = sampled(network, settings)
            found["quality"][name] = quality(classifiers[dataset], samples, real[dataset], settings.resamples)
        tried = name in EQUATIONS_OF and encoded.exists(name)
        if dataset in classifiers and tried and not {"directions", "bench"} <= kept:
            directions, bench = arithmetic(settings, name, network, classifiers[dataset], pictures[dataset][0])
            found["directions"][name], found["bench"][name] = directions, bench
        print(f"{name}: {found['quality'].get(name, 'no judge')}", flush=True)
    return record.rounded(found, 5), {name: features[:REFERENCE].half().numpy() for name, features in real.items()}


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
    found, features = analyse(settings, pictures, mean, known)
    print(f"wrote {analysis.save('generation', found, indent=None, **features)}")


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
