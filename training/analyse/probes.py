"""Are the codes useful? Nearest neighbours and a linear probe on the codes, by number of labels (lecture, part A3).

    python -m training.analyse.probes [--data-dir DIR] [--smoke]

The encoders saw 55,000 digits and no label. How well do their codes serve a classifier that gets only a few labels?
Writes weights/analysis/latents_probes.json. Deterministic by its seed, with one thread.
"""

import dataclasses
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import torch.nn.functional as F
from torch import Tensor

from training import checkpoints
from training.analyse.latents import codes_of
from training.data import datasets
from training.data.strokes import made_digits
from training.run import options, record
from training.store import analysis

ENCODERS = {  # checkpoint -> how the page calls it
    "pca": "PCA, 64",
    "autoencoder": "autoencoder, 64",
    "denoising-autoencoder": "denoising, 64",
    "sparse-autoencoder": "sparse, 64",
    "vae": "VAE, 32",
}
LABELS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 60_000)


@dataclasses.dataclass
class Settings:
    judged: int = options.setting(10_000, "test digits that are classified, from the first: all of them")
    draws: int = options.setting(5, "draws of the labelled digits, for up to 1,000 labels; one draw beyond")
    steps: int = options.setting(60, "iterations of L-BFGS for the linear probe")
    seed: int = options.setting(0, "of the draws", least=0)


def labelled(labels: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Positions of `count` training digits, equally many of each class; all of them for a large count."""
    if count >= len(labels):
        return torch.arange(len(labels))
    shuffled = torch.randperm(len(labels), generator=generator)
    rank = torch.zeros(len(labels), dtype=torch.long)
    for k in range(10):  # the how-manieth of its class each digit is, in the shuffled order
        members = shuffled[labels[shuffled] == k]
        rank[members] = torch.arange(len(members))
    return (rank * 10 + labels).argsort(stable=True)[:count]


def neighbours(codes: Tensor, labels: Tensor, wanted: Tensor, k: int) -> Tensor:
    """Classify `wanted` (M, d) by the majority of the k nearest of `codes` (N, d): classes (M,). Ties: the nearest."""
    votes = []
    for chunk in wanted.split(250):
        near = torch.cdist(chunk, codes).topk(k, largest=False).indices
        ballots = F.one_hot(labels[near], 10).float() * (1 + 1e-3 * torch.arange(k, 0, -1))[None, :, None]
        votes.append(ballots.sum(1).argmax(1))
    return torch.cat(votes)


def probe(codes: Tensor, labels: Tensor, wanted: Tensor, steps: int) -> Tensor:
    """Softmax regression on standardised codes, total cross-entropy + |W|^2 / 2, by L-BFGS: the classes of `wanted`."""
    mean, std = codes.mean(0), codes.std(0).clamp_min(1e-3)
    x, y = (codes - mean) / std, (wanted - mean) / std
    W = torch.zeros(x.shape[1], 10, requires_grad=True)
    b = torch.zeros(10, requires_grad=True)
    solver = torch.optim.LBFGS([W, b], max_iter=steps, history_size=10, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        solver.zero_grad()
        value = F.cross_entropy(x @ W + b, labels) + W.square().sum() / (2 * len(labels))
        value.backward()
        return value

    solver.step(loss)
    return (y @ W.detach() + b.detach()).argmax(1)


def curves(settings: Settings, codes: Tensor, labels: Tensor, wanted: Tensor, truth: Tensor) -> dict[str, list[dict]]:
    """Accuracy against number of labels, by k-nearest neighbours and by the linear probe: mean, lowest, highest."""
    rows: dict[str, list[dict]] = {"knn": [], "linear": []}
    for count in [count for count in LABELS if count <= len(labels)]:
        found: dict[str, list[float]] = {"knn": [], "linear": []}
        for draw in range(settings.draws if count <= 1_000 else 1):
            chosen = labelled(labels, count, torch.Generator().manual_seed(settings.seed + draw))
            k = 1 if count < 100 else 5
            for method, guess in (
                ("knn", neighbours(codes[chosen], labels[chosen], wanted, k)),
                ("linear", probe(codes[chosen], labels[chosen], wanted, settings.steps)),
            ):
                found[method].append(float((guess == truth).float().mean()))
        for method, values in found.items():
            mean = sum(values) / len(values)
            rows[method].append({"labels": count, "accuracy": mean, "low": min(values), "high": max(values)})
    return rows


def main(argv: list[str] | None = None) -> int:
    """Measure every encoder that exists, and the raw pixels."""
    settings, chosen = options.parse(Settings, argv, __doc__)
    torch.set_num_threads(1)
    if chosen.smoke:
        images, labels = made_digits(200, settings.seed)
        small = dataclasses.replace(settings, draws=1, steps=5)
        print("smoke:", curves(small, images.flatten(1), labels, images.flatten(1)[:50], labels[:50]))
        return 0
    start = time.time()
    train, labels = datasets.load("digits", "all", chosen.data_dir)
    test, truth = datasets.load("digits", "test", chosen.data_dir)
    test, truth = test[: settings.judged], truth[: settings.judged]
    present = [name for name in ENCODERS if name in checkpoints.names()]
    sha256 = {name: checkpoints.sha256(name) for name in present}  # before they are read
    spaces = {}
    for name in present:
        network = checkpoints.load(name)
        width = network.latent_dim
        spaces[name] = {"title": ENCODERS[name], "width": width} | curves(
            settings, codes_of(network, train, width), labels, codes_of(network, test, width), truth
        )
        print(f"{name}: {time.time() - start:.0f} s", flush=True)
    pixels = curves(settings, train.flatten(1), labels, test.flatten(1), truth)
    spaces["pixels"] = {"title": "raw pixels, 784", "width": 784} | pixels
    answer = {
        "command": "python -m training.analyse.probes",
        "settings": dataclasses.asdict(settings),
        "labels": list(LABELS),
        "spaces": spaces,
        "sha256": sha256,
    }
    print(f"{analysis.save('latents_probes', record.rounded(answer, 5))} in {time.time() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
