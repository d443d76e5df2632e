"""The lecture's own figure: eight digits, original, noisy and reconstructed, as a PNG."""

import base64
import io

import pytest
from PIL import Image

from demos.denoise.figure import handlers as figure
from training.data import datasets


@pytest.mark.parametrize("at_hand", [True, False])
def test_the_lectures_figure_is_a_png_with_or_without_the_data_set(monkeypatch, at_hand):
    if at_hand and not datasets.at_hand("digits"):
        pytest.skip("MNIST is not at hand; set DATA_DIR")
    monkeypatch.setattr(datasets, "at_hand", lambda *_, **__: at_hand)
    figure.digits.cache_clear()
    answer = figure.figure("gaussian", 0.3, 0, "denoising-autoencoder")
    figure.digits.cache_clear()
    assert Image.open(io.BytesIO(base64.b64decode(answer["url"].split(",")[1]))).width > 900
    assert answer["after"] > answer["before"] + 4
    assert ("drawn by the project" in answer["source"]) != at_hand
