"""Too little, enough, too much; and once more with other seeds (lecture, parts A6 and B7).

    python -m training.analyse_fitting [--data-dir DIR] [--smoke]

Small trainings of their own, minutes on one core: the lecture's autoencoder underfitted (a code of one number), fitted,
and overfitted (a hundred pictures, again and again); and the twins, autoencoder and VAE of two dimensions, from five
seeds each, so that "can be unstable" and "more stable" are numbers. Writes weights/analysis/latents_fitting.json.
"""

import dataclasses
import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from torch import Tensor, nn

from training import checkpoints, data, files, options, record
from training.models.autoencoder import ConvAutoencoder, reconstruction_mse
from training.models.vae import ConvVAE, bernoulli_nats, negative_elbo

RUNS = {  # words -> width of the code, training pictures, epochs
    "underfitted: a code of 1 number": (1, 3_000, 15),
    "fitted: 64 numbers, 3,000 digits": (64, 3_000, 15),
    "overfitted: 64 numbers, 100 digits": (64, 100, 150),
}


@dataclasses.dataclass
class Settings:
    rate: float = options.setting(1e-3, "learning rate of Adam, the lecture's")
    batch: int = options.setting(64, "pictures of a minibatch")
    seeds: int = options.setting(5, "trainings of each twin")
    pictures: int = options.setting(6_000, "digits that a twin sees in an epoch")
    epochs: int = options.setting(3, "epochs of a twin: the start of a training, where seeds differ most")
    held_out: int = options.setting(1_000, "digits that nobody was trained on")
    seed: int = options.setting(0, "the first seed")


def epoch(network: nn.Module, loss, images: Tensor, optimizer, batch: int, generator: torch.Generator) -> float:
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


def fit(width: int, images: Tensor, held_out: Tensor, epochs: int, settings: Settings) -> dict:
    """Train the lecture's autoencoder with `width` numbers; its losses after each epoch on training and held-out."""
    torch.manual_seed(settings.seed)
    network, generator = ConvAutoencoder(width), torch.Generator().manual_seed(settings.seed)
    optimizer = torch.optim.Adam(network.parameters(), settings.rate)
    curves: dict[str, list[float]] = {"train": [], "held_out": []}
    for _ in range(epochs):
        epoch(network, squared, images, optimizer, settings.batch, generator)
        with torch.inference_mode():
            curves["train"].append(float(squared(network, images[: len(held_out)])))
            curves["held_out"].append(float(squared(network, held_out)))
    return curves


def twin(deterministic: bool, seed: int, images: Tensor, held_out: Tensor, settings: Settings) -> tuple[float, Tensor]:
    """Train one twin; its held-out MSE and the codes (N, 2) of the held-out digits."""
    torch.manual_seed(seed)
    network, generator = ConvVAE(2, deterministic=deterministic), torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(network.parameters(), settings.rate)

    def loss(network: nn.Module, batch: Tensor) -> Tensor:
        logits, mu, log_var = network(batch, generator)
        return bernoulli_nats(logits, batch).mean() if deterministic else negative_elbo(logits, batch, mu, log_var)[0]

    for _ in range(settings.epochs):
        epoch(network, loss, images, optimizer, settings.batch, generator)
    with torch.inference_mode():
        mu, _ = network.encode(held_out)
        return float(reconstruction_mse(network.decode(mu), held_out)), mu


def difference(first: Tensor, second: Tensor) -> float:
    """How unlike two maps (N, 2) of the same digits are after the best shift, turn and scale: 0 alike, 1 nothing alike.

    Procrustes: with both centred and of norm 1, 1 - (sum of the singular values of A^T B)^2.
    """
    a, b = ((codes - codes.mean(0)) / (codes - codes.mean(0)).norm() for codes in (first, second))
    return 1 - float(torch.linalg.svdvals(a.T @ b).sum()) ** 2


def seeds(deterministic: bool, images: Tensor, held_out: Tensor, settings: Settings) -> dict:
    """The twin from several seeds: the held-out MSE of each, and how unlike their maps are, pair by pair."""
    made = [twin(deterministic, settings.seed + k, images, held_out, settings) for k in range(settings.seeds)]
    pairs = [(i, j) for i in range(len(made)) for j in range(i)]
    return {"mse": [mse for mse, _ in made], "difference": [difference(made[i][1], made[j][1]) for i, j in pairs]}


def main(argv: list[str] | None = None) -> int:
    """Train them all and write the analysis."""
    settings, chosen = options.parse(Settings, argv, __doc__)
    torch.set_num_threads(1)
    start = time.time()
    if chosen.smoke:
        from training.strokes import made_digits

        images, _ = made_digits(200, settings.seed)
        small = dataclasses.replace(settings, seeds=2, epochs=1)
        print("smoke:", fit(4, images[:100], images[100:], 2, small), seeds(True, images[:100], images[100:], small))
        return 0
    images, _ = data.load("digits", "train", chosen.data_dir)
    held_out = data.load("digits", "held-out", chosen.data_dir)[0][: settings.held_out]
    answer = {"command": "python -m training.analyse_fitting", "settings": dataclasses.asdict(settings), "runs": {}}
    for words, (width, count, epochs) in RUNS.items():
        answer["runs"][words] = fit(width, images[:count], held_out, epochs, settings)
        print(f"{words}: {time.time() - start:.0f} s", flush=True)
    answer["seeds"] = {
        name: seeds(deterministic, images[: settings.pictures], held_out, settings)
        for name, deterministic in (("autoencoder-2d", True), ("vae-2d", False))
    }
    path = checkpoints.WEIGHTS / "analysis" / "latents_fitting.json"
    files.write(path, (json.dumps(record.rounded(answer, 5), indent=1) + "\n").encode())
    print(f"{path} in {time.time() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
