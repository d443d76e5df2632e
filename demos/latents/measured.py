"""What the analyses measured (weights/analysis/latents*.json and .npz): read once, and without them a sentence."""

import numpy as np

from demos.kit import checks, networks
from demos.kit.encoding import grey
from training import checkpoints
from training.measures.spread import difference
from training.store import analysis

WIDTHS = (2, 32)  # of the codes whose spaces are compared
MISSING = "not measured yet: run python -m training.analyse.{script} (weights/analysis/{file} is missing)"


def numbers(topic: str = "latents") -> dict:
    """weights/analysis/<topic>.json, or {} where it was never made."""
    return analysis.load(topic) if analysis.exists(topic) else {}


def arrays() -> dict[str, np.ndarray]:
    """weights/analysis/latents.npz as a dictionary, or {}."""
    return analysis.arrays("latents") if analysis.exists("latents", "npz") else {}


def measured_spaces(width: int = 2, twins: str = "lecture") -> list[str]:
    """The keys "<network>/<width>" of our spaces of that width that were measured and whose network is here.

    Of two dimensions there are two pairs of twins beside PCA: the "lecture"'s and "deep"er ones.
    """
    described = {key: checkpoints.describe(key.split("/")[0]) for key in _measured(width)}
    ours = {key: one for key, one in described.items() if not one.yours}
    return [key for key, one in ours.items() if one.kind == "pca" or one.deep == (twins == "deep")]


def own_spaces(width: int = 2) -> list[str]:
    """The keys of a visitor's own spaces of that width that were measured, as their networks are now."""
    own = [key for key in _measured(width) if checkpoints.describe(key.split("/")[0]).yours]
    stands = {name: entry.get("sha256") for name, entry in checkpoints.catalogue().items()} if own else {}
    measured = numbers().get("sha256", {})
    return [key for key in own if measured.get(name := key.split("/")[0]) == stands.get(name)]


def _measured(width: int) -> list[str]:
    """The keys of all spaces of that width that were measured and whose network is here."""
    found = numbers().get("spaces", {})
    wide = {key: entry["network"] for key, entry in found.items() if entry["width"] == width}
    available = networks.available(*dict.fromkeys(wide.values()))
    return [key for key, network in wide.items() if network in available]


def unmeasured(names: list[str], width: int) -> str:
    """Which of one's own networks of that width the analysis lacks and how it gets them, in a sentence; "" for none."""
    lacking = [name for name in names if f"{name}/{width}" not in own_spaces(width)]
    if not lacking:
        return ""
    them = " ".join(lacking)
    return (
        f"Of {', '.join(lacking)} this is not measured yet: run `python -m training.analyse.latents {them}` and start "
        "the app again."
    )


def need(found, file: str, script: str):
    """`found`, or FileNotFoundError with the remedy where it is empty."""
    if not found:
        raise FileNotFoundError(MISSING.format(file=file, script=script))
    return found


def method_of(name: str) -> str:
    """What the network `name` is: "pca", "ae" (its code is a point) or "vae" (its code is a distribution)."""
    found = checkpoints.describe(name)
    if found.kind == "pca":
        return "pca"
    return "vae" if found.variational and not found.deterministic else "ae"


def kind_in_words(name: str) -> str:
    """What the page calls a network of the kind of `name`."""
    return {"pca": "PCA", "vae": "VAE", "ae": "Autoencoder"}[method_of(name)]


def heading(name: str) -> str:
    """What stands above the map or the pictures of the network `name`: its kind, and whether it is one's own."""
    return kind_in_words(name) + (", yours" if checkpoints.describe(name).yours else "")


def title(key: str) -> str:
    """What the page calls the space "<network>/<width>": by what it is, one's own with its name."""
    name = key.split("/")[0]
    one, words = checkpoints.describe(name), kind_in_words(name)
    if not one.yours:
        return words
    beta = f", β = {one.beta:g}" if one.variational and one.beta != 1 else ""
    noise = f", noise {one.noise}" if one.noise else ""
    return f"{'Deeper ' if one.deep else ''}{words}{beta}{noise}, yours: {name}"


def excess(key: str) -> tuple[float, float, float]:
    """How much more of the places between the codes than of the codes is no digit, and the 95 % interval of that."""
    found = numbers()["spaces"][key]["holes"]
    return difference(found["between"]["none"], found["codes"]["none"])


def compared(one: tuple[float, float, float], other: tuple[float, float, float]) -> int:
    """-1, 1: the first is clearly less, more than the other; 0 where their intervals (value, low, high) overlap."""
    return -1 if one[2] < other[1] else 1 if one[1] > other[2] else 0


def holes_of_twins(ae: str, vae: str) -> str:
    """Has the VAE "fewer" or "more" holes than the autoencoder, are they "alike", or has neither any ("none")?

    A space has holes where places between its codes are clearly more often no digit than its codes are.
    """
    one, other = excess(ae), excess(vae)
    if max(one[1], other[1]) <= 0:
        return "none"
    return {1: "fewer", 0: "alike", -1: "more"}[compared(one, other)]


def holes() -> dict:
    """The stored fields of all 2-d spaces as bytes, cell by cell: "doubt" (255: surely no digit), "digit" (0 or 1),
    "classes", "return" (255 = 1 spread), "inside"; beside them what was measured at the codes and between them."""
    fields = need(arrays(), "latents.npz", "latents")
    answer, lecture = {}, measured_spaces(2, "lecture")
    for key in dict.fromkeys([*lecture, *measured_spaces(2, "deep"), *own_spaces(2)]):
        part = {name: fields[f"{key}/holes/{name}"] for name in ("digit", "class", "doubt", "return", "inside")}
        answer[key.split("/")[0]] = {
            **numbers()["spaces"][key]["holes"],
            "title": title(key) + (", deeper" if key in measured_spaces(2, "deep") and key not in lecture else ""),
            "excess": excess(key),
            "side": len(part["digit"]),
            "digit": grey(part["digit"]),
            "classes": grey(part["class"] / 255),
            "doubt": grey(part["doubt"] / 255),
            "return": grey(part["return"].astype(np.float32)),
            "inside": grey(part["inside"]),
        }
    return {"fields": answer, "real": numbers()["real"]["recognised"]}


def width_of(value) -> int:
    """A checked width of the codes that are compared: 2 or 32."""
    if value not in WIDTHS or isinstance(value, bool):
        raise ValueError(f"width must be {' or '.join(map(str, WIDTHS))}, not {checks.show(value)}")
    return int(value)
