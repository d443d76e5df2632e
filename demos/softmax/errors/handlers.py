"""The error clinic (lecture, part C6): confusion matrix -> a cell -> its pictures -> one picture and why it went wrong.

Everything comes from the stored analysis of the test sets (training/analyse/softmax.py), found by each picture's key;
the pictures themselves are shown where the data set is at hand.
"""

import dataclasses
import functools
import hashlib

import numpy as np
import torch

from demos.kit import checks
from demos.kit.encoding import floats, grey, numbers
from demos.kit.room import Room
from demos.softmax import garments
from demos.softmax.classify import handlers as classify
from training import checkpoints
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
    """The classifiers of `dataset` whose test-set logits are stored; empty where the analysis is missing.

    Least squares is stored too, but what it puts out are no logits: it only says its word on single pictures.
    """
    others = {one.name for one in checkpoints.all() if one.kind == "least-squares"}
    return [name for name in stored(dataset) if name not in others]


def stored(dataset: str) -> list[str]:
    """All that the analysis holds of `dataset`, least squares included."""
    if not analyses.exists("softmax"):
        return []
    found = analyses.load("softmax")["networks"]
    return [name for name, numbers in found.items() if numbers["dataset"] == dataset]


@functools.lru_cache(maxsize=8)
def analysis(network: str) -> Analysis:
    """The stored analysis of `network`; ValueError names those that there are."""
    names = [name for dataset in DATASETS for name in stored(dataset)]
    if not names:
        raise FileNotFoundError("weights/analysis/softmax.npz is missing: run `python -m training.analyse.softmax`")
    checks.choice(network, "network", names)
    numbers, arrays = analyses.load("softmax")["networks"][network], analyses.arrays("softmax")
    return Analysis(
        arrays[f"{network}/logits"].astype(np.float64),
        arrays[f"{network}/guess"].astype(np.int64),
        arrays[f"{numbers['dataset']}/labels"].astype(np.int64),
        arrays[f"{numbers['dataset']}/keys"],
        numbers,
    )


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
        "networks": [[name, float((analysis(name).guess == analysis(name).labels).mean())] for name in names],
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
    for name in stored(dataset):
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
    """What the page calls the classifiers of both data sets: by what they are, those of others marked as theirs."""
    known = {one.name: one for one in checkpoints.all() if one.dataset in DATASETS and one.classifies}
    names = {name for dataset in DATASETS for name in stored(dataset)}

    def words(name: str) -> str:
        kind = known[name].kind if name in known else ""
        best = ", the optimum" if name in known and known[name].script == "train_softmax_best" else ""
        return (
            NAMES.get(kind, name.replace("-", " ")) + best + (", yours" if name in known and known[name].yours else "")
        )

    return {name: words(name) for name in sorted(names)}


def props() -> dict:
    """The classifiers of each data set, and all of them in words."""
    return {"names": names_in_words(), "networks": {dataset: stored(dataset) for dataset in DATASETS}}


ROOM = Room(
    props=props,
    calls=(clinic, cases, case, classify.weights),
    numbers=lesson_numbers,
    code=(classify.contributions,),
    endpoints={"errors": errors},
)
