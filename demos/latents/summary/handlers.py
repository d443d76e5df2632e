"""The lecture's table AE against VAE (part B7), each row with the measurement of this page that proves or qualifies it.

No number is typed here: all come from the checkpoints' metrics and from the analyses. Rows without one are left out.
A visitor's own network of two numbers takes the column of its method, beside the other twin of a pair of ours.
"""

import numpy as np

from demos.kit import checks, networks, questions
from demos.kit.room import Room
from demos.latents import measured, spaces
from demos.latents.maps.handlers import walk
from demos.latents.samples.handlers import interval
from training import checkpoints
from training.store import encoded

AE, VAE = "autoencoder-2d", "vae-2d"
KL = {"beta", "deterministic"}  # the settings in which twins differ: the weight of the KL term, and its noise


def own() -> list[str]:
    """A visitor's own networks that have a column: autoencoders and VAEs of two numbers whose twin is here."""
    found = [name for name in spaces.own() if measured.method_of(name) != "pca"]
    return [name for name in found if len(networks.available(*columns(name))) == 2]


def columns(twins: str) -> tuple[str, str]:
    """Autoencoder and VAE of the table: the "lecture"'s, or one's own network `twins` and the twin that it lacks."""
    if twins == "lecture":
        return AE, VAE
    _, ae, vae = spaces.TWINS[spaces.twins_beside(twins)]
    return (twins, vae) if measured.method_of(twins) == "ae" else (ae, twins)


def table(twins: str = "lecture") -> list[tuple[str, str, str, str]]:
    """Rows (what the slide says, autoencoder, VAE, verdict) from what is measured so far."""
    found, names = measured.numbers().get("spaces", {}), columns(twins)
    ae, vae = (found.get(f"{name}/2") for name in names)
    if not ae or not vae or (twins != "lecture" and f"{twins}/2" not in measured.own_spaces(2)):
        return []
    rows = [
        _code(names[1], vae),
        _quality(*names),
        _rebuilt(ae, vae),
        _continuous(ae, vae),
        _holes(*names),
        _generation(ae, vae),
        _robust(ae, vae),
    ]
    if twins == "lecture":
        wide_ae, wide_vae = found.get("vae-beta-0/32"), found.get("vae/32")
        rows += [_generation(wide_ae, wide_vae, " (32 dimensions)")] if wide_ae and wide_vae else []
        rows += [_stability()]
    return [row for row in rows if row]


def compare(twins: str = "lecture") -> dict:
    """The table of the "lecture"'s networks or of one's own network beside a twin of ours: {"head", "rows"}."""
    names = columns(checks.choice(twins, "twins", ["lecture", *own()]))
    titles = [measured.title(f"{name}/2") for name in names]
    return {"head": ["the slide", *titles, "measured here"], "rows": [list(row) for row in table(twins)]}


def markdown() -> str:
    """The table as Markdown, or a sentence saying what to run first."""
    rows = table()
    if not rows:
        return "Not measured yet: run `python -m training.analyse.latents` and start the app again."
    head = "| the slide | autoencoder | VAE | measured here |\n| --- | --- | --- | --- |\n"
    return head + "\n".join("| " + " | ".join(row) + " |" for row in rows)


def percent(share: float) -> str:
    """0.1234 -> 12.3%."""
    return f"{100 * share:.1f}%"


def _test(name: str) -> dict:
    try:
        return checkpoints.metrics(name).get("test", {})
    except (FileNotFoundError, ValueError):
        return {}


def _code(name: str, vae: dict) -> tuple | None:
    if not networks.has_codes(name) or "log_var" not in encoded.load(name):
        return None
    sigma = float(np.exp(0.5 * encoded.load(name)["log_var"]).mean())
    return (
        "a deterministic code, a point, against a distribution, a region",
        "one point for each picture: σ = 0",
        f"σ = {sigma:.2f} on average, {percent(sigma / (vae['spread'] / 2**0.5))} of the codes' own standard deviation",
        "holds. But *discrete* is too strong a word for the autoencoder: its encoder is continuous too",
    )


def _scatter() -> float:
    """The larger standard deviation of the lecture's twins' MSE over the seeds; 0 where it was not measured."""
    found = measured.numbers("latents_fitting").get("seeds", {})
    return max((float(np.std(found[name]["mse"], ddof=1)) for name in (AE, VAE) if name in found), default=0.0)


def _quality(ae: str = AE, vae: str = VAE) -> tuple | None:
    one, other = _test(ae), _test(vae)
    if "mse" not in one or "mse" not in other:
        return None
    loss = f"{other['reconstruction']:.1f} + {other['kl']:.1f} nats" if "kl" in other else ""
    apart = abs(other["mse"] - one["mse"])
    better = "the price of the KL term" if one["mse"] < other["mse"] else "here the KL term cost nothing"
    if beyond(ae, vae):
        nearer = "autoencoder" if one["mse"] < other["mse"] else "VAE"
        better = f"the {nearer} comes nearer, and not by the KL term alone"
    if apart < 2 * _scatter():
        better = f"no clear difference: other seeds alone move it by {percent(_scatter() / one['mse'])}"
    return (
        "reconstruction loss against reconstruction + KL",
        f"MSE {one['mse']:.4f}",
        f"MSE {other['mse']:.4f}; {loss}",
        f"{percent(abs(other['mse'] / one['mse'] - 1))} between them: {better}",
    )


def _continuous(ae: dict, vae: dict) -> tuple:
    a, v = ae["paths"], vae["paths"]
    gain, noise = v["recognised"] - a["recognised"], 2 * (a["error"] ** 2 + v["error"] ** 2) ** 0.5
    verdict = (
        "holds"
        if gain > noise
        else "no clear difference in two dimensions"
        if gain > -noise
        else "the other way round here"
    )
    return (
        "no guarantee of a continuous latent space against continuous and structured",
        f"on {a['pairs']} straight paths {percent(a['recognised'])} of the pictures are digits",
        percent(v["recognised"]),
        f"{verdict}. Continuous they both are; the question is what lies between",
    )


def _rebuilt(ae: dict, vae: dict) -> tuple:
    a, v = (
        f"{percent(one['kept'])} keep their class, {percent(one['recognised'])} are digits"
        for one in (ae["rebuilt"], vae["rebuilt"])
    )
    real = measured.numbers()["real"]
    return (
        "two numbers for a digit",
        f"of rebuilt test digits {a}",
        v,
        f"of real test digits {percent(real['recognised'])} are digits to the same judge: two numbers are few",
    )


def _holes(ae: str = AE, vae: str = VAE) -> tuple:
    def said(key: str) -> str:
        found, (apart, low, high) = measured.numbers()["spaces"][key]["holes"], measured.excess(key)
        between, codes = (percent(found[where]["none"]["share"]) for where in ("between", "codes"))
        gap = f"{100 * apart:+.1f} points, {100 * low:.1f} to {100 * high:.1f}".replace("-", "−")
        return f"{between} of the places between its codes are no digit, {codes} of its codes ({gap})"

    keys = f"{ae}/2", f"{vae}/2"
    verdict = {
        "fewer": "holds",
        "alike": "no clear difference",
        "more": "the other way round here",
        "none": "no holes in either: between the codes there are no fewer digits than at them",
    }[measured.holes_of_twins(*keys)]
    return ("points against regions: holes", said(keys[0]), said(keys[1]), verdict)


def _generation(ae: dict, vae: dict, where: str = "") -> tuple:
    a, v = ({kind: found["recognised"] for kind, found in entry["samples"].items()} for entry in (ae, vae))
    spread = {kind: (v[kind], *interval(v[kind])) for kind in v}
    prior = measured.compared(spread["prior"], (a["prior"], *interval(a["prior"])))
    mended = measured.compared((a["mixture"], *interval(a["mixture"])), spread["prior"]) >= 0
    verdict = {1: "holds for N(0, I)", 0: "no clear difference", -1: "the other way round here"}[prior]
    return (
        f"unreliable against principled generation{where}",
        f"from N(0, I) {percent(a['prior'])} digits; from a mixture fitted to its codes {percent(a['mixture'])}",
        f"{percent(v['prior'])}; {percent(v['mixture'])}",
        f"{verdict}; a density fitted afterwards {'mends' if mended else 'does not quite mend'} the autoencoder",
    )


def _robust(ae: dict, vae: dict) -> tuple:
    def kept(entry: dict, noise: float) -> float:
        return next(row["kept"] for row in entry["disturbed"]["spread"] if row["noise"] == noise)

    level = 0.2
    a, v = (kept(entry, level) / kept(entry, 0.0) for entry in (ae, vae))
    return (
        "robust to noise on the code",
        f"{percent(a)} of the classes it had survive noise of {level} standard deviations",
        percent(v),
        "holds"
        if v > a + 0.02
        else "no clear difference at equal relative noise"
        if v > a - 0.02
        else "the other way round here",
    )


def _stability() -> tuple | None:
    """The spread over the seeds of whole trainings of the twins."""
    found = measured.numbers("latents_fitting").get("seeds")
    if not found:
        return None
    (one, other), parts = (np.std(found[name]["mse"], ddof=1) for name in (AE, VAE)), []
    for name, spread in ((AE, one), (VAE, other)):
        errors, apart = found[name]["mse"], np.mean(found[name]["difference"])
        parts.append(f"MSE {np.mean(errors):.4f} ± {spread:.4f} over {len(errors)} seeds; maps differ by {apart:.2f}")
    verdict = (
        "holds" if one > 1.5 * other else "the other way round here" if other > 1.5 * one else "no clear difference"
    )
    return ("training *can be unstable* against *more stable*", *parts, verdict)


def beyond(ae: str, vae: str) -> list[str]:
    """The settings in which the two trainings differ beside the KL term and its noise, in words: [] of twins."""
    apart = checkpoints.describe(ae).differs_from(checkpoints.describe(vae))
    return sorted(setting.replace("_", " ") for setting in apart - KL)


def note(name: str) -> str:
    """Beside which network of ours one's own stands, what sets the two apart, and whether it is measured yet."""
    ae, vae = columns(name)
    more = beyond(ae, vae)
    apart = f"not in the KL term alone: also in {', '.join(more)}" if more else "in the KL term and its noise alone"
    other = "VAE" if name == ae else "autoencoder"
    return f"{name} beside our {other}: they differ {apart}. {measured.unmeasured([name], 2)}".strip()


def props() -> dict:
    """[value, words, note] of the networks with a table: ours, which the lesson holds, and one's own."""
    yours = [[name, measured.title(f"{name}/2"), note(name)] for name in own()]
    return {"twins": [["lecture", spaces.PAIRS["lecture"], ""], *yours]}


ROOM = Room(
    calls=(compare,),
    props=props,
    numbers=lambda: {"table": markdown(), "judge": questions.judge_in_words()},
    code=(walk,),
)
