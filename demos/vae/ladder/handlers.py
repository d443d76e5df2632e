"""The beta ladder (lecture, parts A6 and B2): networks that differ in nothing but the weight of the KL term."""

import functools

import torch

from demos.kit import checks, networks, questions
from demos.kit.encoding import floats, grey
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.ledger.handlers import measured_of
from demos.vae.sources import latents
from training import checkpoints
from training.data.datasets import CLASSES
from training.data.strokes import example_strokes, rasterise, to_mnist
from training.measures.spread import wilson

SAMPLES = 36
BASES = ("vae", "vae-2d")


def rungs(base: str = "vae") -> list[str]:
    """The networks that differ from `base` in nothing but beta, from 0 up, a visitor's own among them.

    A ladder begins with the twin: the same layers without KL and without noise in the code (z = mu).
    """
    first = checkpoints.describe(base)
    twins = [one for one in checkpoints.all() if one.has_code and one.differs_from(first) <= {"beta", "deterministic"}]
    return [one.name for one in sorted(twins, key=lambda one: (one.beta, one.yours, one.name))]


@functools.lru_cache(maxsize=1)
def inputs() -> torch.Tensor:
    """The ten digits (10, 1, 28, 28) that every rung reconstructs: drawn by the project, so no data set is needed."""
    return codes.batch(*[to_mnist(rasterise(example_strokes(digit, variant=1))) for digit in range(10)])


@networks.remembered(64)
def rung(network: str, seed: int = 0) -> dict:
    """One rung: samples by seed, ten reconstructions at the mean, and the two terms of the loss on the test set."""
    net = codes.autoencoder(network)
    mu = net.code(inputs())
    z = torch.cat([mu.cpu(), codes.prior(SAMPLES, net.latent_dim, checks.seed(seed))])
    made = codes.pictures(net, z)
    found = checkpoints.describe(network)
    return {
        "network": network,
        "beta": found.beta,
        "inputs": grey(inputs()),
        "reconstructions": grey(made[:10]),
        "samples": grey(made[10:]),
        "reconstruction": found.test.get("reconstruction"),
        "kl": found.test.get("kl"),
        "active": found.test.get("active_dimensions"),
        "epochs": found.recipe.get("epochs"),
        "kl_per_dimension": sorted(found.test.get("kl_per_dimension", []), reverse=True),
        "map": _map(network) if net.latent_dim == 2 else None,
    }


def _map(network: str) -> dict | None:
    if not networks.has_codes(network):
        return None
    stored = latents(network)
    reach = max(4.0, float(abs(stored["points"]).max()))
    return {"points": floats(stored["points"]), "classes": grey(stored["classes"]), "reach": reach}


def curve() -> list[dict]:
    """Rate (KL) and distortion (reconstruction) on the test set of the networks of digits that have both.

    A rung without noise in its code (z = mu) has an infinite rate: null.
    """
    points = []
    ladders = {name: base for base in BASES if networks.available(base) for name in rungs(base)}
    for one in checkpoints.all():
        if (one.variational or one.name in ladders) and one.dataset == "digits" and not one.noise and one.test:
            shown = {"network": one.name, "beta": one.beta, "dimensions": one.latent_dim, "yours": one.yours}
            shown |= {"deep": one.deep, "ladder": ladders.get(one.name)}  # a deeper one is on no ladder's curve
            points.append(shown | {"rate": one.test.get("kl"), "distortion": one.test["reconstruction"]})
    return points


# ---- which rung samples best? ----------------------------------------------------------------------------------------
def share(value: float, count: int) -> dict:
    """A share of `count` samples with its 95 % interval."""
    low, high = wilson(value * count, count)
    return {"value": value, "low": low, "high": high}


def sample_quality(base: str = "vae") -> dict | None:
    """What was measured of the samples of each rung, which are best by each measure, and that in words.

    A rung is among the best by a measure where its interval reaches that of the very best. None where nothing was
    measured.
    """
    measured, rows = measured_of("quality"), []
    for name in rungs(base):
        found = measured.get(name)
        if not found:
            continue
        histogram, count = found["histogram"], found["samples"]
        most = max(range(10), key=lambda k: histogram[k])
        spread = 1.96 * found.get("frechet_spread", 0.0)
        rows.append({
            "network": name,
            "beta": codes.beta(name),
            "yours": checkpoints.describe(name).yours,
            "samples": count,
            "digits": share(found["accepted"], count),
            "frechet": {"value": found["frechet"], "low": found["frechet"] - spread, "high": found["frechet"] + spread},
            "class": CLASSES["digits"][most],
            "of_class": histogram[most] / sum(histogram),
        })  # fmt: skip
    if len(rows) < 2:
        return None
    best = {"digits": _best(rows, "digits", 1), "frechet": _best(rows, "frechet", -1)}
    return {"rows": rows, "best": best, "words": verdict(rows, best)}


def _best(rows: list[dict], measure: str, sign: int) -> list[str]:
    """The networks whose interval reaches that of the best; with sign -1 the smallest is best. The best comes first."""
    ordered = sorted(rows, key=lambda row: -sign * row[measure]["value"])
    low, high = ordered[0][measure]["low"], ordered[0][measure]["high"]
    return [row["network"] for row in ordered if row[measure]["low"] <= high and row[measure]["high"] >= low]


def verdict(rows: list[dict], best: dict) -> list[str]:
    """What the two measures say of the samples, sentence by sentence."""
    by_name = {row["network"]: row for row in rows}
    digits, frechet = (by_name[best[measure][0]] for measure in ("digits", "frechet"))
    percent = _percent(digits["digits"]["value"])
    if digits is frechet:
        said = [f"β = {digits['beta']:g}, by both measures: the judge takes {percent} of its samples for digits."]
    else:
        said = [
            f"No β is best by both measures. At β = {digits['beta']:g} the judge takes most samples for digits "
            f"({percent}; {_percent(frechet['digits']['value'])} at β = {frechet['beta']:g}); as a whole they are most "
            f"like real digits at β = {frechet['beta']:g} (Fréchet distance {frechet['frechet']['value']:.4f}; "
            f"{digits['frechet']['value']:.4f} at β = {digits['beta']:g})."
        ]
    for measure, words in (("digits", "the share of digits"), ("frechet", "the Fréchet distance")):
        others = " and ".join(f"β = {by_name[name]['beta']:g}" for name in best[measure][1:])
        if others:
            said.append(f"By {words} the best is no better than {others} beyond the spread.")
    alike = max(rows, key=lambda row: row["of_class"])
    if alike["of_class"] > 0.9:
        said.append(
            f"At β = {alike['beta']:g} {_percent(alike['of_class'])} of the samples are read as the same digit, "
            f"{alike['class']}, and {_percent(alike['digits']['value'])} are digits: one picture again and again."
        )
    real = measured_of("real").get("digits")
    if real:
        said.append(f"Of real test digits the judge takes {_percent(real['accepted'])} for digits.")
    return said


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def numbers() -> dict:
    """What the lesson says of reconstruction and ELBO along the lecture's ladder, read from the metrics."""
    if not networks.available("vae"):
        return {"judge": questions.judge_in_words()}
    found = [checkpoints.describe(name) for name in rungs() if not checkpoints.describe(name).yours]
    found = [one for one in found if one.test]
    sharpest = min(found, key=lambda one: one.test["reconstruction"])
    summed = {one.beta: one.test["reconstruction"] + one.test["kl"] for one in found if "kl" in one.test}
    lowest = min(summed, key=lambda beta: summed[beta])
    collapsed = [one for one in found if one.test.get("active_dimensions") == 0]
    elbo = f"$-\\text{{ELBO}}$ is lowest at $\\beta = {lowest:g}$ ({summed[lowest]:.1f} nats"
    others = [
        f"{nats:.1f} at $\\beta = {beta:g}$" for beta, nats in summed.items() if beta in (0.5, 4) and beta != lowest
    ]
    names = {
        "sharpest": f"$\\beta = {sharpest.beta:g}$ reconstructs best, for {sharpest.test['reconstruction']:.1f} nats.",
        "elbo": "; ".join([elbo, *others]) + ").",
        "collapsed": "",
        "judge": questions.judge_in_words(),
    }
    if collapsed:
        names["collapsed"] = (
            f"At $\\beta = {collapsed[0].beta:g}$ no dimension carries more than 0.01 nats: every sample and every "
            "reconstruction is nearly the same average digit."
        )
    return names


def props() -> dict:
    """The ladders: for each its networks by beta, what it is called, the curve of rate and distortion, the samples."""
    families = [name for name in BASES if name in codes.vaes()]
    described = {name: [checkpoints.describe(one) for one in rungs(name)] for name in families}
    return {
        "families": [
            [name, [{"network": one.name, "beta": one.beta, "yours": one.yours} for one in found]]
            for name, found in described.items()
        ],
        "words": {name: codes.words(name) for name in families},
        "classes": CLASSES["digits"],
        "curve": curve(),
        "quality": {name: sample_quality(name) for name in families},
    }


ROOM = Room(calls=(rung,), props=props, numbers=numbers)
