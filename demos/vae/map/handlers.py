"""The 2-d latent map (lecture, part B1): test digits as points, decoded pictures behind them, a posterior before them.

The page gets a sprite of 40 x 40 decoded points once and blends its neighbours while the pointer moves; the exact
decode is asked for when the pointer rests.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from demos.kit import checks, networks, questions
from demos.kit.drawing import as_input
from demos.kit.encoding import floats, grey, png
from demos.kit.room import Room
from demos.vae import codes, judge
from demos.vae.sources import latents, stored_posterior, with_stored_codes
from training import checkpoints, train_vae
from training.measures.judge import reading
from training.models import Network
from training.models.vae import ConvVAE

SIDE = 40  # decoded points along each axis of the sprite
ACROSS = 200  # draws of epsilon, to see which classes they reach
NOTHING = np.zeros((0, 28, 28), np.float32)
REACH = 4.0  # the map shows z from -4 to 4 at least: the prior puts 99.99% of its weight there


def maps() -> list[str]:
    """The variational networks of two dimensions with stored test points, first the one that keeps most classes."""
    measured, flat = kept(), [name for name in with_stored_codes(codes.vaes()) if codes.dimensions(name) == 2]

    def place(name: str) -> tuple:
        found = checkpoints.describe(name)
        share = measured.get(name, {}).get("share", 0.0)
        return found.yours, found.dataset != "digits", found.beta != 1, -share if found.beta == 1 else found.beta, name

    return sorted(flat, key=place)


def kept() -> dict[str, dict]:
    """Of each network: how often a test picture, decoded at its mean, still has its class; {} where unmeasured."""
    return judge.measured("networks")


def grid(extent: list[float], side: int = SIDE) -> torch.Tensor:
    """The centres (side * side, 2) of the cells that tile `extent` [x0, x1, y0, y1], row by row from the top down."""
    x0, x1, y0, y1 = extent
    middle = (torch.arange(side) + 0.5) / side
    x, y = x0 + (x1 - x0) * middle, y1 - (y1 - y0) * middle
    return torch.stack([x.repeat(side), y.repeat_interleave(side)], 1)


@networks.remembered(16)
def atlas(network: str = "vae-2d") -> dict:
    """All that the map of one 2-d network needs, once: points, classes, extent, the sprite, what a judge sees in it."""
    net = codes.vae(network)
    if net.latent_dim != 2:
        raise ValueError(f"the map needs a network of 2 dimensions, and {network!r} has {net.latent_dim}")
    stored = latents(network)
    points = stored["points"].astype(np.float32)
    reach = max(REACH, float(np.ceil(np.quantile(np.abs(points), 0.998))))
    extent = [-reach, reach, -reach, reach]
    tiles = codes.pictures(net, grid(extent))
    seen = judge.read(tiles, codes.dataset(network))
    return {
        "network": network,
        "dataset": codes.dataset(network),
        "points": floats(points),
        "classes": grey(stored["classes"]),
        "extent": extent,
        "columns": SIDE,
        "rows": SIDE,
        "sprite": png(tiles.reshape(SIDE * SIDE, 784)),  # a line for each point: neighbours are alike and pack well
        "looks": seen and {key: grey(seen[key]) for key in ("class", "confidence", "accepted")},  # of every tile
    }


def posterior(source: dict, network: str = "vae-2d", epsilon: list | None = None) -> dict:
    """A drawing, or a test picture by its stored posterior -> N(mu, sigma^2), and z = mu + sigma * epsilon decoded.

    "seen" is what the network saw; of a test picture, without the data set, it is the reconstruction at the mean.
    "given", "mean" and "looks": the class of the picture, of its reconstruction at the mean, and of the one at z.
    """
    net = codes.vae(network)
    epsilon = checks.numbers(epsilon or [0.0] * net.latent_dim, "epsilon", net.latent_dim, -10, 10)
    noise = np.array([epsilon], np.float32)
    if "class" in source:
        mean, log_var = stored_posterior(source, network)
        mu, sigma, kl, z = (part.numpy() for part in codes.around(mean[None], log_var[None], torch.from_numpy(noise)))
        seen = None
    else:
        seen = as_input(source.get("picture"))
        mu, sigma, kl, z = networks.traced(codes.Posterior, net)(seen[None, None], noise)
    at = np.concatenate([z, mu]) if any(epsilon) else mu  # z and mu, which may be one
    shown, looks = look(network, at, NOTHING if seen is None else seen[None])
    first = shown[-1]  # the picture that was given, or else the one at mu
    label = {"class": source["class"], "probability": None, "accepted": None} if seen is None else None
    return {
        "seen": grey(first),
        "mu": mu[0].tolist(),
        "sigma": sigma[0].tolist(),
        "kl": kl[0].tolist(),
        "z": z[0].tolist(),
        "picture": grey(shown[0]),
        "looks": looks[0],
        "mean": looks[len(at) - 1],
        "given": label or looks[-1],
    }


class Shown(nn.Module):
    """Decoded pictures, others behind them, and what a network that judges says of all."""

    def __init__(self, network: Network, reader: Network):
        super().__init__()
        self.network, self.reader = network, reader

    def forward(self, z: Tensor, others: Tensor) -> tuple[Tensor, ...]:
        """Codes (N, d) and pictures (M, 1, 28, 28) -> all N + M pictures and the parts of their Reading."""
        pictures = torch.cat([torch.sigmoid(self.network.decode(z)), others])
        return pictures, *reading(self.reader, pictures)


def look(network: str, z: np.ndarray, others: np.ndarray = NOTHING) -> tuple[np.ndarray, Sequence[dict | None]]:
    """Codes (N, d) and pictures (M, 28, 28) -> all N + M pictures and what each of them is taken for.

    That is {"class", "probability", "accepted"}; None without a network that says it.
    """
    net, reader = codes.autoencoder(network), judge.name_of(codes.dataset(network))
    if reader is None:
        pictures = np.concatenate([codes.pictures(net, z), others])
        return pictures, [None] * len(pictures)
    pictures, *seen = networks.traced(Shown, net, networks.network(reader))(z, others[:, None])
    rows = zip(*(part.tolist() for part in seen), strict=True)
    return pictures[:, 0], [dict(zip(("accepted", "class", "probability"), row[:3], strict=True)) for row in rows]


def point(z: list, network: str = "vae-2d") -> dict:
    """The exact picture of one point of the map, and what it is taken for."""
    found = checks.code(z, "z", codes.autoencoder(network).latent_dim)
    (picture,), (looks,) = look(network, np.array([found], np.float32))
    return {"z": z, "picture": grey(picture), "looks": looks}


def draw_epsilon(seed: int, count: int = 1) -> dict:
    """`count` draws of eps ~ N(0, I) in two dimensions by the seed: the same list on every visit."""
    count = checks.whole(count, "count", 1, 1000)
    generator = torch.Generator().manual_seed(checks.seed(seed))
    return {"epsilon": torch.randn(count, 2, generator=generator).tolist()}


def across(source: dict, network: str = "vae-2d", seed: int = 0) -> dict:
    """Which classes the judge sees in ACROSS draws of z from one picture's posterior, and which one at its mean.

    {"counts" of each class, "mean", "changed": the share of draws with another class than at the mean}; {} without a
    judge.
    """
    net = codes.vae(network)
    answer = posterior(source, network)
    mu, sigma = torch.tensor(answer["mu"]), torch.tensor(answer["sigma"])
    epsilon = torch.tensor(draw_epsilon(seed, ACROSS)["epsilon"])
    seen = judge.read(codes.pictures(net, mu + sigma * epsilon), codes.dataset(network))
    if seen is None:
        return {}
    mean = answer["mean"]["class"]
    counts = np.bincount(seen["class"], minlength=len(codes.classes(codes.dataset(network))))
    return {"counts": counts.tolist(), "mean": mean, "changed": float(1 - counts[mean] / counts.sum())}


def article(digit: int) -> str:
    """A digit as it is spoken of: "a 3", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def props() -> dict:
    """The networks that the map can show, how often each keeps a digit's class, the example digits and the classes."""
    offered, judged = maps(), judge.accuracy("digits")
    return {
        "networks": codes.named(offered, offered),
        "kept": kept(),
        "straddling": judge.measured("straddling"),
        "judge": judged,
        **codes.examples(),
    }


def numbers() -> dict:
    """How many classes two numbers keep, in the network that the map starts with, another and a wider; an exercise."""
    measured, borders = kept(), judge.measured("straddling")
    twins = [name for name in maps() if not checkpoints.describe(name).yours and codes.dataset(name) == "digits"]
    first, other = twins[0] if twins else "", twins[1] if len(twins) > 1 else ""
    lost = [(k, share) for k, share in enumerate(measured.get(other, {}).get("by_class", [])) if share < 0.5]
    found = borders.get(first, {"class": 0, "index": 0, "counts": [0] * 10, "changed": None})
    seen = sorted(((count, k) for k, count in enumerate(found["counts"])), reverse=True)[:2]
    judged = judge.accuracy("digits")
    return {
        "start": codes.words(first) if first else "no network",
        "kept": judge.in_words(measured.get(first)),
        "other": codes.words(other) if other else "no network",
        "other_kept": judge.in_words(measured.get(other)),
        "lost": ", ".join(f"{k}: {100 * share:.0f} %" for k, share in lost) or "none",
        "wide": judge.in_words(measured.get("vae")),
        "digits": judge.in_words(measured.get(first, {}).get("accepted")),
        "other_digits": judge.in_words(measured.get(other, {}).get("accepted")),
        "wide_digits": judge.in_words(measured.get("vae", {}).get("accepted")),
        "real_digits": judge.in_words(judge.measured("real").get("digits", {}).get("accepted")),
        "judge": questions.judge_in_words(),
        "pictures": f"{measured[first]['pictures']:,}" if first in measured else "0",
        "judged": f"{100 * judged['right']:.1f} %" if judged else "an unmeasured share",
        "class": found["class"],
        "index": found["index"],
        "draws": sum(found["counts"]),
        "often": f"{seen[0][0]} looked like {article(seen[0][1])} and {seen[1][0]} like {article(seen[1][1])}",
        "changed": f"{100 * found['changed']['share']:.0f} %" if found["changed"] else "an unmeasured share",
    }


ROOM = Room(
    calls=(atlas, posterior, point, draw_epsilon),
    heavy=(across,),
    props=props,
    numbers=numbers,
    code=(ConvVAE, train_vae.train),
    endpoints={"encode": codes.encode, "decode": codes.decode},
)
