"""Slant, stroke width, the Frechet distance and the slopes, against made pictures and closed forms."""

import numpy as np
import pytest
import torch

from training.analyse import decoded
from training.analyse import generation as analysis
from training.data import strokes
from training.measures import judge
from training.measures.handwriting import slant, thickness


def bar(width: float, lean: float = 0.0) -> torch.Tensor:
    """An upright bar of `width` pixels, leaning to the right by `lean` degrees: (1, 28, 28)."""
    y, x = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    middle = 14 + (14 - y) * np.tan(np.radians(lean))
    inside = (width / 2 + 0.5 - (x - middle).abs()).clamp(0, 1)
    return (inside * ((y > 4) & (y < 24)))[None]


@pytest.mark.parametrize("lean", [-30, -10, 0, 15, 35])
def test_slant_of_a_bar_is_its_angle(lean):
    assert float(slant(bar(3, lean))) == pytest.approx(lean, abs=1.5)


@pytest.mark.parametrize("width", [2, 3, 4, 5])
def test_thickness_of_a_bar_is_its_width(width):
    assert float(thickness(bar(width))) == pytest.approx(width, rel=0.2)


def test_a_wider_pen_is_measured_wider():
    widths = [
        float(thickness(torch.tensor(strokes.rasterise(strokes.example_strokes(3), 28, w))[None]))
        for w in (0.06, 0.1, 0.14)
    ]
    assert widths == sorted(widths)
    assert widths[2] > 1.5 * widths[0]


def test_an_empty_picture_has_no_slant_and_no_width():
    empty = torch.zeros(1, 28, 28)
    assert float(slant(empty)) == 0
    assert float(thickness(empty)) == 0


def test_frechet_distance_of_two_gaussians_is_the_closed_form():
    generator = torch.Generator().manual_seed(0)
    first = torch.randn(20_000, 3, generator=generator, dtype=torch.float64)
    second = 2 * torch.randn(20_000, 3, generator=generator, dtype=torch.float64) + torch.tensor([1.0, 0, 0])
    assert judge.frechet(first, second) == pytest.approx(1 + 3 * (2 - 1) ** 2, rel=0.05)
    assert abs(judge.frechet(first, first)) < 1e-6


def test_the_slope_is_the_direction_that_was_planted():
    generator = torch.Generator().manual_seed(0)
    labels, style = torch.arange(600) % 3, torch.randn(600, generator=generator)
    planted = torch.tensor([0.5, -1.0, 0.0])
    codes = 7.0 * labels[:, None] + style[:, None] * planted  # the classes' own places must not matter
    assert torch.allclose(analysis.slope(codes, style + 4.0 * labels, labels), planted, atol=1e-5)


def test_codes_are_halved_by_chance_without_overlap():
    fitted, free = analysis.halves(101, 3)
    assert (fitted ^ free).all()
    assert int(fitted.sum()) == 50
    assert fitted[:50].any()  # not the first half, not the second
    assert free[:50].any()
    assert not torch.equal(fitted, analysis.halves(101, 4)[0])


def test_the_spread_of_the_frechet_distance_falls_with_the_root_of_the_count():
    generator = torch.Generator().manual_seed(0)
    real, features = torch.randn(4000, 4, generator=generator), 1 + torch.randn(4000, 4, generator=generator)
    few, many = (analysis.frechet_spread(features[:count], real, 200) for count in (250, 4000))
    assert few / many == pytest.approx(4, rel=0.3)


def test_the_twenty_equations_are_drawn_by_the_seed():
    drawn = analysis.equations(analysis.Settings())
    assert len(drawn) == 20
    assert drawn == analysis.equations(analysis.Settings())
    assert drawn != analysis.equations(analysis.Settings(seed=1))
    assert all(row["from"] != row["to"] for row in drawn if row["kind"] == "class")


def test_the_analysis_runs_on_made_data_without_touching_weights(capsys):
    analysis.main(["--smoke"])
    assert "slope" in capsys.readouterr().out


def test_what_a_classifier_reads_is_measured_without_touching_weights_in_smoke(capsys):
    decoded.main(["--smoke"])
    assert "interval" in capsys.readouterr().out


def test_a_share_comes_with_its_interval():
    found = decoded.share(torch.arange(100) < 25)
    assert found["share"] == 0.25
    assert found["interval"] == pytest.approx((0.1755, 0.3430), abs=2e-3)  # Wilson 1927, by hand
    assert found["pictures"] == 100


def test_a_posterior_across_a_border_is_found():
    """A made decoder that draws sign(z) and a made classifier that reads it: only the code at the border changes."""

    class Sign(torch.nn.Module):
        def decode(self, z):
            return (20 * z[:, :1]).sign()[:, :, None, None].expand(-1, 1, 28, 28) * 20

    class Reads(torch.nn.Module):
        def forward(self, pictures):
            bright = pictures.flatten(1).mean(1, keepdim=True)
            return 20 * torch.cat([0.5 - bright, bright - 0.5, -9 * torch.ones(len(bright), 8)], 1)

    points = torch.tensor([[-3.0, 0.0], [0.0, 0.0], [3.0, 0.0]])
    codes = {"points": points, "log_var": torch.zeros(3, 2), "classes": torch.tensor([0, 1, 1])}
    settings = decoded.Settings(draws=64, confirm=256)
    found = decoded.straddling(settings, Sign(), Reads(), codes)
    assert (found["class"], found["index"]) == (1, 0)
    assert min(found["counts"][:2]) > 90  # of 256, half and half
