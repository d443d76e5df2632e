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


def props() -> dict:
    """The two codes whose numbers can be looked at, what was measured of each number, and the example digits."""
    wanted = networks.available("sparse-autoencoder", "autoencoder")
    return {
        "units": {name: units(name) for name in wanted},
        "networks": [[name, bottleneck.NAMES[name]] for name in wanted],
        "examples": [example_strokes(digit) for digit in range(10)],
        "start": 2,
    }


ROOM = Room(calls=(probe, bottleneck.strokes_of), props=props, code=(neighbours,), endpoints={"probe": probe})
