"""A mistake worth seeing (lecture, part C5): softmax in the network, and once more in the loss.

python -m training.train_double_softmax    # softmax-fashion-double

Everything else is the recipe of softmax-fashion; the gradient is autograd's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training import train_softmax
from training.data.datasets import DATASETS
from training.models.linear import double_softmax_loss
from training.models.softmax import SoftmaxRegression
from training.run import options, record, runs
from training.run.loop import Keeper, Loop
from training.run.options import setting


@dataclass
class Settings:
    name: str = setting("softmax-fashion-double", "name of the checkpoint: weights/<name>")
    dataset: str = setting("fashion", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    epochs: int = setting(10, "passes over the training pictures, the lecture's")
    batch_size: int = setting(256, "pictures a step, the lecture's")
    learning_rate: float = setting(0.1, "step of plain SGD, the lecture's")
    seed: int = setting(0, "of the initial W and the order of the pictures", least=0)


def train(
    settings: Settings, images: Tensor, labels: Tensor, held_out: tuple[Tensor, Tensor], run: Keeper, classes: int = 10
) -> tuple[SoftmaxRegression, dict]:
    """Fit W and b to images (N, 1, 28, 28) and labels (N,) under the doubled softmax; return them and the curves."""
    generator = torch.Generator().manual_seed(settings.seed)
    network = SoftmaxRegression(classes=classes)
    network.initialise(generator)
    network.to(images.device).requires_grad_(True)
    optimizer = torch.optim.SGD(network.parameters(), settings.learning_rate)
    loop = Loop(run, settings, network=network, generator=generator)

    for _ in loop.epochs():
        order = torch.randperm(len(images), generator=generator).to(images.device)
        for batch in loop.steps(order.split(settings.batch_size)):
            loss = double_softmax_loss(network(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loop.count(loss)
        with torch.no_grad():
            loop.record(held_out=float(double_softmax_loss(network(held_out[0]), held_out[1])))
    return network.requires_grad_(False), loop.curves


@torch.no_grad()
def evaluate(network: SoftmaxRegression, settings: Settings, images: Tensor, labels: Tensor) -> dict:
    """Accuracy and cross-entropy as of any classifier, and the loss that it was trained under."""
    result = train_softmax.evaluate(network, settings, images, labels)
    return result | {"double_loss": float(double_softmax_loss(network(images), labels))}


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.epochs = 1
    with runs.begin(settings, chosen) as run:
        (images, labels), held_out, test = options.data_sets(settings.dataset, chosen, "train", "held-out", "test")
        classes = options.classes(settings.dataset, chosen)
        network, curves = train(settings, images, labels, held_out, run, classes)
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_double_softmax", numbers, curves, chosen)
        run.finish(network, metrics, half=True)


if __name__ == "__main__":
    main()
