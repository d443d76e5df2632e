"""Regression on one-hot labels (lecture, part C3: why not): the layers of softmax regression, the wrong loss.

python -m training.train_least_squares    # least-squares-digits, in closed form
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training import train_softmax
from training.data.datasets import DATASETS
from training.models.linear import least_squares
from training.models.softmax import SoftmaxRegression, one_hot
from training.run import options, record, runs
from training.run.options import setting


@dataclass
class Settings:
    name: str = setting("least-squares-digits", "name of the checkpoint: weights/<name>")
    dataset: str = setting("digits", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    seed: int = setting(0, "of nothing: a closed form draws nothing at random", least=0)


def fit(images: Tensor, labels: Tensor, classes: int = 10) -> SoftmaxRegression:
    """The W and b of least squared error between x W + b and the one-hot labels of images (N, 1, 28, 28)."""
    network = SoftmaxRegression(classes=classes).to(images.device)
    W, b = least_squares(images, labels, classes)
    network.W.copy_(W)
    network.b.copy_(b)
    return network


@torch.no_grad()
def evaluate(network: SoftmaxRegression, settings: Settings, images: Tensor, labels: Tensor) -> dict:
    """Accuracy and cross-entropy as of any classifier, and what is wrong with the outputs read as they stand."""
    result = train_softmax.evaluate(network, settings, images, labels)
    outputs = network(images)  # regression was to give one-hot labels
    return result | {
        "squared_error": float((outputs - one_hot(labels, network.classes)).square().sum(1).mean()),
        "share_outside_0_1": float(((outputs < 0) | (outputs > 1)).float().mean()),
        "smallest_output": float(outputs.min()),
        "largest_output": float(outputs.max()),
    }


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    with runs.begin(settings, chosen) as run:
        train_set, test = options.data_sets(settings.dataset, chosen, "train", "test")
        network = fit(*train_set, options.classes(settings.dataset, chosen))
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_least_squares", numbers, {}, chosen)
        run.finish(network, metrics, half=True)


if __name__ == "__main__":
    main()
