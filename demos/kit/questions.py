"""What a program may ask of the app as a whole: is this picture a digit, and which networks are here."""

import numpy as np
import torch

from demos.kit import networks
from demos.kit.drawing import as_input
from training import checkpoints
from training.measures import judge as judging

KIND = "judge"


def judge_name() -> str:
    """The checkpoint of the judge of digits. FileNotFoundError with the remedy where there is none."""
    found = sorted((one.yours, one.name) for one in checkpoints.all() if one.kind == KIND)
    if not found:
        raise FileNotFoundError("no judge of digits in weights/; train it: python -m training.train_judge")
    return found[0][1]


def judged(pictures: np.ndarray) -> dict[str, np.ndarray]:
    """Pictures (N, 28, 28) in [0, 1] -> the judge's word on each, all (N,): "is_digit" bool, "class" int, "probability"
    of that class among the ten, "distance" from 0 (no doubt) to 1 (surely none)."""
    images = torch.from_numpy(np.ascontiguousarray(pictures, np.float32))[:, None].to(networks.device())
    seen = judging.read(networks.network(judge_name()), images)
    answers = {"is_digit": seen.accepted, "class": seen.which}
    answers |= {"probability": seen.probability, "distance": seen.distance}
    return {name: value.cpu().numpy() for name, value in answers.items()}


def judge_in_words() -> str:
    """The judge's own table for the lessons, folded, as Markdown: what it accepts of real digits and of what is none.

    "" without a judge.
    """
    try:
        test = checkpoints.metrics(judge_name())["test"]
    except FileNotFoundError:
        return ""
    percent = lambda share: f"{100 * share:.1f}%"  # noqa: E731
    digits = "".join(f" {percent(share)} |" for share in test["accepted"])
    none = "\n".join(
        f"| {kind} | {percent(share)} of {n:,} |" for kind, (share, n) in test["accepted_of_no_digits"].items()
    )
    return f"""<details><summary>The judge of digits, judged</summary>

Whether a picture is a digit, and which, one network says on this page: it has learned "no digit" beside the ten
classes, and how much doubt a digit may leave is set for each class so that 95% of held-out ones pass. Of the real test
digits of each class, none of which it was trained on, it accepts

| 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
|{digits}

and it reads the class of {percent(test["accuracy"])} of them right. Of pictures that are no digits it accepts

| no digits | accepted |
| --- | --- |
{none}

It is no jury of people: a digit that it refuses may still be read by you.

</details>"""


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
