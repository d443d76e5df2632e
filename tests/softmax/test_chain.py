"""The 2 x 2 chain: every number against autograd in float64."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from demos.softmax.chain import handlers as chain

weight = st.floats(-20, 20)
grey = st.floats(0, 1)


@settings(deadline=None, max_examples=60)
@given(
    W=st.lists(st.lists(weight, min_size=4, max_size=4), min_size=3, max_size=3),
    b=st.lists(weight, min_size=3, max_size=3),
    x=st.lists(grey, min_size=4, max_size=4),
    label=st.integers(0, 2),
)
def test_every_number_of_the_chain_is_autograds(W, b, x, label):
    weights = torch.tensor(W, dtype=torch.float64, requires_grad=True)
    biases = torch.tensor(b, dtype=torch.float64, requires_grad=True)
    logits = weights @ torch.tensor(x, dtype=torch.float64) + biases
    logits.retain_grad()
    loss = functional.cross_entropy(logits[None], torch.tensor([label]))
    loss.backward()
    answer = chain.linear_model(W, b, x, label)
    assert answer["logits"] == pytest.approx(logits.tolist(), abs=1e-12)
    assert answer["probabilities"] == pytest.approx(functional.softmax(logits, -1).tolist(), abs=1e-12)
    assert answer["loss"] == pytest.approx(loss.item(), abs=1e-9)
    assert answer["gradient_logits"] == pytest.approx(logits.grad.tolist(), abs=1e-12)
    assert torch.tensor(answer["gradient_W"], dtype=torch.float64).flatten().tolist() == pytest.approx(
        weights.grad.flatten().tolist(), abs=1e-12
    )
    assert answer["gradient_b"] == pytest.approx(biases.grad.tolist(), abs=1e-12)
    assert math.fsum(answer["gradient_logits"]) == pytest.approx(0, abs=1e-12)


def test_one_hot_has_its_one_at_the_label():
    assert chain.linear_model(label=2)["one_hot"] == [0, 0, 1]


def test_the_hand_made_set_can_be_learnt():
    """Plain gradient descent with the panel's own gradients ends with every picture right and a small loss."""
    W, b = [list(row) for row in chain.W], list(chain.B)
    for _ in range(300):
        for x, label in chain.EXAMPLES:
            answer = chain.linear_model(W, b, list(x), label)
            W = [
                [w - 0.5 * g for w, g in zip(*rows, strict=True)] for rows in zip(W, answer["gradient_W"], strict=True)
            ]
            b = [value - 0.5 * g for value, g in zip(b, answer["gradient_b"], strict=True)]
    losses = [chain.linear_model(W, b, list(x), label)["loss"] for x, label in chain.EXAMPLES]
    assert 0 < max(losses) < 0.05


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"W": [[0] * 4] * 2}, "W must be 3 rows of 4 numbers"),
        ({"W": [[0] * 3] * 3}, r"W\[0\] must be a list of 4 numbers, not 3"),
        ({"W": [[0, 0, 0, float("inf")]] * 3}, "from -1000 to 1000"),
        ({"b": [0, 0]}, "b must be a list of 3 numbers, not 2"),
        ({"x": [0, 0, 0, 1.5]}, r"x\[3\] must be from 0 to 1, not 1.5"),
        ({"label": 3}, "label must be a whole number from 0 to 2, not 3"),
    ],
)
def test_bad_input_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        chain.linear_model(**arguments)
