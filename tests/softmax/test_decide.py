"""Calibration, rejection and costs, against scikit-learn and on the stored analysis."""

import numpy as np
import pytest
import torch

from demos.softmax.decide import handlers as decisions
from demos.softmax.errors import handlers as errors
from training.analyse import softmax
from training.measures.spread import wilson

rng = np.random.default_rng(0)
LOGITS = 2 * rng.normal(size=(2000, 10))
LABELS = np.where(rng.random(2000) < 0.7, LOGITS.argmax(1), rng.integers(0, 10, 2000))
MADE = errors.Analysis(LOGITS, LOGITS.argmax(1), LABELS, np.arange(2000, dtype=np.uint64), {"temperature": 1.3})
needs_analysis = pytest.mark.skipif(not errors.analysed("digits"), reason="weights/analysis/softmax.npz is missing")


def test_the_reliability_diagram_is_scikit_learns():
    calibration = pytest.importorskip("sklearn.calibration")
    probabilities = MADE.probabilities
    right = probabilities.argmax(1) == LABELS
    accuracy, confidence = calibration.calibration_curve(right, probabilities.max(1), n_bins=decisions.BINS)
    bins, error = decisions.reliability(probabilities, LABELS)
    assert [row[0] for row in bins] == pytest.approx(confidence.tolist())
    assert [row[1] for row in bins] == pytest.approx(accuracy.tolist())
    counts = np.array([row[2] for row in bins])
    assert counts.sum() == 2000
    assert error == pytest.approx(float((counts * np.abs(accuracy - confidence)).sum() / 2000))
    by_training = softmax.calibration_error(torch.tensor(probabilities), torch.tensor(LABELS), decisions.BINS)
    assert error == pytest.approx(by_training)


def test_the_fitted_temperature_is_the_best_one():
    logits, labels = torch.tensor(LOGITS), torch.tensor(LABELS)
    best = softmax.fit_temperature(logits, labels, 0.2, 5.0)
    loss = [float(torch.nn.functional.cross_entropy(logits / t, labels)) for t in (best, 0.98 * best, 1.02 * best)]
    assert loss[0] < min(loss[1:])


def test_coverage_and_accuracy_end_at_the_whole_set():
    curve = decisions.selective(MADE.probabilities, LABELS)
    assert curve[-1] == [1.0, pytest.approx(float((MADE.guess == LABELS).mean()))]
    assert [point[0] for point in curve] == sorted(point[0] for point in curve)


def test_equal_costs_choose_the_likeliest_class_and_a_high_cost_avoids_it():
    probabilities = np.array([[0.1, 0.5, 0.4]])
    equal = 1 - np.eye(3)
    assert decisions.cheapest(probabilities, equal).tolist() == [1]
    dear = equal.copy()
    dear[2, 1] = 10  # to call a 2 a 1
    assert decisions.cheapest(probabilities, dear).tolist() == [2]


@needs_analysis
def test_no_temperature_changes_a_decision_and_costs_do():
    base = decisions.decide("digits", temperature=1.0, cost=1.0)
    hot = decisions.decide("digits", temperature=3.0, cost=1.0)
    assert base["accuracy"] == hot["accuracy"]
    assert hot["cross_entropy"] > base["cross_entropy"]
    dear = decisions.decide("digits", costly_true=4, costly_guess=9, cost=20.0)
    assert dear["mistakes_after"] < dear["mistakes_before"]
    assert dear["cost_after"] < dear["cost_before"]
    assert dear["accuracy"] == base["accuracy"]


@needs_analysis
@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.99])
def test_what_is_answered_comes_with_its_interval(threshold):
    answer = decisions.decide("digits", threshold=threshold)
    low, high = answer["interval_answered"]
    assert low < answer["accuracy_answered"] < high
    answered = round(answer["coverage"] * answer["pictures"])
    assert (low, high) == pytest.approx(wilson(round(answer["accuracy_answered"] * answered), answered))


@needs_analysis
def test_a_threshold_that_none_reaches_has_no_accuracy():
    answer = decisions.decide("digits", threshold=1.0, temperature=20.0)
    assert answer["coverage"] == 0
    assert answer["accuracy_answered"] is None
    assert answer["interval_answered"] is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"dataset": "cats"}, "dataset must be one of digits, fashion"),
        ({"network": "vae"}, "network must be one of"),
        ({"threshold": 2}, "threshold must be from 0 to 1, not 2"),
        ({"temperature": 0}, "temperature must be from 0.05 to 20, not 0"),
        ({"costly_true": 10}, "costly_true must be a whole number from 0 to 9"),
        ({"cost": float("inf")}, "cost must be a number from 0 to 1000"),
    ],
)
@needs_analysis
def test_bad_input_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        decisions.decide(**arguments)
