"""What autoencoder, VAE and PCA put between their codes, measured (lecture, part B7): tab 3's fields and tables.

    python -m training.analyse.latents [--data-dir DIR] [--smoke]

Reads the trained networks, the judge (cnn-digits) and the digits; writes weights/analysis/latents.json (numbers) and
latents.npz (fields, fitted samplers, t-SNE). Deterministic by its seed, with one thread. Run it again whenever one of
the networks was trained anew: the file holds the sha256 of every network that it measured.
"""

import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable, Sequence

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two threads would round differently

import numpy as np
import torch
from torch import Tensor

from training import checkpoints
from training.data import datasets
from training.data.strokes import made_digits
from training.measures import judge as judging
from training.measures import latent_space
from training.models import ConvVAE, Network, SmallCNN
from training.run import options, record
from training.store import analysis

FLAT = {"pca": 2, "autoencoder-2d": 2, "vae-2d": 2}  # checkpoint -> how many numbers of its code are used
WIDE = {"pca": 32, "vae-beta-0": 32, "vae": 32}  # vae-beta-0: the VAE without its noise and its KL term


@dataclasses.dataclass
class Settings:
    field: int = options.setting(48, "cells along each side of the fields of confidence and return")
    fitted: int = options.setting(6_000, "training digits whose codes the samplers are fitted to")
    components: int = options.setting(20, "Gaussians of the fitted mixture")
    references: int = options.setting(2_000, "training digits that say where real pictures lie in the judge's features")
    samples: int = options.setting(1_000, "codes drawn from each sampler: a share is then known to about 1.5%")
    disturbed: int = options.setting(500, "test digits whose codes are disturbed")
    pairs: int = options.setting(200, "pairs of test digits of different classes, joined by straight paths of 17 steps")
    neighbours: int = options.setting(1_500, "test digits that t-SNE lays out")
    seed: int = options.setting(0, "of every random draw", least=0)


NOISES = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 2.0)  # in units of the codes' own standard deviation
ABSOLUTE = (0.0, 0.2, 0.35, 0.5, 0.75, 1.0, 2.0)  # the same in plain units of z
RETURNED = 0.25  # a picture re-encoded farther than this (in spreads) from its code has left its place


@torch.inference_mode()
def in_batches(function: Callable[..., Tensor], *tensors: Tensor, size: int = 1000) -> Tensor:
    """Apply `function` to the tensors in batches along the first dimension and join the results."""
    return torch.cat([function(*parts) for parts in zip(*(tensor.split(size) for tensor in tensors), strict=True)])


def codes_of(network: Network, images: Tensor, width: int) -> Tensor:
    """(N, 1, 28, 28) -> the first `width` numbers of the codes (N, width)."""
    return in_batches(lambda batch: network.code(batch)[:, :width], images)


def decoded(network: Network, z: Tensor) -> Tensor:
    """Codes (N, d) -> pictures (N, 1, 28, 28)."""
    return in_batches(lambda batch: latent_space.picture(network, batch), z)


@dataclasses.dataclass
class Judge:
    """The classifier and the manifold of real pictures in its features."""

    classifier: Network
    real: dict | None

    def __call__(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures (N, 1, 28, 28) -> highest probability, class, how far out of distribution, each (N,)."""
        stacked = in_batches(lambda batch: torch.stack(judging.verdict(self.classifier, batch, self.real), 1), pictures)
        return stacked[:, 0], stacked[:, 1].long(), stacked[:, 2]


def train_judge(classifier: Network, images: Tensor) -> Judge:
    """A judge that knows where the features of real `images` lie, rounded as they are stored."""
    if not hasattr(classifier, "features"):
        return Judge(classifier, None)
    real = judging.manifold(in_batches(classifier.features, images))
    return Judge(classifier, {key: value.half().float() for key, value in real.items()})


def recognised(judge: Judge, pictures: Tensor) -> dict:
    """The share of pictures taken for digits, of those the classifier is sure of, and how often each class comes."""
    best, which, outside = judge(pictures)
    digits = judging.is_digit(best, outside)
    return {
        "recognised": float(digits.float().mean()),
        "sure": float((best >= judging.SURE).float().mean()),
        "among": float((outside <= 1).float().mean()),
        "classes": torch.bincount(which[digits], minlength=10).tolist(),
    }


def holes(network: Network, judge: Judge, codes: Tensor, side: int) -> tuple[dict, dict]:
    """The fields over the map: (numbers, arrays). A hole is a cell inside the codes' convex hull whose picture the
    judge does not recognise or whose re-encoding lands farther than RETURNED spreads away."""
    from scipy.spatial import Delaunay

    area, unit = latent_space.region(codes), latent_space.spread(codes)
    points = latent_space.grid(area, side)
    best, which, outside = judge(decoded(network, points))
    back = in_batches(lambda z: latent_space.return_distance(network, z), points) / unit
    inside = torch.from_numpy(Delaunay(codes.double().numpy()).find_simplex(points.double().numpy()) >= 0)
    doubtful, astray = ~judging.is_digit(best, outside), back > RETURNED
    share = lambda cells: float((cells & inside).float().sum() / inside.float().sum())  # noqa: E731
    numbers = {
        "extent": area,
        "spread": unit,
        "unrecognised": share(doubtful),
        "astray": share(astray),
        "holes": share(doubtful | astray),
        "hull": float(inside.float().mean()),
    }
    shape = (side, side)
    arrays = {
        "confidence": (255 * best).round().byte().reshape(shape).numpy(),
        "class": which.byte().reshape(shape).numpy(),
        "strange": (100 * outside.clamp_max(2.5)).round().byte().reshape(shape).numpy(),
        "return": back.reshape(shape).half().numpy(),
        "inside": inside.reshape(shape).numpy(),
    }
    return numbers, arrays


def mixture(codes: Tensor, components: int, seed: int) -> dict:
    """A mixture of Gaussians with full covariances, fitted to the codes (N, d) by expectation-maximisation."""
    from sklearn.mixture import GaussianMixture

    fit = GaussianMixture(components, reg_covar=1e-4, max_iter=60, random_state=seed).fit(codes.double().numpy())
    factors = np.linalg.cholesky(np.asarray(fit.covariances_))
    return {"weights": fit.weights_, "means": fit.means_, "factors": factors}


def disturb(
    network: Network,
    judge: Judge,
    codes: Tensor,
    images: Tensor,
    labels: Tensor,
    levels: Sequence[float],
    unit: float,
    seed: int,
) -> list[dict]:
    """For each noise level (in units of `unit`): is the decoded picture still of its class, and how far is it off?"""
    rows = []
    for level in levels:
        noise = torch.randn(codes.shape, generator=torch.Generator().manual_seed(seed))
        pictures = decoded(network, codes + level * unit * noise)
        best, which, outside = judge(pictures)
        rows.append(
            {
                "noise": level,
                "kept": float((which == labels).float().mean()),
                "recognised": float(judging.is_digit(best, outside).float().mean()),
                "mse": float((pictures - images).square().mean()),
            }
        )
    return rows


def paths(network: Network, judge: Judge, codes: Tensor, labels: Tensor, pairs: int, seed: int) -> dict:
    """Straight paths between codes of different classes: mean confidence along them, and at their worst point."""
    generator, unit = torch.Generator().manual_seed(seed), latent_space.spread(codes)
    first, second = torch.randint(len(codes), (2, 4 * pairs), generator=generator)
    chosen = (labels[first] != labels[second]).nonzero()[:pairs, 0]
    ways = [latent_space.straight(codes[first[i]], codes[second[i]], 17) for i in chosen]
    best, _, outside = judge(decoded(network, torch.cat(ways)))
    digits = judging.is_digit(best, outside).float()
    far = in_batches(lambda z: latent_space.nearest_code(z, codes), torch.cat(ways)) / unit
    best, far = best.view(-1, 17), far.view(-1, 17)
    return {
        "pairs": len(chosen),
        "mean": float(best.mean()),
        "worst": float(best.amin(1).mean()),
        "recognised": float(digits.mean()),
        "along": digits.view(-1, 17).mean(0).tolist(),
        "farthest": float(far.amax(1).mean()),
    }


def tsne(codes: Tensor, seed: int) -> np.ndarray:
    """Lay out codes (N, d) in the plane so that near ones stay near (van der Maaten and Hinton, 2008): (N, 2)."""
    from sklearn.manifold import TSNE

    return TSNE(2, perplexity=30, init="pca", random_state=seed, n_jobs=1).fit_transform(codes.numpy())


def linear_view(codes: Tensor) -> np.ndarray:
    """The codes (N, d) on their own two principal axes: (N, 2)."""
    centred = (codes - codes.mean(0)).double()
    _, _, axes = torch.linalg.svd(centred, full_matrices=False)
    return (centred @ axes[:2].T).numpy()


def main(argv: list[str] | None = None) -> int:
    """Measure every space that exists and write weights/analysis/latents.*"""
    settings, chosen = options.parse(Settings, argv, __doc__)
    torch.set_num_threads(1)
    start = time.time()
    if chosen.smoke:
        return smoke(settings)
    train, _ = datasets.load("digits", "train", chosen.data_dir)
    test, labels = datasets.load("digits", "test", chosen.data_dir)
    present = set(checkpoints.names())
    judge = next(name for name in ("cnn-digits", "softmax-digits") if name in present)
    wanted = {*FLAT, *WIDE} & present
    sha256 = {name: checkpoints.sha256(name) for name in sorted({judge, *wanted})}  # before they are read
    numbers, arrays = measure_all(
        settings,
        {name: checkpoints.load(name) for name in sorted(wanted)},
        train_judge(checkpoints.load(judge), train[: settings.references]),
        train[: settings.fitted],
        test,
        labels,
    )
    numbers |= {"judge": judge, "command": "python -m training.analyse.latents", "sha256": sha256}
    print(f"{analysis.save('latents', record.rounded(numbers, 5), **arrays)} in {time.time() - start:.0f} s")
    return 0


def measure_all(
    settings: Settings, networks: dict[str, Network], judge: Judge, train: Tensor, test: Tensor, labels: Tensor
) -> tuple[dict, dict]:
    """Everything, for the networks at hand: (numbers for the JSON file, arrays for the npz file)."""
    numbers, arrays = {"settings": dataclasses.asdict(settings), "spaces": {}}, {}
    numbers["returned"], numbers["threshold"] = RETURNED, judging.SURE
    numbers["real"] = recognised(judge, test[: settings.samples])
    noise = torch.rand((settings.samples, 1, 28, 28), generator=torch.Generator().manual_seed(settings.seed))
    numbers["noise"] = recognised(judge, noise)  # what a classifier says of no digit at all
    arrays |= {f"judge/{key}": value.numpy().astype(np.float16) for key, value in (judge.real or {}).items()}
    for name, width in [*FLAT.items(), *WIDE.items()]:
        if name not in networks:
            continue
        key, network = f"{name}/{width}", networks[name]
        print(key, flush=True)
        entry, fitted = {"network": name, "width": width}, codes_of(network, train, width)
        codes = codes_of(network, test[:5000], width)
        entry["spread"] = latent_space.spread(codes)
        entry["rebuilt"] = recognised(judge, decoded(network, codes[: settings.samples]))
        samplers = {
            "prior": latent_space.prior(width),
            "gaussian": latent_space.gaussian(fitted),
            "mixture": mixture(fitted, settings.components, settings.seed),
        }
        entry["samples"] = {}
        for kind, sampler in samplers.items():
            z = latent_space.draw(sampler, settings.samples, torch.Generator().manual_seed(settings.seed))
            entry["samples"][kind] = recognised(judge, decoded(network, z))
            if kind != "prior":
                for part, value in sampler.items():
                    arrays[f"{key}/{kind}/{part}"] = np.asarray(value, np.float32)
        few = settings.disturbed
        entry["disturbed"] = {
            unit: disturb(network, judge, codes[:few], test[:few], labels[:few], levels, size, settings.seed)
            for unit, levels, size in (
                ("spread", NOISES, latent_space.spread(codes) / width**0.5),
                ("plain", ABSOLUTE, 1.0),
            )
        }
        entry["paths"] = paths(network, judge, codes, labels[: len(codes)], settings.pairs, settings.seed)
        if width == 2:
            entry["holes"], fields = holes(network, judge, codes, settings.field)
            arrays |= {f"{key}/holes/{part}": value for part, value in fields.items()}
        else:
            near = codes[: settings.neighbours]
            arrays[f"{key}/tsne"] = tsne(near, settings.seed).astype(np.float16)
            arrays[f"{key}/axes"] = linear_view(near).astype(np.float16)
        numbers["spaces"][key] = entry
    arrays["keys"] = record.keys(test[: settings.neighbours])
    arrays["labels"] = labels[: settings.neighbours].byte().numpy()
    return numbers, arrays


def smoke(settings: Settings) -> int:
    """A run of seconds on made digits and untrained networks: nothing is written to weights/."""
    torch.manual_seed(settings.seed)
    images, labels = made_digits(300, settings.seed)
    small = dataclasses.replace(settings, field=8, samples=50, disturbed=50, pairs=5, components=3, neighbours=100)
    networks = {
        "vae-2d": ConvVAE(2).eval(),
        "autoencoder-2d": ConvVAE(2, deterministic=True).eval(),
        "vae": ConvVAE(32).eval(),
    }
    judge = train_judge(SmallCNN().eval(), images)
    numbers, arrays = measure_all(small, networks, judge, images, images, labels)
    size = len(json.dumps(record.rounded(numbers, 5))) + len(analysis.npz(**arrays))
    print(f"smoke: {len(numbers['spaces'])} spaces, {len(arrays)} arrays, {size:,} bytes; nothing was written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
