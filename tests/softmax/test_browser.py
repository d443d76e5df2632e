"""The tab in a real browser: drawing, the chains of numbers on the page, training, both sizes."""

import json

import pytest

from demos.softmax.chain import handlers as chain

pytestmark = pytest.mark.browser
STEPS = ".step > button"


def open_tab(page, app_url: str, query: str = "") -> None:
    page.goto(f"{app_url}/?tab=softmax&{query}")
    page.wait_for_function("document.querySelector('.softmax-real .best .number')?.textContent.length > 0")


def open_step(page, text: str, instrument: str) -> None:
    page.locator(STEPS, has_text=text).first.click()
    page.wait_for_selector(f".{instrument} .panel", state="visible")


def numbers(page, instrument: str) -> dict:
    return json.loads(page.locator(f".{instrument}").get_attribute("data-numbers"))


def test_a_stroke_changes_the_answer_while_it_is_drawn(page, app_url):
    open_tab(page, app_url)
    before = page.locator(".softmax-real .result").inner_text()
    pad = page.locator(".softmax-real canvas.pad-canvas")
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    for k in range(1, 17):
        page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + (0.1 + 0.05 * k) * box["height"])
    page.wait_for_function(
        "before => document.querySelector('.softmax-real .result').innerText !== before", arg=before, timeout=5000
    )  # the pen is still down
    page.mouse.up()
    page.wait_for_function("document.querySelector('.softmax-real .best .name').textContent === '1'", timeout=5000)


def test_the_sum_of_the_pixels_is_the_logit_for_every_class(page, app_url):
    open_tab(page, app_url, "softmax_data=fashion")
    for k in range(10):
        page.locator(".softmax-real .name").nth(k).click()
        assert "the same sum" in page.locator(".softmax-real .check").inner_text()


def test_the_two_by_two_chain_is_pythons_before_and_after_a_step(page, app_url):
    open_tab(page, app_url)
    open_step(page, "four grey pixels", "softmax-chain")
    for _ in range(2):
        shown = numbers(page, "softmax-chain")
        expected = chain.linear_model(shown["W"], shown["b"], shown["x"], shown["label"])
        for key in ("logits", "probabilities", "gradient_logits"):
            assert shown[key] == pytest.approx(expected[key], abs=1e-12)
        assert shown["loss"] == pytest.approx(expected["loss"], abs=1e-12)
        page.get_by_role("button", name="Step on this picture").click()
        after = numbers(page, "softmax-chain")
        for row, old, gradient in zip(after["W"], shown["W"], expected["gradient_W"], strict=True):
            moved = [w - shown["rate"] * g for w, g in zip(old, gradient, strict=True)]
            assert row == pytest.approx(moved, abs=1e-12)


def test_the_loss_falls_and_never_reaches_zero(page, app_url):
    open_tab(page, app_url)
    open_step(page, "four grey pixels", "softmax-chain")
    losses = []
    for _ in range(3):
        page.get_by_role("button", name="1,000 steps").click()
        losses.append(numbers(page, "softmax-chain")["mean"])
    assert losses[0] > losses[1] > losses[2] > 0


def test_a_constant_changes_no_probability_and_the_order_stays(page, app_url):
    open_tab(page, app_url)
    open_step(page, "What does softmax do", "softmax-logits")
    before = numbers(page, "softmax-logits")
    slider = page.get_by_label("Add to every logit")
    slider.fill("100")
    after = numbers(page, "softmax-logits")
    assert after["logits"] == pytest.approx([value + 100 for value in before["logits"]])
    assert after["probabilities"] == pytest.approx(before["probabilities"], abs=1e-12)


def test_the_bench_shows_nan_in_float32_and_not_in_float64(page, app_url):
    open_tab(page, app_url)
    open_step(page, "formula break", "softmax-stability")
    page.get_by_role("button", name="one is 100").click()
    row = page.locator(".softmax-stability table").first.locator("tr", has_text="p = exp")
    row.locator("td").nth(3).wait_for()
    cells = row.locator("td").all_inner_texts()
    assert ["NaN" in cell for cell in cells] == [True, True, True, False]


def test_training_runs_in_the_page_stops_and_starts_anew(page, app_url):
    open_tab(page, app_url)
    open_step(page, "Train it here", "softmax-train")
    page.wait_for_selector(".softmax-train[data-state=running]", timeout=60_000)
    page.wait_for_function("/Step [1-9]/.test(document.querySelector('.softmax-train').innerText)", timeout=60_000)
    page.get_by_role("button", name="Pause").click()
    page.wait_for_selector(".softmax-train[data-state=paused]")
    page.get_by_role("button", name="Start anew").click()
    page.wait_for_selector(".softmax-train[data-state=ready]")
    page.get_by_role("button", name="One step").click()
    page.wait_for_function("document.querySelector('.softmax-train').innerText.includes('Step 1 of')")


def test_the_clinic_opens_a_cell_and_explains_a_picture(page, app_url):
    open_tab(page, app_url)
    open_step(page, "Where does it go wrong", "softmax-errors")
    page.get_by_role("button", name="times a 4 was called 9").click()
    page.locator(".softmax-errors .thumb").first.wait_for()
    assert "truly 4, called 9" in page.locator(".softmax-errors .detail h3").inner_text()


def test_no_step_is_wider_than_a_phone(phone, app_url):
    open_tab(phone, app_url)
    steps = phone.locator(".step > button:visible")
    for number in range(steps.count()):
        steps.nth(number).click()
        phone.wait_for_timeout(500)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, f"step {number + 1}"
