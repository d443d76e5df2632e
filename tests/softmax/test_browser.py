"""The tab in a real browser: drawing, the chains of numbers on the page, training, the clinic; links, keys, sizes."""

import json
import math

import pytest

from demos.softmax.chain import handlers as chain
from tests.conftest import start_app
from tests.frame import PLACES, READY, stands, visit

pytestmark = pytest.mark.browser
ROOMS = [room for tab, room in PLACES if tab == "softmax"]
RAW_NAMES = r"softmax-(digits|fashion)|cnn-(digits|fashion)|least-squares-|\bundefined\b|\[object"
TEXT = "([selector, words]) => document.querySelector(selector)?.textContent.includes(words)"
OTHER = "([selector, before]) => document.querySelector(selector).textContent !== before"
PAD = ".softmax-classify .pad-canvas"
PIXELS = "canvas => canvas.toDataURL()"


def numbers(page, room: str) -> dict:
    """What an instrument computes, with all digits."""
    return json.loads(page.locator(f".softmax-{room}").get_attribute("data-numbers"))


def says(page, selector: str, words: str) -> None:
    """Wait until an element's text holds these words."""
    page.wait_for_function(TEXT, arg=[selector, words], timeout=READY)


def other(page, selector: str, before: str) -> str:
    """Wait until an element's text is another one, and return it."""
    page.wait_for_function(OTHER, arg=[selector, before], timeout=READY)
    return page.locator(selector).first.text_content()


def in_link(page, words: str) -> None:
    """Wait until the address holds these words."""
    page.wait_for_function("words => location.search.includes(words)", arg=words, timeout=READY)


def seen(page, selectors: tuple[str, ...]) -> list[str]:
    """The pixels of canvases, the texts of everything else."""
    return [page.locator(one).first.evaluate("e => e.toDataURL?.() ?? e.textContent") for one in selectors]


def elsewhere(browser, page, room: str, *selectors: str) -> None:
    """Open the page's address in a browser that has never been here: the same pixels and texts stand there."""
    stands(page, "softmax", room)
    here = seen(page, selectors)
    fresh = browser.new_context(viewport=page.viewport_size)
    there = fresh.new_page()
    there.goto(page.url)
    stands(there, "softmax", room)
    found = seen(there, selectors)
    fresh.close()
    assert found == here


# ---- every room ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_stands_without_a_notice_and_in_words(page, app_url, room):
    visit(page, app_url, "softmax", room)
    assert page.locator(".page .notice:visible").count() == 0
    place = page.locator(f'[data-step="softmax/{room}"]')
    assert len(place.inner_text()) > 200
    assert place.evaluate("(e, raw) => e.innerText.match(new RegExp(raw))", RAW_NAMES) is None


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_no_wider_than_a_phone(phone, app_url, room):
    visit(phone, app_url, "softmax", room)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate("[...document.querySelectorAll('.page .folded')].every((one) => !one.open)")


def test_a_phone_meets_picture_and_result_first(phone, app_url):
    visit(phone, app_url, "softmax", "classify")
    assert phone.evaluate("document.documentElement.scrollHeight") <= 2200
    for selector in (".softmax-classify .answer .result", PAD):
        box = phone.locator(selector).bounding_box()
        assert box["y"] + box["height"] <= 844


# ---- classify --------------------------------------------------------------------------------------------------------


def test_a_stroke_changes_the_answer_while_it_is_drawn(page, app_url, browser):
    visit(page, app_url, "softmax", "classify")
    before = page.locator(".softmax-classify .result").text_content()
    box = page.locator(PAD).bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    for k in range(1, 17):
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + (0.1 + 0.05 * k) * box["height"])
    other(page, ".softmax-classify .result", before)  # the pen is still down
    page.mouse.up()
    says(page, ".softmax-classify .best .name", "1")
    says(page, ".softmax-classify .best .bit", "?")  # nobody has said what it is
    in_link(page, "softmax_drawing=s")
    page.get_by_role("radio", name="7 is true").check()
    says(page, ".softmax-classify .verdict", "7")
    elsewhere(browser, page, "classify", ".softmax-classify .result", ".softmax-classify .verdict", PAD)


def test_the_sum_of_the_pixels_is_the_logit_for_every_class(page, app_url):
    visit(page, app_url, "softmax", "classify", softmax_dataset="fashion")
    says(page, ".softmax-classify .name", "T-shirt")
    for k in range(10):
        name = page.locator(".softmax-classify .line .name").nth(k)
        name.click()
        says(page, ".softmax-classify .meaning h3", name.inner_text())
        assert "the same sum" in page.locator(".softmax-classify .check").inner_text()


def test_other_pictures_forget_what_was_chosen_for_these(page, app_url):
    chosen = {"softmax_against": "8", "softmax_chosen": "3", "softmax_truth": "5"}
    visit(page, app_url, "softmax", "classify", **chosen)
    says(page, ".softmax-classify .meaning h3", "3 rather than 8")
    page.get_by_role("button", name="Garment", exact=True).click()
    says(page, ".softmax-classify .name", "T-shirt")
    assert page.get_by_label("Compare with", exact=True).input_value() == "-1"
    says(page, ".softmax-classify .meaning h3", "Which pixels say")
    for field in chosen:
        page.wait_for_function("name => !location.search.includes(name)", arg=field, timeout=READY)


def test_a_class_is_chosen_and_compared_by_keys_alone(page, app_url, browser):
    visit(page, app_url, "softmax", "classify")
    page.get_by_role("button", name="8: show its pixels").focus()
    page.keyboard.press("Enter")
    says(page, ".softmax-classify .meaning h3", "Which pixels say 8")
    page.get_by_label("Compare with", exact=True).focus()
    page.keyboard.press("3")
    says(page, ".softmax-classify .meaning h3", "8 rather than 3")
    elsewhere(browser, page, "classify", ".softmax-classify .meaning canvas", ".softmax-classify .sum")


# ---- four grey pixels ------------------------------------------------------------------------------------------------


def test_the_two_by_two_chain_is_pythons_before_and_after_a_step(page, app_url):
    visit(page, app_url, "softmax", "chain")
    for _ in range(2):
        shown = numbers(page, "chain")
        expected = chain.linear_model(shown["W"], shown["b"], shown["x"], shown["label"])
        for key in ("logits", "probabilities", "gradient_logits"):
            assert shown[key] == pytest.approx(expected[key], abs=1e-12)
        assert shown["loss"] == pytest.approx(expected["loss"], abs=1e-12)
        page.get_by_role("button", name="Step on this picture").click()
        after = numbers(page, "chain")
        assert after["step"] == shown["step"] + 1
        for row, old, gradient in zip(after["W"], shown["W"], expected["gradient_W"], strict=True):
            moved = [w - shown["rate"] * g for w, g in zip(old, gradient, strict=True)]
            assert row == pytest.approx(moved, abs=1e-6)  # as many digits as the link carries


def test_the_loss_falls_and_never_reaches_zero_and_the_link_takes_the_same_steps(page, app_url, browser):
    visit(page, app_url, "softmax", "chain")
    losses = []
    for _ in range(3):
        page.get_by_role("button", name="1,000 steps").click()
        losses.append(numbers(page, "chain")["mean"])
    assert losses[0] > losses[1] > losses[2] > 0
    in_link(page, "chain_steps=3000")
    elsewhere(browser, page, "chain", ".softmax-chain .result", ".softmax-chain .class-row.true", ".softmax-chain .set")


def test_a_pixel_answers_pointer_and_keys(page, app_url):
    visit(page, app_url, "softmax", "chain")
    pixel = page.get_by_role("slider", name="x2, pixel top right")
    pixel.focus()
    page.keyboard.press("End")
    assert numbers(page, "chain")["x"][1] == 1
    box = pixel.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 70, steps=5)
    page.mouse.up()
    assert numbers(page, "chain")["x"][1] == pytest.approx(0.5)
    in_link(page, "chain_x=")


def test_a_training_can_be_paused(page, app_url):
    visit(page, app_url, "softmax", "chain")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_function("JSON.parse(document.querySelector('.softmax-chain').dataset.numbers).step > 20")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).wait_for()
    page.get_by_role("button", name="Reset weights").click()
    assert numbers(page, "chain")["step"] == 0


# ---- logits ----------------------------------------------------------------------------------------------------------


def test_a_constant_changes_no_probability_and_the_order_stays(page, app_url):
    visit(page, app_url, "softmax", "logits")
    before = numbers(page, "logits")
    page.get_by_label("Add to every logit").fill("100")
    after = numbers(page, "logits")
    assert after["logits"] == pytest.approx([value + 100 for value in before["logits"]])
    assert after["probabilities"] == pytest.approx(before["probabilities"], abs=1e-12)


@pytest.mark.parametrize("temperature", [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20])
def test_round_temperatures_are_hit_and_the_number_shown_is_the_one_used(page, app_url, temperature):
    visit(page, app_url, "softmax", "logits")
    slider = page.get_by_label("Temperature T", exact=True)
    for near in (-0.01, 0, 0.01):  # a slider's places do not fall on round numbers
        low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
        slider.fill(str(min(high, max(low, math.log10(temperature) + near))))
        assert numbers(page, "logits")["T"] == temperature
        assert float(page.locator(".softmax-logits [data-field=temperature] output").inner_text()) == temperature
    o, p = numbers(page, "logits")["logits"], numbers(page, "logits")["probabilities"]
    assert math.log(p[0] / p[1]) == pytest.approx((o[0] - o[1]) / temperature)


def test_every_temperature_on_the_way_is_the_one_shown(page, app_url):
    visit(page, app_url, "softmax", "logits")
    page.get_by_label("Temperature T", exact=True).focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        shown = page.locator(".softmax-logits [data-field=temperature] output").inner_text()
        assert float(shown) == numbers(page, "logits")["T"]


def test_bars_and_triangle_are_dragged_and_linked(page, app_url, browser):
    visit(page, app_url, "softmax", "logits")
    bar = page.get_by_role("slider", name="logit of B").bounding_box()
    page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    page.mouse.down()
    page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + 2, steps=6)
    page.mouse.up()
    raised = numbers(page, "logits")
    assert raised["logits"][1] > 7
    box = page.locator(".softmax-logits .triangle").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.6 * box["height"], steps=6)
    page.mouse.up()
    moved = numbers(page, "logits")["probabilities"]
    assert sum(moved) == pytest.approx(1)
    assert max(moved) < 0.9 < max(raised["probabilities"])
    in_link(page, "logits_o=")
    elsewhere(browser, page, "logits", ".softmax-logits .result", ".softmax-logits .facts")


def test_a_guess_stands_beside_the_truth(page, app_url):
    visit(page, app_url, "softmax", "logits")
    question = page.locator(".softmax-logits .predict")
    question.locator("input").fill("60")
    question.get_by_role("button", name="Reveal").click()
    says(page, ".softmax-logits .predict-answer", "35")  # e^0.1 / (e^0.1 + e^0.05 + e^-0.05) = 35.6 %
    assert numbers(page, "logits")["T"] == 20


# ---- training --------------------------------------------------------------------------------------------------------


def test_training_waits_for_its_button_and_is_paused_and_begun_anew(page, app_url):
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    visit(page, app_url, "softmax", "train")
    says(page, ".softmax-train .result", "Not trained yet")
    assert not [body for body in asked if "train_more" in body]
    page.get_by_role("button", name="Train", exact=True).click()
    says(page, ".softmax-train .says", "after step")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_selector(".softmax-train[data-state=paused]", timeout=READY)
    page.get_by_role("button", name="Reset weights").click()
    page.wait_for_selector(".softmax-train[data-state=ready]", timeout=READY)
    page.get_by_role("button", name="One step", exact=True).click()
    says(page, ".softmax-train .says", "after step 1 of")


def test_a_training_is_taken_again_by_its_link(page, app_url, browser):
    visit(page, app_url, "softmax", "train", train_seed="7", train_rate="0.5", train_sigma="0.1")
    for step in (1, 2, 3):
        page.get_by_role("button", name="One step", exact=True).click()
        says(page, ".softmax-train .says", f"after step {step} of")
        page.wait_for_selector(".softmax-train[data-state=paused]", timeout=READY)
    in_link(page, "train_steps=3")
    fresh = browser.new_page(viewport=page.viewport_size)
    fresh.goto(page.url)
    says(fresh, ".softmax-train .says", "after step 3 of")
    fresh.wait_for_selector(".softmax-train[data-state=paused]", timeout=READY)
    parts = (".softmax-train .result", ".softmax-train .says", ".softmax-train .tiles canvas")
    assert seen(fresh, parts) == seen(page, parts)
    fresh.close()


def test_another_recipe_begins_with_fresh_weights(page, app_url):
    visit(page, app_url, "softmax", "train")
    page.get_by_role("button", name="One step", exact=True).click()
    says(page, ".softmax-train .says", "after step 1 of")
    page.get_by_label("Batch size", exact=True).select_option("1024")
    says(page, ".softmax-train .result", "Not trained yet")
    in_link(page, "train_batch=1024")
    page.wait_for_function("!location.search.includes('train_steps')", timeout=READY)


# ---- number formats --------------------------------------------------------------------------------------------------


def test_the_bench_shows_nan_in_float32_and_not_in_float64(page, app_url):
    visit(page, app_url, "softmax", "stability")
    page.get_by_role("button", name="One is 100", exact=True).click()
    row = page.locator(".softmax-stability table").first.locator("tr", has_text="p = exp")
    cells = row.locator("td").all_inner_texts()[-4:]
    assert ["NaN" in cell for cell in cells] == [True, True, True, False]


def test_logits_are_typed_linked_and_refused_with_a_sentence(page, app_url, browser):
    visit(page, app_url, "softmax", "stability")
    page.get_by_label("Logits o", exact=True).fill("-101 -110 -120")
    says(page, ".softmax-stability .verdict", "finite and wrong")
    elsewhere(browser, page, "stability", ".softmax-stability .verdict", ".softmax-stability table")
    page.get_by_label("Logits o", exact=True).fill("one, two")
    says(page, ".softmax-stability .notice", "Logits are 1 to 10 numbers")
    page.get_by_label("Logits o", exact=True).fill("1, 2")
    page.locator(".softmax-stability .notice").wait_for(state="hidden")


# ---- the clinic ------------------------------------------------------------------------------------------------------


def test_the_clinic_opens_a_cell_and_explains_a_picture(page, app_url, browser):
    visit(page, app_url, "softmax", "errors")
    cell = page.get_by_role("button", name="4 called 9")
    cell.focus()
    page.keyboard.press("Enter")
    says(page, ".softmax-errors .detail h3", "truly 4, called 9")
    page.locator(".softmax-errors .thumb").nth(3).click()
    page.wait_for_function("document.querySelectorAll('.softmax-errors .thumb')[3].ariaPressed === 'true'")
    in_link(page, "errors_row=")
    elsewhere(browser, page, "errors", ".softmax-errors .detail", ".softmax-errors .detail canvas")


def test_another_test_set_and_classifier_have_mistakes_of_their_own(page, app_url):
    visit(page, app_url, "softmax", "errors", errors_cell="49")
    digits = page.locator(".softmax-errors .result").text_content()
    page.get_by_label("Test set", exact=True).select_option("fashion")
    garments = other(page, ".softmax-errors .result", digits)
    says(page, ".softmax-errors .detail h3", "shirt")
    page.wait_for_function("!location.search.includes('errors_cell')", timeout=READY)
    choice = page.get_by_label("Classifier", exact=True)
    choice.select_option(choice.locator("option", has_text="small CNN").get_attribute("value"))
    other(page, ".softmax-errors .result", garments)
    says(page, ".softmax-errors .detail", "not linear")


# ---- hard or soft ----------------------------------------------------------------------------------------------------


def test_threshold_temperature_and_costs_answer_and_are_linked(page, app_url, browser):
    visit(page, app_url, "softmax", "decide")
    answered = page.locator(".softmax-decide .result").first.text_content()
    page.get_by_label("Least probability", exact=True).focus()
    page.keyboard.press("PageUp")
    other(page, ".softmax-decide .result", answered)
    off = '.softmax-decide [aria-label="Calibration"] .result'
    before = page.locator(off).text_content()
    page.get_by_role("button", name="Fitted T", exact=True).click()
    after = other(page, off, before)
    assert float(after.split()[0]) < float(before.split()[0])
    costs = '.softmax-decide [aria-label="Costs"] .result'
    before = page.locator(costs).text_content()
    page.get_by_label("To call a", exact=True).select_option("7")
    other(page, costs, before)
    parts = (".softmax-decide .result", off, costs)
    elsewhere(browser, page, "decide", *parts)


def test_no_decision_changes_with_the_temperature(page, app_url):
    visit(page, app_url, "softmax", "decide")
    question = page.locator(".softmax-decide .predict")
    question.locator("input").fill("500")
    question.get_by_role("button", name="Reveal").click()
    says(page, ".softmax-decide .predict-answer", "your guess")
    assert "0 decisions" in question.inner_text()


def test_other_garments_have_their_own_sigmoids_and_sentence(page, app_url, browser):
    visit(page, app_url, "softmax", "decide", decide_left="40", decide_right="7")
    words = page.locator(".softmax-decide .pairs .words").text_content()
    page.get_by_role("button", name="Another left one").click()
    other(page, ".softmax-decide .pairs .words", words)
    shown = page.locator(".softmax-decide .pairs .words").text_content()
    over = shown.split("Sigmoids above one half: ")[1].split(";")[0]
    rows = page.locator(".softmax-decide .pairs .rows .line:not(.heads)").all_inner_texts()
    told = [row.split("\n") for row in rows]
    above = [row[0].strip() for row in told if float(row[2].strip(" <>%\xa0").split()[0]) > 50]
    assert over == (" and ".join(above) or "none")
    elsewhere(browser, page, "decide", ".softmax-decide .pairs .words", ".softmax-decide .pairs canvas")


# ---- no data set -----------------------------------------------------------------------------------------------------


def test_without_a_data_set_every_room_says_what_it_can(browser, tmp_path):
    process, url = start_app(DATA_DIR=str(tmp_path), HOME=str(tmp_path))
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        visit(page, url, "softmax", "classify", softmax_dataset="fashion")
        says(page, ".softmax-classify .origin", "the data set is not on this machine")
        page.get_by_role("radio", name="dress is true").check()
        says(page, ".softmax-classify .verdict", "you")
        visit(page, url, "softmax", "train", train_dataset="fashion")
        says(page, ".softmax-train .notice", "There are no garments to train on")
        page.get_by_label("Pictures", exact=True).select_option("digits")
        says(page, ".softmax-train .says", "1,000 digits that the program draws")
        page.get_by_role("button", name="One step", exact=True).click()
        says(page, ".softmax-train .says", "after step 1 of")
        visit(page, url, "softmax", "errors")
        says(page, ".softmax-errors", "its pictures cannot be shown")
        visit(page, url, "softmax", "decide")
        says(page, '.softmax-decide [aria-label="Costs"] .result', "times 4 called 9")
        page.close()
    finally:
        process.terminate()
        process.wait(20)
