"""The tab: one chain from a picture to a loss, then numbered steps, each under the question that it answers."""

import math

from demos.kit import networks, page
from demos.kit.instrument import Instrument
from demos.softmax import garments
from demos.softmax.chain import handlers as chain
from demos.softmax.classify import handlers as classify
from demos.softmax.decide import handlers as decisions
from demos.softmax.errors import handlers as errors
from demos.softmax.pairs import handlers as multilabel
from demos.softmax.stability import handlers as stability
from demos.softmax.train import handlers as train_here
from training import checkpoints, train_softmax
from training.data.datasets import CLASSES, DATASETS
from training.models import softmax

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
    accuracy = {name: tested(name) for name in ("softmax-digits", "softmax-fashion", "cnn-digits", "cnn-fashion")}
    page.lesson(
        "softmax/classify/lesson",
        parameters=f"{785 * 10:,}",
        digits=accuracy["softmax-digits"],
        fashion=accuracy["softmax-fashion"],
    )
    with page.step(1, "How do four grey pixels become “cat”, and how does it learn?"):
        Instrument(
            "softmax_chain",
            label="The 2 x 2 picture",
            classes=chain.CLASSES,
            examples=chain.EXAMPLES,
            W=chain.W,
            b=chain.B,
        )
        page.lesson("softmax/chain/lesson", weights=len(chain.W) * len(chain.W[0]))
        page.code(chain.linear_model)
    with page.step(2, "What does softmax do to the logits, and why not take them as they are?"):
        Instrument("softmax_logits", label="Logits by hand")
        page.lesson("softmax/logits/lesson", least=least_squares())
        page.code(softmax.softmax)
        page.code(softmax.cross_entropy)
    with page.step(3, "Train it here: what do ten templates look like while they grow?"):
        Instrument(
            "softmax_train",
            [train_here.train_prepare, train_here.train_start, train_here.train_more, train_here.train_stop],
            label="Train softmax regression in the page",
            classes=CLASSES,
        )
        page.lesson("softmax/train/lesson")
        page.code(train_softmax.train)
        page.code(softmax.SoftmaxRegression.gradients)
    with page.step(4, "When does the formula break, and how is it written so that it never does?"):
        Instrument(
            "softmax_stability",
            [stability.bench, stability.timings],
            label="The stability bench",
            double=double_softmax(),
        )
        page.lesson("softmax/stability/lesson")
        page.code(stability.lines)
    with page.step(5, "Where does it go wrong, and which pixels misled it?"):
        Instrument(
            "softmax_errors",
            [errors.clinic, errors.cases, errors.case, classify.weights],
            label="The error clinic",
        )
        page.lesson(
            "softmax/errors/lesson",
            **{name.replace("softmax-", "").replace("-", "_"): value for name, value in accuracy.items()},
        )
        page.code(classify.contributions)
    with page.step(6, "Hard or soft: what are the probabilities good for?"):
        Instrument("softmax_decide", [decisions.decide], label="Thresholds, costs, calibration")
        page.lesson("softmax/decide/lesson", **calibration())
        if networks.available(multilabel.NETWORK):
            Instrument(
                "softmax_pairs",
                [multilabel.two_garments],
                label="Two garments side by side",
                classes=CLASSES["fashion"],
                accuracy=checkpoints.metrics(multilabel.NETWORK).get("test", {}).get("accuracy"),
            )
        page.lesson("softmax/pairs/lesson")
        page.code(decisions.reliability)
    with page.step(7, "Exercises"):
        page.lesson("softmax/exercises/lesson")
    page.endpoint(classify.classify, "classify")
    page.endpoint(stability.softmax, "softmax")
    page.endpoint(errors.errors, "errors")
    page.endpoint(chain.linear_model, "linear_model")


def tested(name: str) -> str:
    """The test accuracy of a checkpoint in words, from its metrics; a dash where it is not there."""
    accuracy = checkpoints.metrics(name).get("test", {}).get("accuracy") if networks.available(name) else None
    return f"{100 * accuracy:.1f} %" if accuracy else "–"


def calibration() -> dict[str, str]:
    """The numbers of the lesson on calibration, from the stored analysis; dashes where it is missing."""
    if not {"softmax-digits", "softmax-digits-best"} <= set(errors.analysed("digits")):
        return dict.fromkeys(("epochs", "temperature", "before", "after", "best"), "–")
    lecture, best = (errors.analysis(name).numbers for name in ("softmax-digits", "softmax-digits-best"))
    return {
        "epochs": checkpoints.metrics("softmax-digits").get("recipe", {}).get("epochs", "–"),
        "temperature": f"{lecture['temperature']:.2f}",
        "before": f"{100 * lecture['calibration_error']:.1f} %",
        "after": f"{100 * lecture['calibration_error_fitted']:.1f} %",
        "best": f"{best['temperature']:.2f}",
    }


def least_squares() -> str:
    """What least squares on one-hot labels does on the real digits, in a sentence from its metrics; or nothing."""
    name = "least-squares-digits"
    test = checkpoints.metrics(name).get("test", {}) if networks.available(name) else {}
    if "share_outside_0_1" not in test:
        return ""
    return (
        f"On the real digits least squares reads {tested(name)} of the test set right, where softmax regression reads "
        f"{tested('softmax-digits')}; {100 * test['share_outside_0_1']:.0f} % of its outputs lie outside [0, 1], from "
        f"{test['smallest_output']:.2f} to {test['largest_output']:.2f}."
    )


def main_instrument() -> None:
    """Picture -> x * W -> logits -> exp -> softmax -> cross-entropy, in one line from left to right."""
    from training.data.strokes import example_strokes

    Instrument(
        "softmax_classify",
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
