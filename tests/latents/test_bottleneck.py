"""The bottleneck: the network's own layers, and numbers of the code that a visitor moves."""

import base64

import numpy as np
import pytest
import torch

from demos.kit.networks import network
from demos.latents.bottleneck import handlers as bottleneck
from tests.latents.hands import canvas, carries, changes, choose, in_link, is_painted, keys, open_room
from training.data.strokes import example_strokes, rasterise

pytestmark = pytest.mark.skipif(not bottleneck.available(), reason="no autoencoder in weights/")
OUT = canvas("bottleneck", 'canvas[aria-label^="784 out"]')
SLIDER = canvas("bottleneck", ".mover input")


def drawing(digit: int) -> list:
    return rasterise(example_strokes(digit)).tolist()


def test_the_bottleneck_shows_the_networks_own_layers():
    answer = bottleneck.squeeze(drawing(4))
    net = network("autoencoder")
    picture = (
        torch.from_numpy(np.frombuffer(base64.b64decode(answer["seen"]), np.uint8) / 255).float().view(1, 1, 28, 28)
    )
    with torch.inference_mode():
        code = net.encode(picture)[0].numpy()
    assert np.allclose(answer["code"], code, atol=0.05 * np.abs(code).max())
    sizes = [len(base64.b64decode(answer[key])) for key in ("wide", "narrow", "small", "large", "picture")]
    assert sizes == [16 * 14 * 14, 32 * 7 * 7, 32 * 7 * 7, 16 * 14 * 14, 28 * 28]


def test_changing_a_number_of_the_code_changes_the_picture_and_undoing_it_restores_it():
    before, after = bottleneck.squeeze(drawing(4)), bottleneck.squeeze(drawing(4), changes={"7": 30.0})
    assert before["picture"] != after["picture"]
    assert after["moved"][7] == 30
    assert bottleneck.squeeze(drawing(4), changes={"7": before["code"][7]})["moved"] == before["code"]


@pytest.mark.browser
def test_every_stage_is_shown_and_each_control_changes_the_picture(page, app_url):
    open_room(page, app_url, "bottleneck")
    for label in ("784 in", "16 × 14 × 14", "32 × 7 × 7", "784 out", "trained under MSE", "trained under BCE"):
        assert is_painted(page, canvas("bottleneck", f'canvas[aria-label^="{label}"]')), label
    start = changes(page, OUT, choose(page, "bottleneck", "network", "autoencoder-bce"))
    changes(page, OUT, keys(page, SLIDER, "End"))
    in_link(page, "bottleneck_moved=")
    again = changes(page, OUT, page.get_by_role("button", name="Reset the code").click)
    assert again == start
    changes(page, OUT, page.locator(".latents-bottleneck .pad-examples button").nth(7).click)


@pytest.mark.browser
def test_the_arrow_keys_choose_a_number_of_the_code(page, app_url):
    open_room(page, app_url, "bottleneck")
    keys(page, canvas("bottleneck", ".code-bars"), "ArrowRight", "ArrowRight")()
    in_link(page, "bottleneck_number=3")
    assert page.locator(canvas("bottleneck", ".code-bars")).get_attribute("aria-valuenow") == "3"


@pytest.mark.browser
def test_the_link_of_the_bottleneck_carries_every_field(page, app_url):
    carries(
        page, app_url, "bottleneck", drawing="7", network="autoencoder-bce", number="5", moved="4_-12.5", guess="digit",
    )  # fmt: skip


@pytest.mark.browser
def test_on_a_phone_picture_and_result_come_before_the_pad(phone, app_url):
    open_room(phone, app_url, "bottleneck")
    shown = [phone.locator(canvas("bottleneck", f'canvas[aria-label^="784 {way}"]')) for way in ("in", "out")]
    bottoms = [one.bounding_box()["y"] + one.bounding_box()["height"] for one in shown]
    result = phone.locator(canvas("bottleneck", "[role=status] .result")).bounding_box()
    assert max(*bottoms, result["y"] + result["height"]) <= 844  # on the first screen
    pad = phone.locator(canvas("bottleneck", ".pad-canvas"))
    assert not pad.is_visible()
    phone.get_by_text("Your digit and the network").click()
    changes(phone, OUT, phone.locator(".latents-bottleneck .pad-examples button").nth(7).tap)
    assert pad.bounding_box()["y"] > max(bottoms)
