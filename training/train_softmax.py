"""Train softmax regression from scratch (lecture, part C5): own gradient, plain minibatch SGD.

python -m training.train_softmax                                            # softmax-fashion, the lecture's recipe
python -m training.train_softmax --out softmax-digits --dataset digits
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from training.data.datasets import DATASETS
from training.models.softmax import SoftmaxRegression, cross_entropy
from training.run import options, record, runs
from training.run.options import setting


@dataclass
class Settings:
    name: str = setting("softmax-fashion", "name of the checkpoint: weights/<name>")
    dataset: str = setting("fashion", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    epochs: int = setting(10, "passes over the training pictures, the lecture's")
    batch_size: int = setting(256, "pictures a step, the lecture's")
    learning_rate: float = setting(0.1, "step of plain SGD, the lecture's")
    sigma: float = setting(0.01, "standard deviation of the initial W, the lecture's")
    l2: float = setting(0.0, "weight of |W|^2 in the loss; the lecture has none")
    seed: int = setting(0, "of the initial W and the order of the pictures", least=0)


@dataclass
class Progress:
    """Where a training stands after a step: enough to draw its curve while it runs."""

    epoch: int  # from 1
    step: int  # from 1, counted through all epochs
    steps: int  # in all
    loss: float  # mean cross-entropy of this minibatch before the step, in nats
    network: SoftmaxRegression  # as it is now: it goes on changing


def train(
    settings: Settings,
    images: Tensor,
    labels: Tensor,
    run: runs.Run | None = None,
    begun: tuple[Tensor, Tensor, int] | None = None,
    classes: int = 10,
) -> Iterator[Progress]:
    """Fit softmax regression to images (N, 1, 28, 28) and labels (N,); yield a Progress after every step.

    The lecture's loop: epochs, shuffled minibatches, loss and gradient, one step of SGD. Whoever iterates decides what
    to show and when to stop; `run`, which keeps the state between the epochs, may be left out. `begun` is where another
    call stopped, W (inputs, classes), b (classes,) and the steps taken: it ends in the same bits as an unbroken one.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    network = SoftmaxRegression(images[0].numel(), classes, settings.sigma)
    network.initialise(generator)
    network.to(images.device)
    steps = -(-len(images) // settings.batch_size)
    state = {"network": network, "generator": generator}
    done = run.restore(**state) if run else 0
    taken = 0
    if begun:
        network.load_state_dict({"W": begun[0], "b": begun[1]})
        taken = begun[2]
    for epoch in range(done, settings.epochs):
        order = torch.randperm(len(images), generator=generator).to(images.device)
        first = max(0, taken - epoch * steps)  # steps of this epoch that were taken before
        for number, batch in enumerate(order.split(settings.batch_size)[first:], epoch * steps + first + 1):
            pictures = images.index_select(0, batch)  # the rows of images[batch], in half the time
            loss = network.sgd_step(pictures, labels[batch], settings.learning_rate, settings.l2)
            yield Progress(epoch + 1, number, settings.epochs * steps, loss, network)
        if run:
            run.keep(epoch + 1, **state)


@torch.no_grad()
def evaluate(network: SoftmaxRegression, settings: Any, images: Tensor, labels: Tensor) -> dict:
    """The numbers of metrics.json: the share of pictures read right, and the cross-entropy in nats per picture."""
    logits = network.float().to(images.device)(images)
    return {
        "accuracy": float((logits.argmax(1) == labels).float().mean()),
        "cross_entropy": float(cross_entropy(logits, labels).mean()),
    }


def fit(
    settings: Settings,
    images: Tensor,
    labels: Tensor,
    held_out: tuple[Tensor, Tensor],
    run: runs.Run | None = None,
    classes: int = 10,
) -> tuple[SoftmaxRegression, dict]:
    """Iterate over train() to its end, with a progress bar; return the network and its curves by epoch."""
    curves, losses = {"train": [], "held_out": [], "accuracy": []}, []
    with tqdm(
        train(settings, images, labels, run, classes=classes), settings.name, leave=False, mininterval=1
    ) as progress:
        for now in progress:
            progress.total = now.steps
            losses.append(now.loss)
            if now.step % (now.steps // settings.epochs) == 0:  # the end of an epoch
                if run:
                    run.check(now.loss, now.step)
                numbers = evaluate(now.network, settings, *held_out)
                curves["train"].append(sum(losses) / len(losses))
                curves["held_out"].append(numbers["cross_entropy"])
                curves["accuracy"].append(numbers["accuracy"])
                progress.set_postfix(loss=f"{losses[-1]:.4f}", accuracy=f"{numbers['accuracy']:.4f}")
                losses = []
    return now.network, curves


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.epochs, settings.batch_size = 2, 32
    with runs.begin(settings, chosen) as run:
        train_set, held_out, everything, test = options.data_sets(
            settings.dataset, chosen, "train", "held-out", "all", "test"
        )
        classes = options.classes(settings.dataset, chosen)
        _, curves = fit(settings, *train_set, held_out, classes=classes)  # how it does on pictures that it has not seen
        network, _ = fit(settings, *everything, held_out, run, classes)  # the lecture fits all 60,000
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_softmax", numbers, curves, chosen)
        run.finish(network, metrics, half=True)


if __name__ == "__main__":
    main()
