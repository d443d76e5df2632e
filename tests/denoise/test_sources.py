"""Photos, test digits and the lecture's figure."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from demos.denoise.bench import sources
from tests.test_drawing import as_url, png, url
from training.data import datasets
from training.data.strokes import example_strokes, rasterise, to_mnist


def photo_of(digit: int, dark_on_light: bool = True, side: int = 384) -> np.ndarray:
    """A digit on paper: uneven light, camera noise, off the middle."""
    random = np.random.default_rng(digit)
    strokes = [[[0.25 + 0.45 * x, 0.3 + 0.45 * y] for x, y in stroke] for stroke in example_strokes(digit, 2)]
    y, x = np.mgrid[0:side, 0:side] / side
    light = 0.55 + 0.4 * x - 0.15 * y
    paper = light * (1 - 0.7 * rasterise(strokes, side, 0.02)) + 0.02 * random.normal(size=(side, side))
    return np.clip(paper if dark_on_light else 1 - paper, 0, 1).astype(np.float32)


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("dark_on_light", [True, False])
def test_a_photo_of_a_digit_is_seen_as_if_it_were_drawn(digit, dark_on_light):
    ink = sources.find_ink(photo_of(digit, dark_on_light))
    drawn = to_mnist(rasterise(example_strokes(digit, 2), 112))
    assert ink.shape == (112, 112)
    assert np.corrcoef(to_mnist(ink).ravel(), drawn.ravel())[0, 1] > 0.97


def test_the_answer_to_a_photo_is_a_png_for_the_pad():
    answer = sources.photo(url(photo_of(4)))
    image = Image.open(io.BytesIO(base64.b64decode(answer["picture"].split(",")[1])))
    assert image.size == (112, 112)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (url(np.full((60, 60), 0.5)), "No ink stands out"),
        (as_url(png(20_000, 20_000)), "2 to 2000 pixels"),
        (as_url(b""), "no PNG"),
        (as_url(b"seven, named seven.png"), "no PNG"),
        ("seven.png", "PNG data URL"),
    ],
)
def test_a_bad_upload_is_refused_with_a_sentence(picture, words):
    with pytest.raises(ValueError, match=words):
        sources.photo(picture)


@pytest.mark.data
def test_a_test_digit_comes_with_its_class(data_dir):
    images, labels = datasets.load("digits", "test", data_dir)
    answer = sources.test_digit(5)
    assert list(base64.b64decode(answer["picture"])) == (images[5] * 255).round().int().flatten().tolist()
    assert answer["class"] == labels[5]


def test_without_the_data_set_a_sentence_names_the_remedy(monkeypatch):
    monkeypatch.setattr(datasets, "at_hand", lambda *_, **__: False)
    with pytest.raises(ValueError, match="DATA_DIR"):
        sources.test_digit(5)
