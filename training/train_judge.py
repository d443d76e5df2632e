"""Train the judge of digits: ten classes and "no digit"; it decides on the page whether a picture is one.

    python -m training.train_judge      # digit-judge

Its own table (metrics.json): what it accepts of real digits, class by class, and of pictures that are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from training.data import no_digits, warps
from training.models.digit_judge import CLASSES, DigitJudge
from training.run import options, record, runs
from training.run.loop import Keeper, Loop, autocast, on_device, one_cycle
from training.run.options import setting


@dataclass
class Settings:
    name: str = setting("digit-judge", "name of the checkpoint: weights/<name>")
    dataset: str = setting("digits", "digits: of nothing else is made up here what is none", choices=("digits",))
    epochs: int = setting(8, "passes over the 55,000 training pictures, each with as many that are none")
    batch_size: int = setting(256, "pictures of digits a step")
    learning_rate: float = setting(4e-3, "peak of the one cycle of Adam")
    warm_up: float = setting(0.3, "share of the steps in which the learning rate rises", most=1)
    weight_decay: float = setting(1e-2, "AdamW's, per unit of learning rate: a little against overfitting")
    warped: float = setting(0.7, "share of the digits that is warped, so that it reads drawings too", most=1)
    softened: float = setting(
        0.5, "share of the digits that is blurred: soft pictures of decoders may be digits", most=1
    )
    blur: float = setting(1.2, "largest standard deviation of that blur, in pixels; a mean image is far softer")
    accepted: float = setting(0.95, "share of the held-out digits of each class that its radius takes in", most=1)
    seed: int = setting(0, "of the initial weights, the order, the warps and what is made up", least=0)


def train(
    settings: Settings, images: Tensor, labels: Tensor, held_out: tuple[Tensor, Tensor], run: Keeper
) -> tuple[DigitJudge, dict]:
    """Fit the judge to images (N, 1, 28, 28) and labels (N,) on their device; return it and its curves."""
    torch.manual_seed(settings.seed)  # also of the dropout
    network = on_device(DigitJudge(), images.device)
    generator = torch.Generator(images.device).manual_seed(settings.seed)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=settings.weight_decay, fused=True)
    schedule = one_cycle(optimizer, settings, len(images))
    loop = Loop(run, settings, network=network, optimizer=optimizer, schedule=schedule, generator=generator)

    for _ in loop.epochs():
        network.train()
        for batch in loop.batches(len(images)):
            digits, truth = images[batch], labels[batch]
            none = warped(settings, no_digits.no_digits(digits, truth, generator), generator)
            digits = softened(settings, warped(settings, digits, generator), generator)
            with autocast(images.device):
                logits = network(torch.cat([digits, none]))
            target = torch.cat([truth, torch.full_like(truth, CLASSES)])
            loss = F.cross_entropy(logits.float(), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loop.count(loss)
        set_radius(network, settings, *held_out)
        loop.record(held_out=accuracy(network, *held_out))
    return network, loop.curves


def warped(settings: Settings, images: Tensor, generator: torch.Generator) -> Tensor:
    """Most of the pictures warped a little, as handwriting varies."""
    count = round(settings.warped * len(images))
    some = warps.warp(warps.vary_stroke(images[:count], generator), generator, 0.15, 0.15, 0.1, 0.06, 0.03)
    return torch.cat([some, images[count:]])


def softened(settings: Settings, images: Tensor, generator: torch.Generator) -> Tensor:
    """Some of the pictures (B, 1, 28, 28) blurred, all those of a batch with one Gaussian."""
    chosen = torch.rand(len(images), generator=generator, device=images.device) < settings.softened
    sigma = settings.blur * float(torch.rand((), generator=generator, device=images.device)) + 1e-3
    place = torch.arange(-4, 5, device=images.device)
    kernel = torch.exp(-place.square() / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).view(1, 1, -1, 1)
    soft = F.conv2d(F.conv2d(images, kernel, padding=(4, 0)), kernel.transpose(2, 3), padding=(0, 4))
    return torch.where(chosen[:, None, None, None], soft, images)


@torch.no_grad()
def judged(network: DigitJudge, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Class, probability and distance of pictures (N, 1, 28, 28), in batches, each (N,)."""
    network.eval()
    parts = [network.judge(chunk) for chunk in images.split(500)]
    which, probability, distance = (torch.cat(part) for part in zip(*parts, strict=True))
    return which, probability, distance


def set_radius(network: DigitJudge, settings: Settings, images: Tensor, labels: Tensor) -> None:
    """Each class's radius: the distance within which `accepted` of its held-out pictures lie."""
    which, _, distance = judged(network, images)
    for digit in range(CLASSES):
        ours = distance[(labels == digit) & (which == digit)].sort().values
        right = (labels == digit).sum()  # one that is read as another class is not accepted as a digit of its own
        if len(ours):
            network.radius[digit] = ours[min(len(ours) - 1, int(settings.accepted * right))]


def accuracy(network: DigitJudge, images: Tensor, labels: Tensor) -> float:
    """The share of digits whose class is read right."""
    return float((judged(network, images)[0] == labels).float().mean())


def accepted(network: DigitJudge, images: Tensor) -> Tensor:
    """Which of the pictures (N, 1, 28, 28) it takes for digits: (N,) bool."""
    which, _, distance = judged(network, images)
    return network.accepts(which, distance)


def by_class(network: DigitJudge, images: Tensor, labels: Tensor) -> list[float]:
    """The share of real digits that it accepts, for each class."""
    return [float(accepted(network, images[labels == k]).float().mean()) for k in range(CLASSES)]


def evaluate(network: DigitJudge, settings: Settings, images: Tensor, labels: Tensor) -> dict:
    """The judge's own table: what it accepts of real digits, by class, and [share, number] of what is no digit."""
    shares = {
        kind: [float(accepted(network, pictures).float().mean()), len(pictures)]
        for kind, pictures in tried_on(images, labels).items()
    }
    return {
        "accuracy": accuracy(network, images, labels),
        "accepted": by_class(network, images, labels),
        "accepted_of_no_digits": shares,
    }


def tried_on(images: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Pictures that are no digits, of kinds and from digits that were not trained on, by kind."""
    generator = torch.Generator(images.device).manual_seed(1)
    mixed = torch.randperm(len(images), generator=generator, device=images.device)
    others, mixed_others = labels != 1, labels != labels[mixed]
    upper = images[others].clone()
    upper[:, :, 14:] = 0
    made = {kind: no_digits.MAKERS[kind](images, labels, generator) for kind in ("noise", "smears", "shuffled")}
    return made | {
        "halves": no_digits.halves(images[others], labels[others], generator),
        "upper halves": upper,
        "blends": (images[mixed_others] + images[mixed][mixed_others]) / 2,
        "means": torch.stack([images[labels == digit].mean(0) for digit in range(CLASSES)]),
        "letters": no_digits.letters(tried=True).to(images),  # of fonts that it has not seen
    }


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.epochs, settings.batch_size = 1, 32
    with runs.begin(settings, chosen) as run:
        train_set, held_out, test = options.data_sets("digits", chosen, "train", "held-out", "test")
        network, curves = train(settings, *train_set, held_out, run)
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_judge", numbers, curves, chosen)
        metrics["held_out"] = {"accepted": record.rounded(by_class(network, *held_out))}
        run.finish(network, metrics, half=True)


if __name__ == "__main__":
    main()
