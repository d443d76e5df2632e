"""Several labels at once (lecture, part C1): two garments side by side, ten sigmoids instead of one softmax.

python -m training.train_sigmoid_pairs    # sigmoid-fashion-pairs

The layers are those of softmax regression on pictures twice as wide; the loss asks ten yes-or-no questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training.data.datasets import DATASETS
from training.models.linear import multi_label_loss
from training.models.softmax import SoftmaxRegression, one_hot
from training.run import options, record, runs
from training.run.loop import Keeper, Loop
from training.run.options import setting


@dataclass
class Settings:
    name: str = setting("sigmoid-fashion-pairs", "name of the checkpoint: weights/<name>")
    dataset: str = setting("fashion", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    epochs: int = setting(10, "passes over the training pictures, the lecture's")
    batch_size: int = setting(256, "pictures a step, the lecture's")
    learning_rate: float = setting(0.1, "step of plain SGD, the lecture's")
    seed: int = setting(0, "of the initial W, the order of the pictures, and the pairing", least=0)


def pair(images: Tensor, labels: Tensor, seed: int, classes: int = 10) -> tuple[Tensor, Tensor]:
    """Two garments of different classes side by side: pictures (N, 1, 28, 56), targets (N, C) with two ones each."""
    other = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed)).to(images.device)
    differ = labels != labels[other]
    left, right = differ.nonzero()[:, 0], other[differ]
    targets = one_hot(labels[left], classes) + one_hot(labels[right], classes)
    return torch.cat([images[left], images[right]], 3), targets


def train(
    settings: Settings, images: Tensor, targets: Tensor, held_out: tuple[Tensor, Tensor], run: Keeper
) -> tuple[SoftmaxRegression, dict]:
    """Fit W and b to pairs (N, 1, 28, 56) and their targets (N, C); return them and the curves."""
    generator = torch.Generator().manual_seed(settings.seed)
    network = SoftmaxRegression(images[0].numel(), targets.shape[1])
    network.initialise(generator)
    network.to(images.device).requires_grad_(True)
    optimizer = torch.optim.SGD(network.parameters(), settings.learning_rate)
    loop = Loop(run, settings, network=network, generator=generator)

    for _ in loop.epochs():
        order = torch.randperm(len(images), generator=generator).to(images.device)
        for batch in loop.steps(order.split(settings.batch_size)):
            loss = multi_label_loss(network(images[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loop.count(loss)
        with torch.no_grad():
            loop.record(held_out=float(multi_label_loss(network(held_out[0]), held_out[1])))
    return network.requires_grad_(False), loop.curves


@torch.no_grad()
def evaluate(network: SoftmaxRegression, settings: Settings, images: Tensor, labels: Tensor) -> dict:
    """The numbers of metrics.json on pairs of `images`: the loss in nats, and the shares of right answers."""
    pictures, targets = pair(images, labels, settings.seed, network.classes)
    logits, both = network.float().to(images.device)(pictures), targets.topk(2).indices.sort().values
    return {
        "cross_entropy": float(multi_label_loss(logits, targets)),  # summed over the yes-or-no questions
        "label_accuracy": float(((logits > 0) == (targets > 0)).float().mean()),
        "accuracy": float((logits.topk(2).indices.sort().values == both).all(1).float().mean()),  # both right
    }


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.epochs = 1
    with runs.begin(settings, chosen) as run:
        train_set, held_out, test = options.data_sets(settings.dataset, chosen, "train", "held-out", "test")
        classes = options.classes(settings.dataset, chosen)
        (images, targets), held_out = (pair(*part, settings.seed, classes) for part in (train_set, held_out))
        network, curves = train(settings, images, targets, held_out, run)
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_sigmoid_pairs", numbers, curves, chosen)
        run.finish(network, metrics, half=True)


if __name__ == "__main__":
    main()
