"""Samples of every space: the same draws for all, and a seed that says which."""

import pytest
from playwright.sync_api import expect

from demos.latents import measured
from demos.latents.samples import handlers as samples
from tests.latents.hands import canvas, carries, changes, choose, in_link, open_room

pytestmark = pytest.mark.skipif(not measured.numbers(), reason="weights/analysis/latents.json is missing")


def test_same_seed_same_samples_and_the_prior_is_the_same_for_all():
    first, again = samples.draw("prior", 6, 4), samples.draw("prior", 6, 4)
    assert first == again
    assert len({space["points"] for space in first["spaces"].values()}) == 1
    assert samples.draw("mixture", 6, 4)["spaces"] != first["spaces"]


@pytest.mark.parametrize(
    "arguments", [("uniform",), ("prior", 10**9), ("prior", 4, -1), ("prior", 4, 0, 3), ("prior", 4, 0, 2, "nobody")]
)
def test_bad_draws_are_refused(arguments):
    with pytest.raises(ValueError, match="must be"):
        samples.draw(*arguments)


@pytest.mark.browser
def test_sampler_dimensions_and_seed_change_the_pictures(page, app_url):
    open_room(page, app_url, "samples")
    sheets = canvas("samples", ".space > :not(.map) canvas")
    assert page.locator(canvas("samples", ".space")).count() == len(measured.measured_spaces(2))
    changes(page, sheets, choose(page, "samples", "sampler", "mixture"))
    changes(page, sheets, page.get_by_role("button", name="Next seed").click)
    in_link(page, "samples_sampler=mixture&samples_seed=1")
    changes(page, sheets, choose(page, "samples", "width", "32"))
    assert page.locator(canvas("samples", ".map:visible")).count() == 0  # 32 numbers are no place on a map


@pytest.mark.browser
@pytest.mark.parametrize("room", ["samples", "summary"])
def test_without_own_networks_there_is_no_choice_of_networks(page, app_url, room):
    open_room(page, app_url, room)
    choice = page.locator(f'.latents-{room} [data-field="twins"]')
    expect(choice.locator("option")).to_have_count(1)
    expect(choice).to_be_hidden()


@pytest.mark.browser
def test_the_link_of_the_samples_carries_every_field(page, app_url):
    carries(
        page,
        app_url,
        "samples",
        twins="lecture",
        sampler="mixture",
        width="32",
        seed="7",
        guess="same",
        space="0",
        view0="",
        view1="-1_2_0_3",
        view2="",
        view3="",
    )
