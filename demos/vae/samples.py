"""Samples of the prior (lecture, part B5): a grid by seed, and how many of it a classifier takes for a digit."""

import numpy as np
import torch

from demos import checks, networks
from demos.vae import codes
from demos.vae.wire import pack

JUDGES = {"digits": "cnn-digits", "fashion": "cnn-fashion"}  # classifiers that were trained on the real pictures
SURE = 0.9  # a picture counts as recognisable above this confidence


@torch.inference_mode()
def judged(pictures: np.ndarray, dataset: str = "digits") -> dict | None:
    """What the judge of `dataset` says of pictures (N, 28, 28): the share it is sure of, how many it takes for each
    class, and which ones it is sure of (base64 of N zeros and ones). None where there is no such checkpoint.
    """
    name = JUDGES[dataset]
    if not networks.available(name):
        return None
    images = torch.from_numpy(np.ascontiguousarray(pictures))[:, None].to(networks.device())
    confidence, label = networks.network(name)(images).softmax(1).max(1)
    sure = confidence > SURE
    return {
        "name": name,
        "dataset": dataset,
        "share": float(sure.float().mean()),
        "histogram": torch.bincount(label, minlength=10).tolist(),
        "sure": pack(sure),
    }


def grid(
    count: int = 64,
    seed: int = 0,
    networks_shown: list | tuple = ("vae",),
    temperature: float = 1.0,
    judge: bool = True,
) -> dict:
    """The same codes through each of the networks: pictures and, if wanted, what the judge says of the first 256."""
    count = checks.whole(count, "count", 1, codes.MOST_PICTURES)
    temperature = checks.number(temperature, "temperature", 0, 3)
    seed = checks.seed(seed)
    if not isinstance(networks_shown, (list, tuple)) or not 1 <= len(networks_shown) <= 4:
        raise ValueError(f"networks_shown must be a list of 1 to 4 names, not {checks.show(networks_shown)}")
    shown = []
    for name in networks_shown:
        net = codes.coder(name)
        made = codes.pictures(net, codes.prior(count, net.latent_dim, seed, temperature))
        verdict = judged(made[:256], codes.dataset(name)) if judge else None
        shown.append({"network": name, "pictures": pack(made), "judge": verdict})
    return {"count": count, "judged": judge, "shown": shown}
