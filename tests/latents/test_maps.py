"""The linked maps: the same digits in every space, codes that are the networks' own, the path between two digits."""

import base64
import json
import zlib
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from demos.kit import encoding, questions
from demos.kit.networks import network
from demos.latents import spaces
from demos.latents.maps import handlers as paths
from tests.frame import TAB, stands
from tests.latents.hands import (
    canvas,
    carries,
    changes,
    choose,
    in_link,
    is_painted,
    keys,
    open_room,
    pixels,
    text_changes,
)
from training.data import datasets
from training.data.strokes import example_strokes, rasterise
from training.measures import latent_space

pytestmark = pytest.mark.skipif(len(spaces.available()) < 2, reason="fewer than two spaces in weights/ to compare")
WATCH_SHIFTS = """
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
MAIN, TOP = ".latents-maps", ".latents-maps .map-top"


def drawing(digit: int) -> list:
    return rasterise(example_strokes(digit)).tolist()


def test_all_spaces_hold_the_same_digits_in_the_same_order():
    first, *others = (spaces.stored(name) for name in spaces.available())
    assert len(first["points"]) == 5000
    for other in others:
        assert np.array_equal(first["keys"], other["keys"])
        assert np.array_equal(first["classes"], other["classes"])


@pytest.mark.data
@pytest.mark.parametrize("name", spaces.available())
def test_stored_codes_are_what_the_network_says_today(name, data_dir):
    pictures = spaces.originals()[:200] / 255
    assert np.abs(spaces.encode(name, pictures) - spaces.stored(name)["points"][:200]).max() < 0.03  # float16


@pytest.mark.data
def test_pca_is_the_closed_form(data_dir):
    if "pca" not in spaces.available():
        pytest.skip("no checkpoint pca in weights/")
    images, _ = datasets.load("digits", "all", data_dir)
    flat = images.flatten(1)[::3].double()
    _, _, axes = torch.linalg.svd(flat - flat.mean(0), full_matrices=False)
    ours = network("pca").components[:2].double()
    assert torch.allclose((ours @ axes[:2].T).abs().diagonal(), torch.ones(2).double(), atol=5e-3)
    assert torch.allclose(ours @ ours.T, torch.eye(2).double(), atol=2e-3)


def test_a_path_runs_from_the_first_digit_to_the_second():
    for name in spaces.available():
        way = paths.walk(5, 9, name, 7)
        ends = spaces.stored(name)["points"][[5, 9]]
        assert np.allclose(way["points"][[0, -1]], ends, atol=1e-5)
        assert np.allclose(way["pictures"][[0, -1]], spaces.decode(name, torch.from_numpy(ends)), atol=1e-5)


def test_path_measures_are_the_judge_and_the_nearest_code():
    name = spaces.available()[-1]
    way = paths.walk(5, 9, name, 6)
    seen = questions.judged(way["pictures"])
    assert np.allclose(way["confidence"], seen["probability"], atol=1e-5)
    assert np.allclose(way["doubt"], seen["distance"], atol=1e-5)
    assert np.array_equal(way["class"], seen["class"])
    assert np.array_equal(way["digits"], seen["is_digit"])
    codes = spaces.stored(name)["points"]
    by_hand = [
        np.linalg.norm(codes - point, axis=1).min() / latent_space.spread(spaces.codes(name)) for point in way["points"]
    ]
    assert np.allclose(way["distance"], by_hand, atol=1e-4)


def test_a_path_may_start_from_a_drawing():
    answer = paths.path(drawing(3), drawing(8), "vae-2d", 5)
    assert [len(answer[key]) for key in ("points", "pictures", "confidence")] == [5, 5, 5]
    assert np.asarray(answer["pictures"]).shape == (5, 28, 28)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 1, "vae-3d", 5), "network must be one of"),
        ((0, 1, "vae-2d", 10**9), "steps must be a whole number from 2 to 64, not 1000000000"),
        ((0, 1, "vae-2d", 1), "steps must be a whole number from 2 to 64"),
        ((5000, 1, "vae-2d", 5), "first must be a whole number from 0 to 4999, not 5000"),
        ((0, 1.5, "vae-2d", 5), "second must be a whole number"),
        ((True, 1, "vae-2d", 5), "picture"),
        (([[float("nan")] * 28] * 28, 1, "vae-2d", 5), "not finite"),
    ],
)
def test_bad_paths_are_refused_with_the_value_and_the_range(arguments, words):
    with pytest.raises(ValueError, match=words):
        paths.path(*arguments)


def test_bad_points_are_refused():
    for z in ([0.0], [0.0, float("inf")], "here", [0.0, 1e9]):
        with pytest.raises(ValueError, match="z"):
            spaces.decode_at("vae-2d", z)
    with pytest.raises(ValueError, match="indices"):
        spaces.look_up(list(range(100)))


@pytest.mark.parametrize("name", spaces.known())
def test_the_farthest_codes_can_be_pointed_at(name):
    points = spaces.stored(name)["points"]
    for z in (points[points[:, 0].argmax()], points[points[:, 0].argmin()], points[np.abs(points).max(1).argmax()]):
        assert spaces.decode_at(name, z.tolist())["distance"] == 0


def test_the_background_is_the_decoder_at_the_middle_of_each_cell():
    space = spaces.space("vae-2d")

    sprite = np.asarray(Image.open(BytesIO(base64.b64decode(space["sprite"]))))
    cells = latent_space.grid(space["extent"], space["columns"])[[0, 100, 899]]
    made = spaces.decode("vae-2d", cells).reshape(3, 784)
    assert np.abs(sprite[[0, 100, 899]] / 255 - made).max() <= 0.5 / encoding.GREYS + 0.003


def test_the_maps_weigh_less_than_a_megabyte():
    assert len(zlib.compress(json.dumps(spaces.atlas()).encode(), 6)) < 1_000_000


def over_a_code(page, x: float = 0.55, y: float = 0.5) -> tuple[float, float]:
    """The place on the page of a code in the VAE's map, well inside it."""
    box = page.locator(f"{MAIN} .space-vae .map-top").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


@pytest.mark.browser
def test_hovering_lights_up_the_same_digit_everywhere(page, app_url):
    open_room(page, app_url, "maps")
    assert page.locator(TOP).count() == len(spaces.available())
    neighbour = pixels(page, TOP, 1)
    text_changes(page, f"{MAIN} .digit .number", lambda: page.mouse.move(*over_a_code(page)))
    page.wait_for_function(
        "([top, old]) => document.querySelectorAll(top)[1].toDataURL() !== old", arg=[TOP, neighbour]
    )
    assert page.locator(f"{MAIN} .made figcaption").first.inner_text() == "rebuilt, about"  # of the nearest cell
    assert "latents_first" not in page.url  # to point is not to choose


@pytest.mark.browser
def test_two_presses_choose_the_ends_of_the_path(page, app_url):
    open_room(page, app_url, "maps")
    strip = f"{MAIN} .ways canvas[role=slider]"
    changes(page, strip, lambda: page.mouse.click(*over_a_code(page)))
    in_link(page, "latents_first=")
    changes(page, strip, lambda: page.mouse.click(*over_a_code(page, 0.4, 0.55)))
    in_link(page, "latents_second=")
    exact = "() => document.querySelector('.latents-maps .made figcaption').textContent !== 'rebuilt, about'"
    page.mouse.move(2, 2)
    page.wait_for_function(exact)  # who leaves the map sees the chosen digit's own reconstruction


def held(page) -> str:
    """What the page says that the next press does, after what the last has done."""
    return page.locator(f"{MAIN} .digit [role=status]").inner_text()


@pytest.mark.browser
def test_escape_lets_go_of_b_and_then_of_a(page, app_url):
    """The end that was set last goes first; the path and its letters go with it, and come back with the next press."""
    open_room(page, app_url, "maps")
    changes(page, f"{MAIN} .ways canvas[role=slider]", lambda: page.mouse.click(*over_a_code(page)))
    with_both = pixels(page, TOP)
    page.keyboard.press("Escape")  # A was pressed last
    in_link(page, "latents_first=-1")
    assert held(page) == "A is let go. The next press sets A."
    assert page.locator(f"{MAIN} .way:visible").count() == 0
    with_b = changes(page, TOP, lambda: page.keyboard.press("Escape"))
    in_link(page, "latents_second=-1")
    assert len({with_both, with_b, pixels(page, TOP)}) == 2
    page.mouse.click(*over_a_code(page))
    page.wait_for_function("!location.search.includes('latents_second=-1')")
    page.mouse.click(*over_a_code(page, 0.4, 0.55))
    page.locator(f"{MAIN} .way").first.wait_for(state="visible")


@pytest.mark.browser
def test_no_press_replaces_an_end_without_a_word(phone, app_url):
    open_room(phone, app_url, "maps", first="5", second="9")
    names = [f"{'an' if k == 8 else 'a'} {k}" for k in spaces.stored(spaces.available()[0])["classes"][[5, 9]]]
    assert held(phone) == f"The next press sets A in place of {names[0]}."
    box = phone.locator(f"{TOP}:visible").first.bounding_box()
    phone.touchscreen.tap(box["x"] + 0.55 * box["width"], box["y"] + 0.5 * box["height"])
    in_link(phone, "latents_end=second")
    assert held(phone).startswith("A is a")
    assert held(phone).endswith(f" now. The next press sets B in place of {names[1]}.")
    phone.touchscreen.tap(box["x"] + 0.55 * box["width"], box["y"] + 0.5 * box["height"])  # a finger has no Escape
    in_link(phone, "latents_first=-1")
    assert held(phone) == "A is let go. The next press sets A."


@pytest.mark.browser
def test_dragging_moves_one_end(page, app_url):
    open_room(page, app_url, "maps", second="9")
    page.mouse.move(*over_a_code(page))
    page.mouse.down()
    page.mouse.move(*over_a_code(page, 0.5, 0.52), steps=6)
    page.mouse.up()
    in_link(page, "latents_end=second")
    assert "latents_second=9" in page.url


@pytest.mark.browser
def test_on_a_phone_the_dots_travel_from_space_to_space(phone, app_url):
    """The map that is shown next paints the dots on their way, frame by frame."""
    open_room(phone, app_url, "maps")
    first, *others = spaces.available()
    phone.evaluate(
        """(name) => {
          window.paints = new Set();
          const base = document.querySelector(`[data-space=${name}] .map-base`);
          new MutationObserver(() => window.paints.add(base.toDataURL()))
            .observe(base.closest(".map"), { attributeFilter: ["data-paint"] });
        }""",
        first,
    )
    phone.get_by_role("group", name="Space").get_by_role("button", name="PCA").click()
    phone.wait_for_function("window.paints.size >= 3")
    seen = phone.locator(f"{MAIN} .space:visible").evaluate_all("list => list.map((one) => one.dataset.space)")
    assert seen == [first]
    assert others


AT_REST = """
() => new Promise((resolve) => {
  let last = -1, calm = 0;
  const look = () => {
    calm = scrollY === last ? calm + 1 : 0;
    last = scrollY;
    if (calm > 20) resolve(true); else requestAnimationFrame(look);
  };
  look();
})
"""


@pytest.mark.browser
def test_one_finger_scrolls_the_page_and_two_move_the_map(phone, app_url):
    open_room(phone, app_url, "maps")
    box = phone.locator(f"{TOP}:visible").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 3
    touch = phone.context.new_cdp_session(phone)

    def fingers(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    map_before, address = pixels(phone, f"{MAIN} .space:not([hidden]) .map-base"), phone.url
    fingers("touchStart", (x, y))
    for by in range(20, 220, 20):
        fingers("touchMove", (x, y - by))
    fingers("touchEnd")
    phone.wait_for_function("scrollY > 100")
    assert phone.url == address  # nothing was chosen on the way
    assert pixels(phone, f"{MAIN} .space:not([hidden]) .map-base") == map_before
    phone.evaluate(AT_REST)  # a page that still glides takes the next fingers, too
    phone.evaluate("scrollTo(0, 0)")

    fingers("touchStart", (x - 40, y), (x + 40, y))
    for by in range(10, 90, 10):
        fingers("touchMove", (x - 40 - by, y), (x + 40 + by, y))
    fingers("touchEnd")
    phone.wait_for_function(
        "(old) => document.querySelector('.latents-maps .space:not([hidden]) .map-base').toDataURL() !== old",
        arg=map_before,
    )
    assert phone.evaluate("scrollY") == 0


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height", "side"), [(1280, 720, 480), (1920, 1080, 590)])
@pytest.mark.parametrize("room", ["maps", "holes", "samples", "widths", "history"])
def test_maps_are_large(browser, app_url, room, width, height, side):
    page = browser.new_page(viewport={"width": width, "height": height})
    open_room(page, app_url, room)
    boxes = [one.bounding_box() for one in page.locator(canvas(room, ".map-top")).all()]
    page.close()
    assert min(box["width"] for box in boxes) >= side


@pytest.mark.browser
def test_the_twins_and_what_belongs_to_them_stand_on_the_first_screen(page, app_url):
    open_room(page, app_url, "maps")
    for part in ("> h2", ".todo", ".space-ae .map-top", ".space-vae .map-top", ".digit", ".legend", ".map-marks"):
        box = page.locator(f"[data-step='latents/maps'] {part}").bounding_box()
        assert box["y"] + box["height"] <= 720, part
    one, other = (page.locator(f"{MAIN} .space-{name} .map-top").bounding_box() for name in ("ae", "vae"))
    assert one["y"] == other["y"]


@pytest.mark.browser
def test_keys_move_the_cross_and_the_step_of_the_path(page, app_url):
    open_room(page, app_url, "maps")
    changes(page, f"{MAIN} .made canvas", keys(page, TOP, *["ArrowRight"] * 12), 1)
    strip = page.locator(f"{MAIN} .ways canvas[role=slider]").first
    keys(page, f"{MAIN} .ways canvas[role=slider]", "End")()
    in_link(page, "latents_step=16")
    assert strip.get_attribute("aria-valuenow") == strip.get_attribute("aria-valuemax") == "17"


@pytest.mark.browser
def test_classes_scale_names_and_pictures_change_the_maps(page, app_url):
    open_room(page, app_url, "maps")
    dots = f"{MAIN} .map canvas"
    changes(page, dots, page.locator(f"{MAIN} .legend button").nth(1).click)
    changes(page, dots, choose(page, "maps", "scale", "same"))
    changes(page, dots, page.locator(f'{MAIN} [data-field="pictures"] input').click)
    changes(page, dots, page.get_by_role("button", name="Zoom in").first.click)
    in_link(page, "latents_scale=same&latents_pictures=1")


@pytest.mark.browser
def test_a_zoomed_map_is_zoomed_where_its_link_is_opened(page, app_url, browser):
    open_room(page, app_url, "maps", scale="same")
    vae = f"{MAIN} .space-vae .map-base"
    changes(page, vae, page.locator(f"{MAIN} .space-vae").get_by_role("button", name="Zoom in").click)
    in_link(page, "latents_view2=")
    other = browser.new_page(viewport={"width": 1280, "height": 720})
    other.goto(page.url)
    stands(other, "latents", "maps")
    here, there = (
        np.asarray(Image.open(BytesIO(base64.b64decode(pixels(one, vae).split(",")[1]))).convert("L")).astype(int)
        for one in (page, other)
    )
    other.close()
    assert (np.abs(here - there) > 8).mean() < 0.001  # the link has four digits of the place
    page.locator(f"{MAIN} .space-vae").get_by_role("button", name="Reset view").click()
    page.wait_for_function("!location.search.includes('latents_view2')")


@pytest.mark.browser
@pytest.mark.skipif("deep" not in spaces.pairs(), reason="the deep twins are not in weights/")
def test_the_deeper_twins_take_the_place_of_the_lectures(page, app_url):
    open_room(page, app_url, "maps")
    choose(page, "maps", "twins", "deep")()
    page.locator(f"{MAIN} [data-space=vae-deep-2d] .made figcaption").first.filter(has_text="rebuilt").wait_for()
    assert page.locator(f"{MAIN} [data-space=vae-2d]").count() == 0
    in_link(page, "latents_twins=deep")


@pytest.mark.browser
@pytest.mark.skipif("deep" not in spaces.pairs(), reason="the deep twins are not in weights/")
def test_the_link_of_the_maps_carries_every_field(page, app_url):
    carries(
        page, app_url, "maps", twins="deep", first="12", second="40", end="second", step="5", scale="same",
        pictures="1", names="0", guess="ae", hidden="0_7", space="1",
        view0="", view1="-1_2_0_3", view2="", view3="",
    )  # fmt: skip


@pytest.mark.browser
def test_classes_hidden_by_a_click_and_the_space_on_a_phone_stand_in_the_link(phone, app_url):
    open_room(phone, app_url, "maps")
    phone.locator(f"{MAIN} .legend button").nth(1).click()
    phone.get_by_role("group", name="Space").get_by_role("button", name="PCA").click()
    in_link(phone, "latents_hidden=1&latents_space=0")
    phone.reload()
    stands(phone, "latents", "maps")
    assert phone.locator(f"{MAIN} .legend button").nth(1).get_attribute("aria-pressed") == "false"
    assert phone.locator(f"{MAIN} .space:visible").evaluate_all("list => list.map((one) => one.dataset.space)") == [
        spaces.available()[0]
    ]


@pytest.mark.browser
def test_a_finger_chooses_on_a_phone_and_nothing_is_wider_than_it(phone, app_url):
    open_room(phone, app_url, "maps")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    top = phone.locator(f"{TOP}:visible").first
    top.scroll_into_view_if_needed()
    box = top.bounding_box()
    phone.touchscreen.tap(box["x"] + 0.55 * box["width"], box["y"] + 0.5 * box["height"])
    in_link(phone, "latents_first=")
    set_b = phone.get_by_role("button", name="set B")
    assert set_b.get_attribute("aria-pressed") == "true"  # the next tap sets the other end, and the control says so
    assert set_b.is_visible()
    other = phone.locator(f"{MAIN} .space-switch button").first
    other.click()
    assert other.get_attribute("aria-pressed") == "true"
    assert phone.locator(f"{MAIN} .space:visible").evaluate_all("list => list.map((one) => one.dataset.space)") == [
        spaces.available()[0]
    ]
    small = phone.locator(f"{MAIN} button:visible, {MAIN} select:visible").evaluate_all(
        "list => list.filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML)"
    )
    assert small == []


@pytest.mark.browser
def test_the_control_says_which_end_a_press_sets(page, app_url):
    open_room(page, app_url, "maps", end="second")
    page.mouse.click(*over_a_code(page))
    in_link(page, "latents_second=")
    assert "latents_first=" not in page.url
    assert page.get_by_role("button", name="set A").get_attribute("aria-pressed") == "true"


@pytest.mark.browser
def test_no_head_of_a_map_touches_its_buttons_on_a_projector(page, app_url):
    open_room(page, app_url, "maps")
    touching = """list => list.filter((space) => {
      const range = document.createRange();
      range.selectNodeContents(space.querySelector("h3"));
      const head = range.getBoundingClientRect(), buttons = space.querySelector(".map-buttons").getBoundingClientRect();
      return head.right > buttons.left && head.bottom > buttons.top;
    }).length"""
    assert page.locator(f"{MAIN} .space").evaluate_all(touching) == 0


@pytest.mark.browser
def test_without_the_data_set_no_picture_of_a_digit_is_black(page, app_url):
    """Where the pictures themselves cannot be asked for, their places are not shown."""

    def without(route):
        answer = route.fetch()
        found = answer.json()
        found |= {"originals": False} if "originals" in found else {}
        found |= {"original": None} if "original" in found else {}
        found |= {"pictures": None} if "indices" in found else {}
        route.fulfill(response=answer, json=found)

    page.route("**/live/latents/maps", without)
    open_room(page, app_url, "maps")
    shown = page.locator(f"{MAIN} .digit .figure, {MAIN} .ends .figure")
    assert shown.count() == 3
    assert [shown.nth(i).is_visible() for i in range(3)] == [False] * 3
    assert is_painted(page, f"{MAIN} .made canvas")  # what the networks make of it needs no data set


# the tile, counted from the left, around which the strip's canvas has the dashed line in the colour of wrong
FRAMED = """
(canvas) => {
  const style = getComputedStyle(canvas), probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = style.getPropertyValue("--wrong").trim();
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  const { width } = canvas, { data } = canvas.getContext("2d").getImageData(0, 0, width, 8);
  const found = [];
  for (let i = 0; i < data.length; i += 4) {
    const near = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b);
    if (near < 12) found.push((i / 4) % width);
  }
  const middle = (Math.min(...found) + Math.max(...found)) / 2;
  return Math.floor(middle / width * Number(canvas.getAttribute("aria-valuemax")));
}
"""


@pytest.mark.browser
def test_the_worst_point_of_a_path_is_framed_on_its_own_tile(page, app_url):
    open_room(page, app_url, "maps", step="16")
    rows = page.locator(f"{MAIN} .way")
    for row, name in zip(rows.all(), spaces.available("lecture"), strict=True):
        worst = int(paths.walk(paths.FIRST, paths.SECOND, name, 17)["doubt"].argmax())
        assert f"worst at step {worst + 1}" in row.locator("p").inner_text()
        assert row.locator("canvas").evaluate(FRAMED) == worst


@pytest.mark.browser
@pytest.mark.parametrize("room", TAB["latents"].rooms)
def test_nothing_jumps_while_a_step_loads(page, phone, app_url, room):
    for view in (page, phone):
        view.add_init_script(WATCH_SHIFTS)
        open_room(view, app_url, room)
        assert view.evaluate("window.shifts") <= 0.05
