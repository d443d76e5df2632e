"""What a program may ask of the app as a whole: is this picture a digit, and which networks are here."""

import numpy as np
import torch

from demos.kit import networks
from demos.kit.drawing import as_input
from training import checkpoints

KIND = "judge"


def judge_name() -> str:
    """The checkpoint of the judge of digits. FileNotFoundError with the remedy where there is none."""
    found = sorted((one.yours, one.name) for one in checkpoints.all() if one.kind == KIND)
    if not found:
        raise FileNotFoundError("no judge of digits in weights/; train it: python -m training.train_judge")
    return found[0][1]


@torch.inference_mode()
def judged(pictures: np.ndarray) -> dict[str, np.ndarray]:
    """Pictures (N, 28, 28) in [0, 1] -> the judge's word on each, all (N,): "is_digit" bool, "class" int, "probability"
    of that class among the ten, "distance" from 0 (no doubt) to 1 (surely none)."""
    network = networks.network(judge_name())
    images = torch.from_numpy(np.ascontiguousarray(pictures, np.float32))[:, None].to(networks.device())
    which, probability, distance = network.judge(images)
    answers = {"is_digit": network.accepts(which, distance), "class": which}
    answers |= {"probability": probability, "distance": distance}
    return {name: value.cpu().numpy() for name, value in answers.items()}


def judge(picture: list) -> dict:
    """Is this picture a digit, and which one? A network answers that has also learned what is none.

    Args:
        picture: rows of numbers in [0, 1], light ink on dark; 28 x 28 is taken as it is, any other size as a drawing

    Returns "is_digit", its "class" 0 to 9, the "probability" of that class among the ten, and the "distance": how much
    doubt there is that it is a digit at all, from 0 to 1. Each class accepts up to a radius of its own.
    """
    answer = judged(as_input(picture)[None])
    return {
        "is_digit": bool(answer["is_digit"][0]),
        "class": int(answer["class"][0]),
        "probability": round(float(answer["probability"][0]), 6),
        "distance": round(float(answer["distance"][0]), 6),
    }


def list_networks() -> list[dict]:
    """The networks that the app has found: what each is, read from its settings and never from its name.

    Returns a list of {"name", "kind", "dataset", "latent_dim", "beta", "noise", "yours"}; "yours" was trained here.
    """
    keys = ("name", "kind", "dataset", "latent_dim", "beta", "noise", "yours")
    return [{key: getattr(one, key) for key in keys} for one in checkpoints.all()]


ENDPOINTS = {"judge": judge, "networks": list_networks}
