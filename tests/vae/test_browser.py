"""The tab in a real browser: each instrument by pointer and by keyboard, nothing asked that need not be."""

import re

import pytest

pytestmark = pytest.mark.browser
READY = 30_000  # milliseconds for a busy machine


def open_tab(page, app_url, query=""):
    """Open the tab by link and return its main instrument, ready."""
    page.goto(f"{app_url}/?tab=vae&{query}")
    page.wait_for_selector(".vae-map[data-network]", timeout=READY)
    page.wait_for_function("document.querySelector('.vae-map .code-numbers').textContent.includes('σ')", timeout=READY)
    return page.locator(".vae-map")


def open_step(page, app_url, number: int, name: str, ready: str):
    """Open the tab's step by its header and return its instrument, once `ready` holds of its root."""
    open_tab(page, app_url)
    page.locator(f".step button:has-text('{number}.'), .step .label-wrap:has-text('{number}.')").locator(
        "visible=true"
    ).first.click()
    page.wait_for_function(
        f"(() => {{ const root = document.querySelector('.{name}'); return root && ({ready}); }})()", timeout=READY
    )
    return page.locator(f".{name}")


def pixels(page, selector: str) -> str:
    """A canvas's content, to compare."""
    return page.eval_on_selector(selector, "canvas => canvas.toDataURL()")


def changes(page, selector: str, before: str) -> None:
    """Wait until the canvas shows something else."""
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector).toDataURL() !== before", arg=[selector, before],
        timeout=READY,
    )  # fmt: skip


OUTPUT = ".vae-map .place-output canvas"


def test_the_picture_follows_the_pointer_without_asking_and_is_exact_at_rest(page, app_url):
    open_tab(page, app_url)
    box = page.locator(".vae-map .map-top").bounding_box()
    calls = []
    page.on("request", lambda request: calls.append(request.url) if request.method == "POST" else None)
    before = pixels(page, OUTPUT)
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    for i in range(20):
        page.mouse.move(box["x"] + (0.3 + 0.02 * i) * box["width"], box["y"] + 0.4 * box["height"])
    assert pixels(page, OUTPUT) != before
    assert len(calls) <= 3  # twenty positions, at most the rests between them were asked for
    assert float(page.get_attribute(".vae-map", "data-frame")) <= 16
    page.wait_for_function("document.querySelector('.vae-map .source').textContent.includes('exactly')", timeout=READY)


def test_arrow_keys_move_z_and_the_link_keeps_it(page, app_url):
    open_tab(page, app_url)
    page.locator(".vae-map .map-top").focus()
    before, shown = page.inner_text(".vae-map .z-line"), pixels(page, OUTPUT)
    for _ in range(8):
        page.keyboard.press("Shift+ArrowRight")
    changes(page, OUTPUT, shown)
    assert page.inner_text(".vae-map .z-line") != before
    page.wait_for_function("location.search.includes('vae_z1')", timeout=READY)
    there = page.inner_text(".vae-map .z-line")
    page.reload()
    page.wait_for_function(
        "z => { const line = document.querySelector('.vae-map .z-line'); return line && line.textContent === z; }",
        arg=there, timeout=READY,
    )  # fmt: skip


def test_drawing_moves_the_posterior_during_the_stroke_and_epsilon_jumps_inside_it(page, app_url):
    open_tab(page, app_url)
    before = page.inner_text(".vae-map .code-numbers")
    box = page.locator(".vae-map .pad-canvas").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 30)
    page.mouse.down()
    for i in range(12):
        page.mouse.move(box["x"] + 100, box["y"] + 30 + 12 * i)
    page.wait_for_function(
        "before => document.querySelector('.vae-map .code-numbers').innerText !== before", arg=before, timeout=READY
    )
    page.mouse.up()
    page.wait_for_timeout(300)
    page.get_by_role("button", name="Draw ε").click()
    page.wait_for_function(
        "!/· 0.00 =/.test(document.querySelector('.vae-map .formula-numbers').innerText)", timeout=READY
    )
    for line in page.inner_text(".vae-map .formula-numbers").replace("−", "-").split("\n"):
        parts = re.match(r"z.? = (\S+) \+ (\S+) · \(?(-?[\d.]+)\)? = (\S+)", line)
        if parts:
            mu, sigma, epsilon, z = (float(part) for part in parts.groups())
            assert z == pytest.approx(mu + sigma * epsilon, abs=0.003 + 0.006 * sigma)


def test_epsilon_by_hand_in_the_lens(page, app_url):
    open_tab(page, app_url)
    page.locator(".vae-map .lens").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "document.querySelector('.vae-map .formula-numbers').innerText.includes('· 1.00 =')", timeout=READY
    )


def test_samples_follow_seed_and_temperature_and_come_back(page, app_url):
    open_step(
        page,
        app_url,
        1,
        "vae-samples",
        "root.querySelector('canvas.samples').width > 28 && root.innerText.includes('recognised')",
    )
    first = ".vae-samples canvas.samples"
    start = pixels(page, first)
    page.get_by_role("button", name="Next seed").click()
    changes(page, first, start)
    second = pixels(page, first)
    page.locator(".vae-samples .whole input").fill("0")
    changes(page, first, second)
    page.wait_for_function("([s, v]) => document.querySelector(s).toDataURL() === v", arg=[first, start], timeout=READY)
    page.locator(".vae-samples .slider input").focus()
    page.keyboard.press("Home")  # temperature 0: the same picture everywhere
    changes(page, first, start)


def test_the_film_is_scrubbed_without_the_server(page, app_url):
    open_step(page, app_url, 2, "vae-film", "root.dataset.frame")
    page.wait_for_timeout(800)
    calls = []
    page.on("request", lambda request: calls.append(request.url) if request.method == "POST" else None)
    line = ".vae-film .screen.line canvas"
    before = pixels(page, line)
    page.get_by_label("From first to second").focus()
    for _ in range(5):
        page.keyboard.press("PageUp")
    assert pixels(page, line) != before
    assert float(page.get_attribute(".vae-film", "data-scrub")) <= 16
    strip = page.locator(".vae-film .film").first
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    assert page.get_attribute(".vae-film", "data-frame") == "0"
    strip.focus()
    page.keyboard.press("End")
    assert page.get_attribute(".vae-film", "data-frame") == "31"
    assert calls == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the line as GIF").click()
    assert download.value.suggested_filename.endswith(".gif")


def test_the_ledger_answers_an_example_and_reads_out_a_pixel(page, app_url):
    open_step(page, app_url, 3, "vae-ledger", "root.dataset.total")
    before = page.get_attribute(".vae-ledger", "data-total")
    page.locator(".vae-ledger").get_by_role("button", name="Example digit 1").click()
    page.wait_for_function(
        "before => document.querySelector('.vae-ledger').dataset.total !== before", arg=before, timeout=READY
    )
    page.locator(".vae-ledger .heat").focus()
    page.keyboard.press("ArrowDown")
    assert "pixel (14, 15)" in page.inner_text(".vae-ledger .pictures")


def test_a_network_of_garments_starts_from_a_garment(page, app_url):
    open_tab(page, app_url, "vae_network=vae-fashion-2d")
    assert page.locator(".vae-map .picked").is_visible()
    assert "pullover" in page.inner_text(".vae-map .legend")


def test_on_a_phone_a_finger_moves_z_and_nothing_overflows(phone, app_url):
    open_tab(phone, app_url)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    canvas = phone.locator(".vae-map .map-top")
    canvas.scroll_into_view_if_needed()
    before, box = phone.inner_text(".vae-map .z-line"), canvas.bounding_box()
    phone.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"])
    phone.wait_for_function(
        "before => document.querySelector('.vae-map .z-line').innerText !== before", arg=before, timeout=READY
    )


# ---- the endpoints, as a program calls them ------------------------------------------------------------------------
def test_the_endpoints_answer_a_program(client):
    from tests.vae.test_codes import digit

    posterior = client.predict(digit(3), "vae", api_name="/encode")
    assert len(posterior["mu"]) == len(posterior["log_var"]) == 32
    assert len(client.predict(posterior["mu"], "vae", api_name="/decode")) == 28
    assert len(client.predict(5, 0, "vae", 1.0, api_name="/sample")) == 5
    assert len(client.predict(digit(3), digit(8), 6, "vae", "great-circle", api_name="/interpolate")) == 6
    ledger = client.predict(digit(3), "vae", 0, api_name="/elbo")
    assert ledger["total"] == pytest.approx(ledger["reconstruction"] + sum(ledger["kl"]))
    assert len(client.predict(digit(3), "vae", 2, [-1, 1], api_name="/traverse")["pictures"]) == 2
    assert len(client.predict(digit(3), digit(3), digit(8), "vae", api_name="/arithmetic")["picture"]) == 28
    assert client.predict(digit(3), "autoencoder", api_name="/encode")["log_var"] is None


@pytest.mark.parametrize(
    ("asked", "endpoint", "sentence"),
    [
        (([0] * 31, "vae"), "/decode", "32 numbers"),
        (([1e9] * 32, "vae"), "/decode", "from -100 to 100"),
        ((10**9, 0, "vae", 1.0), "/sample", "1 to 1024"),
        ((4, 0, "no-such", 1.0), "/sample", "network must be one of"),
        (([[0.0] * 28] * 28, [[0.0] * 28] * 28, 10**9, "vae", "line"), "/interpolate", "2 to 64"),
    ],
)  # fmt: skip
def test_the_endpoints_refuse_with_a_sentence(client, asked, endpoint, sentence):
    with pytest.raises(Exception, match=sentence):
        client.predict(*asked, api_name=endpoint)
