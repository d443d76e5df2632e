"""The pad and the chooser of a source in a browser, without the app: they write the state, the link restores it."""

from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
HOOK = [(0.3, 0.2), (0.7, 0.2), (0.45, 0.85)]


def serve(route):
    """The repository's files as http://pad.test/..."""
    file = ROOT / route.request.url.split("pad.test/")[1].split("?")[0]
    if file.is_file():
        route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
    else:
        route.fulfill(status=404)


@pytest.fixture
def opened(browser):
    """opened(query, **options) -> a page with the pad; at the end nothing follows its state and nothing went wrong."""
    pages, errors = [], []

    def opens(query: str = "", **options):
        page = browser.new_context(**{"viewport": {"width": 1280, "height": 720}, **options}).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.route("http://pad.test/**", serve)
        page.goto(f"http://pad.test/tests/kit/pad.html?{query}")
        page.wait_for_function("window.ready")
        pages.append(page)
        return page

    yield opens
    for page in pages:
        page.evaluate("ending.abort()")
        assert page.evaluate("store.followers") == 0
        page.context.close()
    assert errors == []


def places(page, points=HOOK, pieces=8):
    """Where `points` of the pad lie on the page, with `pieces` moves from one to the next."""
    box = page.locator(".pad-canvas").first.bounding_box()
    pairs = pairwise(points)
    way = [
        (a[0] + (b[0] - a[0]) * i / pieces, a[1] + (b[1] - a[1]) * i / pieces) for a, b in pairs for i in range(pieces)
    ]
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in [*way, points[-1]]]


def draw(page, points=HOOK, pieces=8):
    first, *others = places(page, points, pieces)
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place)
    page.mouse.up()
    settled(page)


def settled(page):
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def drawing(page):
    return page.evaluate("state.values.drawing")


def test_a_stroke_takes_the_examples_place_and_undo_brings_it_back(opened):
    page = opened()
    assert drawing(page) == {"example": 3}
    draw(page)
    (stroke,) = drawing(page)["strokes"]
    for point, wanted in ((stroke[0], HOOK[0]), (stroke[-1], HOOK[-1])):
        assert point == pytest.approx(wanted, abs=0.012)  # the frame is 2 pixels of 200
    told = page.evaluate("told")
    assert told[0] == "push"  # a stroke is one entry of the history
    assert set(told[1:]) <= {"drag"}
    page.keyboard.press("Control+z")
    assert drawing(page) == {"example": 3}


def test_the_link_restores_the_same_pixels(opened):
    page, pixels = opened(), "Array.from(drawings.pixels(state.values.drawing, examples))"
    draw(page)
    text = page.evaluate("store.fields.drawing.write(state.values.drawing)")
    again = opened(f"drawing={text}", viewport={"width": 390, "height": 844}, device_scale_factor=3)
    assert again.evaluate(pixels) == page.evaluate(pixels)
    assert again.locator(".pad-canvas").first.get_attribute("aria-label") == "Draw a digit: your drawing"


def test_a_finger_draws_and_a_second_one_does_not(opened):
    page = opened(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    touch = page.context.new_cdp_session(page)
    far = {"x": places(page, [(0.9, 0.9)])[0][0], "y": places(page, [(0.9, 0.9)])[0][1], "id": 1}
    way = [{"x": x, "y": y, "id": 0} for x, y in places(page)]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [way[0]]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [way[0], far]})
    for point in way:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point, far]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settled(page)
    (stroke,) = drawing(page)["strokes"]
    assert stroke[-1] == pytest.approx(HOOK[-1], abs=0.02)
    assert page.evaluate("[scrollY, document.documentElement.scrollWidth]") == [0, 390]


def test_keys_draw_put_examples_clear_and_undo(opened):
    page = opened()
    page.locator(".pad-canvas").first.focus()
    page.keyboard.press("7")
    assert drawing(page) == {"example": 7}
    page.keyboard.press("Delete")
    assert drawing(page) == {"strokes": []}
    for key in ["Space", *["ArrowDown"] * 4, *["ArrowRight"] * 2, "Space", "ArrowRight"]:
        page.keyboard.press(key)
    settled(page)
    (stroke,) = drawing(page)["strokes"]
    assert stroke[-1][1] - stroke[0][1] == pytest.approx(4 * 8 / 256)
    assert stroke[-1][0] - stroke[0][0] == pytest.approx(2 * 8 / 256)  # the pen was up in the end
    assert page.get_by_text("Pen up", exact=True).count() == 1
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert drawing(page) == {"example": 7}


@pytest.mark.slow
def test_a_full_pad_says_so_and_keeps_what_fits_the_link(opened):
    page = opened()
    draw(page, [(0.1 + 0.8 * (i % 2), 0.1 + 0.8 * i / 400) for i in range(400)], 1)
    text = page.evaluate("store.fields.drawing.write(state.values.drawing)")
    assert 1490 < len(text) <= 1501
    assert page.get_by_text("The pad is full").first.is_visible()
    assert page.evaluate("(text) => store.fields.drawing.parse(text)", text) == drawing(page)
    draw(page)
    assert page.evaluate("store.fields.drawing.write(state.values.drawing)") == text
    page.get_by_role("button", name="Clear").first.click()
    assert page.get_by_text("The pad is full").first.is_hidden()


def test_a_reset_in_the_middle_of_a_stroke_ends_it(opened):
    page = opened()
    first, *others = places(page)
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move(*others[3])
    settled(page)
    page.evaluate("state.reset()")
    page.mouse.move(*others[-1])
    page.mouse.up()
    settled(page)
    assert drawing(page) == {"example": 3}


def test_a_source_keeps_what_was_drawn_and_counts_on(opened):
    page = opened()
    kind, group = page.get_by_label("From", exact=True).last, page.get_by_label("of class")
    source = lambda: page.evaluate("state.values.source")  # noqa: E731
    page.get_by_role("button", name="5: example").last.click()
    kind.select_option("picked")
    assert source() == {"kind": "picked", "class": 5, "index": 0}
    page.get_by_role("button", name="Another").click()
    assert source()["index"] == 1
    group.select_option("8")
    kind.select_option("mean")
    assert source() == {"kind": "mean", "class": 8}
    kind.select_option("sampled")
    page.get_by_role("button", name="Another").click()
    assert source() == {"kind": "sampled", "seed": 1}
    kind.select_option("drawn")
    assert source() == {"kind": "drawn", "drawing": {"example": 5}}
    page.evaluate("chooser.rename(['T-shirt', ...Array(9).fill('Trouser')])")
    assert source()["kind"] == "picked"  # nobody draws a T-shirt here


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_overlaps(opened, width):
    page = opened(viewport={"width": width, "height": 844})
    boxes = page.evaluate(
        """[...document.querySelectorAll(".instrument :is(button, canvas, select, label, .pad-label)")]
        .filter((one) => one.offsetParent).map((one) => one.getBoundingClientRect().toJSON())"""
    )
    assert len(boxes) > 25
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            across = min(a["right"], b["right"]) - max(a["left"], b["left"])
            down = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
            assert across < 0.5 or down < 0.5
