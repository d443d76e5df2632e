"""What the analyses measured (weights/analysis/latents*.json and .npz): read once, and without them a sentence."""

import functools

import numpy as np
import torch

from demos.kit import checks
from demos.kit.encoding import grey
from training import checkpoints
from training.store import analysis

WIDTHS = (2, 32)  # of the codes whose spaces are compared
MISSING = "not measured yet: run python -m training.analyse.{script} (weights/analysis/{file} is missing)"


def numbers(topic: str = "latents") -> dict:
    """weights/analysis/<topic>.json, or {} where it was never made."""
    return analysis.load(topic) if analysis.exists(topic) else {}


def arrays() -> dict[str, np.ndarray]:
    """weights/analysis/latents.npz as a dictionary, or {}."""
    return analysis.arrays("latents") if analysis.exists("latents", "npz") else {}


@functools.lru_cache(maxsize=1)
def real_pictures() -> dict | None:
    """Where real digits lie in the judge's features (measures/judge.py: manifold), or None where not measured."""
    keys, stored = ("mean", "axes", "places", "radii"), arrays()
    if any(f"judge/{key}" not in stored for key in keys):
        return None
    found = {key: stored[f"judge/{key}"] for key in keys}
    return {key: torch.from_numpy(value.astype(np.float32)) for key, value in found.items()}


def measured_spaces(width: int = 2) -> list[str]:
    """The keys "<network>/<width>" of the spaces of that width that were measured and whose network is here."""
    here = set(checkpoints.names())
    found = numbers().get("spaces", {})
    return [key for key, entry in found.items() if entry["width"] == width and entry["network"] in here]


def need(found, file: str, script: str):
    """`found`, or FileNotFoundError with the remedy where it is empty."""
    if not found:
        raise FileNotFoundError(MISSING.format(file=file, script=script))
    return found


def title(key: str) -> str:
    """What the page calls the space "<network>/<width>"."""
    kind = checkpoints.describe(key.split("/")[0]).kind
    return {"pca": "PCA", "vae": "VAE"}.get(kind, "Autoencoder")


def holes() -> dict:
    """The stored fields of all 2-d spaces, as bytes: confidence, class, return distance (255 = 1 spread), inside."""
    fields = need(arrays(), "latents.npz", "latents")
    answer = {}
    for key in measured_spaces(2):
        part = {name: fields[f"{key}/holes/{name}"] for name in ("confidence", "class", "strange", "return", "inside")}
        answer[key.split("/")[0]] = {
            **numbers()["spaces"][key]["holes"],
            "side": len(part["confidence"]),
            "confidence": grey(part["confidence"] / 255),
            "classes": grey(part["class"] / 255),
            "strange": grey(part["strange"] / 255),  # in hundredths
            "return": grey(part["return"].astype(np.float32)),
            "inside": grey(part["inside"]),
        }
    return {
        "fields": answer,
        "threshold": numbers()["threshold"],
        "returned": numbers()["returned"],
        "judge": numbers()["judge"],
    }


def width_of(value) -> int:
    """A checked width of the codes that are compared: 2 or 32."""
    if value not in WIDTHS or isinstance(value, bool):
        raise ValueError(f"width must be {' or '.join(map(str, WIDTHS))}, not {checks.show(value)}")
    return int(value)
