"""The main instrument: every number of the chain, from 784 pixels to the loss."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from demos.kit import networks
from demos.kit.encoding import from_floats
from demos.softmax import garments
from demos.softmax.classify import handlers as classify
from training.data.strokes import made_digits

DIGITS = [image[0].numpy() for image in made_digits(12, seed=4)[0]]


@pytest.mark.parametrize("dataset", ["digits", "fashion"])
@pytest.mark.parametrize("picture", [*DIGITS[:4], np.ones((28, 28)), np.zeros((28, 28))])
def test_contributions_and_bias_sum_to_the_logit(dataset, picture):
    answer = classify.classify(picture.tolist(), dataset)
    total = np.asarray(answer["contributions"]).sum((1, 2)) + answer["bias"]
    assert np.abs(total - answer["logits"]).max() < 1e-5


@pytest.mark.parametrize("true_class", [0, 5, 9])
def test_probabilities_and_loss_are_those_of_the_library_in_float64(true_class):
    answer = classify.classify(DIGITS[0].tolist(), "digits", true_class)
    logits = torch.tensor([answer["logits"]], dtype=torch.float64)
    assert answer["probabilities"] == pytest.approx(functional.softmax(logits, -1)[0].tolist(), abs=1e-12)
    expected = functional.cross_entropy(logits, torch.tensor([true_class]))
    assert answer["cross_entropy"] == pytest.approx(float(expected), abs=1e-12)


def test_the_live_answer_carries_the_picture_and_the_networks_own_logits():
    answer = classify.look(DIGITS[1].tolist(), "softmax-digits")
    x = from_floats(answer["x"], "x", 784)
    expected = networks.network("softmax-digits")(torch.from_numpy(x).to(networks.device())[None])[0]
    assert answer["logits"] == pytest.approx(expected.tolist())
    parts = classify.weights("softmax-digits")
    W, b = from_floats(parts["W"], "W", 7840).reshape(784, 10), from_floats(parts["b"], "b", 10)
    assert np.abs(x.astype(float) @ W + b - answer["logits"]).max() < 1e-4


@pytest.mark.parametrize("drop", ["x", "", "QUJD"])
def test_weights_from_the_wire_are_refused_unless_whole(drop):
    with pytest.raises(ValueError, match="float32 numbers"):
        from_floats(drop, "W", 10)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"dataset": "letters"}, "dataset must be one of digits, fashion, not 'letters'"),
        ({"true_class": 10}, "true_class must be a whole number from 0 to 9, not 10"),
        ({"true_class": 2.5}, "true_class"),
        ({"picture": [[0.5, float("nan")]] * 2}, "not finite"),
        ({"picture": [[0.0, 3.0]] * 2}, r"\[0, 1\]"),
        ({"picture": [[]]}, "picture"),
    ],
)
def test_bad_input_is_refused_with_the_value_and_the_range(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        classify.classify(**({"picture": DIGITS[0].tolist()} | arguments))


def test_a_network_that_is_not_linear_has_no_contributions():
    with pytest.raises(ValueError, match="softmax regression"):
        classify.in_double("vae")


@pytest.mark.parametrize("dataset", ["digits", "fashion"])
def test_without_the_data_set_there_are_pictures_all_the_same(dataset, monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    pixels, label = garments.picture(dataset, 3)
    assert pixels.shape == (28, 28)
    assert pixels.dtype == np.uint8
    assert pixels.max() > 100
    assert label is None or 0 <= label <= 9


def test_every_hand_made_garment_is_a_shape_of_its_own():
    shapes = [garments.silhouette(k) for k in range(10)]
    assert all(0.08 < (shape > 90).mean() < 0.6 for shape in shapes)
    assert len({shape.tobytes() for shape in shapes}) == 10
