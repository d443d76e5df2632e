"""Watch it being learned: the twins' maps at epochs 0, 1, 2, 5, 10 and the last, and every network's curves."""

import base64

import numpy as np

from demos.kit import checks, networks
from demos.kit.encoding import GREYS, floats, png
from demos.kit.room import Room
from demos.latents import measured, spaces
from training import checkpoints
from training.store import files

TWINS = ("autoencoder-2d", "vae-2d")


def epochs(name: str) -> list[int]:
    """The epochs of which a snapshot of the network `name` is stored, in order."""
    folder = checkpoints.folder(name) / "history"
    return sorted(int(path.stem.split("-")[1]) for path in folder.glob("epoch-*.npz"))


def shared() -> list[int]:
    """The epochs that both twins have."""
    here = [set(epochs(name)) for name in networks.available(*TWINS)]
    return sorted(set.intersection(*here)) if here else []


def snapshot(name: str, epoch: int) -> dict[str, np.ndarray]:
    """What is stored of the network `name` at an epoch (training/run/record.py); ValueError where it is damaged."""
    return checkpoints.read(name, f"history/epoch-{epoch:03}.npz", files.parse_arrays)


@networks.remembered(16)
def moment(epoch: int) -> dict:
    """Both twins at one epoch: points, classes, extent, the decoded grid and the numbers of `clouds`."""
    epoch = checks.whole(epoch, "epoch", 0, 10_000)
    if epoch not in shared():
        raise ValueError(
            f"epoch must be one of {', '.join(map(str, shared())) or 'none (no history is stored)'}, not {epoch}"
        )
    answer = {}
    for name in networks.available(*TWINS):
        file = snapshot(name, epoch)
        side = len(file["sprite"])
        x0, x1, y0, y1 = (float(value) for value in file["extent"])
        # the grid was decoded at the ends of the extent; a cell of the map is decoded at its middle
        dx, dy = (x1 - x0) / (side - 1) / 2, (y1 - y0) / (side - 1) / 2
        points = file["points"].astype(np.float32)
        answer[name] = {
            "title": spaces.TITLES[name],
            "method": measured.method_of(name),
            "points": floats(points),
            "classes": base64.b64encode(file["classes"].astype(np.uint8).tobytes()).decode(),
            "extent": [x0 - dx, x1 + dx, y0 - dy, y1 + dy],
            "side": side,
            "sprite": png(file["sprite"].reshape(side * side, 784) / 255, GREYS),
            "cloud": clouds()[name][epoch],
        }
    return answer


@networks.remembered()
def extents() -> dict[str, list[float]]:
    """For each twin [x0, x1, y0, y1]: one square that holds its codes at all epochs, so that what moves is seen."""
    answer = {}
    for name in networks.available(*TWINS):
        reach = 0.0
        for epoch in shared():
            file = snapshot(name, epoch)
            reach = max(reach, float(np.quantile(np.abs(file["points"].astype(np.float32)), 0.998)))
        answer[name] = [-reach, reach, -reach, reach]
    return answer


@networks.remembered()
def clouds() -> dict[str, dict[int, dict[str, float]]]:
    """Of each twin at each epoch: how far the middle of its codes lies from the origin, their spread, and `within`.

    `within` is the part of the variance that lies inside the classes: 1 where the classes are not apart at all.
    """
    answer = {}
    for name in networks.available(*TWINS):
        answer[name] = {}
        for epoch in shared():
            file = snapshot(name, epoch)
            points, classes = file["points"].astype(np.float64), file["classes"]
            inside = sum(points[classes == k].var(0).sum() * np.mean(classes == k) for k in np.unique(classes))
            total = float(points.var(0).sum())
            middle = float(np.linalg.norm(points.mean(0)))
            answer[name][epoch] = {"middle": middle, "spread": total**0.5, "within": float(inside) / total}
    return answer


def findings() -> dict:
    """What the lesson says of the two clouds as they were stored, epoch by epoch."""
    sentences = []
    for name, by_epoch in clouds().items():
        far = max(by_epoch, key=lambda epoch: by_epoch[epoch]["middle"])
        last, title = max(by_epoch), spaces.TITLES[name]
        title = title if title.isupper() else title.lower()
        sentences.append(
            f"The middle of the {title}'s codes is farthest from the origin after "
            f"epoch {far} ({by_epoch[far]['middle']:.1f}) and ends at {by_epoch[last]['middle']:.1f}; their spread "
            f"goes from {by_epoch[far]['spread']:.1f} there to {by_epoch[last]['spread']:.1f}."
        )
    return {"answer": " ".join(sentences) or "It is not measured yet."}


def curves() -> dict[str, dict]:
    """For every network with curves: what it minimises on training and held-out pictures after each epoch.

    First the small runs that were made to underfit, to fit and to overfit; "every": epochs a point of those stands for.
    """
    found = dict(measured.numbers("latents_fitting").get("runs", {}))
    for name in checkpoints.names():
        try:
            metrics, yours = checkpoints.metrics(name), checkpoints.describe(name).yours
        except (FileNotFoundError, ValueError):
            continue
        lines = metrics.get("curves") or {}
        train, held_out = lines.get("train") or [], lines.get("held_out") or []
        if len(train) > 1 or len(held_out) > 1:
            found[name] = {"train": train, "held_out": held_out, "yours": yours}
    return found


def seeds() -> dict:
    """The twins from several seeds: how far their errors and their maps differ, or {} where not measured."""
    found = measured.numbers("latents_fitting")
    if not found:
        return {}
    rows = {name: {**row, "title": spaces.TITLES[name]} for name, row in found["seeds"].items()}
    return {"rows": rows, "settings": found["settings"]}


def props() -> dict:
    """The epochs with a snapshot of both twins, the curves of every training, the spread over seeds."""
    return {"epochs": shared(), "extents": extents(), "curves": curves(), "seeds": seeds()}


ROOM = Room(calls=(moment,), props=props, numbers=findings)
