"""Traversals: strips sorted by what they carry, whether dimensions have names, and the room in a browser."""

import base64
import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from demos.kit import networks
from demos.vae import codes
from demos.vae.sources import latents
from demos.vae.strips import handlers as strips
from tests.frame import QUIET, stands, visit
from tests.vae.test_codes import digit

FIRST = {"picture": digit(3)}


# ---- what the server computes ----------------------------------------------------------------------------------------
def test_strips_are_traversals_sorted_by_kl():
    answer = strips.strips(FIRST, "vae", frames=5, reach=2.0)
    lines = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["strips"])))).reshape(32, 5, 28, 28)
    assert answer["kl"] == sorted(answer["kl"], reverse=True)
    assert sorted(answer["order"]) == list(range(32))
    expected = codes.traverse(digit(3), "vae", answer["order"][0], [-2.0, -1.0, 0.0, 1.0, 2.0])["pictures"]
    assert np.abs(lines[0] / 255 - np.array(expected)).max() <= 0.5 / 255 + 2e-4
    json.dumps(answer, allow_nan=False)


def test_one_batch_for_all_strips(monkeypatch):
    net, calls = networks.network("vae"), []
    monkeypatch.setattr(net, "decode", lambda z: calls.append(len(z)) or type(net).decode(net, z))
    strips.strips({"seed": 1}, "vae", frames=9)
    assert calls[-1] == 1 + 32 * 9
    assert torch.is_tensor(net.decode(torch.zeros(1, 32)))


def test_moving_a_collapsed_dimension_changes_nothing_to_the_eye():
    answer = strips.strips(FIRST, "vae")
    lines = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["strips"])))).reshape(32, 9, 784).astype(int)
    change = np.abs(lines - lines[:, 4:5]).max((1, 2))
    collapsed = np.array(answer["collapsed"])
    assert collapsed.any()
    assert change[collapsed].max() < 26  # a tenth of the greys
    assert change[~collapsed][:8].min() > 128


# ---- what the page says ----------------------------------------------------------------------------------------------
def test_the_cost_of_turned_axes_is_the_kl_of_torch():
    """KL(q || posterior) of the best diagonal q, by torch.distributions, and no other diagonal q is cheaper."""
    generator = np.random.default_rng(3)
    log_var, rotation = generator.normal(size=(1, 4)), strips.random_rotation(4, generator)
    assert np.allclose(rotation @ rotation.T, np.eye(4))
    covariance = torch.from_numpy(rotation @ np.diag(np.exp(log_var[0])) @ rotation.T)
    posterior = torch.distributions.MultivariateNormal(torch.zeros(4, dtype=torch.float64), covariance)

    def cost(variances):
        q = torch.distributions.MultivariateNormal(torch.zeros(4, dtype=torch.float64), torch.diag(variances))
        return float(torch.distributions.kl_divergence(q, posterior))

    best = 1 / torch.diagonal(torch.linalg.inv(covariance))
    assert strips.rotation_cost(log_var, rotation)[0] == pytest.approx(cost(best))
    for _ in range(20):
        assert cost(best * torch.from_numpy(np.exp(generator.normal(0, 0.2, 4)))) > cost(best)


def test_unturned_axes_cost_nothing():
    log_var = np.random.default_rng(0).normal(size=(5, 8))
    assert strips.rotation_cost(log_var, np.eye(8)) == pytest.approx(np.zeros(5), abs=1e-12)
    assert strips.rotation_cost(log_var, np.eye(8)[::-1]) == pytest.approx(np.zeros(5), abs=1e-12)


def test_the_prior_does_not_mind_and_the_posterior_does():
    low, high = strips.rotations("vae")
    assert f"{low:.1f} to {high:.1f} nats" in strips.numbers()["turning"]
    assert low > 5  # nats: far more than the spread between rotations
    assert high - low < low / 4
    points = latents("vae")["points"].astype(np.float64)
    turned = points @ strips.random_rotation(32, np.random.default_rng(1)).T
    assert (turned**2).sum(1) == pytest.approx((points**2).sum(1))  # |z|^2 is all that log N(z; 0, I) depends on


def test_the_variance_that_one_number_explains_is_the_squared_correlation():
    generator = np.random.default_rng(0)
    code = generator.normal(size=(500, 3))
    measured = 2 * code[:, 0] - code[:, 2] + generator.normal(size=500)
    alone = strips.explained(code, measured)
    assert alone == pytest.approx([np.corrcoef(code[:, d], measured)[0, 1] ** 2 for d in range(3)])
    assert strips.explained_together(code, measured) == pytest.approx(5 / 6, abs=0.05)  # of 4 + 1 + 1


def test_no_dimension_has_slant_or_thickness_for_itself():
    """The prediction's answer: the best single dimension explains less than half of what all of them explain."""
    found = strips.named("vae")
    assert {one["what"] for one in found["measures"]} == {"slant", "thickness"}
    for one in found["measures"]:
        assert one["alone"] < 0.5 * one["together"]
        assert one["together"] > 0.8


# ---- in a browser ----------------------------------------------------------------------------------------------------
OUTPUT = ".vae-strips .output canvas"


def pixels(page, selector: str) -> str:
    return page.eval_on_selector(selector, "canvas => canvas.toDataURL()")


@pytest.mark.browser
def test_a_dimension_is_moved_by_keys_and_by_its_strip_and_reset(page, app_url):
    visit(page, app_url, "vae", "strips")
    start = pixels(page, OUTPUT)
    page.locator(".vae-strips .track input").first.press("End")
    page.evaluate(QUIET)
    moved = pixels(page, OUTPUT)
    assert moved != start
    strip = page.locator(".vae-strips .strip").first
    box = strip.bounding_box()
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    page.evaluate(QUIET)
    assert page.locator(".vae-strips .track input").first.input_value() == "-3"
    assert pixels(page, OUTPUT) not in (start, moved)
    page.get_by_role("button", name="Reset the sliders").click()
    page.evaluate(QUIET)
    assert pixels(page, OUTPUT) == start


@pytest.mark.browser
def test_the_link_keeps_the_sliders(page, app_url):
    visit(page, app_url, "vae", "strips")
    sliders = page.locator(".vae-strips .track input")
    sliders.nth(0).press("End")
    sliders.nth(3).press("Home")
    page.evaluate(QUIET)
    page.wait_for_function("location.search.includes('strips_moves') && location.search.includes('_')")
    page.wait_for_function("decodeURIComponent(location.search).split('_moves=')[1].split('_').length === 2")
    here = pixels(page, OUTPUT), sliders.nth(3).input_value()
    page.reload()
    stands(page, "vae", "strips")
    assert (pixels(page, OUTPUT), sliders.nth(3).input_value()) == here


@pytest.mark.browser
def test_another_picture_has_its_own_code(page, app_url):
    visit(page, app_url, "vae", "strips", strips_moves="7:3")
    page.locator(".vae-strips").get_by_role("button", name="7: example").click()
    page.evaluate(QUIET)
    assert "strips_moves" not in page.evaluate("location.search")
    assert not page.locator(".vae-strips .moved").count()


@pytest.mark.browser
def test_a_network_of_garments_starts_from_a_garment(page, app_url):
    visit(page, app_url, "vae", "strips", strips_network="vae-fashion")
    assert page.locator(".vae-strips .source-chooser").get_attribute("data-kind") == "picked"
    assert "pullover" in page.locator(".vae-strips .source-chooser select").nth(1).inner_text()


@pytest.mark.browser
def test_the_collapsed_dimensions_are_named_and_none_is_lost(page, app_url):
    visit(page, app_url, "vae", "strips")
    assert page.locator(".vae-strips .dimension:visible").count() == 12
    page.get_by_role("button", name="Show all 32 dimensions").click()
    assert page.locator(".vae-strips .dimension:visible").count() == 32
    dead = sum(strips.strips(FIRST, "vae")["collapsed"])
    assert page.locator(".vae-strips .dimension.collapsed:visible").get_by_text("collapsed").count() == dead


@pytest.mark.browser
def test_on_a_phone_it_fits_and_a_finger_moves_a_dimension(phone, app_url):
    visit(phone, app_url, "vae", "strips")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert not phone.locator(".vae-strips .source-chooser").is_visible()
    phone.locator(".vae-strips summary").first.tap()
    for box in [one.bounding_box() for one in phone.locator(".vae-strips select:visible").all()]:
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390  # noqa: PT018
    before, slider = pixels(phone, OUTPUT), phone.locator(".vae-strips .track input").nth(4)
    slider.tap(position={"x": slider.bounding_box()["width"] - 10, "y": 14})
    phone.evaluate(QUIET)
    assert pixels(phone, OUTPUT) != before
