"""The frame of the page: links lead to their step, heads stay in view, history walks, a bad link is forgiven."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.frame import EACH_PLACE, EACH_TAB, PLACES, READY, TAB, query, stands, step, visit

pytestmark = pytest.mark.browser
SHIFT = 0.05  # cumulative layout shift that a visitor does not notice

# what moved without the visitor's doing, summed as the browser itself scores it
WATCH_SHIFTS = """
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize(("tab", "room"), EACH_PLACE)
@pytest.mark.parametrize("by", ["name", pytest.param("number", marks=pytest.mark.exhaustive)])
def test_a_link_opens_its_step(page, app_url, tab, room, by):
    rooms = TAB[tab].rooms
    wanted = room if by == "name" else str(rooms.index(room))
    page.goto(f"{app_url}/?tab={tab}&step={wanted}")
    stands(page, tab, room)
    assert page.locator("[data-step]").count() == 1
    assert page.locator('.rail [aria-current="step"]').count() == 1
    assert page.locator(".rail button").nth(rooms.index(room)).get_attribute("aria-current") == "step"
    assert page.locator(f"#{tab}-button").get_attribute("aria-selected") == "true"
    assert not page.locator(".instrument .notice:visible").all_inner_texts()


SIZES = ({"width": 1280, "height": 720}, {"width": 390, "height": 844})
HEAD = """
() => {
  const steps = document.querySelectorAll("[data-step]"), head = steps[0].querySelector(":scope > h2");
  const { top, bottom } = head.getBoundingClientRect();
  return { count: steps.length, step: steps[0].dataset.step, inView: top >= 0 && bottom <= innerHeight };
}
"""


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
def test_two_hundred_links_open_their_step(browser, app_url):
    """Every room by its name and by its number, on a projector and on a phone, each in a fresh page."""
    ways = [(tab, room, by, size) for size in SIZES for by in ("name", "number") for tab, room in PLACES]
    opened, missed = 0, []
    contexts = {size["width"]: browser.new_context(viewport=size) for size in SIZES}
    for tab, room, by, size in (ways * 2)[:200]:
        page = contexts[size["width"]].new_page()
        wanted = room if by == "name" else TAB[tab].rooms.index(room)
        page.goto(f"{app_url}/?tab={tab}&step={wanted}")
        stands(page, tab, room)
        found = page.evaluate(HEAD)
        page.close()
        good = found == {"count": 1, "step": f"{tab}/{room}", "inView": True}
        opened += good
        missed += [] if good else [f"{tab}/{room} by {by} at {size['width']}: {found}"]
    for context in contexts.values():
        context.close()
    print(f"{opened} of 200 links open their step with its head in view")
    assert not missed


@pytest.mark.parametrize("tab", EACH_TAB)
def test_the_first_tab_never_shows_on_the_way_to_another(page, app_url, tab):
    page.add_init_script("""
      window.seen = [];
      new MutationObserver(() => {
        for (const one of document.querySelectorAll("[data-step]")) window.seen.push(one.dataset.step.split("/")[0]);
      }).observe(document, { subtree: true, childList: true });
    """)
    visit(page, app_url, tab, TAB[tab].start)
    assert set(page.evaluate("window.seen")) == {tab}


@pytest.mark.parametrize("tab", EACH_TAB)
def test_the_head_is_in_view_whichever_step_is_opened_from_wherever(page, app_url, tab):
    visit(page, app_url, tab, TAB[tab].start)
    for number, room in list(enumerate(TAB[tab].rooms))[1:]:
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        page.locator(".foot .button.main").click()
        stands(page, tab, room)
        box = page.locator("[data-step] > h2").bounding_box()
        assert 0 <= box["y"] < 700, f"step {number}: its head lies at {box['y']:.0f} of 720"


@pytest.mark.parametrize("tab", EACH_TAB)
def test_nothing_jumps_while_a_tab_loads(page, app_url, tab):
    page.add_init_script(WATCH_SHIFTS)
    visit(page, app_url, tab, TAB[tab].start)
    assert page.evaluate("window.shifts") <= SHIFT


def test_back_and_forward_walk_the_places(page, app_url):
    visit(page, app_url, "denoise", "bench")
    step(page, 3)
    stands(page, "denoise", "grid")
    page.locator("#vae-button").click()
    stands(page, "vae", "map")
    page.go_back()
    stands(page, "denoise", "grid")
    page.go_back()
    stands(page, "denoise", "bench")
    page.go_forward()
    stands(page, "denoise", "grid")
    assert "step=grid" in page.url


def test_a_deliberate_choice_is_walked_back_and_a_drag_is_not(page, app_url):
    visit(page, app_url, "denoise", "bench")
    before = page.evaluate("history.length")
    slider = page.get_by_label("Strength", exact=True)
    for _ in range(4):
        slider.press("ArrowRight")
    page.wait_for_url(re.compile("denoise_noise=0.34"), timeout=READY)
    assert page.evaluate("history.length") == before
    page.get_by_label("Network", exact=True).select_option(index=1)
    page.wait_for_url(re.compile("denoise_network="), timeout=READY)
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    page.wait_for_function("!location.search.includes('denoise_network')", timeout=READY)
    stands(page, "denoise", "bench")
    assert page.get_by_label("Strength", exact=True).input_value() == "0.34"


def test_a_bad_link_is_forgiven_with_a_notice(page, app_url):
    page.goto(f"{app_url}/?tab=vae&vae_network=bogus&vae_digit=-3")
    stands(page, "vae", "map")
    notice = page.locator(".page > .notice").inner_text()
    assert "vae_network" in notice
    assert "bogus" not in page.locator(".page").inner_text()
    assert page.locator(".vae-map select").first.input_value()


@pytest.mark.parametrize("bad", ["?tab=nowhere", "?tab=vae&step=99", "?tab=vae&step=nowhere"])
def test_a_place_that_does_not_exist_opens_the_start_and_says_so(page, app_url, bad):
    page.goto(f"{app_url}/{bad}")
    page.wait_for_selector("[data-step]:not([aria-busy])", timeout=READY)
    assert "does not know" in page.locator(".page > .notice").inner_text()


WAITING = """
([selector, pseudo]) => {
  const dots = getComputedStyle(document.querySelector(selector), pseudo);
  return dots.content !== "none" && dots.visibility === "visible" && Number(dots.opacity) > 0.2;
}
"""


@pytest.mark.parametrize(
    ("awaited", "dots"),
    [
        ("assets/*.js", ["body:not(:has(gradio-app > *))", "::before"]),
        ("room/latents/maps", [".step[aria-busy]", "::before"]),
        ("live/latents/maps", [".page", "::after"]),
    ],
)
def test_who_waits_long_sees_that_something_is_on_its_way(page, app_url, awaited, dots):
    held, released = [], []
    page.route(f"**/{awaited}", lambda route: route.continue_() if released else held.append(route))
    page.goto(f"{app_url}/?tab=latents", wait_until="commit")
    page.wait_for_selector(dots[0], state="attached", timeout=READY)
    page.wait_for_function(WAITING, arg=dots, timeout=READY)
    released.append(True)
    for route in held:
        route.continue_()
    stands(page, "latents", "maps")
    assert not page.locator("[aria-busy]").count()
    assert not page.evaluate(WAITING, [".page", "::after"])


def test_reset_goes_to_the_start_and_leaves_the_theme(page, app_url):
    visit(page, app_url, "denoise", "bench", denoise_noise="0.7", denoise_seed="5", __theme="dark")
    page.get_by_role("button", name="Reset this tab").click()
    page.wait_for_function("!location.search.includes('denoise_noise')", timeout=READY)
    assert page.get_by_label("Strength", exact=True).input_value() == "0.3"
    assert page.evaluate("document.body.classList.contains('dark')")


def test_the_link_can_be_copied_where_the_clipboard_is_closed(page, app_url):
    visit(page, app_url, "denoise", "bench", denoise_noise="0.7")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    page.get_by_role("button", name="Copy link").click()
    field = page.locator("dialog.share .link-field")
    field.wait_for(state="visible")
    assert "denoise_noise=0.7" in field.input_value()
    assert page.evaluate("document.activeElement.className") == "link-field"


def test_a_link_carries_no_token(page, app_url):
    visit(page, app_url, "denoise", "bench", __sign="secret", token="hf_secret")
    page.get_by_role("button", name="For class").click()
    assert "secret" not in page.locator("dialog.share .link-field").input_value()


def test_the_link_for_a_class_has_a_preview_and_a_code_to_scan(page, app_url):
    visit(page, app_url, "vae", "film")
    page.get_by_role("button", name="For class").click()
    page.locator("dialog.share summary").click()
    page.get_by_label("lecture mode", exact=False).check()
    page.get_by_label("Controls to hide, by name").fill("steps network")
    assert re.search("lecture&?.*hide=steps%2Cnetwork", page.locator("dialog.share .link-field").input_value())
    page.wait_for_function("document.querySelector('dialog.share .qr').naturalWidth > 50", timeout=READY)
    assert "<iframe" in page.get_by_label("Snippet for a course page").input_value()


def test_in_lecture_mode_one_step_fills_the_screen_and_arrow_keys_turn_it(page, app_url):
    page.goto(f"{app_url}/{query('vae', 'samples')}&lecture&hide=seed")
    stands(page, "vae", "samples")
    assert not page.locator(".rail:visible, .tabs:visible, .code:visible").count()
    assert not page.locator('[data-field="seed"]:visible').count()
    page.locator("[data-step] > h2").click()
    page.keyboard.press("ArrowRight")
    stands(page, "vae", "film")
    assert "lecture" in page.url


def test_embedded_it_is_the_instrument_alone(page, app_url):
    page.goto(f"{app_url}/{query('vae', 'gaussian')}&embed")
    stands(page, "vae", "gaussian")
    assert not page.locator(".masthead:visible, .tabs:visible, .rail:visible, .lesson:visible").count()
    assert page.locator(".vae-gaussian canvas:visible").count()


def test_the_tabs_are_walked_by_arrow_keys(page, app_url):
    visit(page, app_url, "denoise", "bench")
    page.locator("#denoise-button").focus()
    page.keyboard.press("ArrowRight")
    stands(page, "vae", "map")
    assert page.evaluate("document.activeElement.id") == "vae-button"


def test_the_rail_is_reached_at_once_by_keyboard(page, app_url):
    visit(page, app_url, "denoise", "bench")
    page.evaluate("document.querySelector('.page .skip').focus()")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.rail') !== null")


@pytest.mark.parametrize("tab", EACH_TAB)
def test_a_tab_fits_a_phone(phone, app_url, tab):
    visit(phone, app_url, tab, TAB[tab].start)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate("document.documentElement.scrollHeight") <= 2200
    for button in phone.locator('[role="tablist"] [role="tab"]').all():
        assert button.is_visible()


@pytest.mark.exhaustive
@pytest.mark.parametrize(("tab", "room"), PLACES)
def test_no_step_is_wider_than_a_phone(phone, app_url, tab, room):
    visit(phone, app_url, tab, room)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    ends = phone.locator(".table-box caption:not(.quiet) > span:visible").evaluate_all(
        "list => list.map((one) => one.getBoundingClientRect().right)"
    )
    assert all(right <= 390 for right in ends)  # a wide table scrolls, its caption is read without


def test_the_page_is_dark_to_its_edges(page, app_url):
    """The scrollbar's gutter too, which is no part of the body: a white line there would be the brightest thing."""
    visit(page, app_url, "latents", "maps", __theme="dark")
    right = np.asarray(Image.open(BytesIO(page.screenshot(full_page=True))).convert("L"))[:, -12:]
    assert right.max() < 60


# ---- nothing is left behind ------------------------------------------------------------------------------------------
COUNT = """
  window.alive = { observers: new Set(), timers: new Set(), listeners: 0 };
  for (const name of ["MutationObserver", "ResizeObserver", "IntersectionObserver"]) {
    const Own = window[name];
    window[name] = class extends Own {
      observe(...what) { window.alive.observers.add(this); return super.observe(...what); }
      disconnect() { window.alive.observers.delete(this); return super.disconnect(); }
    };
  }
  const { setInterval: every, clearInterval: stop } = window;
  window.setInterval = (...what) => { const id = every(...what); window.alive.timers.add(id); return id; };
  window.clearInterval = (id) => { window.alive.timers.delete(id); stop(id); };
  for (const target of [window, document]) {
    const add = target.addEventListener, remove = target.removeEventListener;
    target.addEventListener = function (kind, react, how) {
      window.alive.listeners += 1;
      const { signal } = (typeof how === "object" && how) || {};
      if (signal) signal.addEventListener("abort", () => { window.alive.listeners -= 1; });
      return add.call(this, kind, react, how);
    };
    target.removeEventListener = function (...what) { window.alive.listeners -= 1; return remove.apply(this, what); };
  }
"""
ALIVE = "() => ({ observers: alive.observers.size, timers: alive.timers.size, listeners: alive.listeners })"


@pytest.mark.exhaustive
@pytest.mark.parametrize(("tab", "room"), PLACES)
def test_ten_switches_of_every_chooser_leave_nothing_behind(browser, app_url, tab, room):
    page = browser.new_page(
        viewport={"width": 1280, "height": 720}
    )  # what a data set that is not here refuses is no leak
    page.add_init_script(COUNT)
    visit(page, app_url, tab, room)
    choosers = page.locator("[data-step] select:visible")

    def switch_all():
        for index in range(choosers.count()):
            chooser = choosers.nth(index)
            if chooser.is_visible() and chooser.locator("option").count() > 1:
                values = chooser.locator("option").evaluate_all("all => all.map((one) => one.value)")
                now = chooser.input_value()
                chooser.select_option(values[(values.index(now) + 1) % len(values)])
                stands(page, tab, room)

    try:
        switch_all()
        before = page.evaluate(ALIVE)
        for _ in range(10):
            switch_all()
        assert page.evaluate(ALIVE) == before
    finally:
        page.close()


@pytest.mark.slow
def test_leaving_a_step_ends_what_it_started(page, app_url):
    page.add_init_script(COUNT)
    visit(page, app_url, "vae", "map")
    for number in range(1, len(TAB["vae"].rooms)):
        step(page, number)
        stands(page, "vae", TAB["vae"].rooms[number])
    step(page, 0)
    stands(page, "vae", "map")
    first = page.evaluate(ALIVE)
    for number in range(1, len(TAB["vae"].rooms)):
        step(page, number)
        stands(page, "vae", TAB["vae"].rooms[number])
    step(page, 0)
    stands(page, "vae", "map")
    assert page.evaluate(ALIVE) == first


@pytest.mark.slow
def test_what_follows_the_theme_ends_with_its_signal(page, app_url):
    visit(page, app_url, "vae", "map")
    counted = """async () => {
      const url = performance.getEntriesByType("resource").find(({ name }) => name.endsWith("/kit/elements.js")).name;
      const { onTheme } = await import(url), stop = new AbortController(), counts = [];
      let seen = 0;
      onTheme(() => seen += 1, stop.signal);
      for (const ends of [false, true]) {
        if (ends) stop.abort();
        document.body.classList.toggle("dark");
        await new Promise((done) => requestAnimationFrame(done));
        counts.push(seen);
      }
      return counts;
    }"""
    assert page.evaluate(counted) == [1, 1]
