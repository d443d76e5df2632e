"""Softmax regression at its optimum: the loss is convex, so there is one, and plain SGD stops short of it.

python -m training.train_softmax_best                                             # softmax-fashion-best
python -m training.train_softmax_best --out softmax-digits-best --dataset digits

The weight of |W|^2 is chosen on held-out pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from tqdm import tqdm

from training.data.datasets import DATASETS
from training.models.softmax import SoftmaxRegression, cross_entropy
from training.run import options, record, runs
from training.run.options import setting
from training.train_softmax import evaluate

__all__ = ["Settings", "evaluate", "main", "optimum", "train"]


@dataclass
class Settings:
    name: str = setting("softmax-fashion-best", "name of the checkpoint: weights/<name>")
    dataset: str = setting("fashion", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    penalties: str = setting("3e-5,1e-4,3e-4", "weights of |W|^2 to choose from on held-out pictures")
    iterations: int = setting(120, "of L-BFGS at each penalty, each started where the last one ended")
    seed: int = setting(0, "of nothing: the optimum is the same from everywhere", least=0)


def optimum(
    images: Tensor,
    labels: Tensor,
    penalty: float,
    iterations: int,
    start: SoftmaxRegression | None = None,
    classes: int = 10,
) -> SoftmaxRegression:
    """The minimum of mean cross-entropy + penalty |W|^2, found by L-BFGS from `start`, else from W = 0."""
    network = SoftmaxRegression(classes=classes).to(images.device)
    if start:
        network.load_state_dict(start.state_dict())
    optimizer = torch.optim.LBFGS(
        network.parameters(), max_iter=iterations, history_size=20, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        loss, gradient_W, gradient_b = network.gradients(images, labels)  # by hand, as in the lecture's loop
        network.W.grad, network.b.grad = gradient_W + 2 * penalty * network.W, gradient_b
        return loss + penalty * network.W.square().sum()

    with torch.no_grad():
        optimizer.step(closure)
    return network


def train(
    settings: Settings, train_set: tuple[Tensor, Tensor], held_out: tuple[Tensor, Tensor], classes: int = 10
) -> tuple[SoftmaxRegression, dict, float]:
    """The optimum whose penalty is best on `held_out` (images, labels), the losses by penalty, and that penalty."""
    curves: dict[str, list[float]] = {"train": [], "held_out": []}
    fits, network = [], None
    penalties = sorted(options.numbers(settings.penalties), reverse=True)
    for penalty in tqdm(penalties, settings.name, leave=False):
        network = optimum(*train_set, penalty, settings.iterations, network, classes)
        for key, (images, labels) in (("train", train_set), ("held_out", held_out)):
            curves[key].append(float(cross_entropy(network(images), labels).mean()))
        fits.append(network)
    best = min(range(len(fits)), key=curves["held_out"].__getitem__)
    return fits[best], curves, penalties[best]


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.iterations = 5
    with runs.begin(settings, chosen) as run:
        train_set, held_out, test = options.data_sets(settings.dataset, chosen, "train", "held-out", "test")
        classes = options.classes(settings.dataset, chosen)
        network, curves, penalty = train(settings, train_set, held_out, classes)
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_softmax_best", numbers, curves, chosen)
        run.finish(network, metrics | {"choice": {"penalty": penalty}}, half=True)


if __name__ == "__main__":
    main()
