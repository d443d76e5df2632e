"""The film between two pictures (lecture, part B5): both codes, the walk between them, the cross-fade, a GIF."""

import base64
import io

import numpy as np
import torch

from demos.kit import checks, networks, questions
from demos.kit.encoding import grey
from demos.kit.room import Room
from demos.vae import codes, judge
from demos.vae.map.handlers import atlas
from demos.vae.sources import latents, resolve, with_stored_codes


def film(first: dict, second: dict, steps: int = 16, network: str = "vae") -> dict:
    """Everything the film strip shows, decoded in one batch: both walks, the cross-fade, the codes, their lengths."""
    net = codes.autoencoder(network)
    walks, ends, frames = decoded(first, second, steps, network)
    a, b = walks["line"][0], walks["line"][-1]
    cosine = torch.nn.functional.cosine_similarity(a, b, dim=0, eps=1e-9)
    return {
        "steps": steps,
        **{kind: grey(pictures) for kind, pictures in frames.items()},
        "ends": [grey(end) for end in ends],
        "lengths": {kind: walk.norm(dim=1).tolist() for kind, walk in walks.items()},
        "paths": {kind: walk.tolist() for kind, walk in walks.items()} if net.latent_dim == 2 else None,
        "typical": float(np.sqrt(net.latent_dim)),  # of most samples of N(0, I): in many dimensions a thin shell
        "norms": norms(network),
        "angle": float(torch.rad2deg(torch.acos(cosine.clamp(-1, 1)))),
    }


def decoded(first: dict, second: dict, steps: int, network: str) -> tuple[dict, list, dict]:
    """The walks (steps, d) by kind, the two pictures (28, 28), and the films (steps, 28, 28): both walks, "fade"."""
    net = codes.autoencoder(network)
    checks.whole(steps, "steps", 2, codes.MOST_STEPS)
    (a, seen_a), (b, seen_b) = resolve(first, network), resolve(second, network)
    walks = {kind: codes.path(a, b, steps, kind) for kind in codes.KINDS}
    made = codes.pictures(net, torch.cat(list(walks.values()))).reshape(len(walks), steps, 28, 28)
    ends = [made[0, 0] if seen_a is None else seen_a, made[0, -1] if seen_b is None else seen_b]
    t = np.linspace(0, 1, steps)[:, None, None]
    fade = (1 - t) * ends[0] + t * ends[1]  # in pixel space: two ghosts, never a digit between them
    return walks, ends, {**dict(zip(walks, made, strict=True)), "fade": fade}


def judged(first: dict, second: dict, steps: int = 16, network: str = "vae") -> dict:
    """By film, which frames are digits to the judge (of garments: of which the classifier is sure), and their classes.

    {kind: {"accepted": [0 or 1, ...], "class": [...]}}; {} without a judge of this data set.
    """
    frames = decoded(first, second, steps, network)[2]
    seen = judge.read(np.concatenate(list(frames.values())), codes.dataset(network))
    if seen is None:
        return {}
    accepted, classes = (np.split(seen[key].astype(int), len(frames)) for key in ("accepted", "class"))
    return {
        kind: {"accepted": one.tolist(), "class": of.tolist()}
        for kind, one, of in zip(frames, accepted, classes, strict=True)
    }


@networks.remembered(64)
def norms(network: str) -> dict[str, list[float]] | None:
    """How far from the origin the codes of the stored test pictures lie: 5th, 50th and 95th per cent of |code|.

    "means" of the posteriors' means, and for a variational network "drawn": of one z = mu + sigma * eps each (seed 0),
    which is what its decoder was trained on. None without stored codes.
    """
    if network not in with_stored_codes([network]):
        return None
    stored = latents(network)
    found = {"means": stored["points"]}
    if network in codes.vaes():
        eps = np.random.default_rng(0).standard_normal(stored["points"].shape)
        found["drawn"] = stored["points"] + np.exp(0.5 * stored["log_var"]) * eps
    return {key: np.quantile(np.linalg.norm(z, axis=1), [0.05, 0.5, 0.95]).tolist() for key, z in found.items()}


def gif(first: dict, second: dict, steps: int = 16, network: str = "vae", kind: str = "line") -> dict:
    """The film there and back as an endless GIF of 196 x 196 pixels: {"gif": base64}."""
    from PIL import Image

    net = codes.autoencoder(network)
    walk = codes.path(resolve(first, network)[0], resolve(second, network)[0], steps, kind)
    frames = np.rint(255 * codes.pictures(net, walk)).astype(np.uint8)
    there = [Image.fromarray(frame).resize((196, 196), Image.Resampling.BICUBIC) for frame in frames]
    loop = there + there[-2:0:-1]
    file = io.BytesIO()
    loop[0].save(file, "GIF", save_all=True, append_images=loop[1:], duration=80, loop=0)
    return {"gif": base64.b64encode(file.getvalue()).decode()}


def props() -> dict:
    """The networks that have two codes to walk between, the example digits and the names of the classes."""
    offered = with_stored_codes()
    return {
        "networks": codes.named(offered),
        "methods": codes.methods(offered),
        "walks": judge.measured("walks"),
        **codes.examples(),
    }


def numbers() -> dict:
    """Where test pictures' codes lie in the lecture's VAE, against the prior's shell, and which walks stay digits."""
    found = norms("vae") or {}
    means, drawn = found.get("means", [float("nan")] * 3), found.get("drawn", [float("nan")] * 3)
    walks = judge.measured("walks").get("vae", {})
    found_of = {kind.replace("-", "_"): walks.get(kind, {}) for kind in (*codes.KINDS, "fade")}
    return {kind: judge.in_words(found) for kind, found in found_of.items()} | {
        "real": judge.in_words(judge.measured("real").get("digits", {}).get("accepted")),
        "ends": judge.in_words(walks["line"]["of_an_end"] if walks else None),
        "fade_words": fade_words(walks),
        "judge": questions.judge_in_words(),
        "mean_norm": f"{means[1]:.1f}",
        "mean_low": f"{means[0]:.1f}",
        "mean_high": f"{means[2]:.1f}",
        "drawn_norm": f"{drawn[1]:.1f}",
        "pictures": f"{len(latents('vae')['points']):,}" if found else "0",
        "walks": f"{walks['line']['pictures']:,}" if walks else "0",
        "circle_words": circle_words(walks),
    }


def circle_words(walks: dict) -> str:
    """Is the great circle better than the line, as far as was measured?"""
    if not walks:
        return "Which of the two stays longer among digits was not measured here"
    line, circle = walks["line"], walks["great-circle"]
    if circle["interval"][0] > line["interval"][1]:
        return "More digits lie on the circle"
    if circle["interval"][1] < line["interval"][0]:
        return "So the circle, which keeps the length, does not help here: more digits lie on the line"
    return "So between the circle and the line there is no difference beyond chance"


def fade_words(walks: dict) -> str:
    """What the halfway frames say of walk and cross-fade, as far as was measured."""
    if not walks:
        return ""
    line, fade = walks["line"], walks["fade"]
    if line["interval"][0] <= fade["interval"][1]:
        return "Of the walk no more are digits than of the cross-fade, within what chance allows."
    most = (
        "most are" if line["interval"][0] > 0.5 else "not half are" if line["interval"][1] < 0.5 else "half or so are"
    )
    return f"The walk makes more digits than two ghosts do; but of its pictures half-way {most} one."


ROOM = Room(
    calls=(film, atlas),
    heavy=(gif, judged),
    props=props,
    numbers=numbers,
    code=(codes.great_circle,),
    endpoints={"interpolate": codes.interpolate},
)
