"""The 2 x 2 picture: four pixels, three classes, twelve weights and three biases, every number by hand.

The instrument computes this chain in the browser (learning.js); this is the same chain in Python, in float64, for
programs and for the tests that compare the two.
"""

import torch

from demos.kit import checks
from demos.kit.room import Room
from training.models.softmax import cross_entropy, one_hot, softmax

CLASSES = ("cat", "chicken", "dog")
# A small set made by hand: (pixels top left, top right, bottom left, bottom right; class).
EXAMPLES = (
    ((0.9, 0.1, 0.2, 0.8), 0),
    ((1.0, 0.3, 0.1, 0.7), 0),
    ((0.8, 0.9, 0.2, 0.1), 1),
    ((0.7, 1.0, 0.0, 0.3), 1),
    ((0.1, 0.3, 0.9, 0.8), 2),
    ((0.2, 0.1, 0.8, 1.0), 2),
)
W = [[0.4, -0.2, 0.1, 0.3], [0.3, 0.5, -0.4, -0.1], [-0.3, 0.2, 0.6, 0.1]]
B = [0.1, 0.0, -0.1]
X = list(EXAMPLES[0][0])


def linear_model(
    W: list[list[float]] = W,
    b: list[float] = B,
    x: list[float] = X,
    label: int = 0,
) -> dict:
    """The chain o = W x + b -> softmax -> cross-entropy -> gradient for one 2 x 2 picture, in float64.

    Args:
        W: 3 rows (cat, chicken, dog) of 4 weights each, from -1000 to 1000.
        b: 3 biases, from -1000 to 1000.
        x: the 4 pixels, row by row, each from 0 to 1.
        label: the true class: 0 cat, 1 chicken, 2 dog.

    Returns:
        "logits", "probabilities", "one_hot", "loss" in nats, and the gradients of the loss: "gradient_logits" (p - y),
        "gradient_W" (its outer product with x) and "gradient_b" (p - y again).
    """
    if not isinstance(W, (list, tuple)) or len(W) != 3:
        raise ValueError(f"W must be 3 rows of 4 numbers, not {checks.show(W)}")
    weights = torch.tensor([checks.numbers(row, f"W[{k}]", 4) for k, row in enumerate(W)], dtype=torch.float64)
    biases = torch.tensor(checks.numbers(b, "b", 3), dtype=torch.float64)
    pixels = torch.tensor(checks.numbers(x, "x", 4, 0, 1), dtype=torch.float64)
    labels = torch.tensor([checks.whole(label, "label", 0, 2)])
    logits = (weights @ pixels + biases)[None]  # (1, 3)
    probabilities, truth = softmax(logits)[0], one_hot(labels, 3)[0].double()
    error = probabilities - truth  # the gradient with respect to the logits
    return {
        "logits": logits[0].tolist(),
        "probabilities": probabilities.tolist(),
        "one_hot": truth.tolist(),
        "loss": float(cross_entropy(logits, labels)),
        "gradient_logits": error.tolist(),
        "gradient_W": torch.outer(error, pixels).tolist(),
        "gradient_b": error.tolist(),
    }


def props() -> dict:
    """The classes, the example pictures and the weights that the chain starts with."""
    return {"classes": CLASSES, "examples": EXAMPLES, "W": W, "b": B}


def numbers() -> dict:
    """The number of weights, and the picture at which the untrained product of probabilities becomes 0 in float64."""
    right = [linear_model(x=list(x), label=label)["probabilities"][label] for x, label in EXAMPLES]
    product, pictures = 1.0, 0
    while product > 0:
        product *= right[pictures % len(right)]
        pictures += 1
    return {"weights": len(W) * len(W[0]), "died": f"{pictures:,}"}


ROOM = Room(
    props=props,
    numbers=numbers,
    code=(linear_model,),
    endpoints={"linear_model": linear_model},
)
