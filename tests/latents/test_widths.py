"""Wider codes: every network that exists, and 32 dimensions laid flat."""

import pytest

from demos.latents import measured
from demos.latents.widths import handlers as widths
from tests.latents.hands import canvas, carries, changes, in_link, keys, open_room
from training.data.strokes import example_strokes, rasterise

PICTURE = canvas("widths", '.board canvas[aria-label^="VAE, 2 numbers"]')


def drawing(digit: int) -> list:
    return rasterise(example_strokes(digit)).tolist()


def test_every_width_that_exists_rebuilds_the_drawing():
    rows = widths.rebuild(drawing(5))["rows"]
    for method, members in widths.ladder().items():
        assert [cell["width"] for cell in rows[method]] == [width for _, width in members]
    assert all(cell["mse"] < 0.2 for row in rows.values() for cell in row)


@pytest.mark.browser
def test_a_drawing_is_rebuilt_at_every_width(page, app_url):
    open_room(page, app_url, "widths")
    page.wait_for_function(
        "count => [...document.querySelectorAll('.latents-widths .board figcaption')]"
        ".filter((words) => /MSE 0/.test(words.textContent)).length === count",
        arg=sum(len(members) for members in widths.ladder().values()),
    )
    changes(page, PICTURE, page.locator(".latents-widths .pad-examples button").nth(3).click)


@pytest.mark.browser
def test_the_width_follows_a_press_and_the_keys_of_the_plot(page, app_url):
    open_room(page, app_url, "widths")
    page.locator(".latents-widths .board").get_by_role("button", name="8 numbers", exact=True).click()
    in_link(page, "widths_width=8")
    changes(page, canvas("widths", ".plot-canvas"), keys(page, canvas("widths", ".plot-canvas"), "ArrowRight"))
    in_link(page, "widths_width=16")


@pytest.mark.browser
@pytest.mark.skipif(not measured.numbers(), reason="weights/analysis/latents.json is missing")
def test_thirty_two_dimensions_are_laid_flat_in_two_ways(page, app_url):
    open_room(page, app_url, "widths")
    changes(page, canvas("widths", ".flat .map canvas"), page.get_by_role("button", name="t-SNE").click)
    in_link(page, "widths_view=tsne")
    assert "t-SNE keeps neighbours together" in page.locator(".latents-widths .warning").inner_text()


@pytest.mark.browser
def test_the_link_of_the_widths_carries_every_field(page, app_url):
    carries(
        page,
        app_url,
        "widths",
        drawing="7",
        width="8",
        view="tsne",
        guess="12",
        hidden="0_7",
        space="0",
        view0="",
        view1="-1_2_0_3",
        view2="",
        view3="",
    )
