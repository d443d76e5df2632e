"""Arithmetic on codes: sums, what counts as a success, what was measured; and the room in a browser."""

import json
import math

import numpy as np
import pytest
import torch

from demos.kit import networks
from demos.vae import codes, sources
from demos.vae.equations import handlers as equations
from tests.frame import QUIET, stands, visit
from tests.vae.answers import FIRST, read
from training.analyse import generation
from training.measures.handwriting import slant


# ---- what the server computes ----------------------------------------------------------------------------------------
def test_a_class_mean_is_the_mean_of_its_stored_codes():
    stored = sources.latents("vae")
    mean = stored["points"][stored["classes"] == 4].mean(0)
    assert sources.resolve({"mean": 4}, "vae")[0].numpy() == pytest.approx(mean, abs=1e-6)


def test_an_equation_adds_codes():
    a, b, c = {"class": 7, "index": 0}, {"mean": 7}, {"mean": 2}
    z = sources.resolve(a, "vae")[0] - sources.resolve(b, "vae")[0] + sources.resolve(c, "vae")[0]
    answer = equations.equation(a, b, c)
    assert answer["length"] == pytest.approx(float(z.norm()), rel=1e-5)
    expected = codes.pictures(networks.network("vae"), z[None])[0]
    assert np.abs(read(answer["pictures"][3]).reshape(28, 28) / 255 - expected).max() <= 0.5 / 255 + 1e-4
    json.dumps(answer, allow_nan=False)


def test_every_picture_of_an_equation_is_measured():
    answer = equations.equation({"class": 7, "index": 0}, {"mean": 7}, {"mean": 2})
    shown = torch.from_numpy(np.stack([read(one).reshape(28, 28) for one in answer["pictures"]]) / 255)
    assert answer["slants"] == pytest.approx(slant(shown).tolist(), abs=0.5)
    assert len(answer["thicknesses"]) == 4


@pytest.mark.parametrize("asked", [{"thicker": math.nan}, {"leaning": 100}])
def test_an_equation_refuses_what_it_cannot_do(asked):
    with pytest.raises(ValueError, match=next(iter(asked))):
        equations.equation(FIRST, FIRST, FIRST, **asked)


# ---- what the page says ----------------------------------------------------------------------------------------------
def test_the_first_outcomes_are_those_that_the_page_shows():
    """The criterion of the lesson, applied to the very pictures that "Show" opens, gives the outcomes of the table."""
    rows, asked = equations.bench()["vae"], equations.props()["asked"]
    for row in rows:
        for index, outcome in list(zip(row["indices"], row["first"], strict=True))[:4]:
            a = {"class": row["from"], "index": index}
            style = {
                "thicker": asked["thicker"] if row["kind"] == "thickness" else 0.0,
                "leaning": asked["leaning"] if row["kind"] == "slant" else 0.0,
            }
            answer = equations.equation(a, {"mean": row["from"]}, {"mean": row["to"]}, "vae", **style)
            right = int(np.argmax(answer["probabilities"])) == row["to"]
            leant = answer["slants"][3] - answer["slants"][0]
            grown = answer["thicknesses"][3] - answer["thicknesses"][0]
            leans = row["kind"] != "slant" or leant >= asked["leaning"] / 2
            grows = row["kind"] != "thickness" or grown >= asked["thicker"] / 2
            assert outcome == (right and leans and grows), (row["kind"], row["from"], index, leant, grown)


def test_what_was_tried_was_not_what_the_directions_were_fitted_to():
    classes = torch.from_numpy(sources.latents("vae")["classes"])
    fitted, free = generation.halves(len(classes), generation.Settings().seed)
    assert not (fitted & free).any()
    for row in equations.bench()["vae"]:
        assert not fitted[classes == row["from"]][row["indices"]].any()


def test_the_lesson_s_numbers_are_those_of_the_trials():
    rows, said = equations.bench()["vae"], equations.numbers()
    tried = sum(row["tried"] for row in rows)
    share = sum(row["success"] * row["tried"] for row in rows) / tried
    assert f"{tried:,} trials" in said["success"]
    assert f"{100 * share:.0f} % succeed" in said["success"]
    worst = min((row for row in rows if row["kind"] == "slant"), key=lambda row: row["success"])
    assert f"{worst['change']:.1f}°" in said["lean"]


def test_why_leaning_fails_where_it_fails_most():
    """It leans, and by less than half of what was asked for: "to the eye it leans, and yet"."""
    rows = [row for row in equations.bench()["vae"] if row["kind"] == "slant"]
    worst = min(rows, key=lambda row: row["success"])
    assert 2 < worst["change"] < equations.ASKED["leaning"] / 2
    assert worst["kept"] > 0.9  # nearly all are still of their class: it is the slant that fails


def test_the_slanted_digit_is_slanted_and_so_is_what_comes_out():
    example = equations.slanted("vae")
    a, b, c = {"class": 7, "index": example["index"]}, {"mean": 7}, {"mean": 2}
    answer = equations.equation(a, b, c, example["network"])
    assert answer["slants"][0] > 20
    assert int(np.argmax(answer["probabilities"])) == 2
    assert abs(answer["slants"][3] - answer["slants"][0]) < abs(answer["slants"][3] - answer["slants"][2])


# ---- in a browser ----------------------------------------------------------------------------------------------------
RESULT = ".vae-equations .figure:nth-of-type(4) canvas"


def shown(page) -> list[str]:
    """The four pictures, and what is said of them."""
    pictures = page.eval_on_selector_all(
        ".vae-equations .equation .picture", "all => all.map((one) => one.toDataURL())"
    )
    return [*pictures, page.locator(".vae-equations .equation").inner_text()]


@pytest.mark.browser
def test_another_class_gives_another_sum_and_the_link_keeps_all_terms(page, app_url):
    visit(page, app_url, "vae", "equations")
    before = shown(page)
    choosers = page.locator(".vae-equations .source-chooser")
    choosers.nth(2).get_by_label("of class").select_option("0")
    choosers.nth(0).get_by_role("button", name="4: example").click()
    choosers.nth(1).get_by_label("of class").select_option("4")
    page.evaluate(QUIET)
    now = shown(page)
    assert all(a != b for a, b in zip(before, now, strict=True))
    page.reload()
    stands(page, "vae", "equations")
    assert shown(page) == now


@pytest.mark.browser
def test_a_trial_of_the_table_is_shown(page, app_url):
    visit(page, app_url, "vae", "equations")
    page.get_by_text("How often does it work?").click()
    row = min(equations.bench()["vae"], key=lambda one: one["success"])
    page.locator(".vae-equations tbody tr").first.get_by_role("button", name="Show").click()
    page.evaluate(QUIET)
    first = page.locator(".vae-equations .source-chooser").first
    assert first.get_attribute("data-kind") == "picked"
    assert f"no. {row['indices'][0]}" in first.inner_text()
    assert f"{100 * row['success']:.0f} %" in page.locator(".vae-equations tbody tr").first.inner_text()


@pytest.mark.browser
def test_who_predicts_is_shown_the_slanted_digit(page, app_url):
    visit(page, app_url, "vae", "equations")
    guess = page.locator(".vae-equations .predict")
    guess.get_by_role("button", name="a slanted 2").click()
    guess.locator(".predict-words").wait_for()
    page.evaluate(QUIET)
    assert "As you said" in guess.inner_text()
    example = equations.slanted("vae")
    assert f"no. {example['index']}" in page.locator(".vae-equations .source-chooser").first.inner_text()


@pytest.mark.browser
def test_on_a_phone_it_fits_and_the_choosers_are_folded(phone, app_url):
    visit(phone, app_url, "vae", "equations")
    assert not phone.locator(".vae-equations .choosers").is_visible()
    phone.locator(".vae-equations summary").first.tap()
    assert phone.locator(".vae-equations .choosers").is_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    for box in [one.bounding_box() for one in phone.locator(".vae-equations select:visible").all()]:
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390  # noqa: PT018
