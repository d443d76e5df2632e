"""Disturb the code: add noise of growing size to z in every space, and see which picture stays a digit."""

import numpy as np
import torch

from demos import checks, networks
from demos.drawing import to_base64
from demos.latents import measured, spaces
from training import checkpoints
from training import latent_measures as measures

TRIES = 8  # noisy copies of the code in one answer
UNITS = {"spread": "the codes' own standard deviation", "plain": "plain units of z"}


def wide_code(name: str, index: int, width: int) -> torch.Tensor:
    """The stored code (width,) of one test digit, in a space of any width."""
    path = checkpoints.WEIGHTS / name / "latents.npz"
    if not path.exists():
        raise FileNotFoundError(f"the codes of {name} are not stored: weights/{name}/latents.npz is missing")
    return torch.from_numpy(_points(name)[index, :width])


_cache: dict[str, np.ndarray] = {}


def _points(name: str) -> np.ndarray:
    if name not in _cache:
        with np.load(checkpoints.WEIGHTS / name / "latents.npz", allow_pickle=False) as file:
            _cache[name] = file["points"].astype(np.float32)
    return _cache[name]


@torch.inference_mode()
def disturb(index: int, noise: float, unit: str = "spread", width: int = 2, seed: int = 0) -> dict:
    """z + noise * eps decoded in every space, eight draws of eps, the same eps in all spaces of that width."""
    index, noise = spaces.position(index), checks.number(noise, "noise", 0, 4)
    unit, width = checks.choice(unit, "unit", list(UNITS)), measured.width_of(width)
    epsilon = torch.randn(TRIES, width, generator=torch.Generator().manual_seed(checks.seed(seed)))
    label = int(spaces.stored(spaces.available()[0])["classes"][index])
    answer = {}
    for key in measured.measured_spaces(width):
        name, entry = key.split("/")[0], measured.numbers()["spaces"][key]
        size = noise * (entry["spread"] / width**0.5 if unit == "spread" else 1.0)
        z = wide_code(name, index, width) + size * epsilon
        pictures = measures.picture(networks.network(name), z.to(networks.device()))[:, 0].cpu().numpy()
        _, which, digits = spaces.judge(pictures)
        answer[name] = {
            "title": measured.title(key),
            "size": size,
            "points": spaces.floats(z[:, :2]),
            "pictures": to_base64(pictures.reshape(-1, 28)),
            "digits": digits.tolist(),
            "class": which.tolist(),
            "curve": entry["disturbed"][unit],
        }
    return {
        "spaces": measured.need(answer, "latents.json", "analyse_latents"),
        "class": label,
        "index": index,
        "measured": measured.numbers()["settings"]["disturbed"],
    }
