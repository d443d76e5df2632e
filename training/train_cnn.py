"""Train the small convolutional classifier, for comparison with softmax regression and to judge generated digits.

python -m training.train_cnn                                            # cnn-digits
python -m training.train_cnn --out cnn-fashion --dataset fashion --epochs 48 --turn 0 --shear 0 --mirror --no-strokes
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from training.data import warps
from training.data.datasets import DATASETS
from training.models.cnn import SmallCNN
from training.run import options, record, runs
from training.run.loop import Keeper, Loop, autocast, on_device, one_cycle
from training.run.options import setting


@dataclass
class Settings:
    name: str = setting("cnn-digits", "name of the checkpoint: weights/<name>")
    dataset: str = setting("digits", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    epochs: int = setting(14, "passes over the 55,000 training pictures, each time warped anew")
    batch_size: int = setting(128, "pictures a step")
    learning_rate: float = setting(6e-3, "peak of the one cycle of Adam")
    warm_up: float = setting(0.3, "share of the steps in which the learning rate rises", most=1)
    weight_decay: float = setting(1e-2, "AdamW's, per unit of learning rate: a little against overfitting")
    smoothing: float = setting(0.05, "label smoothing: against overfitting; it makes the network too modest", most=1)
    calibrated: bool = setting(True, "afterwards one temperature, fitted on the held-out pictures, makes it believable")
    warped: float = setting(0.8, "share of each batch that is warped: the rest keeps it at home on MNIST", most=1)
    turn: float = setting(0.2, "largest rotation, in radians")
    shear: float = setting(0.2, "largest slant, as a share")
    scale: float = setting(0.12, "largest stretch, as a share")
    shift: float = setting(0.08, "largest shift, in half picture widths")
    bend: float = setting(0.04, "standard deviation of the smooth bend, in half picture widths")
    strokes: bool = setting(True, "thicker and thinner strokes")
    mirror: bool = setting(False, "left and right swapped in half of the pictures: true of garments, not of digits")
    seed: int = setting(0, "of the initial weights, the order of the pictures and the warps", least=0)


def augment(settings: Settings, images: Tensor, generator: torch.Generator) -> Tensor:
    """The pictures of one step, most of them warped."""
    count = round(settings.warped * len(images))
    warped = images[:count]
    if settings.strokes:
        warped = warps.vary_stroke(warped, generator)
    amounts = (settings.turn, settings.shear, settings.scale, settings.shift, settings.bend)
    images = torch.cat([warps.warp(warped, generator, *amounts), images[count:]])
    if settings.mirror:
        coin = torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device)
        images = torch.where(coin < 0.5, images.flip(3), images)
    return images


def train(
    settings: Settings, images: Tensor, labels: Tensor, held_out: tuple[Tensor, Tensor], run: Keeper, classes: int = 10
) -> tuple[SmallCNN, dict]:
    """Fit the classifier to images (N, 1, 28, 28) and labels (N,) on their device; return it and its curves."""
    torch.manual_seed(settings.seed)  # also of the dropout
    network = on_device(SmallCNN(classes), images.device)
    generator = torch.Generator(images.device).manual_seed(settings.seed)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=settings.weight_decay, fused=True)
    schedule = one_cycle(optimizer, settings, len(images))
    loop = Loop(run, settings, network=network, optimizer=optimizer, schedule=schedule, generator=generator)

    for _ in loop.epochs():
        network.train()
        for batch in loop.batches(len(images)):
            warped = augment(settings, images[batch], generator)
            with autocast(images.device):  # half the bytes, twice the speed; the loss stays in float32
                logits = network(warped)
            loss = F.cross_entropy(logits.float(), labels[batch], label_smoothing=settings.smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loop.count(loss)
        numbers = evaluate(network, settings, *held_out)
        loop.record(held_out=numbers["cross_entropy"], accuracy=numbers["accuracy"])
    if settings.calibrated:
        calibrate(network, *held_out)
    return network, loop.curves


@torch.no_grad()
def calibrate(network: SmallCNN, images: Tensor, labels: Tensor) -> float:
    """Divide the logits, for good, by the temperature that minimises the cross-entropy on (images, labels); return it.

    Temperature scaling, Guo et al., "On Calibration of Modern Neural Networks" (2017). No decision changes.
    """
    network.eval()
    logits = torch.cat([network(chunk).float() for chunk in images.split(500)])
    temperatures = torch.logspace(-1, 1, 201).tolist()  # 0.1 to 10 in steps of 2.3%
    best = min(temperatures, key=lambda temperature: float(F.cross_entropy(logits / temperature, labels)))
    network.head.weight /= best
    network.head.bias /= best
    return best


@torch.no_grad()
def evaluate(network: SmallCNN, settings: Settings, images: Tensor, labels: Tensor) -> dict:
    """The numbers of metrics.json: the share of pictures read right, and the cross-entropy in nats per picture."""
    network.eval()
    logits = torch.cat([network(chunk).float() for chunk in images.split(500)])
    return {
        "accuracy": float((logits.argmax(1) == labels).float().mean()),
        "cross_entropy": float(F.cross_entropy(logits, labels)),
    }


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.epochs, settings.batch_size = 1, 32
    with runs.begin(settings, chosen) as run:
        (images, labels), held_out, test = options.data_sets(settings.dataset, chosen, "train", "held-out", "test")
        classes = options.classes(settings.dataset, chosen)
        network, curves = train(settings, images, labels, held_out, run, classes)
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_cnn", numbers, curves, chosen)
        run.finish(network, metrics, half=True)


if __name__ == "__main__":
    main()
