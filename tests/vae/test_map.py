"""The latent map: its sprite, the posterior, what a classifier sees; and the tab's first instrument in a browser."""

import base64
import io
import json
import math
import re

import numpy as np
import pytest
from PIL import Image

from demos.kit import networks
from demos.vae import codes, judge, sources
from demos.vae.map import handlers as atlas
from tests.frame import QUIET, stands, visit
from tests.vae.answers import FIRST, SECOND, asked, changes, pixels, read
from tests.vae.test_codes import digit

judged = pytest.mark.skipif(judge.name_of("digits") is None, reason="no classifier of digits among the checkpoints")


# ---- what the server computes ----------------------------------------------------------------------------------------
def test_the_sprite_is_the_exact_decode_of_every_cell_s_middle():
    known = atlas.atlas("vae-2d")
    lines = np.asarray(Image.open(io.BytesIO(base64.b64decode(known["sprite"]))))
    x0, x1, y0, y1 = known["extent"]
    for row, column in ((0, 0), (39, 39), (7, 21), (20, 3)):
        z = [x0 + (column + 0.5) * (x1 - x0) / 40, y1 - (row + 0.5) * (y1 - y0) / 40]
        exact = read(atlas.point(z, "vae-2d")["picture"])
        assert np.abs(lines[40 * row + column].astype(int) - exact).max() <= 1


def test_the_blend_of_the_sprite_is_close_to_the_exact_decode_between_its_cells():
    known = atlas.atlas("vae-2d")
    lines = np.asarray(Image.open(io.BytesIO(base64.b64decode(known["sprite"])))).reshape(40, 40, 784) / 255
    x0, x1, y0, y1 = known["extent"]
    generator, errors = np.random.default_rng(0), []
    for x, y in generator.uniform(1, 38, (50, 2)):
        c, r, u, v = int(x), int(y), x % 1, y % 1
        blend = (1 - v) * ((1 - u) * lines[r, c] + u * lines[r, c + 1])
        blend += v * ((1 - u) * lines[r + 1, c] + u * lines[r + 1, c + 1])
        z = [x0 + (x + 0.5) * (x1 - x0) / 40, y1 - (y + 0.5) * (y1 - y0) / 40]
        errors.append(np.abs(blend - read(atlas.point(z, "vae-2d")["picture"]) / 255).mean())
    assert np.mean(errors) < 0.02  # of the grey range: the eye does not see it


def test_the_posterior_of_a_drawing_is_the_networks_own_and_epsilon_moves_inside_it():
    answer = atlas.posterior(FIRST, "vae-2d", [1.5, -0.5])
    mu, log_var = codes.encode(digit(3), "vae-2d").values()
    assert answer["mu"] == pytest.approx(mu, abs=1e-6)
    assert answer["sigma"] == pytest.approx([math.exp(0.5 * v) for v in log_var], rel=1e-5)
    z = [m + s * e for m, s, e in zip(answer["mu"], answer["sigma"], [1.5, -0.5], strict=True)]
    assert answer["z"] == pytest.approx(z, abs=1e-6)
    assert np.abs(read(answer["picture"]).astype(int) - read(atlas.point(z, "vae-2d")["picture"])).max() <= 1


def test_bytes_of_the_pad_are_the_same_picture_as_numbers():
    grey = np.rint(255 * np.array(digit(3))).astype(np.uint8)
    assert atlas.posterior({"picture": grey}, "vae-2d")["mu"] == pytest.approx(
        atlas.posterior({"picture": grey / 255}, "vae-2d")["mu"], abs=1e-6
    )


def test_a_test_picture_has_its_stored_posterior():
    stored = sources.latents("vae-2d")
    third = np.flatnonzero(stored["classes"] == 8)[2]
    answer = atlas.posterior(SECOND, "vae-2d")
    assert answer["mu"] == pytest.approx(stored["points"][third].tolist(), abs=1e-6)
    assert answer["sigma"] == pytest.approx(np.exp(0.5 * stored["log_var"][third]).tolist(), rel=1e-5)


def test_epsilon_is_drawn_by_seed():
    assert atlas.draw_epsilon(4, 3) == atlas.draw_epsilon(4, 3)
    assert atlas.draw_epsilon(4, 3) != atlas.draw_epsilon(5, 3)


def test_a_map_needs_two_dimensions():
    with pytest.raises(ValueError, match="2 dimensions"):
        atlas.atlas("vae")


@judged
def test_a_tile_of_the_map_is_read_as_the_point_in_its_middle():
    known = atlas.atlas("vae-2d")
    classes, confidence, accepted = (read(known["looks"][key]) for key in ("class", "confidence", "accepted"))
    x0, x1, y0, y1 = known["extent"]
    for row, column in ((2, 12), (30, 22), (12, 5)):
        z = [x0 + (column + 0.5) * (x1 - x0) / 40, y1 - (row + 0.5) * (y1 - y0) / 40]
        looks = atlas.point(z, "vae-2d")["looks"]
        assert classes[40 * row + column] == looks["class"]
        assert confidence[40 * row + column] / 255 == pytest.approx(looks["probability"], abs=0.02)
        assert accepted[40 * row + column] == looks["accepted"]


@judged
def test_every_answer_is_strict_json():
    for answer in (atlas.atlas("vae-2d"), atlas.posterior(FIRST), atlas.posterior(SECOND), atlas.across(SECOND)):
        json.dumps(answer, allow_nan=False)


# ---- what the page says ----------------------------------------------------------------------------------------------
@judged
def test_the_map_starts_with_the_network_that_keeps_most_classes():
    """By the stored codes, without what was measured: decoded at the mean and read by the classifier."""
    shares = {}
    for name in ("vae-2d", "vae-deep-2d"):
        stored = sources.latents(name)
        rows = np.random.default_rng(0).choice(len(stored["points"]), 600, replace=False)
        seen = judge.read(codes.pictures(networks.network(name), codes_of(stored["points"][rows])), "digits")
        shares[name] = float((seen["class"] == stored["classes"][rows]).mean())
        low, high = atlas.kept()[name]["interval"]
        assert low - 0.08 < shares[name] < high + 0.08  # 600 of the first half, against all: 2 standard errors and more
    assert atlas.maps()[0] == max(shares, key=shares.get)
    assert atlas.props()["networks"][0][0] == atlas.maps()[0]


def codes_of(points):
    """Stored codes as a tensor."""
    import torch

    return torch.from_numpy(points.astype(np.float32))


@judged
def test_the_exercise_lies_across_a_border_and_most_pictures_do_not():
    start = atlas.maps()[0]
    told = atlas.numbers()
    found = atlas.across({"class": told["class"], "index": told["index"]}, start, seed=1)
    two = sorted(found["counts"])[-2:]
    assert min(two) >= 0.1 * sum(found["counts"])  # whoever draws some twenty times sees both
    stored = sources.latents(start)
    generator = np.random.default_rng(0)
    changed = [
        atlas.across({"class": int(k), "index": int(generator.integers(400))}, start)["changed"]
        for k in stored["classes"][generator.choice(len(stored["classes"]), 20)]
    ]
    assert np.median(changed) < 0.05


@judged
def test_what_is_a_digit_to_the_judge_is_counted_beside_the_class():
    """600 stored codes of the first network: many keep their class, and fewer are digits."""
    start, told = atlas.maps()[0], atlas.numbers()
    stored = sources.latents(start)
    rows = np.random.default_rng(1).choice(len(stored["points"]), 600, replace=False)
    seen = judge.read(codes.pictures(networks.network(start), codes_of(stored["points"][rows])), "digits")
    assert float(told["digits"].split("%")[0]) == pytest.approx(100 * seen["accepted"].mean(), abs=8)
    assert seen["accepted"].mean() < (seen["class"] == stored["classes"][rows]).mean()
    assert float(told["real_digits"].split("%")[0]) == pytest.approx(95, abs=2)


@judged
def test_the_lesson_is_filled_from_what_was_measured():
    told = atlas.numbers()
    assert told["kept"].startswith(f"{100 * atlas.kept()[atlas.maps()[0]]['share']:.0f} %")
    first, second = re.fullmatch(r"(\d+) looked like an? \d and (\d+) like an? \d", told["often"]).groups()
    assert 0.9 * told["draws"] <= int(first) + int(second) <= told["draws"]


# ---- in a browser --------------------------------------------------------------------------------------------------
OUTPUT = ".vae-map .place-output canvas"
MAP = ".vae-map .map-top"


def over(page, x: float, y: float) -> tuple[float, float]:
    """A place on the map as shares of its width and height, in pixels of the page."""
    box = page.locator(MAP).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def line(page) -> str:
    return page.inner_text(".vae-map .z-line")


@pytest.mark.browser
def test_hover_shows_and_leaving_goes_back(page, app_url):
    visit(page, app_url, "vae", "map")
    before, shown = line(page), pixels(page, OUTPUT)
    page.mouse.move(*over(page, 0.3, 0.3))
    page.wait_for_function("z => document.querySelector('.vae-map .z-line').innerText !== z", arg=before)
    assert pixels(page, OUTPUT) != shown
    page.mouse.move(5, 5)
    page.wait_for_function("z => document.querySelector('.vae-map .z-line').innerText === z", arg=before)
    page.evaluate(QUIET)
    assert "vae_z" not in page.evaluate("location.search")


@pytest.mark.browser
def test_a_click_pins_the_link_keeps_it_and_escape_lets_go(page, app_url):
    visit(page, app_url, "vae", "map")
    own = line(page)
    page.mouse.click(*over(page, 0.3, 0.3))
    page.wait_for_function("location.search.includes('vae_z=')")
    pinned = line(page)
    for x in (0.5, 0.7, 0.9):  # on the way to "Copy link"
        page.mouse.move(*over(page, x, 0.1))
    page.get_by_role("button", name="Copy link").hover()
    page.evaluate(QUIET)
    assert line(page) == pinned
    shown = pixels(page, OUTPUT)
    page.reload()
    stands(page, "vae", "map")
    assert line(page) == pinned
    assert pixels(page, OUTPUT) == shown
    page.locator(MAP).focus()
    page.keyboard.press("Escape")
    page.wait_for_function("!location.search.includes('vae_z=')")
    page.evaluate(QUIET)
    assert line(page) == own


@pytest.mark.browser
def test_the_picture_follows_the_pointer_without_asking_and_is_exact_at_rest(page, app_url):
    visit(page, app_url, "vae", "map")
    page.mouse.move(*over(page, 0.3, 0.3))
    page.evaluate(QUIET)
    calls, before = asked(page), pixels(page, OUTPUT)
    places = [over(page, 0.3 + 0.02 * i, 0.4) for i in range(20)]
    page.locator(MAP).evaluate(
        """(map, places) => {
          const mouse = { bubbles: true, pointerId: 1, pointerType: "mouse" };
          for (const [clientX, clientY] of places) {
            map.dispatchEvent(new PointerEvent("pointermove", { ...mouse, clientX, clientY }));
          }
        }""",
        places,
    )
    changes(page, OUTPUT, before)
    page.wait_for_function("document.querySelector('.vae-map .source').textContent.includes('exactly')")
    assert len(calls) == 1  # of twenty places, only the one where the pointer rested


@pytest.mark.browser
def test_the_link_holds_all_that_is_set(page, app_url):
    set_here = {
        "vae_network": "vae-2d",
        "vae_source": "picked-7-4",
        "vae_e1": "1.5",
        "vae_e2": "-0.5",
        "vae_draws": "12",
    }
    visit(page, app_url, "vae", "map", **set_here, vae_manifold="1", vae_hidden="1_2")
    shown = pixels(page, OUTPUT), pixels(page, ".vae-map .map-base"), page.inner_text(".vae-map .formula-numbers")
    assert "· 1.50 =" in shown[2]
    for name, value in set_here.items():
        assert f"{name}={value}" in page.evaluate("location.search")
    page.reload()
    stands(page, "vae", "map")
    assert (pixels(page, OUTPUT), pixels(page, ".vae-map .map-base")) == shown[:2]
    assert page.inner_text(".vae-map .formula-numbers") == shown[2]


@pytest.mark.browser
def test_another_digit_lets_the_pinned_point_go(page, app_url):
    visit(page, app_url, "vae", "map", vae_z="2_2", vae_draws="5")
    assert line(page) == "z = (2.00, 2.00)"
    page.locator(".vae-map .pad-examples button").nth(7).click()
    page.wait_for_function("!location.search.includes('vae_z=') && location.search.includes('vae_source=drawn-7')")
    page.evaluate(QUIET)
    assert "vae_draws" not in page.evaluate("location.search")
    assert line(page) != "z = (2.00, 2.00)"
    assert page.inner_text(".vae-map .formula-numbers").count("· 0.00 =") == 2


@pytest.mark.browser
def test_epsilon_and_slider_agree_or_say_that_z_is_outside(page, app_url):
    visit(page, app_url, "vae", "map", vae_z="3_-3")
    sliders = page.locator(".vae-map .epsilon-side output")
    formula = page.inner_text(".vae-map .formula-numbers")
    assert sliders.all_inner_texts() == ["outside", "outside"]
    assert formula.count("outside this posterior") == 2
    page.get_by_label("ε₁").press("ArrowLeft")  # by hand: the pinned point goes
    page.wait_for_function("!location.search.includes('vae_z=')")
    page.evaluate(QUIET)
    values = [text.replace("−", "-") for text in sliders.all_inner_texts()]
    formula = page.inner_text(".vae-map .formula-numbers").replace("−", "-")
    parts = re.findall(r"z.? = (\S+) \+ (\S+) · \(?(-?[\d.]+)\)? = (\S+)", formula)
    assert [float(part[2]) for part in parts] == [float(value) for value in values]
    for mu, sigma, epsilon, z in parts:
        assert float(z) == pytest.approx(float(mu) + float(sigma) * float(epsilon), abs=0.02)


@pytest.mark.browser
def test_the_first_draw_of_epsilon_is_the_same_on_every_visit(page, app_url):
    visit(page, app_url, "vae", "map")
    press = page.get_by_role("button", name="Draw ε")
    press.click()
    page.wait_for_function("location.search.includes('vae_draws=1')")
    first = page.inner_text(".vae-map .formula-numbers")
    press.click()
    page.wait_for_function("location.search.includes('vae_draws=2')")
    assert page.inner_text(".vae-map .formula-numbers") != first
    visit(page, app_url, "vae", "map")
    press.click()
    page.wait_for_function("location.search.includes('vae_draws=1')")
    page.evaluate(QUIET)
    assert page.inner_text(".vae-map .formula-numbers") == first


@pytest.mark.browser
def test_epsilon_by_hand_in_the_lens(page, app_url):
    visit(page, app_url, "vae", "map")
    page.locator(".vae-map .lens").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.vae-map .formula-numbers').innerText.includes('· 1.00 =')")
    page.wait_for_function("location.search.includes('vae_e1=1')")


@pytest.mark.browser
def test_drawing_moves_the_posterior_during_the_stroke(page, app_url):
    visit(page, app_url, "vae", "map")
    before = page.inner_text(".vae-map .code-numbers")
    box = page.locator(".vae-map .pad canvas").first.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 30)
    page.mouse.down()
    for i in range(12):
        page.mouse.move(box["x"] + 100, box["y"] + 30 + 12 * i)
    page.wait_for_function(
        "before => document.querySelector('.vae-map .code-numbers').innerText !== before", arg=before
    )
    page.mouse.up()


@pytest.mark.browser
def test_keys_move_z_and_a_screen_reader_hears_where_and_what(page, app_url):
    visit(page, app_url, "vae", "map")
    page.locator(MAP).focus()
    before = line(page)
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("z => document.querySelector('.vae-map .z-line').innerText !== z", arg=before)
    page.wait_for_function(
        "/z = \\(.+\\), looks like an? \\d, .+%/.test(document.querySelector('.vae-map .map-spoken').innerText)"
    )


@pytest.mark.browser
def test_a_bad_link_is_forgiven_and_the_pad_is_not_empty(page, app_url):
    visit(page, app_url, "vae", "map", vae_network="bogus", vae_digit="-3")
    notice = page.locator(".notice:visible").inner_text()
    assert "vae_network" in notice
    assert "vae_digit" in notice
    assert page.locator(".vae-map .place-network select").input_value() == atlas.maps()[0]
    assert page.locator(".vae-map .pad canvas").first.get_attribute("aria-label").endswith("example 3")


@pytest.mark.browser
def test_links_of_before_still_open_their_place(page, app_url):
    visit(page, app_url, "vae", "map", vae_z1="0.500", vae_z2="-1.250", vae_digit="7")
    assert line(page) == "z = (0.50, −1.25)"
    assert "example 7" in page.locator(".vae-map .pad canvas").first.get_attribute("aria-label")


@pytest.mark.browser
def test_another_network_keeps_the_page_and_moves_its_dots(page, app_url):
    visit(page, app_url, "vae", "map")
    before, base = page.inner_text(".vae-map .kept"), pixels(page, ".vae-map .map-base")
    page.locator(".vae-map .place-network select").select_option("vae-2d")
    page.wait_for_function("document.querySelector('.vae-map').dataset.network === 'vae-2d'")
    page.evaluate(QUIET)
    assert pixels(page, ".vae-map .map-base") != base
    assert page.inner_text(".vae-map .kept") != before
    assert f"{100 * atlas.kept()['vae-2d']['share']:.0f} %" in page.inner_text(".vae-map .kept")
    assert page.locator(".vae-map .map").count() == 1


@pytest.mark.browser
def test_a_network_of_garments_starts_from_a_garment(page, app_url):
    visit(page, app_url, "vae", "map", vae_network="vae-fashion-2d")
    assert not page.locator(".vae-map .pad").is_visible()
    assert "pullover" in page.inner_text(".vae-map .legend")
    assert len(set(page.locator(".vae-map .place-encoder canvas").evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"))) > 10  # a picture, nothing black  # fmt: skip


@pytest.mark.browser
def test_the_map_is_large_on_a_projector_and_the_result_is_on_the_first_screen(page, app_url):
    visit(page, app_url, "vae", "map")
    assert page.locator(MAP).bounding_box()["width"] >= 480
    for part in (OUTPUT, ".vae-map .result", ".vae-map .kept", ".vae-map .buttons"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 720


@pytest.mark.browser
def test_whoever_guesses_is_told_what_the_draws_looked_like(page, app_url):
    told = atlas.numbers()
    visit(page, app_url, "vae", "map", vae_source=f"picked-{told['class']}-{told['index']}")
    page.get_by_role("button", name="More often").click()
    page.locator(".vae-map .predict-words").wait_for()
    counts = atlas.across({"class": told["class"], "index": told["index"]}, atlas.maps()[0])["counts"]
    assert f"{max(counts)} like" in page.inner_text(".vae-map .predict-words")


@pytest.mark.browser
def test_on_a_phone_a_tap_pins_and_one_finger_scrolls_the_page(phone, app_url):
    visit(phone, app_url, "vae", "map")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    canvas = phone.locator(MAP)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    x, y = box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"]
    phone.touchscreen.tap(x, y)
    phone.wait_for_function("location.search.includes('vae_z=')")
    pinned, top = line(phone), phone.evaluate("scrollY")
    finger = phone.context.new_cdp_session(phone)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x - 120, "y": y}]})
    for way in range(20, 220, 20):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x - 120, "y": y - way}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function("top => scrollY > top + 100", arg=top)
    assert line(phone) == pinned
