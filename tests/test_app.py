"""The whole app as a visitor meets it: every tab alive on load, a stroke answered while it is drawn, light and dark."""

import pytest

from tests.frame import EACH_TAB, PLACES, READY, TAB, TABS, visit

pytestmark = pytest.mark.browser

# how many different values the pixels of each visible canvas have: 1 is an empty panel
COLOURS = """
() => [...document.querySelectorAll(".page canvas")].filter((c) => c.offsetParent && c.width && c.height).map((c) => {
  const pixels = new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer);
  return new Set(pixels).size;
})
"""
PICTURES = """
() => [...document.querySelectorAll(".page canvas.picture")].filter((c) => c.offsetParent)
  .map((c) => c.toDataURL()).join()
"""
DIFFERENT = f"(before) => ({PICTURES.strip()})() !== before"
PAPER = "getComputedStyle(document.body).getPropertyValue('--paper')"


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_is_alive_on_load(page, app_url, tab):
    visit(page, app_url, tab, TAB[tab].start)
    colours = page.evaluate(COLOURS)
    assert colours, "no picture on the tab"
    assert sum(count > 1 for count in colours) >= 0.8 * len(colours), f"empty pictures: {colours}"
    assert not page.locator(".instrument .notice:visible").count()


@pytest.mark.parametrize("tab", EACH_TAB)
def test_dark_and_light_differ_and_the_link_keeps_it(page, app_url, tab):
    visit(page, app_url, tab, TAB[tab].start)
    light = page.evaluate(PAPER)
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function(f"(light) => {PAPER} !== light", arg=light, timeout=READY)
    assert "__theme=dark" in page.url


@pytest.mark.parametrize(("tab", "room"), [("denoise", "bench"), ("softmax", "classify"), ("vae", "map")])
def test_a_stroke_changes_the_pictures_before_the_pen_is_lifted(page, app_url, tab, room):
    visit(page, app_url, tab, room)
    box = page.locator(".pad-canvas:visible").first.bounding_box()
    before = page.evaluate(PICTURES)
    for index, (x, y) in enumerate([(0.3, 0.2), (0.7, 0.25), (0.5, 0.6), (0.4, 0.85)]):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=3)
        if index == 0:
            page.mouse.down()
    page.wait_for_function(DIFFERENT, arg=before, timeout=READY)
    page.mouse.up()


def test_drawing_with_a_finger_does_not_scroll_the_page(phone, app_url):
    visit(phone, app_url, "denoise", "bench")
    pad = phone.locator(".pad-canvas:visible").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    start, before = phone.evaluate("scrollY"), phone.evaluate(PICTURES)
    session = phone.context.new_cdp_session(phone)

    def touch(kind, x, y):
        points = [] if kind == "touchEnd" else [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0.5, 0.1)
    for y in (0.3, 0.5, 0.7, 0.9):
        touch("touchMove", 0.5, y)
        phone.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    phone.wait_for_function(DIFFERENT, arg=before, timeout=READY)
    assert phone.evaluate("scrollY") == start
    touch("touchEnd", 0, 0)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("tab", "room"), PLACES)
def test_the_same_link_shows_the_same_pixels(page, app_url, tab, room):
    visit(page, app_url, tab, room)
    first = page.evaluate(PICTURES)
    visit(page, app_url, tab, room)
    assert page.evaluate(PICTURES) == first
