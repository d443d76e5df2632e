"""Hard or soft (lecture, part C1): what one may do with probabilities that a bare class does not allow.

A threshold below which the classifier says nothing; costs that change the decision though the probabilities stay; and
whether the probabilities can be believed (calibration). All on the stored logits of the test sets.
"""

import numpy as np

from demos.kit import checks, networks
from demos.kit.encoding import grey
from demos.kit.room import Room
from demos.softmax.decide import pairs
from demos.softmax.errors.handlers import analysed, analysis, names_in_words, picture_of, softmax
from training import checkpoints
from training.data.datasets import CLASSES, DATASETS
from training.measures.spread import wilson

BINS = 15


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = BINS) -> tuple[list[list[float]], float]:
    """By bin of confidence [mean confidence, accuracy, count], empty bins left out; and the expected calibration error.

    The error is the mean over pictures of |accuracy - confidence| of the bin that each falls into.
    """
    confidence, right = probabilities.max(1), probabilities.argmax(1) == labels
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    rows = [
        [float(confidence[which == k].mean()), float(right[which == k].mean()), int((which == k).sum())]
        for k in np.unique(which)
    ]
    return rows, sum(count / len(labels) * abs(accuracy - mean) for mean, accuracy, count in rows)


def selective(probabilities: np.ndarray, labels: np.ndarray, points: int = 100) -> list[list[float]]:
    """[coverage, accuracy] when only the surest pictures are answered, for growing coverage."""
    order = np.argsort(-probabilities.max(1), kind="stable")
    right = np.cumsum((probabilities.argmax(1) == labels)[order])
    answered = np.unique(np.linspace(1, len(labels), points).astype(int))
    return [[float(n / len(labels)), float(right[n - 1] / n)] for n in answered]


def cheapest(probabilities: np.ndarray, costs: np.ndarray) -> np.ndarray:
    """The decision of least expected cost: argmin_j sum_i p_i costs[i, j], with costs[true, decided]."""
    return (probabilities @ costs).argmin(1)


def decide(
    dataset: str = "digits",
    network: str = "",
    threshold: float = 0.5,
    temperature: float = 1.0,
    costly_true: int = 3,
    costly_guess: int = 8,
    cost: float = 10.0,
) -> dict:
    """Everything that step "hard or soft" shows, for one classifier on its test set.

    Args:
        dataset: "digits" or "fashion".
        network: a classifier of that data set; empty for the first.
        threshold: the least probability, 0 to 1, at which the classifier answers.
        temperature: its logits are divided by it first, 0.05 to 20.
        costly_true: the true class of the mistake that costs more.
        costly_guess: what it must not be called.
        cost: of that mistake, 0 to 1000; every other one costs 1, a right answer 0.
    """
    names = analysed(checks.choice(dataset, "dataset", DATASETS))
    if not names:
        raise FileNotFoundError("weights/analysis/softmax.npz is missing: run `python -m training.analyse.softmax`")
    network = checks.choice(network or names[0], "network", names)
    threshold = checks.number(threshold, "threshold", 0, 1)
    temperature = checks.number(temperature, "temperature", 0.05, 20)
    costly_true = checks.whole(costly_true, "costly_true", 0, 9)
    costly_guess = checks.whole(costly_guess, "costly_guess", 0, 9)
    cost = checks.number(cost, "cost", 0, 1000)

    chosen = analysis(network)
    labels, probabilities = chosen.labels, softmax(chosen.logits / temperature)
    confidence, guess = probabilities.max(1), chosen.guess
    right = guess == labels
    answered = confidence >= threshold
    bins, error = reliability(probabilities, labels)
    true_probability = probabilities[np.arange(len(labels)), labels]

    costs = 1.0 - np.eye(10)
    if costly_true != costly_guess:
        costs[costly_true, costly_guess] = cost
    decided = cheapest(probabilities, costs)
    changed = np.flatnonzero(decided != guess)
    shown = []
    for row in changed[np.argsort(-probabilities[changed, costly_true], kind="stable")][:8].tolist():
        pixels = picture_of(dataset, int(chosen.keys[row]))
        shown.append(
            {
                "label": int(labels[row]),
                "before": int(guess[row]),
                "after": int(decided[row]),
                "probabilities": [float(probabilities[row, guess[row]]), float(probabilities[row, decided[row]])],
                "picture": None if pixels is None else grey(pixels / 255),
            }
        )
    mistakes = (labels == costly_true) & (guess == costly_guess)
    return {
        "network": network,
        "networks": names,
        "classes": list(CLASSES[dataset]),
        "pictures": len(labels),
        "accuracy": float(right.mean()),
        "coverage": float(answered.mean()),
        "accuracy_answered": float(right[answered].mean()) if answered.any() else None,
        "interval_answered": wilson(int(right[answered].sum()), int(answered.sum())) if answered.any() else None,
        "curve": selective(probabilities, labels),
        "bins": bins,
        "calibration_error": error,
        "cross_entropy": float(-np.log(np.maximum(true_probability, 1e-300)).mean()),
        "fitted_temperature": chosen.numbers["temperature"],
        "changed": len(changed),
        "cost_before": float(costs[labels, guess].mean()),
        "cost_after": float(costs[labels, decided].mean()),
        "mistakes_before": int(mistakes.sum()),
        "mistakes_after": int(((labels == costly_true) & (decided == costly_guess)).sum()),
        "examples": shown,
    }


def calibration() -> dict[str, str]:
    """The numbers of the lesson on calibration, from the stored analysis; dashes where it is missing."""
    if not {"softmax-digits", "softmax-digits-best"} <= set(analysed("digits")):
        return dict.fromkeys(("epochs", "temperature", "before", "after", "best"), "–")
    lecture, best = (analysis(name).numbers for name in ("softmax-digits", "softmax-digits-best"))
    return {
        "epochs": checkpoints.metrics("softmax-digits").get("recipe", {}).get("epochs", "–"),
        "temperature": f"{lecture['temperature']:.2f}",
        "before": f"{100 * lecture['calibration_error']:.1f} %",
        "after": f"{100 * lecture['calibration_error_fitted']:.1f} %",
        "best": f"{best['temperature']:.2f}",
    }


TEST_PAIRS = 8_981  # of the test set, each picture with another one drawn at random, of different classes


def pairs_right() -> dict | None:
    """In how many test pairs the two highest sigmoids are both right, with its 95 % interval; None if not measured."""
    test = checkpoints.metrics(pairs.NETWORK).get("test", {}) if networks.available(pairs.NETWORK) else {}
    if "accuracy" not in test:
        return None
    interval = wilson(round(test["accuracy"] * TEST_PAIRS), TEST_PAIRS)
    return {"right": test["accuracy"], "pairs": TEST_PAIRS, "interval": interval}


def props() -> dict:
    """The classifiers of both data sets, the classes, and how often both sigmoids of a test pair are right."""
    return {
        "names": names_in_words(),
        "networks": {dataset: analysed(dataset) for dataset in DATASETS},
        "classes": {dataset: list(CLASSES[dataset]) for dataset in DATASETS},
        "pairs": bool(networks.available(pairs.NETWORK)),
        "measured": pairs_right(),
    }


ROOM = Room(calls=(decide, pairs.two_garments), props=props, numbers=calibration, code=(reliability,))
