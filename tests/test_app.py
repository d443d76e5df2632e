"""The whole app as a visitor meets it: every tab alive on load, a stroke answered while it is drawn, on both sizes."""

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

TABS = {"denoise": "Denoise", "vae": "Sample", "latents": "AE vs VAE", "softmax": "Classify"}
# how many different values the pixels of each visible canvas have: 1 is an empty panel
COLOURS = """
() => [...document.querySelectorAll("canvas")].filter((c) => c.offsetParent && c.width && c.height).map((c) => {
  const pixels = new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer);
  return new Set(pixels).size;
})
"""
PICTURES = """
() => [...document.querySelectorAll("canvas.picture")].filter((c) => c.offsetParent).map((c) => c.toDataURL()).join()
"""


def open_tab(page, app_url: str, key: str) -> None:
    page.goto(f"{app_url}/?tab={key}")
    page.wait_for_selector(f'#{key}-button[aria-selected="true"]', timeout=60_000)
    page.wait_for_selector(".instrument:not(.masthead) canvas:visible", timeout=30_000)
    page.wait_for_timeout(800)


def keep(page, name: str) -> None:
    """Keep a screenshot where SCREENSHOTS points, for whoever wants to look."""
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


def stroke(page, pad, points) -> None:
    """Draw with the real pointer; points are shares of the pad. The button stays down: release it yourself."""
    box = pad.bounding_box()
    for index, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if index == 0:
            page.mouse.down()


@pytest.mark.parametrize("key", TABS)
def test_a_tab_is_alive_on_load(page, app_url, key):
    open_tab(page, app_url, key)
    colours = page.evaluate(COLOURS)
    assert colours, "no picture on the tab"
    assert sum(count > 1 for count in colours) >= 0.8 * len(colours), f"empty pictures: {colours}"
    assert not page.locator(".instrument .notice:visible").count()
    keep(page, f"projector-{key}")


@pytest.mark.parametrize("key", TABS)
def test_a_tab_fits_a_phone(phone, app_url, key):
    open_tab(phone, app_url, key)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    for button in phone.locator('[role="tablist"] [role="tab"]').all():
        assert button.is_visible()
    keep(phone, f"phone-{key}")


@pytest.mark.parametrize("key", [*TABS])
def test_dark_and_light_differ(page, app_url, key):
    open_tab(page, app_url, key)
    light = page.evaluate("getComputedStyle(document.body).getPropertyValue('--paper')")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.wait_for_timeout(300)
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--paper')") != light
    keep(page, f"dark-{key}")


@pytest.mark.parametrize("key", ["denoise", "softmax"])
def test_a_stroke_changes_the_pictures_before_the_pen_is_lifted(page, app_url, key):
    open_tab(page, app_url, key)
    pad = page.locator(".pad-canvas:visible").first
    before = page.evaluate(PICTURES)
    stroke(page, pad, [(0.3, 0.2), (0.7, 0.25), (0.5, 0.6), (0.4, 0.85)])
    page.wait_for_timeout(700)
    during = page.evaluate(PICTURES)
    assert during != before, "nothing changed while the pen was down"
    page.mouse.up()


def test_drawing_with_a_finger_does_not_scroll_the_page(phone, app_url):
    open_tab(phone, app_url, "denoise")
    pad = phone.locator(".pad-canvas:visible").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    start = phone.evaluate("scrollY")
    before = phone.evaluate(PICTURES)
    session = phone.context.new_cdp_session(phone)

    def touch(kind, x, y):
        points = [] if kind == "touchEnd" else [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.5, 0.1)
    for y in (0.3, 0.5, 0.7, 0.9):
        touch("touchMove", 0.5, y)
        phone.wait_for_timeout(60)
    phone.wait_for_timeout(600)
    assert phone.evaluate("scrollY") == start
    assert phone.evaluate(PICTURES) != before
    touch("touchEnd", 0, 0)


def test_the_same_link_shows_the_same_pixels(page, app_url):
    open_tab(page, app_url, "denoise")
    first = page.evaluate(PICTURES)
    open_tab(page, app_url, "denoise")
    assert page.evaluate(PICTURES) == first


@pytest.mark.parametrize("key", TABS)
def test_every_step_opens_alone_and_without_a_complaint(page, app_url, key):
    open_tab(page, app_url, key)
    steps = page.locator(f"#{key} .step > button")
    for index in range(steps.count()):
        steps.nth(index).click()
        page.wait_for_timeout(900)
        opened = page.locator(f"#{key} .step > button.open").count()
        assert opened == 1, f"{opened} steps are open after step {index + 1}"
        step = page.locator(f"#{key} .step").nth(index)
        assert not step.locator(".notice:visible").all_inner_texts()
        step.scroll_into_view_if_needed()
        keep(page, f"projector-{key}-step-{index + 1}")
