"""Several labels at once (lecture, part C1): two garments side by side, ten sigmoids against one softmax."""

import numpy as np
import torch

from demos.kit import checks, networks
from demos.kit.encoding import grey
from demos.softmax import garments
from demos.softmax.classify.handlers import LINEAR
from training.models.softmax import softmax

NETWORK = "sigmoid-fashion-pairs"


def two_garments(left: int = 2, right: int = 9) -> dict:
    """Pictures number `left` and `right` (0 to 9999) side by side, read by ten sigmoids and, each alone, by softmax.

    {"pictures": [base64, base64], "labels": [class or None, ...], "sigmoids" (10): is there a k?, "softmax" (10) of the
    very same logits, "alone": softmax regression's ten probabilities for each garment by itself}.
    """
    chosen = [
        garments.picture("fashion", checks.whole(n, name, 0, 9_999)) for n, name in ((left, "left"), (right, "right"))
    ]
    pixels = np.stack([picture for picture, _ in chosen]) / 255  # (2, 28, 28)
    device = networks.device()
    both = torch.as_tensor(np.concatenate(list(pixels), 1), dtype=torch.float32, device=device)[
        None, None
    ]  # (1, 1, 28, 56)
    logits = networks.network(NETWORK)(both)
    alone = networks.network(LINEAR["fashion"][0])(torch.as_tensor(pixels, dtype=torch.float32, device=device)[:, None])
    return {
        "pictures": [grey(picture) for picture in pixels],
        "labels": [label for _, label in chosen],
        "sigmoids": torch.sigmoid(logits)[0].tolist(),
        "softmax": softmax(logits)[0].tolist(),
        "alone": softmax(alone).tolist(),
    }
