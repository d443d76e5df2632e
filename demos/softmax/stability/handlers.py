"""Exercise 7 of the lecture: softmax in numbers of limited size, line by line, until inf and NaN appear.

The four formats are torch's own, computed on the CPU; what stands in a cell is what the machine really got.
"""

import functools
import math
import time

import torch
import torch.nn.functional as F
from torch import Tensor

from demos.kit import checks, networks
from demos.kit.encoding import finite
from demos.kit.room import Room
from training import checkpoints
from training.models.softmax import cross_entropy, log_softmax
from training.models.softmax import softmax as shifted_softmax

LOGITS = [2.0, 1.0, -1.0]  # what /softmax shows when nothing is asked
DTYPES = {name: getattr(torch, name) for name in ("float16", "bfloat16", "float32", "float64")}


def naive_softmax(logits: Tensor) -> Tensor:
    """Softmax as the formula stands on the slide: exp overflows for large logits, vanishes for very negative ones."""
    exponentials = torch.exp(logits)
    return exponentials / exponentials.sum(-1, keepdim=True)


def softmax(
    logits: list[float] = LOGITS, temperature: float = 1.0, dtype: str = "float64", stable: bool = True
) -> dict:
    """Softmax of logits / temperature in a number format, with every intermediate value.

    Args:
        logits: 1 to 1000 finite numbers.
        temperature: from 0.01 to 100: the logits are divided by it.
        dtype: "float16", "bfloat16", "float32" or "float64".
        stable: whether the largest logit is subtracted first; without it the formula is taken literally.

    Returns:
        "probabilities", "log_sum_exp" and "steps", a list of {"name", "values"}; NaN and infinity are the strings
        "nan", "inf", "-inf".
    """
    temperature = checks.number(temperature, "temperature", 0.01, 100)
    checks.choice(dtype, "dtype", tuple(DTYPES))
    if not isinstance(stable, bool):
        raise ValueError(f"stable must be true or false, not {checks.show(stable)}")
    scaled, largest = numbers(logits) / temperature, torch.finfo(DTYPES[dtype]).max
    for k, value in enumerate(scaled.tolist()):
        if abs(value) > largest:
            raise ValueError(f"logits[{k}] / temperature is {value:g}, beyond {dtype}, which ends at {largest:g}")
    o = scaled.to(DTYPES[dtype])
    steps = lines(o, stable)
    named = dict(steps)
    return {
        "probabilities": values(named["p"]),
        "log_sum_exp": values(named["log-sum-exp"])[0],
        "steps": [{"name": name, "values": values(value)} for name, value in steps],
    }


def lines(o: Tensor, stable: bool) -> list[tuple[str, Tensor]]:
    """Softmax of logits (K,) one operation at a time, in the format of `o`: a list of (what, value)."""
    if not stable:
        e = torch.exp(o)
        total = e.sum()
        return [("o", o), ("exp(o)", e), ("sum", total), ("p", e / total), ("log-sum-exp", torch.log(total))]
    largest = o.max()
    shifted = o - largest
    e = torch.exp(shifted)
    total = e.sum()
    return [
        ("o", o),
        ("max", largest),
        ("o - max", shifted),
        ("exp(o - max)", e),
        ("sum", total),
        ("p", e / total),
        ("log-sum-exp", largest + torch.log(total)),
    ]


def bench(logits: list[float], label: int = 0) -> dict:
    """All four formats at once, naive and shifted line by line, and three ways to the cross-entropy of class `label`.

    {"dtypes": {name: {"naive": [[what, values, wrong?]], "shifted": the same, "losses": {way: [value, lost]},
    "largest", "smallest"}}, "exact": the loss in exact arithmetic, nearly}.
    """
    o = numbers(logits)
    label = checks.whole(label, "label", 0, len(o) - 1)
    exact = log_softmax(o)  # float64, shifted: right to 15 digits, the yardstick of all others
    answer = {"exact": float(-exact[label]), "dtypes": {}}
    for name, dtype in DTYPES.items():
        inputs = o.to(dtype)
        info = torch.finfo(dtype)
        answer["dtypes"][name] = {
            "naive": [[what, values(value), wrong(what, value, exact)] for what, value in lines(inputs, False)],
            "shifted": [[what, values(value), wrong(what, value, exact)] for what, value in lines(inputs, True)],
            "losses": {
                way: [finite(loss), finite(loss - answer["exact"])]
                for way, loss in ((way, float(f(inputs[None], torch.tensor([label]))[0])) for way, f in WAYS.items())
            },
            "largest": finite(float(info.max)),
            "smallest": float(info.smallest_normal * info.eps),
        }
    return answer


PICTURES = 4096  # of the minibatch that is timed
WAYS = {  # exercise 7b: logits (B, K) and labels (B,) -> the losses (B,); on paper they are all equal
    "-log(naive softmax)": lambda o, labels: -torch.log(naive_softmax(o)).gather(-1, labels[:, None])[:, 0],
    "-log(shifted softmax)": lambda o, labels: -torch.log(shifted_softmax(o)).gather(-1, labels[:, None])[:, 0],
    "log-softmax (ours)": cross_entropy,
    "torch's cross_entropy": lambda o, labels: F.cross_entropy(o, labels, reduction="none"),
}


@functools.lru_cache(maxsize=1)
def timings() -> dict:
    """What each way costs on a minibatch: microseconds for PICTURES x 10 logits, the least of 7 tries, by format."""
    logits = torch.randn(PICTURES, 10, generator=torch.Generator().manual_seed(0))
    labels = torch.zeros(PICTURES, dtype=torch.long)
    result = {}
    for name in ("float32", "float64"):
        o = logits.to(DTYPES[name])
        result[name] = {}
        for way, loss in WAYS.items():
            tries = []
            for _ in range(7):
                start = time.perf_counter()
                loss(o, labels).mean()
                tries.append(1e6 * (time.perf_counter() - start))
            result[name][way] = round(min(tries))
    return {"pictures": PICTURES, "microseconds": result}


def numbers(logits: list[float]) -> Tensor:
    """The logits as a float64 tensor (K,); ValueError unless they are 1 to 1000 finite numbers."""
    if not isinstance(logits, (list, tuple)) or not 1 <= len(logits) <= 1000:
        raise ValueError(f"logits must be a list of 1 to 1000 numbers, not {checks.show(logits)}")
    limit = torch.finfo(torch.float64).max
    return torch.tensor(
        [checks.number(v, f"logits[{k}]", -limit, limit) for k, v in enumerate(logits)], dtype=torch.float64
    )


def values(value: Tensor) -> list[float | str]:
    """The numbers of a tensor for JSON, exactly as they stand in its format."""
    return [finite(v) for v in value.double().reshape(-1).tolist()]


def wrong(what: str, value: Tensor, exact: Tensor) -> str:
    """ "" when all is well, "lost" for inf or NaN, "off" for probabilities that are wrong by more than one percent."""
    if not torch.isfinite(value).all():
        return "lost"
    if what == "p":
        truth = exact.exp()
        error = (value.double() - truth).abs()
        return "off" if bool((error > 0.01 * truth + 1e-30).any()) else ""
    return "zero" if what in ("exp(o)", "sum") and bool((value == 0).any()) else ""


def double_softmax() -> dict | None:
    """The curves of softmax applied once and twice, from the two trainings' metrics; None where one is missing."""
    if len(networks.available("softmax-fashion", "softmax-fashion-double")) < 2:
        return None
    right, twice = (checkpoints.metrics(name) for name in ("softmax-fashion", "softmax-fashion-double"))
    if not all("train" in run.get("curves", {}) and "accuracy" in run["test"] for run in (right, twice)):
        return None
    once, again = ({"loss": run["curves"]["train"], "accuracy": run["test"]["accuracy"]} for run in (right, twice))
    return {"right": once, "twice": again, "floor": math.log(math.e + 9) - 1}


ROOM = Room(
    calls=(bench,),
    heavy=(timings,),
    props=lambda: {"double": double_softmax()},
    code=(lines,),
    endpoints={"softmax": softmax},
)
