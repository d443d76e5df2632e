"""Exercise 7: where the naive formula breaks, and that the shifted one never does."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demos.softmax.stability import handlers as stability

FINITE = {name: float(torch.finfo(dtype).max) for name, dtype in stability.DTYPES.items()}


@st.composite
def logits_and_dtype(draw):
    dtype = draw(st.sampled_from(list(stability.DTYPES)))
    limit = FINITE[dtype] * 0.99
    return draw(st.lists(st.floats(-limit, limit), min_size=1, max_size=12)), dtype


@settings(deadline=None, max_examples=300)
@given(logits_and_dtype())
def test_the_shifted_softmax_never_overflows_for_finite_input(case):
    logits, dtype = case
    answer = stability.softmax(logits, 1.0, dtype, True)
    assert all(isinstance(p, float) and 0 <= p <= 1 for p in answer["probabilities"])
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=0.05 if "16" in dtype else 1e-5)
    assert math.isfinite(float(answer["log_sum_exp"])) or max(logits) > FINITE[dtype] * 0.9


@settings(deadline=None)
@given(st.lists(st.floats(-30, 30), min_size=2, max_size=10), st.floats(-50, 50))
def test_a_constant_and_the_shift_change_nothing(logits, constant):
    plain = stability.softmax(logits)["probabilities"]
    assert stability.softmax([v + constant for v in logits])["probabilities"] == pytest.approx(plain, abs=1e-9)
    assert stability.softmax(logits, stable=False)["probabilities"] == pytest.approx(plain, abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.floats(-20, 20), min_size=2, max_size=10), st.floats(0.05, 20))
def test_temperature_keeps_the_order(logits, temperature):
    probabilities = stability.softmax(logits, temperature)["probabilities"]
    ranked = sorted(range(len(logits)), key=lambda k: logits[k])
    assert all(probabilities[a] <= probabilities[b] for a, b in itertools.pairwise(ranked))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_exp_of_100_is_infinite_and_softmax_nan(dtype):
    answer = stability.softmax([100, 0, 1], dtype=dtype, stable=False)
    assert answer["probabilities"][0] == "nan"
    assert answer["log_sum_exp"] == "inf"
    assert stability.softmax([100, 0, 1], dtype=dtype)["probabilities"] == pytest.approx([1, 0, 0], abs=1e-30)


def test_float64_survives_100_and_not_1000():
    assert stability.softmax([100, 0, 1], dtype="float64", stable=False)["probabilities"][0] == pytest.approx(1)
    assert stability.softmax([1000, 1, 0], dtype="float64", stable=False)["probabilities"][0] == "nan"


def test_below_minus_100_float32_is_wrong_before_it_is_nan():
    naive = stability.softmax([-101, -110, -120], dtype="float32", stable=False)["probabilities"]
    assert naive == [1, 0, 0]  # finite, and wrong
    assert stability.softmax([-101, -110, -120], dtype="float32")["probabilities"][1] == pytest.approx(
        1.234e-4, rel=1e-3
    )
    assert stability.softmax([-1000, -1001, -1002], dtype="float32", stable=False)["probabilities"] == ["nan"] * 3


def test_the_bench_marks_what_is_lost_and_what_is_merely_wrong():
    def kind(logits: list, dtype: str, formula: str) -> str:
        return {what: mark for what, _, mark in stability.bench(logits)["dtypes"][dtype][formula]}["p"]

    assert kind([100, 0, 1], "float32", "naive") == "lost"
    assert kind([-101, -110, -120], "float32", "naive") == "off"
    assert kind([100, 0, 1], "float64", "naive") == ""
    assert kind([-1000, -1001, -1002], "float32", "shifted") == ""


def test_log_softmax_loses_nothing_where_log_of_softmax_loses_all():
    losses = stability.bench([100, 0, 1], label=1)["dtypes"]["float32"]["losses"]
    assert losses["-log(naive softmax)"][0] == "inf"
    assert losses["log-softmax (ours)"] == pytest.approx([100, 0], abs=1e-4)
    assert losses["torch's cross_entropy"] == pytest.approx([100, 0], abs=1e-4)


def test_the_steps_are_those_of_the_formula():
    steps = {step["name"]: step["values"] for step in stability.softmax([2.0, 1.0])["steps"]}
    assert steps["max"] == [2]
    assert steps["o - max"] == [0, -1]
    assert steps["sum"] == pytest.approx([1 + math.exp(-1)])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"logits": []}, "logits must be a list of 1 to 1000 numbers"),
        ({"logits": [1, float("nan")]}, r"logits\[1\] must be a number"),
        ({"temperature": 0}, "temperature must be from 0.01 to 100, not 0"),
        ({"dtype": "float8"}, "dtype must be one of float16, bfloat16, float32, float64, not 'float8'"),
        ({"logits": [1e6], "dtype": "float16"}, "beyond float16, which ends at 65504"),
        ({"stable": 1}, "stable must be true or false"),
    ],
)
def test_bad_input_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        stability.softmax(**arguments)
