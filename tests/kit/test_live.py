"""A live request is read as it was sent, and whatever does not fit is refused by a sentence that names it."""

import contextlib
import inspect
import io
import json
import math
import zlib
from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from demos.kit import live
from tests.kit.house import packed


def everything(
    whole: int = 1, real: float = 1.0, text: str = "", flag: bool = False, items: list[float] | None = None,
    source: dict | None = None, kind: Literal["line", "circle"] = "line", picture: str | list = "", anything=None,
):  # fmt: skip
    """One argument of each kind."""


def understood(body: bytes) -> dict:
    return live.arguments_for(everything, live.read(body))


def png(array: np.ndarray, mode: str | None = None) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(file, "PNG")
    return file.getvalue()


def test_arguments_arrive_as_they_were_sent():
    sent = {
        "whole": 3,
        "real": 2,
        "text": "é",
        "flag": True,
        "items": [1, 2.5],
        "source": {"seed": 7},
        "kind": "circle",
    }
    assert understood(packed("everything", **sent)) == sent


@pytest.mark.parametrize("side", [28, 112])
def test_squares_of_bytes_are_greys_row_by_row(side):
    greys = np.random.default_rng(0).integers(0, 256, (side, side), dtype=np.uint8)
    arguments = understood(packed("everything", bytes(784), greys.tobytes(), picture="@1"))
    assert arguments["picture"].dtype == np.uint8
    np.testing.assert_array_equal(arguments["picture"], greys)


def test_pictures_are_put_in_place_at_any_depth():
    first, second = bytes([1] * 784), bytes([2] * 784)
    source = {"sum": [{"picture": "@1"}, {"picture": "@0"}]}
    found = understood(packed("everything", first, second, source=source))["source"]["sum"]
    assert [part["picture"].max() for part in found] == [2, 1]


def test_a_png_is_decoded_to_greys_in_unit_range():
    greys = np.arange(600, dtype=np.uint16).reshape(20, 30).astype(np.uint8)
    picture = understood(packed("everything", png(greys), picture="@0"))["picture"]
    np.testing.assert_allclose(picture, greys / 255, atol=1e-6)


def test_only_a_png_makes_a_request_large():
    assert not live.read(packed("x", bytes(784), bytes(12544))).large
    assert live.read(packed("x", png(np.zeros((9, 9), np.uint8)))).large


def test_the_size_of_a_png_is_checked_before_its_pixels_are_read(monkeypatch):
    bomb = bytearray(png(np.zeros((3, 3), np.uint8)))
    bomb[16:24] = (20_000).to_bytes(4, "big") * 2  # the header's width and height
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("pixels were read"))
    with pytest.raises(ValueError, match="sides of 2 to"):
        understood(packed("everything", bytes(bomb), picture="@0"))


def test_many_small_files_cannot_unpack_to_many_large_pictures():
    """A black PNG of 2,000 x 2,000 has 4,000 bytes: a request has room for 700 of them, 11 GB of numbers."""
    largest = png(np.zeros((2000, 2000), np.uint8))
    assert understood(packed("everything", largest, largest, picture="@1"))["picture"].shape == (2000, 2000)
    with pytest.raises(live.Refused, match="at most 8,000,000 pixels together"):
        understood(packed("everything", *[largest] * 3, picture="@0"))


def test_a_line_of_json_has_a_length():
    with pytest.raises(live.Refused, match="at most 400,000 bytes, not 600,"):
        live.read(packed("everything", items=[1] * 200_000))


@pytest.mark.parametrize("frames", [1, 3])
def test_of_an_animated_picture_the_first_frame_is_read(frames):
    file = io.BytesIO()
    first, *others = [Image.new("L", (40, 30), grey) for grey in (51, 102, 153)[:frames]]
    first.save(file, "PNG", save_all=True, append_images=others)
    picture = understood(packed("everything", file.getvalue(), picture="@0"))["picture"]
    np.testing.assert_allclose(picture, np.full((30, 40), 0.2), atol=1e-6)


def gif() -> bytes:
    file = io.BytesIO()
    Image.new("L", (40, 30)).save(file, "GIF", save_all=True, append_images=[Image.new("L", (40, 30), 9)])
    return file.getvalue()


@pytest.mark.parametrize("data", [b"", b"\x80\x04K\x01.", b"<svg onload='alert(1)'/>", gif()])
def test_an_empty_file_a_pickle_a_drawing_and_a_film_are_no_pictures(data):
    with pytest.raises(ValueError, match=f"picture is no PNG: {len(data)} bytes"):
        understood(packed("everything", data, picture="@0"))


@pytest.mark.parametrize("values", [[1, 2.5, -3], [True, 1], [2**60], [1, 2**60], ["a", 1], [[1, [2]]], [1e300]])
def test_a_list_of_numbers_is_judged_at_once_as_it_is_one_by_one(values):
    """The short way for pictures says yes only where looking at each number says yes."""
    try:
        slowly = all(live.sane([value, ""], "x") for value in values)
    except live.Refused:
        slowly = False
    assert not live._plain(values) or slowly
    assert live._plain([1, 2.5, -3])


def test_values_in_order_take_the_defaults_of_those_left_out():
    def needs(first: dict, steps: int = 3):
        return first, steps

    assert live.in_order(needs, [{"a": 1}]) == {"first": {"a": 1}, "steps": 3}
    with pytest.raises(live.Refused, match="first is missing: needs takes first, steps"):
        live.in_order(needs, [])
    with pytest.raises(live.Refused, match="needs takes at most 2 values: first, steps; 3 came"):
        live.in_order(needs, [{}, 1, 2])


@pytest.mark.parametrize(
    ("keywords", "sentence"),
    [
        ({"whole": 1.5}, "whole must be a whole number"),
        ({"whole": True}, "whole must be a whole number"),
        ({"whole": "3"}, "whole must be a whole number"),
        ({"real": None}, "real must be a number"),
        ({"text": 3}, "text must be a text"),
        ({"flag": 1}, "flag must be true or false"),
        ({"items": {"0": 1}}, "items must be a list or null"),
        ({"source": [1]}, "source must be an object or null"),
        ({"kind": "spiral"}, "kind must be one of line, circle"),
        ({"unheard": 1}, "'unheard' is no argument of everything; it takes whole, real"),
        ({"whole": 2**60}, "whole must be a number that fits"),
        ({"items": [1, {"deep": 2**70}]}, r"items\[1\]\.deep must be a number that fits"),
        ({"text": "\ud800"}, "text holds half a character"),
        ({"source": {"\udfff": 1}}, "a key of source holds half a character"),
        ({"picture": "@0"}, "picture is @0, but the request carries 0 pictures"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(keywords, sentence):
    with pytest.raises(live.Refused, match=sentence):
        understood(packed("everything", **keywords))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"", "line of JSON"),
        (b"[1]", "line of JSON"),
        (b'{"call": 3}', "line of JSON"),
        (b'{"call": "everything", "real": NaN}', "NaN is no number"),
        (b'{"call": "everything", "real": -Infinity}', "-Infinity is no number"),
        (b'{"call": "everything", "real": 1e400}', "real must be a number that fits"),
        (b'{"call": "everything", "whole": ' + b"9" * 5000 + b"}", "whole must be a number that fits"),
        (b'{"call": "everything", "text": "\xff"}', "line of JSON"),
        (b'{"call": "everything", "anything": ' + b"[" * 20 + b"]" * 20 + b"}", "lists or objects within each other"),
        (b'{"call": "everything", "anything": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "line of JSON|within each"),
        (b'{"call": "everything"}\n\xff\xff\xff\xff', "cut off"),
        (b'{"call": "everything"}\n\x10\x03\x00\x00short', "cut off"),
    ],
)
def test_a_malformed_request_is_refused(line, sentence):
    with pytest.raises(live.Refused, match=sentence):
        understood(line)


def test_a_missing_argument_is_named():
    def needs(first: dict, steps: int = 3):
        return first, steps

    with pytest.raises(live.Refused, match="first is missing: needs takes first, steps"):
        live.arguments_for(needs, live.read(packed("needs", steps=3)))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body):
    with contextlib.suppress(ValueError):
        assert set(understood(body)) <= set(inspect.signature(everything).parameters)


NAMES = st.sampled_from(["whole", "real", "text", "flag", "items", "source", "kind", "anything"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=5)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_whatever_passes_is_finite_and_printable(keywords):
    try:
        arguments = understood(packed("everything", **keywords))
    except live.Refused:
        return
    text = json.dumps(arguments, allow_nan=False)  # raises for NaN and infinities
    text.encode("utf-8")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan"), np.array([1.0, math.inf])])
def test_what_json_cannot_say_travels_as_text(value):
    told = json.loads(live.as_json({"deep": [{"value": value, "none": None}]}))["deep"][0]
    assert told["none"] is None
    assert told["value"] in (str(float(value)) if np.ndim(value) == 0 else None, [1.0, "inf"])


def test_arrays_travel_as_lists():
    assert json.loads(live.as_json({"a": np.arange(3), "b": np.float64(0.5)})) == {"a": [0, 1, 2], "b": 0.5}
