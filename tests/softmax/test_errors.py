"""Confusions, precision and recall against scikit-learn; the clinic on the stored analysis."""

import numpy as np
import pytest
import torch

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
