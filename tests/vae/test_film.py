"""The film between two pictures: both walks and the cross-fade, what is claimed of them, and the room in a browser."""

import base64
import io
import json
import math

import numpy as np
import pytest
import torch
from PIL import Image

from demos.kit import networks
from demos.vae import judge
from demos.vae.film import handlers as film
from demos.vae.sources import latents
from tests.frame import QUIET, stands, visit
from tests.vae.answers import FIRST, SECOND, asked, changes, pixels, read
from tests.vae.test_codes import digit, reconstruction

judged = pytest.mark.skipif(judge.name_of("digits") is None, reason="no classifier of digits among the checkpoints")


# ---- what the server computes ----------------------------------------------------------------------------------------
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
    json.dumps(answer, allow_nan=False)


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


@judged
def test_every_frame_is_judged():
    answer = film.judged(FIRST, SECOND, 5, "vae")
    assert set(answer) == {"line", "great-circle", "fade"}
    for found in answer.values():
        assert len(found["accepted"]) == len(found["class"]) == 5
        assert set(found["accepted"]) <= {0, 1}
    assert answer["fade"]["accepted"][0] == 1  # the drawn 3 itself
    assert answer["fade"]["class"][0] == 3


# ---- what the lesson says ------------------------------------------------------------------------------------------
def test_means_lie_inside_the_shell_and_drawn_codes_on_it():
    stored, told = latents("vae"), film.numbers()
    lengths = np.linalg.norm(stored["points"], axis=1)
    assert float(told["mean_norm"]) == pytest.approx(np.median(lengths), abs=0.05)
    assert np.median(lengths) < math.sqrt(32) - 0.5
    generator = torch.Generator().manual_seed(1)  # another seed than the lesson's
    mu, log_var = (torch.from_numpy(stored[key].astype(np.float32)) for key in ("points", "log_var"))
    drawn = (mu + (0.5 * log_var).exp() * torch.randn(mu.shape, generator=generator)).norm(dim=1)
    assert float(told["drawn_norm"]) == pytest.approx(float(drawn.median()), abs=0.06)
    assert float(drawn.median()) == pytest.approx(math.sqrt(32), abs=0.3)
    prior = torch.randn(20_000, 32, generator=generator).norm(dim=1)
    assert float(((prior - math.sqrt(32)).abs() < 1.5).float().mean()) > 0.95  # "nearly all near the shell"
    flat = torch.randn(20_000, 2, generator=generator).norm(dim=1)
    assert float(((flat - math.sqrt(2)).abs() < 0.3).float().mean()) < 0.5  # "in two dimensions there is no shell"


@judged
def test_the_walks_are_those_of_the_instrument():
    """On pairs of their own, by the instrument: half-way, by walk; 120 pairs against the lesson's numbers."""
    generator = np.random.default_rng(5)
    seen = {"line": [], "great-circle": [], "fade": []}
    ends = []
    for _ in range(120):
        pair = [{"class": int(generator.integers(10)), "index": int(generator.integers(400))} for _ in range(2)]
        ends.append([one["class"] for one in pair])
        for kind, frames in film.decoded(pair[0], pair[1], 3, "vae")[2].items():
            seen[kind].append(frames[1])
    measured = judge.measured("walks")["vae"]
    for kind, frames in seen.items():
        found = judge.read(np.stack(frames), "digits")
        close = 3 * np.sqrt(0.25 / 120)
        assert found["accepted"].mean() == pytest.approx(measured[kind]["share"], abs=close)
        of_an_end = (found["class"][:, None] == np.array(ends)).any(1).mean()
        assert of_an_end == pytest.approx(measured[kind]["of_an_end"]["share"], abs=close)
    told = film.numbers()
    assert told["line"].startswith(f"{100 * measured['line']['share']:.0f} %")
    assert told["ends"].startswith(f"{100 * measured['line']['of_an_end']['share']:.0f} %")


def test_what_is_said_of_the_cross_fade_follows_the_intervals():
    def walks(line, fade):
        return {"line": {"interval": line}, "fade": {"interval": fade}}

    assert "most are" in film.fade_words(walks([0.60, 0.64], [0.01, 0.03]))
    assert "not half are" in film.fade_words(walks([0.20, 0.24], [0.01, 0.03]))
    assert "no more" in film.fade_words(walks([0.20, 0.24], [0.22, 0.30]))


def test_what_is_said_of_the_circle_follows_the_intervals():
    def walks(line, circle):
        return {"line": {"interval": line}, "great-circle": {"interval": circle}}

    assert "no difference" in film.circle_words(walks([0.60, 0.64], [0.63, 0.66]))
    assert "more digits lie on the line" in film.circle_words(walks([0.70, 0.74], [0.63, 0.66]))
    assert "More digits lie on the circle" in film.circle_words(walks([0.50, 0.54], [0.63, 0.66]))
    assert "not measured" in film.circle_words({})


def test_no_network_has_its_decoded_end_for_a_drawn_picture():
    assert networks.available("vae")
    ends = film.film({"picture": np.zeros((28, 28), np.uint8)}, SECOND, 2, "vae")["ends"]
    assert not read(ends[0]).any()  # the picture itself, black, not its reconstruction


# ---- in a browser --------------------------------------------------------------------------------------------------
LINE = ".vae-film .screen.line canvas"


def frame(page) -> str:
    return page.get_attribute(".vae-film", "data-frame")


@pytest.mark.browser
def test_the_film_is_scrubbed_without_the_server(page, app_url):
    visit(page, app_url, "vae", "film")
    calls, before = asked(page), pixels(page, LINE)
    page.get_by_label("From first to second").focus()
    for _ in range(5):
        page.keyboard.press("PageUp")
    changes(page, LINE, before)
    strip = page.locator(".vae-film .strip canvas").first
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    assert frame(page) == "0"
    strip.focus()
    page.keyboard.press("End")
    assert frame(page) == "31"
    assert calls == []


@pytest.mark.browser
def test_the_link_restores_both_ends_and_the_place_in_the_film(page, app_url):
    kept = {"film_first": "picked-4-2", "film_second": "sampled-17", "film_t": "0.25", "film_steps": "9"}
    visit(page, app_url, "vae", "film", **kept)
    shown = [pixels(page, f".vae-film .screen.{kind} canvas") for kind in ("line", "great-circle", "fade")]
    assert frame(page) == "2"
    page.reload()
    stands(page, "vae", "film")
    assert [pixels(page, f".vae-film .screen.{kind} canvas") for kind in ("line", "great-circle", "fade")] == shown
    for name, value in kept.items():
        assert f"{name}={value}" in page.evaluate("location.search")


@pytest.mark.browser
def test_older_links_open_the_same_film(page, app_url):
    visit(page, app_url, "vae", "film", vae_walker="vae-2d", vae_steps="5", vae_t="1", vae_first="2", vae_second="4")
    assert frame(page) == "4"
    assert page.locator(".vae-film .side select").input_value() == "vae-2d"
    assert page.locator(".vae-film .first canvas").first.get_attribute("aria-label").endswith("example 2")
    assert page.locator(".vae-film .second select").nth(1).input_value() == "4"
    assert page.locator(".vae-film .way .map").is_visible()


@pytest.mark.browser
def test_it_plays_and_pauses(page, app_url):
    visit(page, app_url, "vae", "film")
    before = frame(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("f => document.querySelector('.vae-film').dataset.frame !== f", arg=before)
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("button", name="Play").is_visible()


@pytest.mark.browser
def test_a_walk_is_saved_as_a_gif(page, app_url):
    visit(page, app_url, "vae", "film", film_steps="4")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the line as GIF").click()
    assert download.value.suggested_filename.endswith(".gif")


@pytest.mark.browser
def test_two_samples_are_not_the_same(page, app_url):
    visit(page, app_url, "vae", "film")
    for end in ("first", "second"):
        page.locator(f".vae-film .{end} select").first.select_option("sampled")
        page.evaluate(QUIET)
    assert pixels(page, ".vae-film .first .source-seen canvas") != pixels(page, ".vae-film .second .source-seen canvas")


@pytest.mark.browser
def test_the_guess_is_answered_by_the_measured_walks(page, app_url):
    visit(page, app_url, "vae", "film")
    page.get_by_role("button", name="No difference").click()
    page.locator(".vae-film .predict-words").wait_for()
    share = judge.measured("walks")["vae"]["line"]["share"]
    assert f"line {100 * share:.0f} %" in page.inner_text(".vae-film .predict-words")


@pytest.mark.browser
def test_on_a_phone_the_pictures_come_before_the_choosers(phone, app_url):
    visit(phone, app_url, "vae", "film")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    top = phone.locator(LINE).bounding_box()
    assert top["y"] + top["height"] < 844
    assert not phone.locator(".vae-film .first .pad").is_visible()
