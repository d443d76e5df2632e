"""What the tab's instruments get from Python: the map's sprite, the samples, the film, the ledger."""

import base64
import io
import math

import numpy as np
import pytest
from PIL import Image

from demos.kit import networks
from demos.vae import codes, sources
from demos.vae.film import handlers as film
from demos.vae.ledger import handlers as ledger
from demos.vae.map import handlers as atlas
from demos.vae.samples import handlers as samples
from tests.vae.test_codes import digit, reconstruction

FIRST, SECOND = {"picture": digit(3)}, {"class": 8, "index": 2}


def read(text: str, dtype=np.uint8) -> np.ndarray:
    """What kit.bytes or kit.floats make of it."""
    return np.frombuffer(base64.b64decode(text), dtype)


# ---- the map -------------------------------------------------------------------------------------------------------
def test_the_sprite_is_the_exact_decode_of_every_cell_s_middle():
    known = atlas.atlas("vae-2d")
    lines = np.asarray(Image.open(io.BytesIO(base64.b64decode(known["sprite"]))))
    x0, x1, y0, y1 = known["extent"]
    for row, column in ((0, 0), (39, 39), (7, 21), (20, 3)):
        z = [x0 + (column + 0.5) * (x1 - x0) / 40, y1 - (row + 0.5) * (y1 - y0) / 40]
        exact = read(atlas.point(z, "vae-2d")["picture"])
        assert np.abs(lines[40 * row + column].astype(int) - exact).max() <= 1


def test_the_blend_of_the_sprite_is_close_to_the_exact_decode_between_its_cells():
    known = atlas.atlas("vae-2d")
    lines = np.asarray(Image.open(io.BytesIO(base64.b64decode(known["sprite"])))).reshape(40, 40, 784) / 255
    x0, x1, y0, y1 = known["extent"]
    generator, errors = np.random.default_rng(0), []
    for x, y in generator.uniform(1, 38, (50, 2)):
        c, r, u, v = int(x), int(y), x % 1, y % 1
        blend = (1 - v) * ((1 - u) * lines[r, c] + u * lines[r, c + 1])
        blend += v * ((1 - u) * lines[r + 1, c] + u * lines[r + 1, c + 1])
        z = [x0 + (x + 0.5) * (x1 - x0) / 40, y1 - (y + 0.5) * (y1 - y0) / 40]
        errors.append(np.abs(blend - read(atlas.point(z, "vae-2d")["picture"]) / 255).mean())
    assert np.mean(errors) < 0.02  # of the grey range: the eye does not see it


def test_the_posterior_of_a_drawing_is_the_networks_own_and_epsilon_moves_inside_it():
    answer = atlas.posterior(FIRST, "vae-2d", [1.5, -0.5])
    mu, log_var = codes.encode(digit(3), "vae-2d").values()
    assert answer["mu"] == pytest.approx(mu, abs=1e-6)
    assert answer["sigma"] == pytest.approx([math.exp(0.5 * v) for v in log_var], rel=1e-5)
    z = [m + s * e for m, s, e in zip(answer["mu"], answer["sigma"], [1.5, -0.5], strict=True)]
    assert answer["z"] == pytest.approx(z, abs=1e-6)
    assert np.abs(read(answer["picture"]).astype(int) - read(atlas.point(z, "vae-2d")["picture"])).max() <= 1


def test_a_test_picture_has_its_stored_posterior():
    stored = sources.latents("vae-2d")
    third = np.flatnonzero(stored["classes"] == 8)[2]
    answer = atlas.posterior(SECOND, "vae-2d")
    assert answer["mu"] == pytest.approx(stored["points"][third].tolist(), abs=1e-6)
    assert answer["sigma"] == pytest.approx(np.exp(0.5 * stored["log_var"][third]).tolist(), rel=1e-5)


def test_epsilon_is_drawn_by_seed():
    assert atlas.draw_epsilon(4, 3) == atlas.draw_epsilon(4, 3)
    assert atlas.draw_epsilon(4, 3) != atlas.draw_epsilon(5, 3)


def test_a_map_needs_two_dimensions():
    with pytest.raises(ValueError, match="2 dimensions"):
        atlas.atlas("vae")


# ---- samples -------------------------------------------------------------------------------------------------------
def test_a_grid_shows_the_pictures_of_the_endpoint():
    grid = samples.grid(4, 7, ["vae"], 0.8, judge=False)
    assert np.allclose(
        read(grid["shown"][0]["pictures"]) / 255, np.ravel(codes.sample(4, 7, "vae", 0.8)), atol=0.5 / 255 + 1e-4
    )


@pytest.mark.parametrize(
    "asked", [{"count": 10**9}, {"networks_shown": []}, {"networks_shown": ["vae"] * 5}, {"temperature": -1}]
)
def test_a_grid_refuses_what_it_cannot_do(asked):
    with pytest.raises(ValueError, match=next(iter(asked))):
        samples.grid(**asked)


@pytest.mark.skipif(not networks.available("cnn-digits"), reason="cnn-digits is not among the checkpoints")
def test_the_judge_recognises_drawn_digits():
    verdict = samples.judged(np.stack([np.float32(digit(k)) for k in range(10)]))
    assert verdict["share"] >= 0.8
    assert verdict["histogram"] == [1] * 10
    if verdict["among"] is not None:
        assert read(verdict["inside"]).mean() == pytest.approx(verdict["among"])


# ---- the film --------------------------------------------------------------------------------------------------------
def test_a_film_holds_both_walks_and_the_cross_fade():
    answer = film.film(FIRST, SECOND, 7, "vae")
    frames = {kind: read(answer[kind]).reshape(7, 28, 28) for kind in ("line", "great-circle", "fade")}
    for kind in ("line", "great-circle"):
        assert np.abs(frames[kind][0] / 255 - reconstruction(digit(3), "vae")).max() <= 0.5 / 255 + 1e-4
    assert np.array_equal(frames["line"][-1], frames["great-circle"][-1])
    ends = [read(end).reshape(28, 28).astype(float) for end in answer["ends"]]
    assert np.abs(ends[0] / 255 - np.float32(digit(3))).max() <= 0.5 / 255 + 1e-6
    assert np.abs(frames["fade"][3] - (ends[0] + ends[1]) / 2).max() <= 1  # half-way it is the mean of the pixels
    assert answer["paths"] is None
    assert len(film.film(FIRST, SECOND, 7, "vae-2d")["paths"]["line"]) == 7


def test_a_gif_runs_there_and_back():
    with Image.open(io.BytesIO(base64.b64decode(film.gif(FIRST, SECOND, 6)["gif"]))) as image:
        assert image.format == "GIF"
        assert image.n_frames == 10  # 6 there, 4 back: neither end is shown twice
        assert image.info["loop"] == 0


@pytest.mark.parametrize(
    "source", [{}, {"class": 12}, {"class": 3, "seed": 1}, "3", {"seed": -1}, {"class": 3, "index": 1.5}]
)
def test_a_source_that_is_none_is_refused(source):
    with pytest.raises(ValueError, match=r"source|class|seed|index"):
        film.film(source, SECOND)


# ---- the ledger ------------------------------------------------------------------------------------------------------
def test_the_ledger_of_a_drawing_is_the_endpoints():
    answer, expected = ledger.ledger(FIRST, "vae", 5), codes.elbo(digit(3), "vae", 5)
    assert answer["total"] == pytest.approx(expected["total"], rel=1e-6)
    assert answer["kl"] == pytest.approx(expected["kl"], abs=1e-6)
    assert read(answer["nats"], "<f4").sum() == pytest.approx(expected["reconstruction"], rel=1e-5)


def test_the_baselines_by_hand():
    picture = np.float32([[0, 1], [0.5, 0.5]])
    assert ledger.cost(picture, picture) == pytest.approx(2 * math.log(2), abs=1e-5)  # the floor: two undecided pixels
    assert ledger.cost(np.full((2, 2), 0.5), picture) == pytest.approx(4 * math.log(2))
    best = min(ledger.cost(np.full((2, 2), p), picture) for p in np.linspace(0.01, 0.99, 99))
    assert ledger.cost(np.full((2, 2), picture.mean()), picture) == pytest.approx(best)


def test_no_answer_is_cheaper_than_the_floor():
    answer = ledger.ledger(FIRST)
    assert answer["floor"] < answer["reconstruction"] < answer["total"]
    assert answer["floor"] < answer["constant"]


# ---- all of them -----------------------------------------------------------------------------------------------------
def test_every_answer_is_strict_json():
    import json

    for answer in (
        atlas.atlas("vae-2d"), atlas.posterior(FIRST), film.film(FIRST, SECOND), ledger.ledger(FIRST), samples.grid(4),
    ):  # fmt: skip
        json.dumps(answer, allow_nan=False)
