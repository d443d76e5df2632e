"""The four endpoints over HTTP: what comes back is what the functions return, and bad input is one sentence."""

import numpy as np
import pytest
from gradio_client.exceptions import AppError

from demos.softmax.chain import handlers as chain
from demos.softmax.classify import handlers as classify
from demos.softmax.errors import handlers as errors
from demos.softmax.stability import handlers as stability
from training.data.strokes import made_digits

PICTURE = made_digits(1, seed=8)[0][0, 0].numpy().round(4).tolist()


def test_classify_is_the_functions_own_answer(client):
    answer = client.predict(PICTURE, "digits", 4, api_name="/classify")
    expected = classify.classify(PICTURE, "digits", 4)
    assert answer["logits"] == pytest.approx(expected["logits"], abs=1e-9)
    assert answer["cross_entropy"] == pytest.approx(expected["cross_entropy"], abs=1e-9)
    assert np.shape(answer["contributions"]) == (10, 28, 28)
    total = np.sum(answer["contributions"], axis=(1, 2)) + answer["bias"]
    assert np.abs(total - answer["logits"]).max() < 1e-5


def test_any_size_and_every_default_are_taken(client):
    large = np.kron(np.array(PICTURE), np.ones((4, 4))).tolist()
    answer = client.predict(large, api_name="/classify")
    assert sum(answer["probabilities"]) == pytest.approx(1)


def test_softmax_sends_nan_and_infinity_as_strings(client):
    answer = client.predict([1000, 1], 1.0, "float32", False, api_name="/softmax")
    assert answer["probabilities"] == ["nan", 0]
    assert answer["log_sum_exp"] == "inf"
    assert client.predict(api_name="/softmax") == stability.softmax()


def test_linear_model_and_errors(client):
    assert client.predict(api_name="/linear_model") == chain.linear_model()
    if errors.analysed("digits"):
        answer = client.predict("digits", "softmax-digits", 4, 9, api_name="/errors")
        assert answer["count"] == answer["confusion"][4][9]


@pytest.mark.parametrize(
    ("endpoint", "arguments", "sentence"),
    [
        ("/classify", [[[0.5, 2.0]] * 2], r"\[0, 1\]"),
        ("/classify", [PICTURE, "letters"], "dataset must be one of digits, fashion, not 'letters'"),
        ("/classify", [PICTURE, "digits", 10], "true_class must be a whole number from 0 to 9, not 10"),
        ("/softmax", [[]], "logits must be a list of 1 to 1000 numbers"),
        ("/linear_model", [[[1, 2]]], "W must be 3 rows of 4 numbers"),
        ("/errors", ["digits", "vae"], "network must be one of"),
    ],
)
def test_bad_input_is_one_sentence(client, endpoint, arguments, sentence):
    with pytest.raises(AppError, match=sentence):
        client.predict(*arguments, api_name=endpoint)
