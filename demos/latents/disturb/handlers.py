"""Disturb the code: add noise of growing size to z in every space, and see which picture stays a digit."""

import numpy as np
import torch

from demos.kit import checks, networks, questions
from demos.kit.encoding import floats, grey
from demos.kit.room import Room
from demos.latents import measured, spaces
from training import checkpoints
from training.measures import latent_space
from training.store import encoded

TRIES = 8  # noisy copies of the code in one answer
UNITS = {"spread": "the codes' own standard deviation", "plain": "plain units of z"}


@torch.inference_mode()
def disturb(index: int, noise: float, unit: str = "spread", width: int = 2, seed: int = 0) -> dict:
    """z + noise * eps decoded in every space, eight draws of eps, the same eps in all spaces of that width."""
    index, noise = spaces.position(index), checks.number(noise, "noise", 0, 4)
    unit, width = checks.choice(unit, "unit", list(UNITS)), measured.width_of(width)
    epsilon = torch.randn(TRIES, width, generator=torch.Generator().manual_seed(checks.seed(seed)))
    label = int(spaces.stored(spaces.chosen("lecture")[0])["classes"][index])
    answer = {}
    for key in [*measured.measured_spaces(width), *measured.own_spaces(width)]:
        name, entry = key.split("/")[0], measured.numbers()["spaces"][key]
        size = noise * (entry["spread"] / width**0.5 if unit == "spread" else 1.0)
        z = torch.from_numpy(encoded.load(name)["points"][index, :width]) + size * epsilon
        pictures = latent_space.picture(networks.network(name), z.to(networks.device()))[:, 0].cpu().numpy()
        seen = questions.judged(pictures)
        answer[name] = {
            "title": measured.title(key),
            "method": measured.method_of(name),
            "yours": checkpoints.describe(name).yours,
            "size": size,
            "points": floats(z[:, :2]),
            "pictures": grey(pictures.reshape(-1, 28)),
            "digits": seen["is_digit"].tolist(),
            "class": seen["class"].tolist(),
            "curve": entry["disturbed"][unit],
        }
    return {
        "spaces": measured.need(answer, "latents.json", "latents"),
        "class": label,
        "index": index,
        "measured": measured.numbers()["settings"]["disturbed"],
    }


def kept(key: str, unit: str, noise: float) -> float:
    """The measured share of test digits whose class the judge still reads after such noise on their codes."""
    rows = measured.numbers()["spaces"][key]["disturbed"][unit]
    return next(row["kept"] for row in rows if row["noise"] == noise)


def sturdier(keys: dict[str, str], unit: str, noise: float = 1.0) -> str:
    """Which of the twins keeps clearly more classes under such noise, "ae" or "vae"; else "same"."""
    ae, vae = (kept(keys[method], unit, noise) for method in ("ae", "vae"))
    count = measured.numbers()["settings"]["disturbed"]
    error = 2 * ((ae * (1 - ae) + vae * (1 - vae)) / count) ** 0.5  # two standard errors of the difference
    return "same" if abs(ae - vae) <= error else "ae" if ae > vae else "vae"


def twins(width: int) -> dict[str, str]:
    """{method: key} of the measured spaces of that width."""
    return {measured.method_of(key.split("/")[0]): key for key in measured.measured_spaces(width)}


VERDICTS = {"same": "no clear difference", "ae": "the autoencoder is sturdier", "vae": "the VAE is sturdier"}


def findings() -> dict:
    """What the reveal says: the classes kept under noise of 1, in both units, and whether AE and VAE differ."""
    parts, noise = [], 1.0
    for width in measured.WIDTHS:
        keys = twins(width)
        if not {"ae", "vae"} <= set(keys):
            continue
        count = measured.numbers()["settings"]["disturbed"]
        said = []
        for unit, words in (("plain", "in plain units"), ("spread", "in units of each cloud's standard deviation")):
            ae, vae = (kept(keys[method], unit, noise) for method in ("ae", "vae"))
            verdict = VERDICTS[sturdier(keys, unit, noise)]
            said.append(f"{words} the autoencoder keeps {100 * ae:.0f} %, the VAE {100 * vae:.0f} % ({verdict})")
        parts.append(f"With {width} numbers and noise of {noise:.0f}, over {count} test digits: {'; '.join(said)}.")
    return {"answer": " ".join(parts) or "It is not measured yet.", "judge": questions.judge_in_words()}


def learned_with(name: str) -> float:
    """The noise that a VAE had on its codes in training, σ(x), in units of the codes' own standard deviation."""
    stored = encoded.load(name)
    return float((np.exp(stored["log_var"]).mean() / stored["points"].var(0).mean()) ** 0.5)


def causes() -> str:
    """Why the reveal's numbers are what they are, as far as the measurements say so; "" where they are missing."""
    pairs = {width: keys for width in measured.WIDTHS if {"ae", "vae"} <= set(keys := twins(width))}
    far = {
        width: [measured.numbers()["spaces"][keys[method]]["spread"] for method in ("ae", "vae")]
        for width, keys in pairs.items()
    }
    if not pairs:
        return ""
    said = []
    if all(ae > vae for ae, vae in far.values()):
        apart = ", ".join(f"{ae:.1f} against {vae:.1f} with {width} numbers" for width, (ae, vae) in far.items())
        said.append(
            "The autoencoder's codes lie farther apart than the VAE's, for nothing keeps their scale (root mean square "
            f"distance from their middle: {apart}): noise of the same plain size is less to them."
        )
    shares = {width: learned_with(keys["vae"].split("/")[0]) for width, keys in pairs.items()}
    noise = ", ".join(f"{100 * share:.0f} % with {width} numbers" for width, share in shares.items())
    said.append(
        "In units of each cloud's own standard deviation scale no longer counts. The VAE learned with noise on its "
        f"codes, σ(x), its twin with none; of the codes' standard deviation that noise was {noise}. In nothing but it "
        "and the KL term do the twins differ."
    )
    return " ".join(said)


DISTURBED = 1  # the test digit whose code is disturbed first: a 2


def props() -> dict:
    """The test digit to start with, the units that the noise can be measured in, and what a prediction is held against:
    the sturdier twin of two numbers, where each cloud's own standard deviation is the unit."""
    keys = twins(2)
    return {
        "index": DISTURBED,
        "units": [[unit, words] for unit, words in UNITS.items()],
        "truth": sturdier(keys, "spread") if {"ae", "vae"} <= set(keys) else None,
        "answer": f"{findings()['answer']} {causes()}".strip(),
    }


ROOM = Room(calls=(disturb,), props=props, numbers=findings, code=(disturb,))
