"""Everybody can use it: axe finds nothing in our own elements, pads and maps answer keys, text grows, motion rests."""

import pytest

from tests.frame import EACH_TAB, PLACES, TAB, query, stands, visit

pytestmark = pytest.mark.browser
SIZES = {"projector": {"width": 1280, "height": 720}, "phone": {"width": 390, "height": 844}}
OPEN_ALL = "for (const one of document.querySelectorAll('.page details')) one.open = true"


def violations(page) -> list[str]:
    """What axe finds in our own elements, in words."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, context=".page").response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        ("projector", "light"),
        *(
            pytest.param(*one, marks=pytest.mark.slow)
            for one in [("projector", "dark"), ("phone", "light"), ("phone", "dark")]
        ),
    ],
)
@pytest.mark.parametrize("tab", EACH_TAB)
def test_axe_finds_nothing_on_a_tab(browser, app_url, tab, size, theme):
    page = browser.new_page(viewport=SIZES[size])
    try:
        visit(page, app_url, tab, TAB[tab].start, __theme=theme)
        assert not violations(page)
    finally:
        page.close()


@pytest.mark.exhaustive
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("tab", "room"), [(tab, room) for tab, room in PLACES if room != TAB[tab].start])
def test_axe_finds_nothing_on_a_step(browser, app_url, tab, room, size, theme):
    page = browser.new_page(viewport=SIZES[size])
    try:
        visit(page, app_url, tab, room, __theme=theme)
        page.evaluate(OPEN_ALL)
        stands(page, tab, room)
        assert not violations(page)
    finally:
        page.close()


@pytest.mark.parametrize("tab", EACH_TAB)
def test_at_twice_the_size_nothing_is_cut_off(browser, app_url, tab):
    """200% on a screen of 1280 pixels leaves 640: nothing stands beside the page there."""
    page = browser.new_page(viewport={"width": 640, "height": 360}, device_scale_factor=2)
    try:
        visit(page, app_url, tab, TAB[tab].start)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
    finally:
        page.close()


@pytest.mark.parametrize("tab", EACH_TAB)
def test_who_asks_for_no_motion_gets_none(browser, app_url, tab):
    page = browser.new_page(viewport=SIZES["projector"], reduced_motion="reduce")
    try:
        page.goto(f"{app_url}/{query(tab, TAB[tab].start)}")
        stands(page, tab, TAB[tab].start)
        moving = "[...document.querySelectorAll('.page *')].flatMap((one) => one.getAnimations()).length"
        assert page.evaluate(moving) == 0
    finally:
        page.close()


@pytest.mark.parametrize("tab", EACH_TAB)
def test_every_picture_and_control_has_a_name(page, app_url, tab):
    visit(page, app_url, tab, TAB[tab].start)
    nameless = page.evaluate("""() =>
      [...document.querySelectorAll(".page :is(button, select, input, canvas[tabindex], canvas[role])")]
        .filter((one) => one.offsetParent && !one.getAttribute("aria-label") && !one.textContent.trim()
          && !(one.labels && one.labels.length) && !one.getAttribute("aria-labelledby"))
        .map((one) => one.outerHTML.slice(0, 120))
    """)
    assert not nameless
