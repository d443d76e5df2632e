"""Where a decoder does not know what to draw: the stored fields are what one measures again."""

import numpy as np
import pytest
import torch
from playwright.sync_api import expect

from demos.kit import questions
from demos.kit.networks import network
from demos.latents import measured, spaces
from tests.latents.hands import canvas, carries, changes, choose, in_link, keys, open_room, text_changes
from training.data import datasets
from training.measures import latent_space

pytestmark = pytest.mark.skipif(not measured.numbers(), reason="weights/analysis/latents.json is missing")


SPACES = [*dict.fromkeys([*measured.measured_spaces(2), *measured.measured_spaces(2, "deep")])]


@pytest.mark.parametrize("key", SPACES)
def test_the_hole_field_is_what_one_measures_again(key):
    name, fields = key.split("/")[0], measured.arrays()
    side = len(fields[f"{key}/holes/doubt"])
    cells = torch.arange(0, side * side, 97)
    points = latent_space.grid(measured.numbers()["spaces"][key]["holes"]["extent"], side)[cells]
    seen = questions.judged(spaces.decode(name, points))
    assert np.abs(fields[f"{key}/holes/doubt"].flat[cells.numpy()] / 255 - seen["distance"]).max() < 0.02
    with torch.inference_mode():
        back = latent_space.return_distance(network(name), points) / measured.numbers()["spaces"][key]["spread"]
    assert np.allclose(fields[f"{key}/holes/return"].flat[cells.numpy()], back.numpy(), rtol=0.02, atol=0.02)


@pytest.mark.data
@pytest.mark.parametrize("key", SPACES)
def test_the_shares_at_the_codes_are_those_of_real_digits(key, data_dir):
    """On 600 test digits of the test's own choice: how many are no digit decoded, and how many keep their class."""
    name, found = key.split("/")[0], measured.numbers()["spaces"][key]["holes"]["codes"]
    images, labels = datasets.load("digits", "test", data_dir)
    chosen = np.random.default_rng(0).choice(len(images), 600, replace=False)
    codes = spaces.encode(name, images[chosen, 0].numpy())
    seen = questions.judged(spaces.decode(name, torch.from_numpy(codes)))
    assert 1 - seen["is_digit"].mean() == pytest.approx(found["none"]["share"], abs=0.08)
    assert (seen["class"] == labels[chosen].numpy()).mean() == pytest.approx(found["kept"]["share"], abs=0.08)


@pytest.mark.browser
def test_each_field_paints_every_map(page, app_url):
    open_room(page, app_url, "holes")
    maps = canvas("holes", ".map canvas")
    for field in ("unsure", "strange", "back"):
        changes(page, maps, choose(page, "holes", "field", field))
    in_link(page, "holes_field=back")
    changes(page, maps, page.locator('.latents-holes [data-field="codes"] input').click)
    changes(page, maps, page.locator('.latents-holes [data-field="pictures"] input').click)


@pytest.mark.browser
def test_a_place_is_pointed_at_with_mouse_and_keys(page, app_url):
    open_room(page, app_url, "holes")
    words = canvas("holes", ".space-vae .point")
    box = page.locator(canvas("holes", ".space-vae .map-top")).bounding_box()
    place = (box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    text_changes(page, words, lambda: page.mouse.move(*place))
    page.mouse.click(*place)
    in_link(page, "holes_place=")
    page.mouse.move(2, 2)
    text_changes(page, words, keys(page, canvas("holes", ".space-vae .map-top"), *["ArrowLeft"] * 10))


@pytest.mark.browser
def test_the_link_of_the_holes_carries_every_field(page, app_url):
    chosen = {"twins": "deep", "field": "back", "codes": "0", "pictures": "1", "space": "0"}
    carries(page, app_url, "holes", **chosen, place="0.5_-0.25", guess="more")


@pytest.mark.browser
def test_the_pair_is_chosen_and_with_it_maps_table_and_question(page, app_url):
    open_room(page, app_url, "holes", guess="none", place="0.5_0.5")
    table, spaces = page.locator(".latents-holes table"), page.locator(".latents-holes .space")
    answer = page.locator(".latents-holes .predict-answer")
    for twins, told in (("deep", "Deeper ones"), ("lecture", "The lecture's networks")):
        choose(page, "holes", "twins", twins)()
        shown = {key.split("/")[0] for key in measured.measured_spaces(2, twins)}
        expect(spaces.last).to_have_attribute("data-space", "vae-deep-2d" if twins == "deep" else "vae-2d")
        assert set(spaces.evaluate_all("all => all.map((one) => one.dataset.space)")) == shown
        expect(table.locator("td:first-child b, th:first-child b")).to_have_count(len(shown))
        expect(answer).to_be_empty()  # a guess on one pair is none on the other
        page.locator(".latents-holes .predict-act").get_by_role("button", name="Neither has any").click()
        expect(answer.locator("b").first).to_contain_text(told)
    assert "holes_place" not in page.url


@pytest.mark.browser
def test_a_press_pins_a_place_and_escape_lets_go(page, app_url):
    open_room(page, app_url, "holes")
    box = page.locator(".latents-holes .space-vae .map-top").bounding_box()
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
    in_link(page, "holes_place=")
    page.keyboard.press("Escape")
    page.wait_for_function("() => !location.search.includes('holes_place=')")
