"""What does a classifier of real pictures see in decoded ones? Measured once, for the tab that samples and walks.

    python -m training.analyse.decoded      # of every network with a code, to weights/analysis/decoded.json

Is the class kept when a test picture is decoded at its mean? Whose posterior lies across the border of two classes?
What does the temperature of the prior change? Which walk between two codes stays near real pictures
(training/measures/judge.py)? All test pictures count, and pairs are drawn at random: the first half of MNIST's is not
like the second.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training import checkpoints
from training.data import datasets
from training.measures import judge, walks
from training.measures.spread import wilson
from training.models import Network
from training.models.vae import reparameterise
from training.run import options, record
from training.run.options import setting
from training.store import analysis, encoded

TEMPERATURES = (0.5, 1.0, 1.5)
HALF_WAY = torch.tensor([0.5])  # of a walk from 0 to 1: one frame of each, so that the frames are independent
CANDIDATES = 20  # posteriors that the search looks at closely


@dataclass
class Settings:
    walks: int = setting(2_000, "pairs of test pictures for the walks")
    samples: int = setting(2_000, "samples of the prior at each temperature")
    draws: int = setting(8, "of epsilon for each picture, in the search for a posterior across a border")
    confirm: int = setting(512, "of epsilon for each of the posteriors that it finds")
    seed: int = setting(0, "of pairs, samples and draws", least=0)


Posteriors = dict[str, Tensor]  # "points" (N, d), "log_var" (N, d) where there is one, "classes" (N,)
Real = tuple[Tensor, Tensor]  # features (M, 96) of real pictures, and their radii (M,)


def stored(name: str) -> Posteriors | None:
    """The test pictures in weights/<name>/latents.npz: those that the tab picks from."""
    if not encoded.exists(name):
        return None
    found = {key: torch.from_numpy(array) for key, array in encoded.load(name).items() if key != "keys"}
    return found | {"classes": found["classes"].long()}


@torch.inference_mode()
def read(network: Network, classifier: Network, codes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Codes (N, d) -> of their pictures the classifier's confidence (N,), class (N,) and features (N, 96)."""
    parts = []
    for part in codes.split(500):
        probabilities, features = judge.read(classifier, torch.sigmoid(network.decode(part)))
        parts.append((*probabilities.max(1), features))
    confidence, label, features = (torch.cat(column) for column in zip(*parts, strict=True))
    return confidence, label, features


def share(hits: Tensor) -> dict:
    """A share with its 95 per cent interval: {"share", "interval", "pictures"}."""
    return {"share": float(hits.float().mean()), "interval": wilson(int(hits.sum()), len(hits)), "pictures": len(hits)}


def kept(network: Network, classifier: Network, codes: Tensor, labels: Tensor) -> dict:
    """How many test pictures still have their class, decoded at their code (N, d); by class, too."""
    same = read(network, classifier, codes)[1] == labels
    return share(same) | {"by_class": [float(same[labels == k].float().mean()) for k in range(10)]}


def straddling(settings: Settings, network: Network, classifier: Network, codes: Posteriors) -> dict:
    """How often one epsilon changes the class that is read at the mean, and whose picture it changes most evenly.

    "index" counts among the stored pictures of its class, as the tab does.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    mu, sigma, labels = codes["points"], (0.5 * codes["log_var"]).exp(), codes["classes"]
    at_mean = read(network, classifier, mu)[1]
    epsilon = torch.randn(settings.draws, *mu.shape, generator=generator)
    seen = torch.stack([read(network, classifier, mu + sigma * e)[1] for e in epsilon])  # (draws, N)
    own = (seen == labels).float().mean(0)
    other = torch.stack([(seen == k).float().mean(0) for k in range(10)])
    other[labels, torch.arange(len(labels))] = 0
    even = torch.minimum(own, other.max(0).values)  # at most 1/2: half its own class, half one other
    counted = []
    for found in even.topk(min(CANDIDATES, len(even))).indices:
        again = mu[found] + sigma[found] * torch.randn(settings.confirm, mu.shape[1], generator=generator)
        counts = torch.bincount(read(network, classifier, again)[1], minlength=10)
        counted.append(
            (int(counts[torch.arange(10) != labels[found]].max().minimum(counts[labels[found]])), found, counts)
        )
    _, first, counts = max(counted, key=lambda one: one[0])
    label = int(labels[first])
    return {
        "changed": share((seen != at_mean).flatten()),
        "class": label,
        "index": int((labels[: int(first)] == label).sum()),
        "counts": counts.tolist(),
    }


def temperatures(settings: Settings, network: Network, classifier: Network, real: Real) -> list[dict]:
    """Samples of N(0, T^2 I): of how many the classifier is sure, and how many lie near real pictures."""
    generator = torch.Generator().manual_seed(settings.seed)
    z = torch.randn(settings.samples, network.latent_dim, generator=generator)
    rows = []
    for temperature in TEMPERATURES:
        confidence, _, features = read(network, classifier, temperature * z)
        near = share(judge.inside_manifold(features, *real))
        rows.append({"temperature": temperature, "sure": share(confidence > judge.SURE), "near": near})
    return rows


@torch.inference_mode()
def aggregate(settings: Settings, network: Network, classifier: Network, images: Tensor, real: Real) -> dict:
    """Codes z = mu + sigma * eps of test pictures at random, the aggregate posterior, read as in `temperatures`."""
    generator = torch.Generator().manual_seed(settings.seed)
    chosen = images[torch.randint(len(images), (settings.samples,), generator=generator)]
    codes = []
    for part in chosen.split(1000):
        mu, log_var = network.encode(part)
        codes.append(reparameterise(mu, log_var, generator))
    confidence, _, features = read(network, classifier, torch.cat(codes))
    return {"sure": share(confidence > judge.SURE), "near": share(judge.inside_manifold(features, *real))}


@torch.inference_mode()
def walked(
    settings: Settings, network: Network, classifier: Network, codes: Tensor, images: Tensor, real: Real
) -> dict:
    """Frames half-way between random test pictures: how many lie near real pictures, by walk."""
    generator = np.random.default_rng(settings.seed)
    pairs = torch.from_numpy(generator.integers(len(codes), size=(settings.walks, 2)))
    found = {}
    for kind, walk in (("line", walks.line), ("great-circle", walks.great_circle)):
        z = torch.cat([walk(codes[a], codes[b], HALF_WAY) for a, b in pairs])
        found[kind] = share(judge.inside_manifold(read(network, classifier, z)[2], *real))
    fades = images[pairs].mean(1)
    found["fade"] = share(judge.inside_manifold(judge.read(classifier, fades)[1], *real))
    return found


@torch.inference_mode()
def analyse(settings: Settings, pictures: dict[str, tuple[Tensor, Tensor]]) -> dict:
    """Everything, of all networks with a code, on the test `pictures` {data set: (images, labels)}."""
    found: dict = {"networks": {}, "straddling": {}, "temperatures": {}, "aggregate": {}, "walks": {}}
    features = analysis.arrays("generation") if analysis.exists("generation", "npz") else {}
    for described in checkpoints.all():
        name, dataset = described.name, described.dataset
        if not described.has_code or judge.CLASSIFIERS.get(dataset) not in checkpoints.names():
            continue
        network, classifier = checkpoints.load(name), checkpoints.load(judge.CLASSIFIERS[dataset])
        images, labels = pictures[dataset]
        codes = torch.cat([network.code(part) for part in images.split(1000)])
        found["networks"][name] = kept(network, classifier, codes, labels)
        picked = stored(name)
        if described.variational and described.latent_dim == 2 and picked is not None:
            found["straddling"][name] = straddling(settings, network, classifier, picked)
        if described.kind == "vae" and described.beta == 1 and dataset in features:
            reference = torch.from_numpy(features[dataset].astype(np.float32))
            real = reference, judge.radii(reference)
            found["temperatures"][name] = temperatures(settings, network, classifier, real)
            found["aggregate"][name] = aggregate(settings, network, classifier, images, real)
            found["walks"][name] = walked(settings, network, classifier, codes, images, real)
        print(f"{name}: class kept {found['networks'][name]['share']:.3f}", flush=True)
    return record.rounded(found, 4)


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    torch.set_num_threads(1)
    if chosen.smoke:
        print(json.dumps(share(torch.arange(64) % 3 == 0)))
        return
    pictures = {name: datasets.load(name, "test", chosen.data_dir) for name in datasets.DATASETS}
    print(f"wrote {analysis.save('decoded', analyse(settings, pictures))}")


if __name__ == "__main__":
    main()
