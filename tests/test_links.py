"""The link is the image of the state: whatever a visitor sets, whoever opens the link sees the same pixels."""

import random
from urllib.parse import quote

import pytest

from tests.frame import EACH_PLACE, PLACES, READY, TAB, TABS, stands, visit

pytestmark = pytest.mark.browser
LONGEST = 2000  # characters of a link
STILL = {"viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce"}  # nothing is on its way when compared
STILL_PHONE = STILL | {"viewport": {"width": 390, "height": 844}}
SWITCHED = {"maps", "holes", "samples", "widths", "history"}  # rooms where a phone shows one map of several
# what the page turns into something else: a point in two parts as older links had it, steps beyond a training's end
TURNED = {"vae_z1", "vae_z2", "train_steps"}

# Every field of the open rooms that the link can carry: name -> [now, what it may be], as texts of the link.
FIELDS = """
async ([tab, room]) => {
  const found = {};
  for (const { tab: { key, start }, name, store } of await document.querySelector(".page").rooms.all()) {
    if (key !== tab || (name !== room && name !== start)) continue;
    const prefix = name === start ? key : name;
    for (const [field, it] of Object.entries(store.fields)) {
      const tries = it.options ?? (it.min === undefined ? CANDIDATES : Array.from({ length: 9 }, (_, i) => {
        const at = 0.05 + 0.1 * i;
        return it.log ? it.min * (it.max / it.min) ** at : it.min + at * (it.max - it.min);
      }).flatMap((value) => [String(value), String(Math.round(value))]));
      const legal = tries.map((text) => it.parse(text)).filter((value) => value !== undefined);
      found[`${prefix}_${field}`] = [...new Set(legal.map((value) => it.write(value)))];
    }
  }
  return found;
}
"""
# Set the fields as the controls of the page do.
SET = """
async ([tab, chosen]) => {
  for (const { tab: { key, start }, name, store } of await document.querySelector(".page").rooms.all()) {
    if (key !== tab) continue;
    const changes = {};
    for (const [field, it] of Object.entries(store.fields)) {
      const text = chosen[`${name === start ? key : name}_${field}`];
      if (text !== undefined) changes[field] = it.parse(text);
    }
    store.set(changes);
  }
}
"""
CANDIDATES = [
    "0", "1", "2", "5", "7", "drawn-4", "picked-6-3", "mean-2", "sampled-11", "0.5_-0.25", "1_2_-1", "0.2_0.4_0.6_0.8",
    "0_1.5_3_-2", "0_1.5_-0.25_1.25", "2_1_-1_0.5_-3", "3,1,0", "100, 0, 1", "sQEAhgoBhgpCkhgpC",
]  # fmt: skip
SCRIPTS = [
    '<i id="ran"></i><img src="x" onerror="window.ran=1">', '"><i id="ran"></i><svg onload="window.ran=1">',
    "javascript:window.ran=1", "';window.ran=1;//", "${window.ran=1}", "{{window.ran=1}}",
]  # fmt: skip
UNTOUCHED = "() => window.ran === undefined && !document.querySelector('#ran, [onerror], [onload]')"
CANVASES = """
() => [...document.querySelectorAll(".page canvas:not(.veil)")]
  .filter((c) => c.width && c.checkVisibility()).map((c) => {
  const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
  return { name: c.getAttribute("aria-label") ?? c.className, width: c.width, height: c.height, data: btoa(
    Array.from(data, (value) => String.fromCharCode(value)).join("")) };
})
"""


def differing(first: list[dict], second: list[dict]) -> list[str]:
    """The canvases whose pixels differ by more than one grey level in any channel."""
    import base64

    import numpy as np

    assert [(one["width"], one["height"]) for one in first] == [(one["width"], one["height"]) for one in second]
    found = []
    for a, b in zip(first, second, strict=True):
        one, other = (np.frombuffer(base64.b64decode(each["data"]), np.uint8).astype(int) for each in (a, b))
        if np.abs(one - other).max(initial=0) > 1:
            found.append(f"{a['name']}: {np.abs(one - other).max()}")
    return found


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("tab", "room"), PLACES)
def test_a_random_state_is_the_same_wherever_its_link_is_opened(browser, app_url, tab, room, seed):
    chance = random.Random(f"{tab}/{room}/{seed}")
    screen = STILL_PHONE if tab == "latents" and room in SWITCHED and seed == 1 else STILL
    here = browser.new_page(**screen)
    try:
        visit(here, app_url, tab, room)
        legal = here.evaluate(FIELDS.replace("CANDIDATES", repr(CANDIDATES)), [tab, room])
        chosen = {name: chance.choice(values) for name, values in legal.items() if values}
        here.evaluate(SET, [tab, chosen])
        stands(here, tab, room)
        link = here.evaluate("location.href")
        assert len(link) <= LONGEST
        first = here.evaluate(CANVASES)
    finally:
        here.close()
    there = browser.new_page(**screen)
    try:
        there.goto(link)
        stands(there, tab, room)
        assert not differing(first, there.evaluate(CANVASES))
    finally:
        there.close()


@pytest.mark.exhaustive
@pytest.mark.parametrize(("tab", "room"), PLACES)
def test_every_field_that_is_set_stands_in_the_link(browser, app_url, tab, room):
    page = browser.new_page(**STILL)  # not `page`: without a data set some choices are refused
    visit(page, app_url, tab, room)
    legal = page.evaluate(FIELDS.replace("CANDIDATES", repr(CANDIDATES)), [tab, room])
    chosen = {name: values[-1] for name, values in legal.items() if len(values) > 1 and name not in TURNED}
    visit(page, app_url, tab, room, **chosen)
    again = page.evaluate(
        """async ([tab, room]) => {
          const all = (await document.querySelector(".page").rooms.all()).filter((one) => one.tab.key === tab);
          return Object.fromEntries(all.flatMap(({ tab: { key, start }, name, store }) =>
            Object.entries(store.fields).map(([field, it]) =>
              [`${name === start ? key : name}_${field}`, it.write(store.values[field])])));
        }""",
        [tab, room],
    )
    page.close()
    assert {name: again[name] for name in chosen} == chosen


@pytest.mark.parametrize(("tab", "room"), EACH_PLACE)
def test_no_link_makes_an_element_or_runs_a_script(page, app_url, tab, room):
    """Every field of the place, and what names the place itself, holds a piece of HTML or of a script."""
    visit(page, app_url, tab, room)
    fields = [*page.evaluate(FIELDS.replace("CANDIDATES", repr(CANDIDATES)), [tab, room]), "lang", "theme", "__theme"]
    assert len(fields) > 4
    told = {name: quote(SCRIPTS[at % len(SCRIPTS)]) for at, name in enumerate(fields)}
    visit(page, app_url, tab, room, **told)
    assert page.evaluate(UNTOUCHED)
    page.goto(f"{app_url}/?tab={quote(SCRIPTS[0])}&step={quote(SCRIPTS[1])}")
    page.wait_for_selector("[data-step]:not([aria-busy])", timeout=READY)
    assert page.evaluate(UNTOUCHED)


def test_an_element_and_a_script_would_be_seen(browser):
    page = browser.new_page()  # not `page`, which allows no error in its console
    page.set_content(SCRIPTS[2])
    assert page.evaluate(UNTOUCHED)
    page.set_content('<i id="ran"></i>')
    assert not page.evaluate(UNTOUCHED)
    page.set_content("<script>window.ran=1</script>")
    assert not page.evaluate(UNTOUCHED)
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("tab", TABS)
def test_a_guess_and_its_answer_travel(page, app_url, tab):
    asking, answered = [], []
    for room in TAB[tab].rooms:
        visit(page, app_url, tab, room)
        legal = page.evaluate(FIELDS.replace("CANDIDATES", repr(CANDIDATES)), [tab, room])
        name = f"{tab if room == TAB[tab].start else room}_guess"
        asks = page.locator(".predict").count() > 0
        asking += [room] * asks
        if asks:
            visit(page, app_url, tab, room, **{name: legal[name][1]})
            page.locator(".predict.revealed .predict-answer").wait_for(state="attached", timeout=READY)
            answered.append(room)
    assert len(asking) >= 4
    assert answered == asking


def test_a_drawing_travels(page, app_url, browser):
    visit(page, app_url, "denoise", "bench")
    box = page.locator(".pad-canvas").bounding_box()
    at = [(0.3, 0.2), (0.7, 0.25), (0.5, 0.55), (0.4, 0.85)]
    page.mouse.move(box["x"] + at[0][0] * box["width"], box["y"] + at[0][1] * box["height"])
    page.mouse.down()
    for x, y in at[1:]:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
    page.mouse.up()
    page.wait_for_function("location.search.includes('denoise_drawing=s')", timeout=READY)
    stands(page, "denoise", "bench")
    link, first = page.url, page.evaluate(CANVASES)
    drawing = page.evaluate("new URLSearchParams(location.search).get('denoise_drawing')")
    assert len(drawing) <= 300
    other = browser.new_page(viewport={"width": 1280, "height": 720})
    other.goto(link)
    stands(other, "denoise", "bench")
    assert not differing(first, other.evaluate(CANVASES))
    other.close()
