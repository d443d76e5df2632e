"""What autoencoder, VAE and PCA put between their codes, measured (lecture, part B7): tab 3's fields and tables.

    python -m training.analyse.latents [--data-dir DIR] [--smoke]
    python -m training.analyse.latents my-vae     # adds a network of your own to what was measured, in half a minute

Reads the trained networks, the judge of digits and the digits; writes weights/analysis/latents.json (numbers) and
latents.npz (fields, fitted samplers, t-SNE). Deterministic by its seed, with one thread. Run it again whenever one of
the networks was trained anew: the file holds the sha256 of every network that it measured, and without a name it is
made anew: then add yours again. "Test digits" are drawn at random: the first half of MNIST's is not like the second.
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
from training.measures.spread import share
from training.models import ConvVAE, DigitJudge, Network
from training.run import options, record
from training.store import analysis

FLAT = {  # checkpoint -> how many numbers of its code are used: PCA and two pairs of twins
    name: 2 for name in ("pca", "autoencoder-2d", "vae-2d", "autoencoder-deep-2d", "vae-deep-2d")
}
WIDE = {"pca": 32, "vae-beta-0": 32, "vae": 32}  # vae-beta-0: the VAE without its noise and its KL term


@dataclasses.dataclass
class Settings:
    field: int = options.setting(48, "cells along each side of the fields of doubt and return")
    fitted: int = options.setting(6_000, "training digits whose codes the samplers are fitted to")
    components: int = options.setting(20, "Gaussians of the fitted mixture")
    samples: int = options.setting(1_000, "codes drawn from each sampler: a share is then known to about 1.5%")
    places: int = options.setting(2_000, "random places of a map, and as many codes, that are asked for holes")
    disturbed: int = options.setting(500, "test digits whose codes are disturbed")
    pairs: int = options.setting(200, "pairs of test digits of different classes, joined by straight paths of 17 steps")
    neighbours: int = options.setting(1_500, "test digits that t-SNE lays out")
    seed: int = options.setting(0, "of every random draw", least=0)


NOISES = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 2.0)  # in units of the codes' own standard deviation
ABSOLUTE = (0.0, 0.2, 0.35, 0.5, 0.75, 1.0, 2.0)  # the same in plain units of z
USUAL = 0.95  # of the codes are decoded and encoded again to within the distance that is taken for usual


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


def recognised(judge: Network, pictures: Tensor, labels: Tensor | None = None) -> dict:
    """The share of pictures taken for digits, the classes of those, and of how many the class is that of `labels`."""
    seen = judging.read(judge, pictures)
    found = {
        "recognised": float(seen.accepted.float().mean()),
        "classes": torch.bincount(seen.which[seen.accepted], minlength=10).tolist(),
    }
    return found if labels is None else found | {"kept": float((seen.which == labels).float().mean())}


def holes(settings: Settings, network: Network, judge: Network, codes: Tensor, labels: Tensor) -> tuple[dict, dict]:
    """What a decoder draws between the codes (N, 2) of real digits, beside what it draws at them: (numbers, arrays).

    `between` are places at random in the convex hull of the codes, `codes` are codes at random. Of both the share that
    is no digit to the judge ("none") and the share that comes back farther off than is usual ("far"): than `usual`
    spreads, within which USUAL of other codes are encoded again. The fields cover the map cell by cell.
    """
    from scipy.spatial import Delaunay

    area, unit = latent_space.region(codes), latent_space.spread(codes)
    hull = Delaunay(codes.double().numpy())
    inside = lambda points: torch.from_numpy(hull.find_simplex(points.double().numpy()) >= 0)  # noqa: E731
    back = lambda points: in_batches(lambda z: latent_space.return_distance(network, z), points) / unit  # noqa: E731

    generator = torch.Generator().manual_seed(settings.seed)
    few = min(settings.places, len(codes) // 2)
    chosen = torch.randperm(len(codes), generator=generator)[: 2 * few]
    own, others = chosen.chunk(2)
    low, high = codes.amin(0), codes.amax(0)
    anywhere = low + (high - low) * torch.rand(20 * few, 2, generator=generator)
    between = anywhere[inside(anywhere)][:few]
    usual = float(torch.quantile(back(codes[others]), USUAL))
    numbers: dict = {"extent": area, "spread": unit, "usual": usual}
    for name, points in (("codes", codes[own]), ("between", between)):
        seen = judging.read(judge, decoded(network, points))
        told = {"none": ~seen.accepted, "far": back(points) > usual}
        numbers[name] = {kind: share(int(hits.sum()), len(hits)) for kind, hits in told.items()}
        if name == "codes":
            numbers[name]["kept"] = share(int((seen.which == labels[own]).sum()), len(own))

    cells = latent_space.grid(area, settings.field)
    seen, shape = judging.read(judge, decoded(network, cells)), (settings.field, settings.field)
    arrays = {
        "digit": seen.accepted.reshape(shape).numpy(),
        "class": seen.which.byte().reshape(shape).numpy(),
        "doubt": (255 * seen.distance).round().byte().reshape(shape).numpy(),
        "return": back(cells).reshape(shape).half().numpy(),
        "inside": inside(cells).reshape(shape).numpy(),
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
    judge: Network,
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
        found = recognised(judge, pictures, labels)
        rows.append(
            {
                "noise": level,
                "kept": found["kept"],
                "recognised": found["recognised"],
                "mse": float((pictures - images).square().mean()),
            }
        )
    return rows


def paths(network: Network, judge: Network, codes: Tensor, labels: Tensor, pairs: int, seed: int) -> dict:
    """Straight paths between codes of different classes: how much of them is digits, how much of an end's class.

    "error" is the standard error of "recognised": the points of one path are no independent draws, the paths are.
    """
    generator, unit = torch.Generator().manual_seed(seed), latent_space.spread(codes)
    first, second = torch.randint(len(codes), (2, 4 * pairs), generator=generator)
    chosen = (labels[first] != labels[second]).nonzero()[:pairs, 0]
    ways = [latent_space.straight(codes[first[i]], codes[second[i]], 17) for i in chosen]
    seen = judging.read(judge, decoded(network, torch.cat(ways)))
    digits, which = seen.accepted.float().view(-1, 17), seen.which.view(-1, 17)
    ends = torch.stack([labels[first[chosen]], labels[second[chosen]]], 1)
    far = in_batches(lambda z: latent_space.nearest_code(z, codes), torch.cat(ways)) / unit
    return {
        "pairs": len(chosen),
        "recognised": float(digits.mean()),
        "error": float(digits.mean(1).std() / len(chosen) ** 0.5),
        "of_an_end": float((which[:, :, None] == ends[:, None]).any(2).float().mean()),
        "along": digits.mean(0).tolist(),
        "farthest": float(far.view(-1, 17).amax(1).mean()),
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
    """Measure every space that exists, or add those of the named networks, and write weights/analysis/latents.*"""
    settings, chosen = options.parse(Settings, argv, __doc__, names="networks of your own; without, ours are measured")
    torch.set_num_threads(1)
    start = time.time()
    if chosen.smoke:
        return smoke(settings)
    judge, here = judging.READERS["digits"], set(checkpoints.names())
    spaces = [own_space(name) for name in chosen.names] or [
        (name, width) for name, width in [*FLAT.items(), *WIDE.items()] if name in here
    ]
    wanted = {name for name, _ in spaces}
    sha256 = {name: checkpoints.sha256(name) for name in sorted({judge, *wanted})}  # before they are read
    if chosen.names:
        stands = standing(settings, judge, sha256[judge])
    train, _ = datasets.load("digits", "train", chosen.data_dir)
    test, labels = datasets.load("digits", "test", chosen.data_dir)
    mixed = torch.randperm(len(test), generator=torch.Generator().manual_seed(settings.seed))
    numbers, arrays = measure_all(
        settings,
        spaces,
        {name: checkpoints.load(name) for name in sorted(wanted)},
        checkpoints.load(judge),
        train[: settings.fitted],
        test[mixed],
        labels[mixed],
    )
    numbers |= {"judge": judge, "command": "python -m training.analyse.latents", "sha256": sha256}
    if chosen.names:
        numbers = stands | {key: stands[key] | numbers[key] for key in ("spaces", "sha256")}
        arrays = analysis.arrays("latents") | arrays
    print(f"{analysis.save('latents', record.rounded(numbers, 5), 1, **arrays)} in {time.time() - start:.0f} s")
    return 0


def own_space(name: str) -> tuple[str, int]:
    """(name, width of its code) of a network that can be compared; ends the program with a sentence where it cannot."""
    try:
        one = checkpoints.describe(name)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    if one.dataset != "digits" or one.latent_dim not in (2, 32):
        what = f"a code of {one.latent_dim} numbers" if one.has_code else "no code"
        sys.exit(f"{name} has {what} of {one.dataset}; spaces are compared of digits in 2 or 32 numbers")
    return name, one.latent_dim


def standing(settings: Settings, judge: str, sha256: str) -> dict:
    """What was measured of our networks, to which others are added; ends the program where that was done otherwise."""
    try:
        found = analysis.load("latents")
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    if found["settings"] != dataclasses.asdict(settings) or found["sha256"].get(judge) != sha256:
        sys.exit("ours were measured by another judge or other settings: first run python -m training.analyse.latents")
    return found


def measure_all(
    settings: Settings,
    spaces: list[tuple[str, int]],
    networks: dict[str, Network],
    judge: Network,
    train: Tensor,
    test: Tensor,
    labels: Tensor,
) -> tuple[dict, dict]:
    """Everything, for `spaces` (network, width of its code): (numbers for the JSON file, arrays for the npz file).

    The test digits are in random order: the first so many of them are a sample.
    """
    numbers, arrays = {"settings": dataclasses.asdict(settings), "spaces": {}}, {}
    numbers["real"] = recognised(judge, test, labels)
    noise = torch.rand((settings.samples, 1, 28, 28), generator=torch.Generator().manual_seed(settings.seed))
    numbers["noise"] = recognised(judge, noise)
    for name, width in spaces:
        key, network = f"{name}/{width}", networks[name]
        print(key, flush=True)
        entry, fitted = {"network": name, "width": width}, codes_of(network, train, width)
        codes = codes_of(network, test, width)
        entry["spread"] = latent_space.spread(codes)
        count = settings.samples
        entry["rebuilt"] = recognised(judge, decoded(network, codes[:count]), labels[:count])
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
        entry["paths"] = paths(network, judge, codes, labels, settings.pairs, settings.seed)
        if width == 2:
            entry["holes"], fields = holes(settings, network, judge, codes, labels)
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
    small = dataclasses.replace(
        settings, field=8, samples=50, places=50, disturbed=50, pairs=5, components=3, neighbours=100
    )
    networks = {
        "vae-2d": ConvVAE(2).eval(),
        "autoencoder-2d": ConvVAE(2, deterministic=True).eval(),
        "vae": ConvVAE(32).eval(),
    }
    spaces = [(name, network.latent_dim) for name, network in networks.items()]
    numbers, arrays = measure_all(small, spaces, networks, DigitJudge().eval(), images, images, labels)
    size = len(json.dumps(record.rounded(numbers, 5))) + len(analysis.npz(**arrays))
    print(f"smoke: {len(numbers['spaces'])} spaces, {len(arrays)} arrays, {size:,} bytes; nothing was written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
