"""Samples of the prior (lecture, part B5): a grid by seed, and how many of it the judge takes for digits."""

import numpy as np
import torch

from demos.kit import checks, questions
from demos.kit.encoding import grey
from demos.kit.room import Room
from demos.vae import codes, judge
from demos.vae.ledger.handlers import measured_of
from demos.vae.sources import latents
from training.measures.spread import wilson

JUDGED = 256  # pictures of a grid, at most
FROM = ("prior", "aggregate")


def shared_pictures(names: list[str] | tuple[str, ...]) -> int:
    """How many test pictures have stored codes in each of the networks: the first so many are the same ones."""
    return min(len(latents(name)["classes"]) for name in names)


def aggregate(count: int, network: str, seed: int, pictures: int | None = None) -> torch.Tensor:
    """Codes (count, d) of the aggregate posterior: a stored test picture at random, then z = mu + sigma * eps.

    The picture is one of the first `pictures`, all unless given; by the seed, the same for every network. A network
    without a posterior gives the code itself.
    """
    stored, generator = latents(network), np.random.default_rng(seed)
    which = generator.integers(pictures or len(stored["classes"]), size=count)
    z = stored["points"][which].astype(np.float32)
    if network in codes.vaes():
        z = z + np.exp(0.5 * stored["log_var"][which]) * generator.standard_normal(z.shape)
    return torch.from_numpy(z.astype(np.float32))


def judged(pictures: np.ndarray, dataset: str = "digits") -> dict | None:
    """What the judge of `dataset` says of pictures (N, 28, 28); None where there is no such checkpoint.

    The "share" that is a digit to it (of garments: of which the classifier is sure), with its 95 per cent interval,
    which ones are ("inside", base64 of N zeros and ones), and the "histogram" of the classes of all.
    """
    seen = judge.read(pictures, dataset)
    if seen is None:
        return None
    inside = seen["accepted"]
    return {
        "dataset": dataset,
        "pictures": len(pictures),
        "share": float(inside.mean()),
        "share_interval": wilson(int(inside.sum()), len(inside)),
        "histogram": np.bincount(seen["class"], minlength=len(codes.classes(dataset))).tolist(),
        "inside": grey(inside),
    }


def grid(
    count: int = 64,
    seed: int = 0,
    networks_shown: list | tuple = ("vae",),
    temperature: float = 1.0,
    judge: bool = True,
    draw: str = "prior",
) -> dict:
    """The same draws through each of the networks: pictures and, if wanted, what the judge says of the first 256.

    draw: "prior", the same codes from N(0, temperature^2 I), or "aggregate", codes of the same test pictures.
    """
    count = checks.whole(count, "count", 1, codes.MOST_PICTURES)
    temperature = checks.number(temperature, "temperature", 0, 3)
    seed, draw = checks.seed(seed), checks.choice(draw, "draw", FROM)
    if not isinstance(networks_shown, (list, tuple)) or not 1 <= len(networks_shown) <= 4:
        raise ValueError(f"networks_shown must be a list of 1 to 4 names, not {checks.show(networks_shown)}")
    nets, shown = {name: codes.autoencoder(name) for name in networks_shown}, []
    pictures = shared_pictures(networks_shown) if draw == "aggregate" else None
    for name in networks_shown:
        if draw == "prior":
            made = codes.draw(count, seed, name, temperature)
        else:
            made = codes.pictures(nets[name], aggregate(count, name, seed, pictures))
        verdict = judged(made[:JUDGED], codes.dataset(name)) if judge else None
        shown.append({"network": name, "pictures": grey(made), "judge": verdict})
    return {"count": count, "judged": judge, "shown": shown}


def props() -> dict:
    """The networks to sample, and what was measured of each at large."""
    measured = {"quality": measured_of("quality"), "real": measured_of("real")}
    offered = codes.autoencoders()
    return {
        "networks": codes.named(offered),
        "judges": [dataset for dataset in codes.examples()["classes"] if judge.name_of(dataset)],
        **measured,
        **codes.examples(),
    }


def numbers() -> dict:
    """What the judge says of real digits, of the lecture's VAE from the prior and from q(z), and of other VAEs."""
    rows = judge.measured("temperatures").get("vae", [])
    aggregate_found = judge.measured("aggregate").get("vae", {})
    return {
        "real": judge.in_words(judge.measured("real").get("digits", {}).get("accepted")),
        "prior": judge.in_words(at_one(rows)),
        "aggregate": judge.in_words(aggregate_found.get("accepted")),
        "kept": judge.in_words(aggregate_found),
        "mismatch": mismatch_words(at_one(rows), aggregate_found.get("accepted")),
        "samples": f"{aggregate_found['pictures']:,}" if aggregate_found else "0",
        "others": others_words(),
        "temperatures": ", ".join(temperature_words(row) for row in rows) or "nothing yet",
        "cold": cold_words(rows),
        "judge": questions.judge_in_words(),
    }


def at_one(rows: list[dict]) -> dict | None:
    """The share of digits among samples of the prior itself, temperature 1."""
    return next((row["accepted"] for row in rows if row["temperature"] == 1), None)


def mismatch_words(prior: dict | None, aggregate: dict | None) -> str:
    """Do the prior and the codes of pictures give equally many digits? The decoder is the same."""
    if not prior or not aggregate:
        return "Which of them gives more digits was not measured here."
    if aggregate["interval"][0] > prior["interval"][1]:
        return (
            "The decoder is the same; the difference is where the codes come from: the prior has weight in places from "
            "which training pictures never sent a code."
        )
    if aggregate["interval"][1] < prior["interval"][0]:
        return "Here the prior gives more digits than the codes of pictures do, which the mismatch does not explain."
    return "Between the two there is no difference beyond chance: here the prior fits the codes."


def others_words() -> str:
    """The same two shares of every other VAE of digits that was measured, those that lose least first."""
    parts = []
    for name, found in judge.measured("aggregate").items():
        prior = at_one(judge.measured("temperatures").get(name, []))
        if prior and name != "vae" and codes.dataset(name) == "digits":
            gap = found["accepted"]["share"] - prior["share"]
            parts.append(
                (gap, f"{codes.words(name)}: {percent(prior['share'])} and {percent(found['accepted']['share'])}")
            )
    return "; ".join(words for _, words in sorted(parts)) or "no other was measured"


def percent(share: float | None) -> str:
    """A share in words."""
    if share is None:
        return "an unmeasured share"
    return f"{100 * share:.0f} %" if share in (0, 1) or 0.005 <= share < 0.995 else f"{100 * share:.2f} %"


def temperature_words(row: dict) -> str:
    """One temperature's share: "at 0.5: 12 % (11 to 14)"."""
    return f"at {row['temperature']:g}: {judge.in_words(row['accepted'])}"


def cold_words(rows: list[dict]) -> str:
    """Is the middle of the prior better than all of it, as far as was measured?"""
    if len(rows) < 2:
        return "nothing was measured"
    cold, own = rows[0]["accepted"], rows[1]["accepted"]
    if cold["interval"][0] > own["interval"][1]:
        return "more pictures are digits, and all are more alike"
    if cold["interval"][1] < own["interval"][0]:
        return "fewer pictures are digits: the classes' codes lie around it"
    return "no more pictures are digits, within what chance allows, and they are more alike"


ROOM = Room(heavy=(grid,), props=props, numbers=numbers, code=(codes.sample,), endpoints={"sample": codes.sample})
