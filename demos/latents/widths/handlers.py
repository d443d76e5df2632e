"""Wider codes: what 2, 8, 16, 32 and 64 numbers keep of a picture, and how a space of 32 can be looked at."""

import numpy as np
import torch

from demos.kit import networks
from demos.kit.drawing import as_input
from demos.kit.encoding import floats, grey
from demos.kit.room import Room
from demos.latents import measured
from training import checkpoints
from training.data.strokes import example_strokes
from training.measures import latent_space

TITLES = {"PCA": "PCA", "AE": "Autoencoder", "VAE": "VAE"}
MEMBERS = {  # checkpoint -> the width of its code; PCA is one checkpoint of many widths
    "PCA": {"pca": (2, 8, 16, 32, 64)},
    "AE": {"autoencoder-2d": 2, "autoencoder-8d": 8, "autoencoder-16d": 16, "autoencoder-32d": 32, "autoencoder": 64},
    "VAE": {"vae-2d": 2, "vae-8d": 8, "vae-16d": 16, "vae": 32},
}
OWN = ("autoencoder", "sparse-autoencoder", "vae")  # kinds of a visitor's own networks that stand beside them


@networks.remembered()  # no look at the disk for each stroke
def own() -> dict[str, int]:
    """A visitor's own autoencoders and VAEs of digits, of any width: {name: width}, narrowest first."""
    found = [one for one in checkpoints.all() if one.yours and one.dataset == "digits" and one.kind in OWN]
    return {one.name: one.latent_dim or 0 for one in sorted(found, key=lambda one: (one.latent_dim or 0, one.name))}


def widths() -> list[int]:
    """The widths that are compared: ours, and those of one's own networks."""
    return sorted({*MEMBERS["PCA"]["pca"], *own().values()})


def ladder() -> dict[str, list[tuple[str, int]]]:
    """For each method its (network, width) pairs that exist, narrowest first; PCA has every width up to its own."""
    found = {}
    for method, members in MEMBERS.items():
        here = networks.available(*members)
        found[method] = [(name, w) for name in here for w in np.atleast_1d(members[name]).tolist()]
    for name, _ in found["PCA"][:1]:
        most = checkpoints.describe(name).latent_dim or 0
        found["PCA"] = [(name, width) for width in widths() if width <= most]
    return found


@torch.inference_mode()
def rebuild(picture) -> dict:
    """One picture through every network at every width: what comes out, and its error."""
    seen = np.array(as_input(picture))
    images = torch.from_numpy(seen)[None, None].to(networks.device())

    def cell(name: str, width: int) -> dict:
        net = networks.network(name)
        made = latent_space.picture(net, net.code(images)[:, :width])[0, 0].cpu().numpy()
        return {"width": width, "picture": grey(made), "mse": float(np.square(made - seen).mean())}

    rows = {method: [cell(*member) for member in members] for method, members in ladder().items()}
    yours = {name: cell(name, width) for name, width in own().items()}
    return {"seen": grey(seen), "rows": rows, "own": yours, "titles": TITLES}


def mse_of(name: str, width: int) -> float | None:
    """The reconstruction error of the network `name` on the test set at that width, from its metrics, or None."""
    test = checkpoints.metrics(name).get("test", {})
    return test["mse_by_width"].get(str(width)) if "mse_by_width" in test else test.get("mse")


def curves() -> dict:
    """Reconstruction error on the test set against width: {"PCA": [{"width", "mse"}, ...], "AE", "VAE"}."""
    rows = {}
    for method, members in ladder().items():
        found = [(width, mse_of(name, width)) for name, width in members]
        rows[method] = [{"width": width, "mse": mse} for width, mse in found if mse is not None]
    return rows


def active() -> dict:
    """How many numbers the widest VAE's code has, and how many of them carry anything, for the lesson."""
    here = networks.available("vae")
    test = checkpoints.metrics("vae").get("test", {}) if here else {}
    return {
        "width": len(test["kl_per_dimension"]) if here else 32,
        "active": test.get("active_dimensions", "some"),
    }


def findings() -> dict:
    """What the lesson says: the VAE's numbers in use, and what the last doubling of each width still brings."""
    found, parts = active(), []
    for method, rows in curves().items():
        if len(rows) > 1:
            before, last = rows[-2], rows[-1]
            gain = 1 - last["mse"] / before["mse"]
            parts.append(f"{TITLES[method]} from {before['width']} to {last['width']} numbers {100 * gain:.0f} %")
    answer = f"The widest VAE here has {found['width']} numbers; of 64 nothing is measured."
    if parts:
        answer += f" How much less error the last step to a wider code brings: {', '.join(parts)}."
    off = found["width"] - found["active"] if isinstance(found["active"], int) else 0
    answer += (
        " The KL term charges for every number that carries something, on average at least as many nats as it tells "
        "about the picture. In the picture the numbers that cost most save many times their price, the cheapest hardly "
        "anything."
    )
    if off:
        answer += f" The posterior of the {off} that carry nothing is the prior for every picture: they cost nothing."
    answer += " PCA and the plain autoencoder pay nothing for their numbers and use them all."
    return {**found, "answer": answer}


def views() -> dict:
    """The 32-d spaces of the same test digits, seen on their own two principal axes and by t-SNE (both stored)."""
    stored = measured.need(measured.arrays(), "latents.npz", "latents")
    answer = {}
    for key in [*measured.measured_spaces(32), *measured.own_spaces(32)]:
        answer[key.split("/")[0]] = {
            "title": measured.title(key),
            "method": measured.method_of(key.split("/")[0]),
            **{view: floats(stored[f"{key}/{view}"]) for view in ("axes", "tsne")},
        }
    return {"spaces": answer, "classes": grey(stored["labels"] / 255)}


def props() -> dict:
    """What the methods are called, the widths and one's own networks among them, the example digits, how many numbers
    the widest VAE has and uses, and in words what wider codes bring and which own networks are not laid flat yet."""
    return {
        "titles": TITLES,
        "widths": widths(),
        "own": {
            name: {
                "title": measured.title(name),
                "method": measured.method_of(name),
                "width": width,
                "mse": mse_of(name, width),
            }
            for name, width in own().items()
        },
        "unmeasured": measured.unmeasured([name for name, width in own().items() if width == 32], 32),
        "examples": [example_strokes(digit) for digit in range(10)],
        "start": 5,
        **findings(),
    }


ROOM = Room(calls=(rebuild, curves, views), props=props, numbers=findings)
