"""The lecture's own loop and ours by turns, in one process: how much faster to the same loss.

    python -m training.benchmark                 # pictures per second and seconds to the same loss
    python -m training.benchmark --speed-only    # pictures per second alone: a minute or two

The lecture's loop: torchvision's data set behind a DataLoader, ToTensor for each picture, batch 128, Adam 1e-3 in
float32. Ours: the data set resident as one tensor, bfloat16 where the processor has it, one cycle of the learning rate.
A second yardstick is the VAE of pytorch/examples (dense, 400-20) in the lecture's loop. The targets are reached on
held-out pictures.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training import train_softmax, train_vae
from training.data import datasets
from training.models import Network
from training.models.softmax import SoftmaxRegression, cross_entropy
from training.models.vae import ConvVAE, negative_elbo, reparameterise
from training.run import options
from training.run.loop import autocast, on_device, one_cycle, steps_in

VAE_TARGET = 106.0  # nats per held-out digit
LECTURE = "the lecture's"
SOFTMAX_TARGET = {"fashion": 0.825, "digits": 0.912}  # accuracy on held-out pictures


class DenseVAE(nn.Module):
    """The VAE of pytorch/examples: 784 -> 400 -> 20 and back, dense."""

    def __init__(self):
        super().__init__()
        self.hidden, self.to_mu, self.to_log_var = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.decoder = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))

    def forward(self, images: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
        hidden = F.relu(self.hidden(images.flatten(1)))
        mu, log_var = self.to_mu(hidden), self.to_log_var(hidden)
        return self.decoder(reparameterise(mu, log_var, generator)).view_as(images), mu, log_var


def loader(dataset: str, batch_size: int, folder: str | None) -> Iterable[list[Tensor]]:
    """The lecture's DataLoader: one Python call and one ToTensor for each picture."""
    from torch.utils.data import DataLoader, Subset
    from torchvision.datasets import MNIST, FashionMNIST
    from torchvision.transforms import ToTensor

    kind = MNIST if dataset == "digits" else FashionMNIST
    pictures = kind(datasets.data_dir(folder), train=True, transform=ToTensor())
    return DataLoader(Subset(pictures, range(len(pictures) - datasets.HELD_OUT)), batch_size, shuffle=True)


# Each loop is a generator that yields (pictures seen so far, the network) after every step: who iterates holds the
# watch, and stops it while the held-out pictures are measured.


def lecture_vae(network: nn.Module, folder: str | None, device: str) -> Iterator[tuple[int, nn.Module]]:
    """The lecture's loop, for its ConvVAE or for the dense one."""
    network = network.to(device)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    batches, seen = loader("digits", 128, folder), 0
    while True:
        for images, _ in batches:
            images = images.to(device)
            logits, mu, log_var = network(images)
            loss, _, _ = negative_elbo(logits, images, mu, log_var)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            seen += len(images)
            yield seen, network


def whole_batches(images: Tensor) -> int:
    """The pictures that train_vae takes in one epoch: full batches alone."""
    settings = train_vae.Settings()
    return steps_in(settings, len(images)) * settings.batch_size


def our_vae(epochs: int, images: Tensor) -> Iterator[tuple[int, nn.Module]]:
    """The loop of train_vae, line by line, as a generator."""
    settings = train_vae.Settings(epochs=epochs)
    device = images.device.type
    network = on_device(train_vae.make(settings), images.device)
    generator = torch.Generator(device).manual_seed(settings.seed)
    optimizer = torch.optim.Adam(network.parameters(), betas=(0.9, settings.second_moment), fused=True)
    schedule = one_cycle(optimizer, settings, len(images))
    whole, seen = whole_batches(images), 0
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator, device=device)
        for batch in order[:whole].split(settings.batch_size):
            clean = images[batch]
            with autocast(device):
                logits, mu, log_var = network(clean, generator)
            loss, _, _ = negative_elbo(logits.float(), clean, mu.float(), log_var.float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            seen += len(clean)
            yield seen, network


def lecture_softmax(dataset: str, folder: str | None, device: str) -> Iterator[tuple[int, nn.Module]]:
    """The lecture's loop for softmax regression, with autograd: batch 256, plain SGD 0.1."""
    network = SoftmaxRegression()
    network.initialise(torch.Generator().manual_seed(0))
    network.to(device).requires_grad_(True)
    batches, seen = loader(dataset, 256, folder), 0
    while True:
        for images, labels in batches:
            loss = cross_entropy(network(images.to(device)), labels.to(device)).mean()
            loss.backward()
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter -= 0.1 * cast(Tensor, parameter.grad)
                    parameter.grad = None
            seen += len(images)
            yield seen, network


def our_softmax(images: Tensor, labels: Tensor) -> Iterator[tuple[int, nn.Module]]:
    """The loop of train_softmax itself."""
    settings = train_softmax.Settings(epochs=30)
    for now in train_softmax.train(settings, images, labels):
        yield now.step * settings.batch_size, now.network


def speed(loops: dict[str, Callable], seconds: float, turns: int) -> dict[str, float]:
    """Pictures per second of each loop: the median of `turns` turns of `seconds` each, one loop after the other."""
    running = {name: loop() for name, loop in loops.items()}
    rates = {name: [] for name in loops}
    for loop in running.values():  # the first steps compile kernels and fill caches
        for _ in range(3):
            next(loop)
    for _ in range(turns):
        for name, loop in running.items():
            before, start = next(loop)[0], time.perf_counter()
            seen = before
            while time.perf_counter() - start < seconds:
                try:
                    seen = next(loop)[0]
                except StopIteration:
                    running[name] = loop = loops[name]()
                    before -= seen
                    seen = 0
            rates[name].append((seen - before) / (time.perf_counter() - start))
    return {name: statistics.median(values) for name, values in rates.items()}


def seconds_to(loop: Iterator, every: int, reached: Callable[[nn.Module], bool], patience: float) -> float:
    """Seconds of training until `reached`, asked every `every` pictures with the watch stopped; inf if never."""
    spent, asked, start = 0.0, 0, time.perf_counter()
    for seen, network in loop:
        if seen // every > asked:
            asked = seen // every
            spent += time.perf_counter() - start
            with torch.no_grad():
                if reached(network):
                    return spent
            if spent > patience:
                break
            start = time.perf_counter()
    return float("inf")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0: as training has it, one")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of a turn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--patience", type=float, default=600.0, help="seconds after which a target is given up")
    parser.add_argument("--speed-only", action="store_true")
    chosen = parser.parse_args(argv)
    device = options.device(chosen.device)
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    folder = chosen.data_dir
    digits, held_out = (datasets.load("digits", part, folder)[0].to(device) for part in ("train", "held-out"))
    garments = [part.to(device) for part in datasets.load("fashion", "train", folder)]
    print(f"on {device}, {torch.get_num_threads()} thread(s), turns of {chosen.seconds:g} s, median of {chosen.turns}")

    rates = speed(
        {
            f"{LECTURE} ConvVAE": lambda: lecture_vae(ConvVAE(), folder, device),
            "our ConvVAE": lambda: our_vae(20, digits),
            "pytorch/examples' VAE": lambda: lecture_vae(DenseVAE(), folder, device),
            f"{LECTURE} softmax": lambda: lecture_softmax("fashion", folder, device),
            "our softmax": lambda: our_softmax(*garments),
        },
        chosen.seconds,
        chosen.turns,
    )
    for name, rate in rates.items():
        print(f"{name:28} {rate:12,.0f} pictures/s")
    for kind in ("ConvVAE", "softmax"):
        print(f"{kind:28} {rates[f'our {kind}'] / rates[f'{LECTURE} {kind}']:12.2f} x pictures/s", flush=True)
    print(f"{'memory':28} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:12.2f} GB resident at most")
    if chosen.speed_only:
        return

    def nats(network: Network) -> bool:
        return sum(train_vae.losses(network, train_vae.Settings(), held_out)) <= VAE_TARGET

    def accurate(dataset: str) -> Callable[[nn.Module], bool]:
        pictures, labels = (part.to(device) for part in datasets.load(dataset, "held-out", folder))
        return lambda network: float((network(pictures).argmax(1) == labels).float().mean()) >= SOFTMAX_TARGET[dataset]

    def compare(what: str, ours: float, theirs: float) -> None:
        print(f"{what:28} {theirs:8.2f} s -> {ours:8.2f} s, {theirs / ours:.2f} x", flush=True)

    ours = seconds_to(our_vae(4, digits), 4 * whole_batches(digits), nats, chosen.patience)
    theirs = seconds_to(lecture_vae(ConvVAE(), folder, device), len(digits), nats, chosen.patience)
    compare(f"VAE to {VAE_TARGET:g} nats", ours, theirs)
    for dataset, target in SOFTMAX_TARGET.items():
        train_set, reached = [part.to(device) for part in datasets.load(dataset, "train", folder)], accurate(dataset)
        ours = seconds_to(our_softmax(*train_set), 5_000, reached, chosen.patience)
        theirs = seconds_to(lecture_softmax(dataset, folder, device), 5_000, reached, chosen.patience)
        compare(f"softmax {dataset} to {target}", ours, theirs)


if __name__ == "__main__":
    main()
