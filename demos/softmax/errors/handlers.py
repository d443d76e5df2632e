"""The error clinic (lecture, part C6): confusion matrix -> a cell -> its pictures -> one picture and why it went wrong.

Everything comes from the stored analysis of the test sets (training/analyse/softmax.py), found by each picture's key;
the pictures themselves are shown where the data set is at hand. A classifier of one's own is not in the analysis: what
it says of the test set is computed when it is first asked for.
"""

import dataclasses
import functools
import hashlib

import numpy as np
import torch

from demos.kit import checks, networks
from demos.kit.encoding import floats, grey, numbers
from demos.kit.room import Room
from demos.softmax import garments
from demos.softmax.classify import handlers as classify
from training import checkpoints
from training.analyse.softmax import Settings, logits_of, measure
from training.data import datasets
from training.data.datasets import CLASSES, DATASETS
from training.measures.spread import wilson
from training.models.softmax import softmax as stable_softmax
from training.store import analysis as analyses

SHOWN = 24  # pictures of a cell that are sent at once
KINDS = ("cell", "confident", "uncertain")


@dataclasses.dataclass(frozen=True)
class Analysis:
    """One classifier on its test set: logits (N, 10), its guesses, the true labels and the pictures' keys (N,)."""

    logits: np.ndarray
    guess: np.ndarray
    labels: np.ndarray
    keys: np.ndarray
    numbers: dict

    @property
    def probabilities(self) -> np.ndarray:
        return softmax(self.logits)

    @property
    def confusion(self) -> np.ndarray:
        """How often a picture of class i (row) was called j (column): (10, 10)."""
        return np.bincount(10 * self.labels + self.guess, minlength=100).reshape(10, 10)


def softmax(logits: np.ndarray) -> np.ndarray:
    """training's softmax by row, for arrays: (N, K) -> (N, K)."""
    return stable_softmax(torch.from_numpy(np.asarray(logits, np.float64))).numpy()


def analysed(dataset: str) -> list[str]:
    """The classifiers of `dataset` that can be opened: those whose test-set logits are stored, and those of one's own.

    Least squares is stored too, but what it puts out are no logits: it only says its word on single pictures.
    """
    others = {one.name for one in checkpoints.all() if one.kind == "least-squares"}
    return [name for name in [*stored(dataset), *own(dataset)] if name not in others]


def stored(dataset: str) -> list[str]:
    """All that the analysis holds of `dataset`, least squares included."""
    if not analyses.exists("softmax"):
        return []
    found = analyses.load("softmax")["networks"]
    return [name for name, numbers in found.items() if numbers["dataset"] == dataset]


@networks.remembered()  # no look at the disk for each press
def own(dataset: str) -> list[str]:
    """One's own classifiers of `dataset`, softmax regressions and CNNs."""
    return [
        one.name for one in checkpoints.all() if one.yours and one.dataset == dataset and one.kind in ("softmax", "cnn")
    ]


@functools.lru_cache(maxsize=8)
def analysis(network: str) -> Analysis:
    """What `network` says of its test set: as it is stored, or of one's own computed now, in the order of the others.

    ValueError names the classifiers that there are, FileNotFoundError says what is missing.
    """
    of = {name: dataset for dataset in DATASETS for name in [*stored(dataset), *own(dataset)]}
    if not of:
        raise FileNotFoundError("weights/analysis/softmax.npz is missing: run `python -m training.analyse.softmax`")
    dataset = of[checks.choice(network, "network", list(of))]
    if network in own(dataset):
        return computed(network, dataset)
    arrays = analyses.arrays("softmax")
    return Analysis(
        arrays[f"{network}/logits"].astype(np.float64),
        arrays[f"{network}/guess"].astype(np.int64),
        arrays[f"{dataset}/labels"].astype(np.int64),
        arrays[f"{dataset}/keys"],
        analyses.load("softmax")["networks"][network],
    )


def computed(network: str, dataset: str) -> Analysis:
    """What the analysis would say of one's own `network`: measured now, on the same pictures in the same order."""
    keys = analyses.arrays("softmax")[f"{dataset}/keys"]
    known = places(dataset) if datasets.at_hand(dataset) else {}
    if not known.keys() >= set(keys.tolist()):
        raise FileNotFoundError(
            f"{network} is one of your own: what it says of the test set is computed from the pictures, which are not "
            "on this machine. Set DATA_DIR to the folder that it was trained from and start the app again."
        )
    order = [known[key] for key in keys.tolist()]
    images, labels = (torch.from_numpy(array[order]) for array in garments.test_set(dataset))
    held_out, truth = datasets.load(dataset, "held-out")
    net = checkpoints.load(network)
    logits = logits_of(net, images[:, None] / 255)
    numbers = measure(logits, labels.long(), (logits_of(net, held_out), truth), Settings())
    return Analysis(logits.double().numpy(), logits.argmax(1).numpy(), labels.long().numpy(), keys, numbers)


def accuracy(network: str) -> float:
    """The share of its test set that `network` reads right; of one's own as its training measured it."""
    tested = checkpoints.metrics(network).get("test", {}) if any(network in own(one) for one in DATASETS) else {}
    if "accuracy" in tested:
        return tested["accuracy"]
    return float((analysis(network).guess == analysis(network).labels).mean())


@functools.lru_cache(maxsize=2)
def places(dataset: str) -> dict[int, int]:
    """Where each test picture stands in this machine's copy of the data set: {key: position}."""
    images, _ = garments.test_set(dataset)
    digests = (hashlib.sha256(picture.tobytes()).digest() for picture in images)
    return {int.from_bytes(digest[:8], "big"): place for place, digest in enumerate(digests)}


def picture_of(dataset: str, key: int | np.integer) -> np.ndarray | None:
    """The test picture with this key, (28, 28) uint8, or None where the data set is not at hand."""
    if not datasets.at_hand(dataset, split="test") or int(key) not in places(dataset):
        return None
    return garments.test_set(dataset)[0][places(dataset)[int(key)]]


def scores(confusion: np.ndarray) -> tuple[list[float], list[float]]:
    """Precision (of what is called k, how much is k) and recall (of the k, how many are called k), by class."""
    right = np.diag(confusion).astype(float)
    precision = right / np.maximum(1, confusion.sum(0))
    return precision.tolist(), (right / np.maximum(1, confusion.sum(1))).tolist()


def clinic(dataset: str = "digits", network: str = "") -> dict:
    """The confusion matrix of a classifier with precision and recall by class; of the first where none is named."""
    names = analysed(checks.choice(dataset, "dataset", DATASETS))
    if not names:
        raise FileNotFoundError("weights/analysis/softmax.npz is missing: run `python -m training.analyse.softmax`")
    chosen = analysis(checks.choice(network or names[0], "network", names))
    precision, recall = scores(chosen.confusion)
    return {
        "network": network or names[0],
        "networks": [[name, accuracy(name)] for name in names],
        "classes": list(CLASSES[dataset]),
        "confusion": chosen.confusion.tolist(),
        "precision": precision,
        "recall": recall,
        "pictures": datasets.at_hand(dataset, split="test"),
    }


def find(network: str, kind: str, true_class: int, predicted_class: int) -> np.ndarray:
    """Rows of the analysis: those of a "cell" of the confusion matrix, surest first; or all mistakes, most "confident"
    first; or all pictures, most "uncertain" (by entropy) first."""
    chosen = analysis(network)
    probabilities = chosen.probabilities
    if kind == "uncertain":
        return np.argsort((probabilities * np.log(np.maximum(probabilities, 1e-300))).sum(1), kind="stable")
    if kind == "confident":
        rows = np.flatnonzero(chosen.guess != chosen.labels)
    else:
        rows = np.flatnonzero((chosen.labels == true_class) & (chosen.guess == predicted_class))
    return rows[np.argsort(-probabilities[rows, chosen.guess[rows]], kind="stable")]


def cases(dataset: str, network: str, kind: str = "cell", true_class: int = 0, predicted_class: int = 0) -> dict:
    """The first pictures of a cell, or of the most confident mistakes, or of the most uncertain: with thumbnails."""
    checks.choice(kind, "kind", KINDS)
    true_class = checks.whole(true_class, "true_class", 0, 9)
    predicted_class = checks.whole(predicted_class, "predicted_class", 0, 9)
    chosen = analysis(checks.choice(network, "network", analysed(checks.choice(dataset, "dataset", DATASETS))))
    rows = find(network, kind, true_class, predicted_class)
    shown = []
    for row in rows[:SHOWN].tolist():
        pixels = picture_of(dataset, int(chosen.keys[row]))
        probabilities = softmax(chosen.logits[row])
        label, guess = int(chosen.labels[row]), int(chosen.guess[row])
        shown.append(
            {
                "row": row,
                "label": label,
                "guess": guess,
                "probability": float(probabilities[guess]),
                "probability_true": float(probabilities[label]),
                "picture": None if pixels is None else grey(pixels / 255),
            }
        )
    return {"count": len(rows), "cases": shown}


def case(dataset: str, network: str, row: int) -> dict:
    """One test picture: its pixels where they are at hand, its logits, and what the other classifiers say of it."""
    names = analysed(checks.choice(dataset, "dataset", DATASETS))
    chosen = analysis(checks.choice(network, "network", names))
    row = checks.whole(row, "row", 0, len(chosen.labels) - 1)
    pixels = picture_of(dataset, int(chosen.keys[row]))
    verdicts = []
    for name in dict.fromkeys([*stored(dataset), network]):
        other = analysis(name)
        guess = int(other.guess[row])
        verdicts.append([name, guess, float(softmax(other.logits[row])[guess])])
    return {
        "x": None if pixels is None else floats(pixels / 255),
        "logits": chosen.logits[row].tolist(),
        "label": int(chosen.labels[row]),
        "guess": int(chosen.guess[row]),
        "verdicts": verdicts,
        "linear": network if network in classify.known() else None,
    }


def errors(
    dataset: str = "digits", network: str = "softmax-digits", true_class: int = 4, predicted_class: int = 9
) -> dict:
    """The test pictures of one class that a classifier calls another (or the same), surest first.

    Args:
        dataset: "digits" or "fashion".
        network: a classifier of that data set, as "softmax-digits", "softmax-fashion-best" or "cnn-digits".
        true_class: the class of the pictures, 0 to 9.
        predicted_class: what the classifier calls them, 0 to 9.

    Returns:
        "count" in the whole test set; "cases", the first 24: each with "key" (hexadecimal, first 8 bytes of the SHA-256
        of its pixels), "probabilities" (10) and "picture" (28 x 28, or null where the data set is not at hand); and
        "confusion" (10 rows of true classes), "precision", "recall" by class.
    """
    found = clinic(dataset, network)
    true_class = checks.whole(true_class, "true_class", 0, 9)
    predicted_class = checks.whole(predicted_class, "predicted_class", 0, 9)
    chosen, rows = analysis(network), find(network, "cell", true_class, predicted_class)
    shown = []
    for row in rows[:SHOWN].tolist():
        pixels = picture_of(dataset, int(chosen.keys[row]))
        shown.append(
            {
                "key": f"{int(chosen.keys[row]):016x}",
                "probabilities": softmax(chosen.logits[row]).tolist(),
                "picture": None if pixels is None else numbers(pixels / 255),
            }
        )
    kept = {key: found[key] for key in ("confusion", "precision", "recall", "classes")}
    return {"count": len(rows), "cases": shown, **kept}


SHOWN_NETWORKS = ("softmax-digits", "softmax-fashion", "cnn-digits", "cnn-fashion")


def halves() -> str:
    """What the two halves of the digits' test set say of the same network, in a sentence; empty where it is missing."""
    if "softmax-digits" not in analysed("digits"):
        return ""
    chosen = analysis("softmax-digits")
    right, half = chosen.guess == chosen.labels, len(chosen.labels) // 2
    shares = [(part.mean(), wilson(int(part.sum()), len(part))) for part in (right[:half], right[half:])]
    first, second = (f"{100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f} %)" for share, (low, high) in shares)
    apart = shares[0][1][1] < shares[1][1][0] or shares[1][1][1] < shares[0][1][0]
    if not apart:
        return f"Here both halves of the test digits agree: {first} and {second} are read right (95 % intervals)."
    return (
        f"Of the first {half:,} test digits softmax regression reads {first} right, of the last {half:,} {second} "
        "(95 % intervals): the halves are not alike. The first pictures of a file are no random sample of it, so all "
        "that stands here is counted on the whole test set."
    )


def lesson_numbers() -> dict:
    """The test accuracy of the linear and the convolutional classifiers, and of the test set's halves."""
    accuracy = {name.replace("-", "_").replace("softmax_", ""): classify.tested(name) for name in SHOWN_NETWORKS}
    return accuracy | {"halves": halves()}


NAMES = {"softmax": "softmax regression", "least-squares": "least squares", "cnn": "small CNN"}  # kinds in words


def names_in_words() -> dict[str, str]:
    """What the page calls the classifiers of both data sets: by what they are, one's own with their names."""
    known = {one.name: one for one in checkpoints.all() if one.dataset in DATASETS and one.classifies}

    def words(name: str) -> str:
        if name not in known:
            return name.replace("-", " ")
        kind, one = NAMES.get(known[name].kind, name.replace("-", " ")), known[name]
        best = ", the optimum" if one.script == "train_softmax_best" else ""
        return kind + best + (f", yours: {name}" if one.yours else "")

    return {name: words(name) for dataset in DATASETS for name in sorted([*stored(dataset), *own(dataset)])}


def props() -> dict:
    """The classifiers of each data set, and all of them in words."""
    return {"names": names_in_words(), "networks": {dataset: analysed(dataset) for dataset in DATASETS}}


ROOM = Room(
    props=props,
    calls=(clinic, cases, case, classify.weights),
    numbers=lesson_numbers,
    code=(classify.contributions,),
    endpoints={"errors": errors},
)
