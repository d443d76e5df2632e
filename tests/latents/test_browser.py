"""A visitor's hands on tab 3: hover, choose, walk, change width; with a mouse, with keys, and with a finger."""

import pytest

from demos.latents import spaces

pytestmark = pytest.mark.browser
READY = 30_000  # milliseconds until the maps stand, on a busy machine
MAIN = ".latents-maps"


def open_tab(page, app_url, query: str = ""):
    page.goto(f"{app_url}/?tab=latents{query}")
    if not page.locator(MAIN).count():
        page.get_by_role("tab", name="AE vs VAE").click()
    page.locator(f"{MAIN} .path-strip").first.wait_for(timeout=READY)
    page.wait_for_function(f"document.querySelector('{MAIN} .verdict').textContent !== ''", timeout=READY)


def pixels(page, selector: str, nth: int = 0) -> str:
    return page.locator(selector).nth(nth).evaluate("canvas => canvas.toDataURL()")


def open_step(page, number: int):
    page.locator(".tabitem:visible .step > button, .tabitem:visible .step > .label-wrap").nth(number - 1).click()


def over_a_code(page) -> tuple[float, float]:
    """The place on the page of a code in the first map, well inside it."""
    box = page.locator(f"{MAIN} .map-top").first.bounding_box()
    return box["x"] + 0.55 * box["width"], box["y"] + 0.5 * box["height"]


def test_hovering_lights_up_the_same_digit_everywhere_without_asking_the_server(page, app_url):
    open_tab(page, app_url)
    maps = page.locator(f"{MAIN} .map")
    assert maps.count() >= 2
    assert all(float(ms) < 200 for ms in maps.evaluate_all("list => list.map((map) => map.dataset.paint)"))
    before, which = pixels(page, f"{MAIN} .map-top", 1), page.locator(f"{MAIN} .which").inner_text()
    page.mouse.move(*over_a_code(page))
    page.wait_for_function("words => document.querySelector('.latents-maps .which').textContent !== words", arg=which)
    page.wait_for_timeout(200)
    assert pixels(page, f"{MAIN} .map-top", 1) != before  # its neighbour shows the digit too
    assert "≈" in page.locator(f"{MAIN} .made figcaption").first.inner_text()  # and says that it is the nearest cell


def test_a_hover_takes_less_than_a_frame(page, app_url):
    open_tab(page, app_url)
    spent = page.evaluate(
        """() => {
            const canvas = document.querySelector('.latents-maps .map-top'), box = canvas.getBoundingClientRect();
            const all = [];
            for (let i = 0; i < 60; i++) {
                const at = {clientX: box.left + 60 + 3 * i, clientY: box.top + 150, pointerType: 'mouse'};
                const start = performance.now();
                canvas.dispatchEvent(new PointerEvent('pointermove', at));
                all.push(performance.now() - start);
            }
            return all.sort((a, b) => a - b)[30];
        }"""
    )
    assert spent < 16


def test_choosing_two_digits_walks_between_them(page, app_url):
    open_tab(page, app_url)
    strip, verdict = pixels(page, f"{MAIN} .path-strip"), page.locator(f"{MAIN} .verdict").first.inner_text()
    assert "Worst point" in verdict
    page.mouse.click(*over_a_code(page))
    exact = "() => !document.querySelector('.latents-maps .made figcaption').textContent.includes('≈')"
    page.wait_for_function(exact)  # a click asks for the reconstruction itself
    page.wait_for_function("old => document.querySelector('.latents-maps .path-strip').toDataURL() !== old", arg=strip)
    assert "latents_first=" in page.url


def test_keys_move_the_cross_and_the_path(page, app_url):
    open_tab(page, app_url)
    page.locator(f"{MAIN} .map-top").first.focus()
    before = page.locator(f"{MAIN} .place").first.inner_text()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("old => document.querySelector('.latents-maps .place').textContent !== old", arg=before)
    slider = page.locator(f"{MAIN} .path-strip").first
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")


def test_classes_scale_and_zoom_change_the_map(page, app_url):
    open_tab(page, app_url)
    for act in (
        page.locator(f"{MAIN} .legend-class").nth(1).click,
        lambda: page.locator(MAIN).get_by_label("scale").select_option("same"),
        page.get_by_role("button", name="zoom in").first.click,
    ):
        before = pixels(page, f"{MAIN} .map-base")
        act()
        page.wait_for_function(
            "old => document.querySelector('.latents-maps .map-base').toDataURL() !== old", arg=before
        )


@pytest.mark.skipif("deep" not in spaces.pairs(), reason="the deep twins are not in weights/")
def test_the_deeper_twins_take_the_place_of_the_lectures(page, app_url):
    open_tab(page, app_url)
    reading = page.locator(f"{MAIN} [data-space=vae-2d] .made figcaption").first
    reading.filter(has_text="MSE").wait_for(timeout=READY)
    page.locator(MAIN).get_by_label("networks").select_option("deep")
    page.locator(f"{MAIN} [data-space=vae-deep-2d] .made figcaption").first.filter(has_text="MSE").wait_for(
        timeout=READY
    )
    assert page.locator(f"{MAIN} [data-space=vae-2d]").count() == 0
    assert "latents_twins=deep" in page.url
    page.reload()
    page.locator(f"{MAIN} [data-space=autoencoder-deep-2d]").wait_for(timeout=READY)


def test_the_width_of_the_code_follows_the_keys(page, app_url):
    open_tab(page, app_url)
    open_step(page, 5)
    reading = page.locator(".latents-widths .share").first
    reading.wait_for(timeout=READY)
    page.wait_for_function(
        "() => /MSE .*\\d/.test(document.querySelector('.latents-widths .share').textContent)", timeout=READY
    )
    plot = page.locator(".latents-widths .lines-canvas")
    plot.focus()
    page.keyboard.press("ArrowLeft")
    first = reading.inner_text()
    page.keyboard.press("ArrowRight")
    assert reading.inner_text() != first


def test_every_step_opens_and_shows_something(page, app_url):
    open_tab(page, app_url)
    for number, name in enumerate(("bottleneck", "holes", "samples", "disturb", "widths", "probes", "history"), 1):
        open_step(page, number)
        page.locator(f".latents-{name} canvas").first.wait_for(timeout=READY)
        page.wait_for_timeout(600)
        said = page.locator(f".latents-{name} .notice").first.inner_text()
        assert not said or "not measured yet" in said or "not stored" in said


def test_a_finger_does_all_this_on_a_phone(phone, app_url):
    open_tab(phone, app_url)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    top = phone.locator(f"{MAIN} .map-top").first
    top.scroll_into_view_if_needed()
    which = phone.locator(f"{MAIN} .which").inner_text()
    box = top.bounding_box()
    phone.touchscreen.tap(box["x"] + 0.55 * box["width"], box["y"] + 0.5 * box["height"])
    phone.wait_for_function("words => document.querySelector('.latents-maps .which').textContent !== words", arg=which)
    small = phone.locator(f"{MAIN} button:visible, {MAIN} select:visible").evaluate_all(
        "list => list.map((one) => one.getBoundingClientRect()).filter((box) => box.height < 43.5).length"
    )
    assert small == 0
