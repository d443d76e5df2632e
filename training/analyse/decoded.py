"""What is seen in decoded pictures? Measured once, for the tab that samples and walks.

    python -m training.analyse.decoded      # of every network with a code, to weights/analysis/decoded.json

Is the class kept when a test picture is decoded at its mean? Whose posterior lies across the border of two classes?
What does the temperature of the prior change? Which walk between two codes stays among digits? One network answers
(training/measures/judge.py), and beside its shares stand those of the real pictures. All test pictures count, and pairs
are drawn at random: the first half of MNIST's is not like the second.
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
from training.measures.spread import share as share_of
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


def stored(name: str) -> Posteriors | None:
    """The test pictures in weights/<name>/latents.npz: those that the tab picks from."""
    if not encoded.exists(name):
        return None
    found = {key: torch.from_numpy(array) for key, array in encoded.load(name).items() if key != "keys"}
    return found | {"classes": found["classes"].long()}


@torch.inference_mode()
def read(network: Network, reader: Network, codes: Tensor) -> judge.Reading:
    """What the reader says of the pictures of codes (N, d)."""
    parts = [judge.read(reader, torch.sigmoid(network.decode(part))) for part in codes.split(judge.BATCH)]
    return judge.Reading(*(torch.cat(column) for column in zip(*parts, strict=True)))


def share(hits: Tensor) -> dict:
    """A share with its 95 per cent interval: {"share", "interval", "pictures"}."""
    return share_of(int(hits.sum()), len(hits))


def kept(seen: judge.Reading, labels: Tensor) -> dict:
    """Of pictures of these classes (N,): how many are still read as their class, by class, too; how many "accepted"."""
    same = seen.which == labels
    by_class = [float(same[labels == k].float().mean()) for k in range(10)]
    return share(same) | {"by_class": by_class, "accepted": share(seen.accepted)}


def straddling(settings: Settings, network: Network, reader: Network, codes: Posteriors) -> dict:
    """How often one epsilon changes the class that is read at the mean, and whose picture it changes most evenly.

    "index" counts among the stored pictures of its class, as the tab does.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    mu, sigma, labels = codes["points"], (0.5 * codes["log_var"]).exp(), codes["classes"]
    at_mean = read(network, reader, mu).which
    epsilon = torch.randn(settings.draws, *mu.shape, generator=generator)
    seen = torch.stack([read(network, reader, mu + sigma * e).which for e in epsilon])  # (draws, N)
    own = (seen == labels).float().mean(0)
    other = torch.stack([(seen == k).float().mean(0) for k in range(10)])
    other[labels, torch.arange(len(labels))] = 0
    even = torch.minimum(own, other.max(0).values)  # at most 1/2: half its own class, half one other
    counted = []
    for found in even.topk(min(CANDIDATES, len(even))).indices:
        again = mu[found] + sigma[found] * torch.randn(settings.confirm, mu.shape[1], generator=generator)
        counts = torch.bincount(read(network, reader, again).which, minlength=10)
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


def temperatures(settings: Settings, network: Network, reader: Network) -> list[dict]:
    """Samples of N(0, T^2 I): how many are digits (of garments: of how many the classifier is sure)."""
    generator = torch.Generator().manual_seed(settings.seed)
    z = torch.randn(settings.samples, network.latent_dim, generator=generator)
    return [{"temperature": t, "accepted": share(read(network, reader, t * z).accepted)} for t in TEMPERATURES]


@torch.inference_mode()
def aggregate(settings: Settings, network: Network, reader: Network, images: Tensor, labels: Tensor) -> dict:
    """Codes z = mu + sigma * eps of test pictures at random, the aggregate posterior, read as those of `kept`."""
    generator = torch.Generator().manual_seed(settings.seed)
    chosen = torch.randint(len(images), (settings.samples,), generator=generator)
    codes = []
    for part in images[chosen].split(1000):
        mu, log_var = network.encode(part)
        codes.append(reparameterise(mu, log_var, generator))
    return kept(read(network, reader, torch.cat(codes)), labels[chosen])


@torch.inference_mode()
def walked(
    settings: Settings, network: Network, reader: Network, codes: Tensor, images: Tensor, labels: Tensor
) -> dict:
    """Frames half-way between random test pictures: how many are digits, by walk, and how many of an end's class."""
    generator = np.random.default_rng(settings.seed)
    pairs = torch.from_numpy(generator.integers(len(codes), size=(settings.walks, 2)))
    found = {}
    for kind, walk in (("line", walks.line), ("great-circle", walks.great_circle)):
        found[kind] = read(network, reader, torch.cat([walk(codes[a], codes[b], HALF_WAY) for a, b in pairs]))
    found["fade"] = judge.read(reader, images[pairs].mean(1))
    return {
        kind: share(seen.accepted) | {"of_an_end": share((seen.which[:, None] == labels[pairs]).any(1))}
        for kind, seen in found.items()
    }


@torch.inference_mode()
def analyse(settings: Settings, pictures: dict[str, tuple[Tensor, Tensor]]) -> dict:
    """Everything, of all networks with a code, on the test `pictures` {data set: (images, labels)}."""
    found: dict = {"networks": {}, "straddling": {}, "temperatures": {}, "aggregate": {}, "walks": {}, "real": {}}
    there = set(checkpoints.names())
    readers = {d: checkpoints.load(judge.READERS[d]) for d in pictures if judge.READERS[d] in there}
    found["sha256"] = {judge.READERS[dataset]: checkpoints.sha256(judge.READERS[dataset]) for dataset in readers}
    found["real"] = {d: kept(judge.read(reader, pictures[d][0]), pictures[d][1]) for d, reader in readers.items()}
    for described in checkpoints.all():
        name, dataset = described.name, described.dataset
        if not described.has_code or dataset not in readers:
            continue
        found["sha256"][name] = checkpoints.sha256(name)  # before it is read
        network, reader = checkpoints.load(name), readers[dataset]
        images, labels = pictures[dataset]
        codes = torch.cat([network.code(part) for part in images.split(1000)])
        found["networks"][name] = kept(read(network, reader, codes), labels)
        picked = stored(name)
        if described.variational and described.latent_dim == 2 and picked is not None:
            found["straddling"][name] = straddling(settings, network, reader, picked)
        if described.kind == "vae" and described.beta == 1:
            found["temperatures"][name] = temperatures(settings, network, reader)
            found["aggregate"][name] = aggregate(settings, network, reader, images, labels)
            found["walks"][name] = walked(settings, network, reader, codes, images, labels)
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
