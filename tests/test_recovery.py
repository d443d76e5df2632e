"""A page that stays open: it costs the server nothing while nobody touches it, and outlives a restart of the app."""

import pytest

from tests.conftest import free_port, start_app
from tests.denoise.test_browser import canvas, changed, pixels, stroke
from tests.frame import READY, TAB, TABS, visit

pytestmark = pytest.mark.browser
DENOISED = canvas("Reconstruction")
SILENT = "The server does not answer."


@pytest.mark.parametrize("tab", TABS)
def test_an_idle_page_asks_for_nothing_and_holds_no_connection(page, app_url, tab):
    """300 of them therefore cost the server no time at all. A minute of the page's timers passes at once."""
    asked, ended = [], []
    page.on("request", lambda request: asked.append(request.url))
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: ended.append(request.url))
    page.clock.install()
    visit(page, app_url, tab, TAB[tab].start)
    page.wait_for_load_state("networkidle")
    before = len(asked)
    page.clock.fast_forward(60_000)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert before > 10
    assert asked[before:] == []
    assert sorted(asked) == sorted(ended)


def test_an_open_page_recovers_by_itself_after_a_restart(browser):
    """Killed, drawn on, started again on the same port, drawn on: an answer comes without loading the page anew."""
    port = free_port()
    process, url = start_app(port=port)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    try:
        visit(page, url, "denoise", "bench")
        page.evaluate("window.loaded_once = true")
        before = pixels(page, DENOISED)
        stroke(page)
        first = changed(page, DENOISED, before)
        process.kill()
        process.wait(20)
        stroke(page, points=((0.2, 0.5), (0.8, 0.5)))
        page.get_by_text(SILENT).first.wait_for(timeout=READY)
        process, _ = start_app(port=port)
        stroke(page, points=((0.5, 0.2), (0.5, 0.8)))
        changed(page, DENOISED, first)
        page.get_by_text(SILENT).first.wait_for(state="hidden", timeout=READY)
        assert page.evaluate("window.loaded_once")
    finally:
        page.close()
        process.kill()
        process.wait(20)
