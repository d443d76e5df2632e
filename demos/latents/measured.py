"""What the analyses measured (weights/analysis/latents*.json and .npz): read once, and without them a sentence."""

import functools

import numpy as np
import torch

from demos.kit import checks
from demos.kit.encoding import grey
from training import checkpoints
from training.store import analysis, encoded

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


def method_of(name: str) -> str:
    """What the network `name` is: "pca", "ae" (its code is a point) or "vae" (its code is a distribution)."""
    found = checkpoints.describe(name)
    if found.kind == "pca":
        return "pca"
    return "vae" if found.variational and not found.deterministic else "ae"


def title(key: str) -> str:
    """What the page calls the space "<network>/<width>"."""
    return {"pca": "PCA", "vae": "VAE", "ae": "Autoencoder"}[method_of(key.split("/")[0])]


def cells_of(key: str) -> tuple[np.ndarray, np.ndarray]:
    """The cells (row, column) of the fields of space `key` in which the stored codes of test digits lie."""
    codes = encoded.load(key.split("/")[0])["points"][:, :2].astype(np.float64)
    side, (x0, x1, y0, y1) = len(arrays()[f"{key}/holes/return"]), numbers()["spaces"][key]["holes"]["extent"]
    row = np.floor((y1 - codes[:, 1]) / (y1 - y0) * side).astype(int)
    column = np.floor((codes[:, 0] - x0) / (x1 - x0) * side).astype(int)
    there = (row >= 0) & (row < side) & (column >= 0) & (column < side)
    return row[there], column[there]


@functools.lru_cache(maxsize=8)
def against_codes(key: str) -> dict:
    """What lies between the codes of a space, beside what the codes of real digits show themselves.

    `usual`: 95 % of the codes are decoded and encoded again to within so many spreads. Shares of the cells inside the
    hull in which no code lies ("between") and of the codes ("codes"): no digit to the judge; farther than `usual`.
    """
    fields, limit = arrays(), numbers()["threshold"]
    back, inside = fields[f"{key}/holes/return"].astype(np.float32), fields[f"{key}/holes/inside"].astype(bool)
    none = (fields[f"{key}/holes/confidence"] < 255 * limit) | (fields[f"{key}/holes/strange"] > 100)
    at = cells_of(key)
    usual = float(np.quantile(back[at], 0.95))
    empty = inside.copy()
    empty[at] = False
    share = lambda field, where: float(field[where].mean())  # noqa: E731
    return {
        "usual": usual,
        "cells": int(empty.sum()),
        "codes": {"none": share(none, at), "far": share(back > usual, at)},
        "between": {"none": share(none, empty), "far": share(back > usual, empty)},
    }


def holes() -> dict:
    """The stored fields of all 2-d spaces, as bytes: confidence, class, return distance (255 = 1 spread), inside."""
    fields = need(arrays(), "latents.npz", "latents")
    answer = {}
    for key in measured_spaces(2):
        part = {name: fields[f"{key}/holes/{name}"] for name in ("confidence", "class", "strange", "return", "inside")}
        answer[key.split("/")[0]] = {
            **numbers()["spaces"][key]["holes"],
            **against_codes(key),
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
