"""The drawing's way into the network: what is refused, what stays as it is, what the page's bytes mean."""

import base64
import io
import math
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from demos.kit.drawing import as_input, read_picture, to_mnist
from demos.kit.encoding import grey, numbers
from training.data.strokes import example_strokes, rasterise


def url(picture: np.ndarray) -> str:
    """A picture in [0, 1] -> the PNG data URL that a pad sends."""
    file = io.BytesIO()
    Image.fromarray(np.rint(picture * 255).astype(np.uint8)).save(file, "PNG")
    return as_url(file.getvalue())


def as_url(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, "PNG")
    return file.getvalue()


def test_the_pads_picture_goes_through_mnists_steps():
    drawing = rasterise(example_strokes(4), 112)
    assert np.abs(as_input(url(drawing)) - to_mnist(drawing)).max() < 0.02  # 8 bits on the way


def test_a_picture_of_28_by_28_is_the_networks_input_as_it_stands():
    picture = np.random.default_rng(0).random((28, 28)).astype(np.float32)
    assert np.array_equal(as_input(picture), picture)
    assert np.allclose(as_input(picture.tolist()), picture)
    assert np.abs(as_input(url(picture)) - picture).max() <= 0.5 / 255 + 1e-6


def test_any_other_size_is_normalised():
    drawing = rasterise(example_strokes(7), 60)
    assert np.array_equal(as_input(drawing.tolist()), to_mnist(drawing))


def test_the_input_cannot_be_changed_by_another_visitor():
    with pytest.raises(ValueError, match="read-only"):
        as_input(url(rasterise(example_strokes(1))))[0, 0] = 1


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (None, "rows of numbers"),
        (5, "rows of numbers"),
        ([], "0 x 0"),
        ([[]], "1 x 0"),
        ([[0.5]], "1 x 1"),
        ([[1, 2], [1]], "equally long"),
        ([[0, math.nan], [0, 1]], "not finite"),
        ([[0, math.inf], [0, 1]], "not finite"),
        ([[0, 2], [0, 1]], r"in \[0, 1\], not from 0 to 2"),
        ([[0, -0.1], [0, 1]], "not from -0.1"),
        ([["a", "b"], ["c", "d"]], "rows of numbers"),
        ([[None, 1], [0, 1]], "rows of numbers"),
        ([[True, False], [False, True]], "type bool"),
        ([[[0, 1]], [[0, 1]]], "2 x 1"),
        ([[0] * 513] * 2, "sides of 2 to 512 pixels, not 2 x 513"),
        ([[0] * 2] * 2000, "sides of 2 to 512 pixels, not 2000 x 2"),
        ("a digit", "PNG data URL"),
        ("data:image/jpeg;base64,AAAA", "PNG data URL"),
        (as_url(b""), "no PNG"),
        (as_url(b"this is text, named .png"), "no PNG"),
        ("data:image/png;base64,!!!", "no PNG"),
        (as_url(png(400, 400)[:70]), "damaged PNG"),
        (as_url(png(3000, 30)), "30 x 3000"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(picture, words):
    with pytest.raises(ValueError, match=words):
        as_input(picture)


def test_a_bomb_is_refused_before_its_pixels_are_unpacked():
    bomb = as_url(png(20_000, 20_000))
    tracemalloc.start()
    with pytest.raises(ValueError, match="2 to 2000 pixels"):
        as_input(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10e6


def test_bytes_for_the_page_are_the_picture_row_by_row():
    picture = np.array([[0, 1], [0.5, 2]])
    assert list(base64.b64decode(grey(picture))) == [0, 255, 128, 255]
    assert numbers([[0.123456, 1]]) == [[0.1235, 1.0]]


def test_transparent_paper_is_dark():
    file = io.BytesIO()
    Image.new("RGBA", (40, 40), (255, 255, 255, 0)).save(file, "PNG")
    assert read_picture(as_url(file.getvalue())).max() == 0


@pytest.mark.parametrize("side", [28, 112])
def test_bytes_of_a_picture_are_the_same_input_as_its_numbers(side):
    """The page sends greys 0 to 255 as bytes, programs send numbers in [0, 1]."""
    greys = np.rint(255 * rasterise(example_strokes(3), side)).astype(np.uint8)
    from_bytes = as_input(greys)
    assert (from_bytes.shape, from_bytes.dtype) == ((28, 28), np.float32)
    np.testing.assert_allclose(from_bytes, as_input((greys / 255).tolist()), atol=1e-6)
    assert from_bytes.max() <= 1


def test_bytes_that_were_seen_before_cannot_be_changed_by_another_visitor():
    with pytest.raises(ValueError, match="read-only"):
        as_input(np.full((112, 112), 9, np.uint8))[0, 0] = 1


@pytest.mark.parametrize("shape", [(1, 5), (3000, 3), (28, 28, 3), (784,)])
def test_bytes_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match="picture must"):
        as_input(np.zeros(shape, np.uint8))
