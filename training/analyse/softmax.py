"""What the classifiers say of the test sets (lecture, part C6): their logits, confusions and calibration, for tab 4.

    python -m training.analyse.softmax [--data-dir DIR] [--smoke]

Reads the trained classifiers and the data sets; writes weights/analysis/softmax.npz (logits of every test picture,
found by the picture's key and never by its position) and softmax.json (numbers). Nothing is random. Run it again
whenever one of the classifiers was trained anew: the file holds the sha256 of every network that it measured.
"""

import dataclasses
import math
import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two threads would round differently

import torch
from torch import Tensor, nn

from training import checkpoints
from training.data import datasets
from training.data.strokes import made_digits
from training.models.softmax import SoftmaxRegression, cross_entropy, softmax
from training.run import options, record
from training.store import analysis

CLASSIFIERS = {
    "digits": ("softmax-digits", "softmax-digits-best", "cnn-digits", "least-squares-digits"),
    "fashion": ("softmax-fashion", "softmax-fashion-best", "cnn-fashion"),
}


@dataclasses.dataclass
class Settings:
    bins: int = options.setting(15, "bins of the calibration error, the usual number")
    coldest: float = options.setting(0.2, "smallest temperature tried")
    hottest: float = options.setting(5.0, "largest temperature tried")


@torch.inference_mode()
def logits_of(network: nn.Module, images: Tensor) -> Tensor:
    """(N, 1, 28, 28) -> logits (N, 10) in float32."""
    return torch.cat([network(part).float() for part in images.split(500)])


def fit_temperature(logits: Tensor, labels: Tensor, coldest: float, hottest: float) -> float:
    """The T that makes the mean cross-entropy of logits / T least, by golden-section search over log T.

    Temperature scaling (Guo et al. 2017): one number, fitted on held-out pictures; no decision changes by it.
    """
    logits = logits.double()
    loss = lambda t: float(cross_entropy(logits / math.exp(t), labels).mean())  # noqa: E731
    low, high, ratio = math.log(coldest), math.log(hottest), (math.sqrt(5) - 1) / 2
    while high - low > 1e-4:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return math.exp((low + high) / 2)


def calibration_error(probabilities: Tensor, labels: Tensor, bins: int) -> float:
    """Expected calibration error: the mean over pictures of |accuracy - confidence| of the bin they fall into."""
    confidence, guess = probabilities.max(1)
    right = (guess == labels).double()
    which = (confidence * bins).long().clamp(max=bins - 1)
    error = 0.0
    for k in which.unique():
        inside = which == k
        error += float(inside.double().mean()) * float((right[inside].mean() - confidence[inside].mean()).abs())
    return error


def measure(logits: Tensor, labels: Tensor, held_out: tuple[Tensor, Tensor], settings: Settings) -> dict:
    """The numbers of one classifier on the test set."""
    guess, probabilities = logits.argmax(1), softmax(logits.double())
    confusion = torch.bincount(10 * labels + guess, minlength=100).view(10, 10)
    temperature = fit_temperature(*held_out, settings.coldest, settings.hottest)
    return {
        "accuracy": float((guess == labels).double().mean()),
        "cross_entropy": float(cross_entropy(logits.double(), labels).mean()),
        "confusion": confusion.tolist(),
        "temperature": temperature,
        "calibration_error": calibration_error(probabilities, labels, settings.bins),
        "calibration_error_fitted": calibration_error(softmax(logits.double() / temperature), labels, settings.bins),
        "below_zero": float((logits < 0).double().mean()),
        "above_one": float((logits > 1).double().mean()),
    }


def measure_all(networks: dict[str, nn.Module], sets: dict[str, dict], settings: Settings) -> tuple[dict, dict]:
    """Everything for the networks at hand: (numbers for the JSON file, arrays for the npz file)."""
    numbers, arrays = {"settings": dataclasses.asdict(settings), "networks": {}}, {}
    for dataset, parts in sets.items():
        (images, labels), (held_images, held_labels) = parts["test"], parts["held-out"]
        arrays[f"{dataset}/keys"] = record.keys(images)
        arrays[f"{dataset}/labels"] = labels.byte().numpy()
        for name in CLASSIFIERS[dataset]:
            if name not in networks:
                continue
            logits = logits_of(networks[name], images)
            held_out = logits_of(networks[name], held_images), held_labels
            numbers["networks"][name] = {"dataset": dataset, **measure(logits, labels, held_out, settings)}
            arrays[f"{name}/logits"] = logits.half().numpy()
            arrays[f"{name}/guess"] = logits.argmax(1).byte().numpy()  # float16 could make a tie of a decision
            print(f"{name}: {record.summary(numbers['networks'][name])}", flush=True)
    return numbers, arrays


def smoke(settings: Settings) -> int:
    """Seconds on made digits and an untrained network: nothing is written."""
    network = SoftmaxRegression()
    network.initialise(torch.Generator().manual_seed(0))
    sets = {"digits": {"test": made_digits(60, 1), "held-out": made_digits(60, 2)}}
    numbers, arrays = measure_all({"softmax-digits": network}, sets, settings)
    print(f"smoke: {len(numbers['networks'])} network, {len(analysis.npz(**arrays))} bytes")
    return 0


def main(argv: list[str] | None = None) -> int:
    settings, chosen = options.parse(Settings, argv, __doc__)
    torch.set_num_threads(1)
    if chosen.smoke:
        return smoke(settings)
    existing = set(checkpoints.names())
    wanted = [name for names in CLASSIFIERS.values() for name in names if name in existing]
    networks = {name: checkpoints.load(name) for name in wanted}
    sets = {
        dataset: {part: datasets.load(dataset, part, chosen.data_dir) for part in ("test", "held-out")}
        for dataset in CLASSIFIERS
    }
    numbers, arrays = measure_all(networks, sets, settings)
    numbers["sha256"] = {name: checkpoints.sha256(name) for name in wanted}
    numbers["command"] = options.command("training.analyse.softmax", settings)
    print(f"{len(wanted)} classifiers -> {analysis.save('softmax', record.rounded(numbers), **arrays)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
