"""The tab: one chain from a picture to a loss, then numbered steps, each under the question that it answers."""

import math

from demos import networks, page
from demos.softmax import chain, classify, decisions, errors, garments, stability, train_here
from demos.widgets import Instrument
from training import checkpoints, train_softmax
from training.data import CLASSES, DATASETS

ORIGINS = {
    "test": "A picture of the test set, which the network has never seen.",
    "samples": "A sample of the Fashion VAE, since the data set is not on this machine: nobody knows its true class.",
    "silhouettes": "A hand-made shape, since the data set is not on this machine.",
    "strokes": "A digit drawn by the program, since the data set is not on this machine.",
}


def pick(dataset: str = "fashion", index: int = 0, network: str = "softmax-fashion") -> dict:
    """Picture `index` of `dataset` as the main instrument shows it: x, logits, its label and where it comes from."""
    pixels, label = garments.picture(dataset, index)
    return classify.seen(pixels / 255, network) | {"label": label, "origin": ORIGINS[garments.source(dataset)]}


def build() -> None:
    """Wire the tab; call it inside a gr.Blocks."""
    main_instrument()
    with page.step(1, "How do four grey pixels become “cat”, and how does it learn?"):
        Instrument(
            "softmax_chain",
            label="The 2 x 2 picture",
            classes=chain.CLASSES,
            examples=chain.EXAMPLES,
            W=chain.W,
            b=chain.B,
        )
        page.code(chain.linear_model)
    with page.step(2, "What does softmax do to the logits, and why not take them as they are?"):
        Instrument("softmax_logits", label="Logits by hand")
    with page.step(3, "Train it here: what do ten templates look like while they grow?"):
        Instrument(
            "softmax_train",
            [train_here.train_prepare, train_here.train_start, train_here.train_more, train_here.train_stop],
            label="Train softmax regression in the page",
            classes=CLASSES,
        )
        page.code(train_softmax.train)
    with page.step(4, "When does the formula break, and how is it written so that it never does?"):
        Instrument(
            "softmax_stability",
            [stability.bench, stability.timings],
            label="The stability bench",
            double=double_softmax(),
        )
        page.code(stability.lines)
    with page.step(5, "Where does it go wrong, and which pixels misled it?"):
        Instrument(
            "softmax_errors",
            [errors.clinic, errors.cases, errors.case, classify.weights],
            label="The error clinic",
        )
    with page.step(6, "Hard or soft: what are the probabilities good for?"):
        Instrument("softmax_decide", [decisions.decide], label="Thresholds, costs, calibration")
        page.code(decisions.reliability)
    page.endpoint(classify.classify, "classify")
    page.endpoint(stability.softmax, "softmax")
    page.endpoint(errors.errors, "errors")
    page.endpoint(chain.linear_model, "linear_model")


def main_instrument() -> None:
    """Picture -> x * W -> logits -> exp -> softmax -> cross-entropy, in one line from left to right."""
    from training.strokes import example_strokes

    Instrument(
        "softmax_real",
        [classify.look, pick, classify.weights],
        label="From a picture to probabilities",
        examples=[example_strokes(digit) for digit in range(10)],
        networks={dataset: classify.linear_networks(dataset) for dataset in DATASETS},
        sources={dataset: garments.source(dataset) for dataset in DATASETS},
    )


def double_softmax() -> dict | None:
    """The curves of softmax applied once and twice, from the two trainings' metrics; None where one is missing."""
    if len(networks.available("softmax-fashion", "softmax-fashion-double")) < 2:
        return None
    right, twice = (checkpoints.metrics(name) for name in ("softmax-fashion", "softmax-fashion-double"))
    if not all("train" in run.get("curves", {}) and "accuracy" in run["test"] for run in (right, twice)):
        return None
    once, again = ({"loss": run["curves"]["train"], "accuracy": run["test"]["accuracy"]} for run in (right, twice))
    return {"right": once, "twice": again, "floor": math.log(math.e + 9) - 1}
