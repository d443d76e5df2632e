"""The denoising tab in a real browser: drawn, dragged and typed on as visitors do; links bring the same pixels."""

import json
import re

import pytest

from tests.conftest import start_app
from tests.denoise.drawings import DRAWING
from tests.denoise.test_sources import photo_of
from tests.frame import PLACES, stands, visit
from tests.test_drawing import png

pytestmark = pytest.mark.browser
READY = 30_000  # milliseconds, on a busy machine too
ROOMS = [room for tab, room in PLACES if tab == "denoise"]
PAD = ".denoise-bench .pad-canvas"
RAW_NAMES = (
    r"unet-denoiser|denoising-(autoencoder|vae)|u-net|softmax-digits|cnn-digits|linear-denoiser|\bNaN\b|undefined"
)


def canvas(label: str, room: str = "bench") -> str:
    """The canvas whose label begins so."""
    return f'.denoise-{room} canvas[aria-label^="{label}"]'


def pixels(page, selector: str) -> str:
    """The pixels of the first such canvas, as a data URL."""
    return page.locator(selector).first.evaluate("canvas => canvas.toDataURL()")


def changed(page, selector: str, before: str) -> str:
    """Wait until the first such canvas shows something else, and return it."""
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector)?.toDataURL() !== before",
        arg=[selector, before], timeout=READY,
    )  # fmt: skip
    return pixels(page, selector)


def says(page, selector: str, words: str) -> None:
    """Wait until an element's text holds these words."""
    page.wait_for_function(
        "([selector, words]) => document.querySelector(selector)?.textContent.includes(words)",
        arg=[selector, words], timeout=READY,
    )  # fmt: skip


def in_link(page, words: str) -> None:
    """Wait until the address holds these words."""
    page.wait_for_function("words => location.search.includes(words)", arg=words, timeout=READY)


def stroke(page, selector: str = PAD, points=((0.3, 0.2), (0.7, 0.2), (0.45, 0.85))) -> None:
    """One stroke with the mouse through these places of the pad."""
    box = page.locator(selector).first.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def elsewhere(browser, page, room: str, *selectors: str) -> None:
    """Open the page's address in a browser that has never been here: the same pixels and text stand there."""
    stands(page, "denoise", room)
    here = [page.locator(one).first.evaluate("e => e.toDataURL?.() ?? e.textContent") for one in selectors]
    with_own = browser.new_context(viewport=page.viewport_size)
    other = with_own.new_page()
    other.goto(page.url)
    stands(other, "denoise", room)
    there = [other.locator(one).first.evaluate("e => e.toDataURL?.() ?? e.textContent") for one in selectors]
    with_own.close()
    assert there == here


# ---- the bench -----------------------------------------------------------------------------------------------------


def test_the_reconstruction_changes_during_the_stroke(page, app_url):
    visit(page, app_url, "denoise", "bench")
    box = page.locator(PAD).bounding_box()
    before = pixels(page, canvas("Reconstruction"))
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"], steps=6)
    first = changed(page, canvas("Reconstruction"), before)
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.85 * box["height"], steps=8)
    changed(page, canvas("Reconstruction"), first)  # the button is still down
    page.mouse.up()


def test_a_drawing_over_an_example_is_what_the_link_brings(page, app_url, browser):
    visit(page, app_url, "denoise", "bench", denoise_digit="8")
    eight = pixels(page, canvas("What the network sees"))
    stroke(page)
    changed(page, canvas("What the network sees"), eight)
    in_link(page, "denoise_drawing=s")
    elsewhere(browser, page, "bench", canvas("What the network sees"), canvas("With noise"), canvas("Reconstruction"))


def test_undo_brings_the_example_back_and_keys_clear_and_choose(page, app_url):
    visit(page, app_url, "denoise", "bench")
    seen = canvas("What the network sees")
    example = pixels(page, seen)
    page.locator(PAD).click(position={"x": 60, "y": 60})
    drawn = changed(page, seen, example)
    page.keyboard.press("Control+z")
    assert changed(page, seen, drawn) == example
    page.keyboard.press("Delete")
    empty = changed(page, seen, example)
    page.keyboard.press("7")  # the keyboard's way to a drawing
    changed(page, seen, empty)
    in_link(page, "denoise_drawing=7")


def test_a_photo_stands_in_the_link_and_in_the_steps(page, app_url, browser, tmp_path):
    from PIL import Image

    file = tmp_path / "four.png"
    Image.fromarray((255 * photo_of(4)).astype("uint8")).save(file)
    visit(page, app_url, "denoise", "bench")
    seen = canvas("What the network sees")
    before = pixels(page, seen)
    page.locator(".denoise-bench input[type=file]").set_input_files(file)
    changed(page, seen, before)
    in_link(page, "denoise_drawing=p")
    elsewhere(browser, page, "bench", seen, canvas("Reconstruction"))

    page.locator(".rail button").nth(1).click()  # step 1: the photo is the drawing, not a black square
    stands(page, "denoise", "normalise")
    brightest = (
        "canvas => Math.max(...canvas.getContext('2d').getImageData(0, 0, 112, 112).data.filter((_, i) => i % 4 == 0))"
    )
    assert page.locator(canvas("The drawing", "normalise")).evaluate(brightest) > 200
    assert page.get_by_label("Drawn how large", exact=True).is_disabled()

    page.locator(".rail button").nth(5).click()  # step 5: it lies on the pad
    stands(page, "denoise", "unlike")
    shown = pixels(page, canvas("What they see", "unlike"))
    page.get_by_role("button", name="Your drawing on the bench").click()
    changed(page, canvas("What they see", "unlike"), shown)
    assert page.locator(".denoise-unlike .pad-canvas").get_attribute("aria-label") == "Draw anything: a photo"


def test_noise_seed_and_network_answer_and_the_link_brings_the_same_pixels(page, app_url, browser):
    visit(page, app_url, "denoise", "bench", denoise_noise="0.5", denoise_seed="11", denoise_kind="salt-and-pepper")
    noisy = pixels(page, canvas("With noise"))
    page.get_by_role("button", name="Next seed").click()
    noisy = changed(page, canvas("With noise"), noisy)
    page.get_by_label("Noise", exact=True).select_option("blur")
    changed(page, canvas("With noise"), noisy)
    made = pixels(page, canvas("Reconstruction"))
    page.get_by_label("Network", exact=True).select_option("autoencoder")
    made = changed(page, canvas("Reconstruction"), made)
    page.get_by_label("Strength", exact=True).focus()
    page.keyboard.press("ArrowRight")
    changed(page, canvas("Reconstruction"), made)
    in_link(page, "denoise_noise=0.51")
    elsewhere(browser, page, "bench", canvas("With noise"), canvas("Reconstruction"), ".denoise-bench .gain")


def test_without_noise_no_decibels_are_invented(page, app_url):
    visit(page, app_url, "denoise", "bench", denoise_noise="0")
    words = page.locator(".denoise-bench .outcome").inner_text()
    assert "no error" in words
    assert "nothing to gain" in words
    assert "120" not in words
    visit(page, app_url, "denoise", "figure", denoise_noise="0")
    says(page, ".denoise-figure .words", "no error →")


def test_the_whole_start_is_seen_at_once_on_a_projector(page, app_url):
    visit(page, app_url, "denoise", "bench")
    bottom = page.locator(".denoise-bench").bounding_box()
    assert bottom["y"] + bottom["height"] <= 720


def test_the_film_runs_when_something_is_chosen_and_not_for_who_wants_no_motion(page, app_url):
    films = "() => document.querySelectorAll('.veil').length && [...document.querySelectorAll('.veil')].filter("
    films += "(one) => one.getAnimations().length).length"
    visit(page, app_url, "denoise", "bench")
    page.wait_for_function(f"({films})() === 0", timeout=READY)
    page.get_by_role("button", name="Next seed").click()
    page.wait_for_function(f"({films})() > 0", timeout=READY)
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_function(f"({films})() === 0", timeout=READY)
    noisy = pixels(page, canvas("With noise"))
    page.get_by_role("button", name="Next seed").click()
    changed(page, canvas("With noise"), noisy)
    assert page.evaluate(films) == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    ids=("empty", "text", "bomb", "torn", "blank"),
    argvalues=[
        ("empty.png", b"", "empty"),
        ("text.png", b"I am text.", "no PNG or JPEG"),
        ("bomb.png", png(20_000, 20_000), "20000 × 20000"),
        ("torn.png", png(300, 300)[:60], "damaged"),
        ("blank.png", png(300, 300), "No ink"),
    ],
)
def test_a_bad_file_gets_a_sentence(browser, app_url, name, content, words):
    page = browser.new_page()  # the browser's console names the refused request; that is no complaint of ours
    visit(page, app_url, "denoise", "bench")
    page.locator(".denoise-bench input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )
    says(page, ".denoise-bench .photo .notice", words)
    page.close()


# ---- the strip and the steps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ["normalise", "compare", "grid", "again"])
def test_the_bench_stays_in_sight_as_a_low_strip(page, app_url, room):
    visit(page, app_url, "denoise", room)
    strip = page.locator(".bench .denoise-bench.compact")
    assert strip.bounding_box()["height"] <= 110
    page.mouse.move(640, 600)
    page.mouse.wheel(0, 400)
    page.wait_for_function("scrollY > 200")
    assert 0 <= strip.bounding_box()["y"] <= 20


def test_the_strip_draws_and_its_noise_reaches_the_cards(page, app_url, browser):
    visit(page, app_url, "denoise", "compare")
    page.locator(".denoise-compare .card.best").wait_for()
    assert page.locator(".denoise-compare .card .number").count() >= 14
    nothing = '.denoise-compare canvas[aria-label^="Nothing done"]'
    before = pixels(page, nothing)
    page.get_by_label("Noise", exact=True).focus()
    page.keyboard.press("PageUp")
    before = changed(page, nothing, before)
    stroke(page)
    changed(page, nothing, before)
    page.get_by_role("button", name="time", exact=True).click()
    says(page, ".denoise-compare .card.best .number", "ms")
    in_link(page, "sort=milliseconds")
    elsewhere(browser, page, "compare", nothing, canvas("Denoising VAE", "compare"))


def test_the_strip_has_the_rest_behind_a_button(page, app_url):
    visit(page, app_url, "denoise", "again")
    page.get_by_role("button", name="More settings").click()
    large = pixels(page, ".denoise-again .again > .figure canvas")
    page.locator(".bench").get_by_role("button", name="5: example").click()
    changed(page, ".denoise-again .again > .figure canvas", large)
    page.get_by_label("Kind", exact=True).select_option("blur")
    in_link(page, "denoise_kind=blur")
    page.keyboard.press("Escape")
    assert page.get_by_role("button", name="More settings").get_attribute("aria-expanded") == "false"


def test_one_drawing_stands_beside_the_test_set(page, app_url):
    visit(page, app_url, "denoise", "compare")
    heads = page.locator(".denoise-compare .winner").all_inner_texts()
    assert "On this drawing, one seed" in heads[0]
    assert "10,000 digits" in heads[1]
    places = page.locator(".denoise-compare .card .place").all_inner_texts()
    assert {f"test set: {place}" for place in ("1st", "2nd", "3rd", "13th")} <= set(places)


def test_a_cell_of_the_table_takes_the_bench_there(page, app_url, browser):
    visit(page, app_url, "denoise", "grid")
    assert page.locator(".cell[aria-current=true]").count() == 1
    cell = page.locator('.cell[aria-label$=": Denoising VAE (noise 0.3) at noise 0.8"]')
    cell.click()
    page.wait_for_function(
        "document.querySelector('.cell[aria-current=true]').getAttribute('aria-label').endsWith('at noise 0.8')"
    )
    in_link(page, "denoise_noise=0.8")
    page.get_by_role("button", name="SSIM").click()
    elsewhere(browser, page, "grid", ".denoise-grid .grid", ".denoise-grid .here")


def test_the_price_of_being_blind_is_guessed_before_it_is_told(page, app_url):
    visit(page, app_url, "denoise", "grid")
    question = page.locator(".denoise-grid .predict")
    assert "trained blind?" in question.inner_text()
    assert "measured here" not in question.inner_text()
    question.locator("input").fill("3")
    question.get_by_role("button", name="Reveal").click()
    says(page, ".denoise-grid .predict-answer", "measured here")
    assert "your guess" in question.inner_text()
    assert "test digits" in question.inner_text()


def test_a_step_left_out_shows_and_the_link_keeps_it(page, app_url, browser):
    visit(page, app_url, "denoise", "normalise")
    seen = canvas("Centred", "normalise")
    before = pixels(page, seen)
    page.get_by_label("Fit it into 20 × 20 pixels", exact=True).uncheck()
    before = changed(page, seen, before)
    page.get_by_label("Moved right", exact=True).focus()
    page.keyboard.press("PageUp")
    page.get_by_label("Pen width", exact=True).focus()
    page.keyboard.press("ArrowRight")
    in_link(page, "pen=0.055")
    stands(page, "denoise", "normalise")
    elsewhere(browser, page, "normalise", seen, canvas("The drawing", "normalise"), ".denoise-normalise .bars")


def test_the_step_that_hurts_most_is_measured_on_this_drawing(page, app_url):
    visit(page, app_url, "denoise", "normalise")
    page.locator(".denoise-normalise .predict").get_by_role("button", name="Give it MNIST's stroke width").click()
    says(page, ".denoise-normalise .predict-answer", "Ink that Denoising autoencoder (noise 0.3) gets wrong without it")


def test_the_film_is_played_scrubbed_and_linked(page, app_url, browser):
    visit(page, app_url, "denoise", "again")
    page.locator(".denoise-again .frame").nth(1).click()
    says(page, ".denoise-again .figure figcaption", "After 1 time")
    elsewhere(browser, page, "again", ".denoise-again .again > .figure canvas", ".denoise-again .numbers")
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function("document.querySelector('.denoise-again .slider input').value > 2", timeout=READY)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    page.get_by_label("Times applied", exact=True).focus()
    page.keyboard.press("End")
    says(page, ".denoise-again .figure figcaption", "After 20 times")


def test_what_is_no_digit_is_drawn_metered_and_linked(page, app_url, browser):
    visit(page, app_url, "denoise", "unlike")
    says(page, ".denoise-unlike .verdict", "99 %")
    page.locator(".pad").get_by_role("button", name="Letter A").click()
    lesson = page.locator(".lesson").inner_text()
    told = re.search(r"the letter A \((\d+ %)\)", lesson)[1]
    says(page, ".denoise-unlike .verdict .result", told)  # text and meter are one computation
    stroke(page, ".denoise-unlike .pad-canvas")
    in_link(page, "unlike_drawing=s")
    elsewhere(browser, page, "unlike", canvas("What they see", "unlike"), ".denoise-unlike .verdict")
    page.get_by_role("button", name="Pure noise").click()
    says(page, ".denoise-unlike .verdict .result", "100 %")
    elsewhere(browser, page, "unlike", canvas("What they see", "unlike"), ".denoise-unlike .verdict")


def test_the_figure_opens_on_the_lectures_network_and_follows_the_bench(page, app_url):
    visit(page, app_url, "denoise", "figure")
    assert page.locator(".denoise-figure select").input_value() == "denoising-vae"
    source = page.locator(".denoise-figure img").get_attribute("src")
    page.get_by_role("button", name="Another eight digits").click()
    page.wait_for_function("before => document.querySelector('.denoise-figure img').src !== before", arg=source)
    in_link(page, "first=8")


def test_the_micrograph_answers_is_linked_and_asks(page, app_url, browser):
    visit(page, app_url, "denoise", "micrograph")
    counted = canvas("Counted electrons", "micrograph")
    before = pixels(page, counted)
    page.get_by_label("Dose", exact=True).focus()
    page.keyboard.press("PageDown")
    before = changed(page, counted, before)
    page.get_by_role("button", name="Next seed").click()
    before = changed(page, counted, before)
    page.get_by_label("Lattice", exact=True).select_option("square")
    changed(page, counted, before)
    marks = pixels(page, ".denoise-micrograph .over")
    page.get_by_label("Mark the vacancies", exact=True).uncheck()
    changed(page, ".denoise-micrograph .over", marks)
    elsewhere(browser, page, "micrograph", counted, canvas("Network", "micrograph"), ".denoise-micrograph .summary")
    page.locator(".predict").get_by_role("button", name="the network", exact=True).click()
    says(page, ".predict-answer", "on 200 specimens")


# ---- on every step -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ROOMS)
def test_every_step_is_in_words_in_its_place_and_whole(page, app_url, room):
    visit(page, app_url, "denoise", room)
    shown = page.locator(".page").inner_text()
    assert not re.findall(RAW_NAMES, re.sub(r"python -m [\w. -]+", "", shown)) or room == "formulas"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".notice:not([hidden])").count() == 0
    astray = page.evaluate("""() => [...document.querySelectorAll(".slider")].filter((one) => {
      const [input, output] = ["input", "output"].map((tag) => one.querySelector(tag).getBoundingClientRect());
      return input.width && (output.top > input.bottom || output.bottom < input.top || output.left < input.right - 1);
    }).map((one) => one.textContent)""")
    assert not astray  # the value stands beside its slider
    assert (
        page.evaluate("""() => [...document.querySelectorAll(".step .button, .bench .button")].filter((one) =>
      one.offsetWidth && one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)""")
        == []
    )


def test_the_pads_keys_touch_nothing(page, app_url):
    visit(page, app_url, "denoise", "bench")
    touching = page.evaluate("""() => {
      const all = [...document.querySelectorAll(".denoise-bench :is(.button, label, canvas):not(.veil)")];
      const boxes = all.filter((one) => one.offsetWidth).map((one) => [one, one.getBoundingClientRect()]);
      const apart = (p, q) => p.right <= q.left || q.right <= p.left || p.bottom <= q.top || q.bottom <= p.top;
      return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([, q]) => !apart(p, q)).map(([b]) =>
        [a.outerHTML, b.outerHTML]));
    }""")
    assert touching == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_phone_shows_every_step_whole(phone, app_url, room):
    visit(phone, app_url, "denoise", room)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate("[...document.querySelectorAll('.folded')].every((one) => !one.open)")


def test_a_finger_draws_and_the_page_stays_where_it_is(phone, app_url):
    visit(phone, app_url, "denoise", "bench")
    before, box = pixels(phone, canvas("Reconstruction")), phone.locator(PAD).bounding_box()
    made = phone.locator(canvas("Reconstruction")).bounding_box()
    assert made["y"] + made["height"] <= 844  # drawing and result on one screen
    session = phone.context.new_cdp_session(phone)

    def touch(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    at = [(box["x"] + s * box["width"], box["y"] + (0.9 - 0.8 * s) * box["height"]) for s in (0.2, 0.4, 0.6, 0.8)]
    scrolled = phone.evaluate("scrollY")
    touch("touchStart", at[0])
    for point in at[1:]:
        touch("touchMove", point)
    changed(phone, canvas("Reconstruction"), before)
    touch("touchEnd")
    assert phone.evaluate("scrollY") == scrolled


# ---- programs, and where no data set is ----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_endpoints_answer_over_http_and_refuse_with_a_sentence(client):
    picture = [[0.0] * 28 for _ in range(28)]
    for row in range(6, 22):
        picture[row][13] = picture[row][14] = 1.0
    answer = client.predict(picture, 0.3, 1, "denoising-vae", api_name="/denoise")
    assert set(answer) == {"seen", "noisy", "reconstruction", "mse", "psnr"}
    results = client.predict(picture, "poisson", 0.4, 2, ["median", "autoencoder"], api_name="/compare")
    assert [result["network"] for result in results] == ["median", "autoencoder"]
    assert len(client.predict(picture, api_name="/compare")) >= 7
    assert set(client.predict(DRAWING.tolist(), api_name="/normalise")) == {"drawn", "box", "stroke", "centred"}
    assert json.dumps(client.predict(api_name="/noise_grid"))
    with pytest.raises(Exception, match="noise must be from 0 to 1, not 7"):
        client.predict(picture, 7, api_name="/denoise")


def test_without_a_data_set_nothing_is_black(browser, tmp_path):
    process, url = start_app(DATA_DIR=str(tmp_path))
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        visit(page, url, "denoise", "bench")
        assert page.get_by_role("button", name="Test digit").count() == 0
        brightest = (
            "canvas => Math.max(...canvas.getContext('2d').getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 < 3))"
        )
        for label in ("What the network sees", "With noise", "Reconstruction"):
            assert page.locator(canvas(label)).evaluate(brightest) > 200
        visit(page, url, "denoise", "figure")
        says(page, ".denoise-figure .words", "Digits drawn by the project")
        page.wait_for_function("document.querySelector('.denoise-figure img').naturalWidth > 900", timeout=READY)
        page.close()
    finally:
        process.terminate()
        process.wait(20)
