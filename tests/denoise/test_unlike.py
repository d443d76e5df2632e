"""What networks make of pictures that are no digits: text and meter are one computation."""

import numpy as np
import pytest

from demos.denoise.unlike import handlers as unlike
from demos.kit import lessons
from demos.kit.room import DEMOS
from tests.denoise.drawings import greys
from training.data.strokes import example_strokes, rasterise, to_mnist


def test_the_meter_tells_noise_and_scribbles_from_digits():
    def percentile(picture):
        return unlike.unlike_live(greys(picture))["percentile"]

    digits = [percentile(rasterise(example_strokes(digit), 112)) for digit in range(10)]
    assert np.median(digits) < 80
    drawings = unlike.out_of_distribution()
    assert percentile(rasterise(drawings["scribble"], 112)) > 97
    assert percentile(np.random.default_rng(0).random((28, 28))) > 99


@pytest.mark.parametrize("name", unlike.out_of_distribution())
def test_the_lesson_tells_what_the_meter_shows(name):
    seen = greys(to_mnist(greys(rasterise(unlike.out_of_distribution()[name], 112)) / np.float32(255)))
    shown = unlike.unlike_live(seen)["percentile"]
    assert unlike.props()["verdicts"][name]["percentile"] == pytest.approx(shown)
    told = lessons.of_room(DEMOS / "denoise" / "unlike", unlike.numbers())
    spoken = shown < 90 or shown >= 99
    assert (f"the {name} ({unlike.percent(shown)})" in told) == spoken


def test_a_percentile_is_no_hundred_before_it_is():
    assert [unlike.percent(share) for share in (0.0, 0.2, 73.7, 99.48, 99.7, 100.0)] == [
        "0 %", "< 1 %", "74 %", "99 %", "> 99 %", "100 %",
    ]  # fmt: skip
