"""Sample every space the same way: from N(0, I), from a Gaussian fitted to the codes, from a mixture fitted to them.

The decoder of an autoencoder knows nothing of N(0, I). Fit a density to its codes, and it generates after all: what the
KL term gives a VAE in training is made up for afterwards (Ghosh et al., "From variational to deterministic
autoencoders", 2020).
"""

import torch

from demos.kit import checks, networks, questions
from demos.kit.encoding import floats, grey
from demos.kit.room import Room
from demos.latents import measured, spaces
from demos.latents.widths import handlers as widths
from training.measures import latent_space
from training.measures.spread import wilson

SAMPLERS = {
    "prior": "N(0, I)",
    "gaussian": "a Gaussian fitted to the codes",
    "mixture": "a mixture fitted to the codes",
}
MOST = 64  # pictures of one space


def sampler(key: str, kind: str) -> dict:
    """The mixture of Gaussians to draw from: the prior, or what the analysis fitted to the codes of space `key`."""
    checks.choice(kind, "sampler", list(SAMPLERS))
    if kind == "prior":
        return latent_space.prior(int(key.split("/")[1]))
    stored = measured.need(measured.arrays(), "latents.npz", "latents")
    return {part: torch.from_numpy(stored[f"{key}/{kind}/{part}"]) for part in ("weights", "means", "factors")}


def own() -> dict[str, int]:
    """A visitor's own networks that can be sampled beside ours: {name: numbers of its code}, 2 (with a map) or 32."""
    return dict.fromkeys(spaces.own(), 2) | {name: width for name, width in widths.own().items() if width == 32}


def ours_beside(name: str) -> list[str]:
    """The keys of our measured spaces that one's own network `name` stands beside: of its width, in two its pair's."""
    width = own()[name]
    return measured.measured_spaces(width, spaces.twins_beside(name) if width == 2 else "lecture")


@torch.inference_mode()
def draw(kind: str = "prior", count: int = 24, seed: int = 0, width: int = 2, twins: str = "lecture") -> dict:
    """The same draws through every space of one width: codes, pictures, the judge's word and the measured shares.

    twins: "lecture", or one's own network: it stands beside ours of its own width, whatever `width` is.
    """
    count, seed, width = checks.whole(count, "count", 1, MOST), checks.seed(seed), measured.width_of(width)
    if checks.choice(twins, "twins", ["lecture", *own()]) == "lecture":
        keys = measured.measured_spaces(width)
    else:
        width = own()[twins]
        keys = [*ours_beside(twins), *(key for key in measured.own_spaces(width) if key == f"{twins}/{width}")]
    answer = {}
    for key in keys:
        name = key.split("/")[0]
        z = latent_space.draw(sampler(key, kind), count, torch.Generator().manual_seed(seed))
        pictures = latent_space.picture(networks.network(name), z.to(networks.device()))[:, 0].cpu().numpy()
        seen = questions.judged(pictures)
        entry = measured.numbers()["spaces"][key]
        answer[name] = {
            "title": measured.title(key),
            "heading": measured.heading(name),
            "method": measured.method_of(name),
            "points": floats(z[:, :2]),
            "pictures": grey(pictures.reshape(-1, 28)),
            "digits": seen["is_digit"].tolist(),
            "class": seen["class"].tolist(),
            "shares": {sampler: found["recognised"] for sampler, found in entry["samples"].items()},
            "rebuilt": entry["rebuilt"]["recognised"],
            "kept": entry["rebuilt"]["kept"],
        }
    return {
        "spaces": measured.need(answer, "latents.json", "latents"),
        "count": count,
        "width": width,
        "measured": measured.numbers()["settings"]["samples"],
        "real": measured.numbers()["real"]["recognised"],
    }


def interval(share: float) -> tuple[float, float]:
    """The interval of 95 % of a share of as many draws as were measured."""
    count = measured.numbers()["settings"]["samples"]
    return wilson(round(share * count), count)


def spoken(share: float) -> str:
    """0.407 -> "41 %", with the interval of 95 % of as many draws as were measured."""
    low, high = interval(share)
    return f"{100 * share:.0f} % (95 % interval {100 * low:.0f} to {100 * high:.0f})"


def findings() -> dict:
    """What the reveal says, from the measured shares of digits."""
    parts = []
    for width in measured.WIDTHS:
        found = {}
        for key in measured.measured_spaces(width):
            found[measured.method_of(key.split("/")[0])] = measured.numbers()["spaces"][key]
        if "ae" in found and "vae" in found:
            parts.append(" ".join([width_in_words(width, found["ae"], found["vae"]), mismatch(found["vae"])]))
    return {"answer": "\n\n".join(parts) or "It is not measured yet.", "judge": questions.judge_in_words()}


def width_in_words(width: int, ae: dict, vae: dict) -> str:
    """What the samplers give at one width, beside the rebuilt test digits: the most that any density may hope for."""
    one, other = (
        {kind: spoken(found["recognised"]) for kind, found in entry["samples"].items()} for entry in (ae, vae)
    )
    rebuilt = [spoken(entry["rebuilt"]["recognised"]) for entry in (ae, vae)]
    return (
        f"**With {width} numbers** the autoencoder goes from {one['prior']} digits under N(0, I) to {one['mixture']} "
        f"under a mixture, the VAE from {other['prior']} to {other['mixture']}. Of the test digits, decoded at their "
        f"own codes, {rebuilt[0]} and {rebuilt[1]} are digits."
    )


def mismatch(vae: dict) -> str:
    """Do the prior and the aggregate posterior of a VAE differ, by what their samples are?"""
    prior, mixture = (vae["samples"][kind]["recognised"] for kind in ("prior", "mixture"))
    order = measured.compared(*((share, *interval(share)) for share in (prior, mixture)))
    return {
        -1: "So the VAE's codes do not lie as its prior does: a density that follows them makes more digits.",
        0: "So by their samples the VAE's prior and the density of its codes do not differ clearly.",
        1: "Here the VAE's prior does better than the mixture: so few Gaussians do not describe its codes.",
    }[order]


def mended(width: int = 2) -> str | None:
    """Are "fewer", the "same" or "more" of the autoencoder's samples under a mixture digits than of the VAE's under
    N(0, I)? None where it was not measured."""
    keys = {measured.method_of(key.split("/")[0]): key for key in measured.measured_spaces(width)}
    if not {"ae", "vae"} <= set(keys):
        return None
    pairs = (("ae", "mixture"), ("vae", "prior"))
    shares = [measured.numbers()["spaces"][keys[method]]["samples"][kind]["recognised"] for method, kind in pairs]
    order = measured.compared(*((share, *interval(share)) for share in shares))
    return {-1: "fewer", 0: "same", 1: "more"}[order]


def note(name: str) -> str:
    """What there is to say of one's own network: what sets it apart from ours, and whether it is measured yet."""
    apart = spaces.beside(name, [key.split("/")[0] for key in ours_beside(name)])
    return f"{apart} {measured.unmeasured([name], own()[name])}".strip()


def props() -> dict:
    """The ways to sample a space, by name and in words; [value, words, note] of the networks, ours and one's own; and
    what a prediction about ours is held against."""
    yours = [[name, measured.title(f"{name}/{width}"), note(name)] for name, width in own().items()]
    return {
        "twins": [["lecture", spaces.PAIRS["lecture"], ""], *yours],
        "samplers": [[kind, words] for kind, words in SAMPLERS.items()],
        "truth": mended(),
        "answer": findings()["answer"],
    }


ROOM = Room(calls=(spaces.atlas, draw), props=props, numbers=findings, code=(latent_space.draw,))
