"""What surrounds a training loop: epochs, shuffled minibatches, precision, progress, checks, curves and resume.

    loop = Loop(run, settings, network=network, optimizer=optimizer, schedule=schedule, generator=generator)
    for _ in loop.epochs():  # from the first, or from where the run was interrupted; the state is kept after each
        for batch in loop.batches(len(images)):
            ...forward, loss, backward, step...
            loop.count(loss)  # the progress bar, and an end when the loss is no number any more
        loop.record(held_out=...)  # a point of each curve

What the lecture teaches stands in the scripts; nothing of it is here.
"""

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

import torch
from torch import Tensor, nn
from tqdm import tqdm

Placed = TypeVar("Placed", bound=nn.Module)
CHECKED = 20  # the loss is looked at every so many steps: each look waits for the device


class Keeper(Protocol):
    """What a loop needs of a run (training/run/runs.py): a place for its state."""

    def restore(self, **things: Any) -> int: ...
    def keep(self, epochs: int, **things: Any) -> None: ...
    def check(self, loss: Tensor | float, step: int) -> None: ...


class Loop:
    """The epochs and minibatches of one training; see the module's first lines.

    `things` is the state that a resumed training needs, among it "generator", which also shuffles.
    """

    def __init__(self, run: Keeper, settings: Any, **things: Any):
        self.run, self.settings = run, settings
        self.curves: dict[str, list[float]] = {}  # one number an epoch
        self.things = {**things, "curves": self.curves}
        self.done = run.restore(**self.things)  # epochs
        self.step = 0  # counted through all epochs: the one that is being taken
        self._total: Tensor | float = 0.0
        self._taken = 0  # steps in this epoch

    def epochs(self) -> Iterator[int]:
        """The epochs to go, counted from 1. When the body of the loop is through, its state is kept."""
        for epoch in range(self.done, self.settings.epochs):
            yield epoch + 1
            self.done = epoch + 1
            self.run.keep(self.done, **self.things)

    def batches(self, pictures: int) -> Iterator[Tensor]:
        """Indices (batch_size,) of one epoch over so many pictures, shuffled; a last, smaller batch is left out."""
        generator, size = self.things["generator"], self.settings.batch_size
        order = torch.randperm(pictures, generator=generator, device=generator.device)
        yield from self.steps(order[: pictures // size * size].split(size))

    def steps(self, batches: Any) -> Iterator[Any]:
        """The `batches` of one epoch, any sequence, with a progress bar."""
        words = f"{self.settings.name} {self.done + 1}/{self.settings.epochs}"
        self._total, self._taken = 0.0, 0
        self._bar = tqdm(batches, words, leave=False, mininterval=1)
        for number, batch in enumerate(self._bar):
            self.step = self.done * len(batches) + number
            yield batch

    def count(self, loss: Tensor, **shown: Tensor | float) -> None:
        """After each step: add up the loss; now and then check it and show it, or what else is to be `shown`."""
        if self._taken % CHECKED == 0:
            self.run.check(loss, self.step)
            self._bar.set_postfix({key: f"{value:.5g}" for key, value in (shown or {"loss": loss}).items()})
        self._total = self._total + loss.detach()
        self._taken += 1

    def record(self, **numbers: float) -> None:
        """After each epoch: a point of every curve, the mean training loss among them, and a line on the screen."""
        numbers = {"train": float(self._total) / self._taken, **numbers}
        for key, value in numbers.items():
            self.curves.setdefault(key, []).append(value)
        words = ", ".join(f"{key.replace('_', ' ')} {value:.6g}" for key, value in numbers.items())
        print(f"{self.settings.name} epoch {self.done + 1}: {words}", flush=True)


def on_device(network: Placed, device: torch.device) -> Placed:
    """The network on `device`, its weights channels last: convolutions are faster that way."""
    return network.to(device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] torch forgot it


def one_cycle(optimizer: torch.optim.Optimizer, settings: Any, pictures: int) -> torch.optim.lr_scheduler.OneCycleLR:
    """The learning rate of every step: up to settings.learning_rate in a share of settings.warm_up, then down to 0.

    Smith and Topin, "Super-convergence" (2018). The momentum stays. Ends the program where no batch is full.
    """
    steps = settings.epochs * steps_in(settings, pictures)
    rise = min(settings.warm_up, 1 - 1 / steps)  # torch divides by zero where no step is left to fall in,
    rise = rise if rise * steps > 1 else 0.0  # or where all the rise is one step
    return torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, steps, pct_start=rise, cycle_momentum=False
    )


def two_slopes(steps: int, turn: int, warm_up: float) -> Callable[[int], float]:
    """Step -> the learning rate's share of its peak: one cycle in the first `turn` of all steps, then down once more.

    Up in a share of `warm_up` of the cycle and down to 0; then from half the peak down to 0 again.
    """
    peak = max(1, round(warm_up * turn))

    def share(step: int) -> float:
        if step < peak:
            return 0.52 - 0.48 * math.cos(math.pi * step / peak)
        if step < turn:
            return 0.5 + 0.5 * math.cos(math.pi * (step - peak) / (turn - peak))
        return 0.25 + 0.25 * math.cos(math.pi * (step - turn) / max(1, steps - turn))

    return share


def steps_in(settings: Any, pictures: int) -> int:
    """The steps of one epoch: full batches of settings.batch_size. Ends the program where there is none."""
    steps = pictures // settings.batch_size
    if not steps:
        sys.exit(
            f"--batch-size {settings.batch_size} is more than there are training pictures: {pictures:,}; take less"
        )
    return steps


def precision(device: str) -> torch.dtype:
    """The dtype of the matrix products in training: bfloat16 where `device` ("cpu" or "cuda") computes in it.

    Where it is only emulated it is four times slower than float32 instead of up to twice as fast (measured on Xeons).
    """
    if device == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        native = torch.cpu._is_avx512_bf16_supported()  # also true where there are AMX tiles; torch has no public way
    return torch.bfloat16 if native else torch.float32


def autocast(device: torch.device | str) -> torch.autocast:
    """The context of a forward pass in training, in the precision of `device`; parameters and loss stay in float32."""
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=precision(kind) == torch.bfloat16)
