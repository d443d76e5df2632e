"""Are the codes useful? The feature-learning curves (lecture, part A3), as the analysis measured them."""

from demos.kit import networks
from demos.kit.room import Room
from demos.latents import measured
from demos.latents.bottleneck import handlers as bottleneck
from training import checkpoints
from training.analyse.probes import neighbours
from training.data.strokes import example_strokes


def probe() -> dict:
    """Accuracy on test digits of a classifier that sees only the codes, by number of labels.

    Returns "labels" (how many labelled digits) and "spaces": for each encoder its title, the width of its code, and
    the rows of "knn" (k nearest neighbours) and "linear" (softmax regression), each with labels, accuracy, low, high.
    """
    found = measured.need(measured.numbers("latents_probes"), "latents_probes.json", "probes")
    return {"labels": found["labels"], "spaces": found["spaces"]}


def units(name: str) -> list[dict]:
    """For each number of a sparse code, from the network's metrics: on which share of the test digits it "fires", and
    which "share" of the energy of what it draws lies in its largest connected piece; [] where it was not measured."""
    test = checkpoints.metrics(name).get("test", {})
    rows = zip(test.get("firing_rate", []), test.get("largest_piece", []), strict=False)
    return [{"fires": fires, "share": share} for fires, share in rows]


def few(labels: int = 10) -> str:
    """Which codes are better and which worse than raw pixels with a few labels, for both classifiers."""
    spaces = measured.numbers("latents_probes").get("spaces", {})
    if "pixels" not in spaces:
        return ""
    parts = []
    for method, words in (("knn", "nearest neighbours"), ("linear", "the linear probe")):
        at = {
            one["title"]: row["accuracy"] for one in spaces.values() for row in one[method] if row["labels"] == labels
        }
        own = at.pop(spaces["pixels"]["title"])
        better, worse = ([title for title in at if (at[title] > own) == wanted] for wanted in (True, False))
        better, worse = (
            ", ".join(f"{title} ({100 * at[title]:.0f} %)" for title in titles) or "none" for titles in (better, worse)
        )
        parts.append(
            f"By {words} with {labels} labels raw pixels reach {100 * own:.0f} %; better: {better}; "
            f"not better: {worse}."
        )
    return " ".join(parts) + " A code is not better than pixels because it is a code."


def better(labels: int = 10) -> str | None:
    """Which is better by nearest neighbours with so few labels: the best "code", or raw "pixels"; "same" where their
    draws of the labels overlap, None where it was not measured."""
    rows = {
        name: next(row for row in one["knn"] if row["labels"] == labels)
        for name, one in measured.numbers("latents_probes").get("spaces", {}).items()
    }
    if "pixels" not in rows:
        return None
    own = rows.pop("pixels")
    best = max(rows.values(), key=lambda row: row["accuracy"])
    return "code" if best["low"] > own["high"] else "pixels" if own["low"] > best["high"] else "same"


def sparse() -> str:
    """How often the numbers of the sparse code fire, and how much of what they draw is one piece: the medians."""
    rows = units("sparse-autoencoder") if networks.available("sparse-autoencoder") else []
    if not rows:
        return ""
    fires, piece = (sorted(row[key] for row in rows)[len(rows) // 2] for key in ("fires", "share"))
    verdict = "mostly one part" if piece > 0.75 else "several pieces, not one part" if piece < 0.5 else "partly"
    return (
        f"Measured: half of the numbers fire on more than {100 * fires:.0f} % of the test digits, and the largest "
        f"piece holds {100 * piece:.0f} % of what the median number draws: {verdict}."
    )


def findings() -> dict:
    """The sentences of the lesson that follow the numbers."""
    return {"few": few(), "sparse": sparse()}


def props() -> dict:
    """The two codes whose numbers can be looked at, what was measured of each number, the example digits, and what a
    prediction is held against."""
    wanted = networks.available("sparse-autoencoder", "autoencoder")
    return {
        "units": {name: units(name) for name in wanted},
        "networks": [[name, bottleneck.NAMES[name]] for name in wanted],
        "examples": [example_strokes(digit) for digit in range(10)],
        "start": 2,
        "truth": better(),
        "answer": few(),
    }


ROOM = Room(
    calls=(probe, bottleneck.strokes_of), props=props, numbers=findings, code=(neighbours,), endpoints={"probe": probe}
)
