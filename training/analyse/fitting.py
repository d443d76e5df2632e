"""Too little, enough, too much; and once more with other seeds (lecture, parts A6 and B7).

    python -m training.analyse.fitting [--data-dir DIR] [--smoke]

Trainings of their own. Small ones, a minute on one core: the lecture's autoencoder underfitted (a code of one number),
fitted, and overfitted (a hundred pictures, again and again). And whole ones: the twins, autoencoder and VAE of two
dimensions, by the recipe of their checkpoints from four more seeds, so that "can be unstable" and "more stable" are
numbers; about five minutes each, and an interrupted call goes on with the epoch it had reached.
Writes weights/analysis/latents_fitting.json.
"""

import dataclasses
import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from torch import Tensor, nn

from training import checkpoints, train_vae
from training.data import datasets
from training.data.strokes import made_digits
from training.models.autoencoder import ConvAutoencoder, reconstruction_mse
from training.run import options, record, runs
from training.store import analysis

RUNS = {  # words -> width of the code, training pictures, epochs, how many of them a point of the curve stands for
    "underfitted: a code of 1 number": (1, 3_000, 15, 1),
    "fitted: 64 numbers, 3,000 digits": (64, 3_000, 15, 1),
    "overfitted: 64 numbers, 100 digits": (64, 100, 600, 10),
}
TWINS = {  # name -> the settings of its checkpoint
    "autoencoder-2d": train_vae.Settings("autoencoder-2d", latent_dim=2, deterministic=True, beta=0.0),
    "vae-2d": train_vae.Settings("vae-2d", latent_dim=2),
}


@dataclasses.dataclass
class Settings:
    rate: float = options.setting(1e-3, "learning rate of Adam, the lecture's")
    batch: int = options.setting(64, "pictures of a minibatch")
    seeds: int = options.setting(5, "trainings of each twin, its checkpoint the first of them")
    held_out: int = options.setting(1_000, "digits that nobody was trained on, for the small trainings' curves")
    seed: int = options.setting(0, "of the small trainings", least=0)


def epoch(
    network: nn.Module,
    loss: Callable[[nn.Module, Tensor], Tensor],
    images: Tensor,
    optimizer: torch.optim.Optimizer,
    batch: int,
    generator: torch.Generator,
) -> float:
    """One pass over the images in random order; the mean loss."""
    total, order = 0.0, torch.randperm(len(images), generator=generator)
    for part in order.split(batch):
        value = loss(network, images[part])
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        total += float(value.detach()) * len(part)
    return total / len(images)


def squared(network: nn.Module, images: Tensor) -> Tensor:
    """The autoencoder's loss: mean squared error."""
    return reconstruction_mse(network(images), images)


def fit(width: int, images: Tensor, held_out: Tensor, epochs: int, every: int, settings: Settings) -> dict:
    """Train the lecture's autoencoder with `width` numbers; its losses, training and held-out, each `every` epochs."""
    torch.manual_seed(settings.seed)
    network, generator = ConvAutoencoder(width), torch.Generator().manual_seed(settings.seed)
    optimizer = torch.optim.Adam(network.parameters(), settings.rate)
    curves: dict = {"every": every, "train": [], "held_out": []}
    for done in range(1, epochs + 1):
        epoch(network, squared, images, optimizer, settings.batch, generator)
        if done % every == 0:
            with torch.inference_mode():
                curves["train"].append(float(squared(network, images[: len(held_out)])))
                curves["held_out"].append(float(squared(network, held_out)))
    return curves


def twin(settings: train_vae.Settings, images: Tensor, held_out: Tensor) -> train_vae.VAE:
    """The twin from another seed, trained as its checkpoint was; a call that is repeated finds it trained."""
    settings = dataclasses.replace(settings, name=f"{settings.name}-seed-{settings.seed}")
    with runs.start(settings.name, settings, resume=True) as run:
        network, _ = train_vae.train(settings, images, held_out, run)
    return record.as_stored(network)


def difference(first: Tensor, second: Tensor) -> float:
    """How unlike two maps (N, 2) of the same digits are after the best shift, turn and scale: 0 alike, 1 nothing alike.

    Procrustes: with both centred and of norm 1, 1 - (sum of the singular values of A^T B)^2.
    """
    a, b = ((codes - codes.mean(0)) / (codes - codes.mean(0)).norm() for codes in (first, second))
    return 1 - float(torch.linalg.svdvals(a.T @ b).sum()) ** 2


def seeds(name: str, count: int, images: Tensor, held_out: Tensor) -> dict:
    """The twin `name` from `count` seeds: held-out losses (nats) and MSE, and how unlike their maps are, two by two."""
    own = TWINS[name]
    found, maps = {"loss": [], "mse": []}, []
    for seed in range(count):
        settings = dataclasses.replace(own, seed=seed)
        network: train_vae.VAE = checkpoints.load(name) if seed == own.seed else twin(settings, images, held_out)
        numbers = train_vae.evaluate(network, own, held_out)  # the same sampling for all
        found["loss"].append(numbers.get("nats", numbers["reconstruction"]))
        found["mse"].append(numbers["mse"])
        maps.append(network.code(held_out).detach())
        print(f"{name}, seed {seed}: {record.summary(numbers)}", flush=True)
    return found | {"difference": [difference(maps[i], maps[j]) for i in range(count) for j in range(i)]}


def main(argv: list[str] | None = None) -> int:
    """Train them all and write the analysis."""
    settings, chosen = options.parse(Settings, argv, __doc__)
    torch.set_num_threads(1)
    start = time.time()
    if chosen.smoke:
        images, _ = made_digits(200, settings.seed)
        print("smoke:", fit(4, images[:100], images[100:], 4, 2, settings))
        return 0
    images, _ = datasets.load("digits", "train", chosen.data_dir)
    held_out, _ = datasets.load("digits", "held-out", chosen.data_dir)
    answer = {"command": "python -m training.analyse.fitting", "settings": dataclasses.asdict(settings), "runs": {}}
    for words, (width, count, epochs, every) in RUNS.items():
        answer["runs"][words] = fit(width, images[:count], held_out[: settings.held_out], epochs, every, settings)
        print(f"{words}: {time.time() - start:.0f} s", flush=True)
    answer["settings"] |= {"epochs": TWINS["vae-2d"].epochs, "pictures": len(images)}
    answer["seeds"] = {name: seeds(name, settings.seeds, images, held_out) for name in TWINS}
    print(f"{analysis.save('latents_fitting', record.rounded(answer, 5))} in {time.time() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
