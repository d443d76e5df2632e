"""Are the codes useful? The feature-learning curves (lecture, part A3), as the analysis measured them."""

from demos.latents import measured


def probe() -> dict:
    """Accuracy on test digits of a classifier that sees only the codes, by number of labels.

    Returns "labels" (how many labelled digits) and "spaces": for each encoder its title, the width of its code, and
    the rows of "knn" (k nearest neighbours) and "linear" (softmax regression), each with labels, accuracy, low, high.
    """
    found = measured.need(measured.numbers("latents_probes"), "latents_probes.json", "probes")
    return {"labels": found["labels"], "spaces": found["spaces"]}
