"""Confusions, calibration and decisions, against scikit-learn and on the stored analysis."""

import numpy as np
import pytest
import torch

from demos.softmax.decide import handlers as decisions
from demos.softmax.errors import handlers as errors
from training.analyse import softmax
from training.store import checkpoints

rng = np.random.default_rng(0)
LOGITS = 2 * rng.normal(size=(2000, 10))
LABELS = np.where(rng.random(2000) < 0.7, LOGITS.argmax(1), rng.integers(0, 10, 2000))
MADE = errors.Analysis(LOGITS, LOGITS.argmax(1), LABELS, np.arange(2000, dtype=np.uint64), {"temperature": 1.3})
ANALYSED = [name for dataset in ("digits", "fashion") for name in errors.analysed(dataset)]
needs_analysis = pytest.mark.skipif(not ANALYSED, reason="weights/analysis/softmax.npz is missing")


def test_confusion_precision_and_recall_are_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics")
    assert (MADE.confusion == metrics.confusion_matrix(LABELS, MADE.guess)).all()
    precision, recall = errors.scores(MADE.confusion)
    assert precision == pytest.approx(metrics.precision_score(LABELS, MADE.guess, average=None))
    assert recall == pytest.approx(metrics.recall_score(LABELS, MADE.guess, average=None))


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
@pytest.mark.parametrize("network", ANALYSED)
def test_the_stored_analysis_agrees_with_the_checkpoints_own_accuracy(network):
    stored = errors.analysis(network)
    measured = float((stored.guess == stored.labels).mean())
    assert measured == pytest.approx(stored.numbers["accuracy"], abs=1e-6)
    claimed = checkpoints.metrics(network).get("test", {}).get("accuracy")
    if claimed is not None:
        assert measured == pytest.approx(claimed, abs=2e-4)
    assert (stored.confusion == np.array(stored.numbers["confusion"])).all()


@needs_analysis
def test_a_cell_of_the_confusion_matrix_holds_just_its_pictures():
    answer = errors.errors("digits", "softmax-digits", 4, 9)
    assert answer["count"] == answer["confusion"][4][9]
    assert all(np.argmax(case["probabilities"]) == 9 for case in answer["cases"])
    surest = [case["probabilities"][9] for case in answer["cases"]]
    assert surest == sorted(surest, reverse=True)


@needs_analysis
def test_without_the_data_set_the_clinic_works_from_stored_numbers(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert errors.clinic("digits")["pictures"] is False
    answer = errors.cases("digits", "softmax-digits", "confident")
    assert answer["count"] > 100
    assert all(case["picture"] is None for case in answer["cases"])
    assert errors.case("digits", "softmax-digits", answer["cases"][0]["row"])["x"] is None


@needs_analysis
@pytest.mark.data
def test_pictures_are_found_by_their_key(data_dir):
    """The logits of the picture found by its key are those that were stored for it."""
    from demos.kit import networks

    stored = errors.analysis("softmax-digits")
    for row in (0, 17, 9_999):
        pixels = errors.picture_of("digits", stored.keys[row])
        x = torch.from_numpy(pixels / 255).float().to(networks.device())
        logits = networks.network("softmax-digits")(x[None])[0].cpu().numpy()
        assert np.abs(logits - stored.logits[row]).max() < 0.02  # stored in float16


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


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"dataset": "cats"}, "dataset must be one of digits, fashion"),
        ({"network": "vae"}, "network must be one of"),
        ({"true_class": 12}, "true_class must be a whole number from 0 to 9"),
        ({"predicted_class": -1}, "predicted_class"),
    ],
)
@needs_analysis
def test_bad_input_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        errors.errors(**arguments)


def test_the_analysis_runs_on_made_digits_and_writes_nothing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path)
    assert softmax.main(["--smoke"]) == 0
    assert "smoke: 1 network" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
