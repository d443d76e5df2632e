"""The page's frame before its script runs, where its script is missing, and behind a proxy that adds a folder."""

import html
import re
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from demos.kit import shell
from demos.kit.files import Files
from demos.kit.room import Room
from tests.conftest import free_port, start_app
from tests.kit.house import tab_of

HOSTILE = "`${alert(1)}` {{value}} <b>&\"' \\"


def test_the_skeleton_names_title_and_tabs_as_they_are(tmp_path):
    tab = tab_of(tmp_path, one=Room())
    skeleton = shell.skeleton((tab,), HOSTILE)
    assert html.unescape(re.search("<h1>(.*)</h1>", skeleton)[1]) == HOSTILE
    assert not re.search(r"[`${}\\]", skeleton)  # nothing that Gradio's template would read
    assert re.findall(r'role="(tab|tablist)"', skeleton) == ["tablist", "tab"]


def test_the_page_is_told_of_its_tabs_and_of_no_room(tmp_path):
    def never() -> dict:
        pytest.fail("a room was asked while the page was built")

    tab = tab_of(tmp_path, one=Room(props=never, numbers=never))
    told = shell.Shell((tab,), "Title", Files()).props["page"]
    assert told["tabs"] == [tab.described()]
    assert told["files"].startswith("static/")
    assert "vae/film" in told["views"]


@pytest.mark.browser
def test_a_script_that_does_not_come_is_said(browser, app_url):
    page = browser.new_page()
    page.route("**/demos/kit/shell.js", lambda route: route.abort())
    page.goto(app_url)
    page.wait_for_selector('.page [role="alert"]')
    assert "could not be loaded" in page.locator('.page [role="alert"]').text_content()
    assert page.locator('[role="tab"]').count() == 4
    page.close()


class Proxy(BaseHTTPRequestHandler):
    """A proxy that shows the app in the folder /app, as the proxies of notebooks and teaching servers do."""

    to = ""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.forward(None)

    def do_POST(self):
        self.forward(self.rfile.read(int(self.headers["content-length"])))

    def forward(self, body):
        if not self.path.startswith("/app/"):
            return self.send_error(404)
        kept = {name: self.headers[name] for name in ("content-type", "origin", "sec-fetch-site") if self.headers[name]}
        try:
            answer = urllib.request.urlopen(urllib.request.Request(self.to + self.path[4:], body, kept), timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read() if "event-stream" not in answer.headers["content-type"] else b""
            self.send_response(answer.status)
            for name in ("content-type", "content-security-policy"):
                if answer.headers[name]:
                    self.send_header(name, answer.headers[name])
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_):
        """Nothing to the terminal."""


@pytest.mark.slow
@pytest.mark.browser
def test_the_page_works_in_a_folder_of_a_proxy(browser):
    outside = f"http://127.0.0.1:{free_port()}"
    process, Proxy.to = start_app("--root-url", f"{outside}/app")
    server = ThreadingHTTPServer(("127.0.0.1", int(outside.rpartition(":")[2])), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        page.goto(f"{outside}/app/?tab=softmax", wait_until="commit")
        with page.expect_response("**/app/live/softmax/classify") as answered:
            page.wait_for_selector(".softmax-classify canvas", timeout=60_000)
        assert answered.value.status == 200
        assert not complaints
    finally:
        page.close()
        server.shutdown()
        process.terminate()
        process.wait(20)
