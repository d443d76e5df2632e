"""Tab 1 in a real browser: a stroke is denoised while it is drawn; every step answers; bad files get a sentence."""

import json
import re

import pytest

from tests.test_drawing import png

pytestmark = pytest.mark.browser
BENCH = ".denoise-bench"


def pixels(page, selector: str, nth: int = 0) -> str:
    """The pixels of a canvas, as a data URL."""
    return page.locator(selector).nth(nth).evaluate("canvas => canvas.toDataURL()")


def open_bench(page, url: str) -> None:
    page.goto(url)
    page.locator(f"{BENCH} .tile .number").first.wait_for()
    page.wait_for_function("document.querySelector('.denoise-bench .tile .number').textContent.includes('dB')")


def output(page) -> str:
    return pixels(page, f"{BENCH} .picture", 2)


def open_step(page, number: int):
    step = page.locator(".step").filter(has_text=re.compile(rf"^\s*{number}\. "))
    step.locator("button.label-wrap").click()
    step.locator(".instrument canvas, .instrument img, .instrument table").first.wait_for()
    return step


def settled(page, read, before):
    """Wait until `read()` differs from `before`, and return it."""
    for _ in range(100):
        now = read()
        if now != before:
            return now
        page.wait_for_timeout(50)
    raise AssertionError("nothing changed within 5 s")


def test_the_reconstruction_changes_during_the_stroke(page, app_url):
    open_bench(page, app_url)
    box = page.locator(f"{BENCH} .pad-canvas").bounding_box()
    before = output(page)
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"], steps=6)
    first = settled(page, lambda: output(page), before)
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.85 * box["height"], steps=8)
    settled(page, lambda: output(page), first)  # the button is still down
    page.mouse.up()


def test_undo_brings_the_example_back_and_delete_clears(page, app_url):
    open_bench(page, app_url)
    pad = page.locator(f"{BENCH} .pad-canvas")
    example = pixels(page, f"{BENCH} .pad-canvas")
    pad.click(position={"x": 60, "y": 60})
    drawn = settled(page, lambda: pixels(page, f"{BENCH} .pad-canvas"), example)
    page.keyboard.press("Control+z")
    assert settled(page, lambda: pixels(page, f"{BENCH} .pad-canvas"), drawn) == example
    page.keyboard.press("Delete")
    empty = settled(page, lambda: pixels(page, f"{BENCH} .pad-canvas"), example)
    page.keyboard.press("7")  # the keyboard's way to a drawing
    settled(page, lambda: pixels(page, f"{BENCH} .pad-canvas"), empty)
    page.wait_for_function("location.search.includes('denoise_digit=7')")  # and the link brings it back


def test_noise_seed_and_network_answer_and_the_link_brings_the_same_pixels(page, app_url):
    open_bench(page, app_url + "/?denoise_noise=0.5&denoise_seed=11&denoise_kind=salt-and-pepper&denoise_digit=5")
    noisy = pixels(page, f"{BENCH} .picture", 1)
    open_bench(page, app_url + "/?denoise_noise=0.5&denoise_seed=11&denoise_kind=salt-and-pepper&denoise_digit=5")
    assert pixels(page, f"{BENCH} .picture", 1) == noisy
    page.get_by_role("button", name="New noise").click()
    noisy = settled(page, lambda: pixels(page, f"{BENCH} .picture", 1), noisy)
    page.locator(f"{BENCH} select").first.select_option("blur")
    settled(page, lambda: pixels(page, f"{BENCH} .picture", 1), noisy)
    made = output(page)
    page.locator(f"{BENCH} select").nth(1).select_option("autoencoder")
    made = settled(page, lambda: output(page), made)
    slider = page.locator(f"{BENCH} input[type=range]").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    settled(page, lambda: output(page), made)
    page.wait_for_function("location.search.includes('denoise_kind=blur')")


def test_a_finger_draws_and_the_page_stays_where_it_is(phone, app_url):
    open_bench(phone, app_url)
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    pad = phone.locator(f"{BENCH} .pad-canvas")
    before, box = output(phone), pad.bounding_box()
    session = phone.context.new_cdp_session(phone)

    def touch(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    at = [(box["x"] + s * box["width"], box["y"] + (0.9 - 0.8 * s) * box["height"]) for s in (0.2, 0.4, 0.6, 0.8)]
    scrolled = phone.evaluate("scrollY")
    touch("touchStart", at[0])
    for point in at[1:]:
        touch("touchMove", point)
    settled(phone, lambda: output(phone), before)
    touch("touchEnd")
    assert phone.evaluate("scrollY") == scrolled


def test_the_steps_answer(page, app_url):
    open_bench(page, app_url)
    compare = open_step(page, 2)
    compare.locator(".card.best").wait_for()
    best = compare.locator(".card .number").all_text_contents()
    assert len(best) >= 7
    compare.get_by_role("button", name="Sort by time").click()
    grid = open_step(page, 3)
    grid.locator(".cell.stands").wait_for()
    strength = page.locator(f"{BENCH} output").first.text_content()
    grid.locator(".cell").last.click()
    settled(page, lambda: page.locator(f"{BENCH} output").first.text_content(), strength)
    normalise = open_step(page, 1)
    picture = pixels(page, ".denoise-normalise .picture", 4)
    normalise.get_by_label("Fit it into").uncheck()
    settled(page, lambda: pixels(page, ".denoise-normalise .picture", 4), picture)
    again = open_step(page, 4)
    again.locator(".frame").nth(1).click()
    again.locator("figcaption", has_text="After 1 time").first.wait_for(timeout=10_000)
    unlike = open_step(page, 5)
    words = unlike.locator(".verdict").text_content()
    unlike.get_by_role("button", name="scribble").click()
    settled(page, lambda: unlike.locator(".verdict").text_content(), words)
    micrograph = open_step(page, 7)
    picture = pixels(page, ".denoise-micrograph .picture", 1)
    micrograph.get_by_role("button", name="New specimen").click()
    settled(page, lambda: pixels(page, ".denoise-micrograph .picture", 1), picture)
    assert not [text for text in page.locator(".notice").all_text_contents() if text]


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
def test_a_bad_file_gets_a_sentence(page, app_url, name, content, words):
    open_bench(page, app_url)
    page.locator(f"{BENCH} input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )
    page.wait_for_function(
        "words => document.querySelector('.denoise-bench .notice').textContent.includes(words)", arg=words
    )


def test_the_endpoints_answer_over_http_and_refuse_with_a_sentence(client):
    picture = [[0.0] * 28 for _ in range(28)]
    for row in range(6, 22):
        picture[row][13] = picture[row][14] = 1.0
    answer = client.predict(picture, 0.3, 1, "denoising-vae", api_name="/denoise")
    assert set(answer) == {"seen", "noisy", "reconstruction", "mse", "psnr"}
    results = client.predict(picture, "poisson", 0.4, 2, ["median", "autoencoder"], api_name="/compare")
    assert [result["network"] for result in results] == ["median", "autoencoder"]
    assert len(client.predict(picture, api_name="/compare")) >= 7
    assert set(client.predict(picture, api_name="/normalise")) == {"drawn", "box", "stroke", "centred"}
    assert json.dumps(client.predict(api_name="/noise_grid"))
    with pytest.raises(Exception, match="noise must be from 0 to 1, not 7"):
        client.predict(picture, 7, api_name="/denoise")
