"""One dimension by hand, in a browser: the KL of the formula, the noise of two gradients."""

import math

import pytest

from demos.vae.gaussian import handlers as gaussian
from tests.frame import stands, visit

pytestmark = pytest.mark.browser


def numbers(page, selector: str) -> list[float]:
    """The numbers that a text of the room holds."""
    import re

    text = page.locator(f".vae-gaussian {selector}").inner_text().replace("−", "-")
    return [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", text)]


@pytest.mark.parametrize(("mu", "log_var"), [(0, 0), (0, -2), (0, 2), (1.2, -1.4), (-3, 0.5)])
def test_the_kl_is_the_formula_s(page, app_url, mu, log_var):
    visit(page, app_url, "vae", "gaussian", gaussian_mu=str(mu), gaussian_log_var=str(log_var))
    exact = 0.5 * (mu**2 + math.exp(log_var) - log_var - 1)
    assert numbers(page, ".ledger .result")[0] == pytest.approx(exact, abs=0.0051)
    terms = [numbers(page, f".term:nth-of-type({i}) > .number")[0] for i in range(1, 5)]
    assert sum(terms) == pytest.approx(exact, abs=0.03)


def test_two_gradients_scatter_as_the_formulas_say(page, app_url):
    visit(page, app_url, "vae", "gaussian", gaussian_mu="0", gaussian_log_var="-2")
    sigma, a = math.exp(-1), -2.0
    score = math.sqrt(a**4 / sigma**2 + 14 * a**2 + 15 * sigma**2)  # E of even powers of a standard normal: 1, 3, 15
    _, with_z, without, _ = numbers(page, ".stack > p:last-child")
    assert with_z == pytest.approx(2 * sigma, rel=0.1)
    assert without == pytest.approx(score, rel=0.15)
    slider = page.get_by_role("slider", name="Draws per gradient")
    for _ in range(4):
        slider.press("ArrowRight")
    page.wait_for_function("document.querySelector('.vae-gaussian .stack').innerText.includes('16 draws')")
    assert numbers(page, ".stack > p:last-child")[1] == pytest.approx(2 * sigma / 4, rel=0.1)


def test_the_least_ratio_of_the_lesson():
    sigmas = [10 ** (k / 10) for k in range(-20, 11)]
    means = [k / 10 for k in range(-50, 51)]
    least = min(
        math.sqrt(a**4 / s**2 + 14 * a**2 + 15 * s**2) / (2 * s) for s in sigmas for a in means
    )  # the lesson's two formulas over the whole plane
    assert float(gaussian.numbers()["least"]) == pytest.approx(least, abs=0.005)


def test_the_handle_is_dragged_and_moved_by_keys(page, app_url):
    visit(page, app_url, "vae", "gaussian")
    handle = page.locator(".vae-gaussian .handle")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y + 40, steps=6)
    page.mouse.up()
    assert float(page.get_by_role("slider", name="μ", exact=True).input_value()) < 0.9
    assert float(page.get_by_role("slider", name="log σ²", exact=True).input_value()) == pytest.approx(-0.4, abs=0.05)
    mu = float(handle.get_attribute("aria-valuenow"))
    handle.press("ArrowRight")
    assert float(handle.get_attribute("aria-valuenow")) == pytest.approx(mu + 0.05)
    now = page.get_by_role("slider", name="μ", exact=True).input_value()
    page.wait_for_function("now => location.search.includes(`gaussian_mu=${now}&`)", arg=now)
    here = page.locator(".vae-gaussian .ledger").inner_text()
    page.reload()
    stands(page, "vae", "gaussian")
    assert page.locator(".vae-gaussian .ledger").inner_text() == here


def test_the_prediction_is_answered_and_shown(page, app_url):
    visit(page, app_url, "vae", "gaussian")
    guess = page.locator(".vae-gaussian .predict")
    guess.get_by_role("button", name="sure: log σ² = −2").click()
    guess.locator(".predict-words").wait_for()
    words = guess.inner_text()
    assert f"{0.5 * (math.exp(-2) + 1):.2f} nats" in words
    assert f"{0.5 * (math.exp(2) - 3):.2f} nats" in words
    assert "Not so" in words
    assert page.get_by_role("slider", name="log σ²", exact=True).input_value() == "-2"


def test_on_a_phone_it_fits(phone, app_url):
    visit(phone, app_url, "vae", "gaussian")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
