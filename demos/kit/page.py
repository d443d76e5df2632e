"""The app as Gradio sees it: the theme, the one component of the page, the endpoints for programs, and the launch."""

import importlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import NoReturn

import gradio as gr
from fastapi import FastAPI
from gradio import themes
from starlette.routing import Router

from demos.kit import questions, sweep
from demos.kit.files import Files
from demos.kit.limits import outermost
from demos.kit.programs import WAITING, Page, Programs
from demos.kit.room import Tab
from demos.kit.routes import routes
from demos.kit.shell import Shell
from training.data import fetch
from training.store import hub

SESSIONS = 600  # of programs, kept at once
ENDS = (signal.SIGTERM, signal.SIGINT)
LONGEST = 5.0  # seconds that the end waits for a launch that hangs
log = logging.getLogger(__name__)


def theme() -> themes.Base:
    """A calm theme with the fonts of the visitor's own system: the page asks no other host for anything."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
    return themes.Base(
        primary_hue="blue", secondary_hue="orange", neutral_hue="slate", radius_size="md", font=sans, font_mono=mono
    )


def fetch_test_pictures() -> None:
    """Load the test pictures in the background, where they are not at hand; the page shows how far it is."""
    fetch.start()


def warm_up() -> None:
    """Import, in one thread, the compiled libraries that the first visitors' calls need.

    Left to the calls, two threads import them at once (gradio's event loop imports matplotlib by itself), and the
    initialisers of two compiled modules can then wait for each other for ever: the server hangs on its first page.
    """
    for name in ("matplotlib.figure", "PIL.PngImagePlugin", "scipy.ndimage", "skimage.restoration"):
        importlib.import_module(name)


def head(files: Files) -> str:
    """The styles that all rooms share, and the modules that the page begins with."""
    styles = ("page.css", *(name for name in files.kit(".css") if name != "page.css"))
    links = [f'<link rel="stylesheet" href="{files.base}demos/kit/{name}">' for name in styles]
    modules = files.started_by("shell.js")
    links += [f'<link rel="modulepreload" href="{files.base}demos/kit/{name}">' for name in modules]
    return "\n".join(links)


def build(tabs: Sequence[Tab], title: str, files: Files, programs: Programs) -> gr.Blocks:
    """The page with these tabs, and the endpoints of all their rooms."""
    with Page(title=title, delete_cache=(60, 600), analytics_enabled=False) as blocks:
        Shell(tabs, title, files)
        programs.register(blocks)
    blocks.app_id = int(files.version, 16)  # of the same tree, in whichever process: it stands in the page
    blocks.queue(api_open=True, max_size=WAITING, status_update_rate=5)
    return blocks


def endpoints(tabs: Sequence[Tab]) -> dict[str, Callable]:
    """What programs may ask of the app as a whole and of the rooms of these tabs, by name."""
    found = dict(questions.ENDPOINTS)
    for tab in tabs:
        for name in tab.rooms:
            found |= endpoints_of(tab, name)
    return found


def endpoints_of(tab: Tab, name: str) -> Mapping[str, Callable]:
    """The endpoints of a room; none where its module cannot be imported, which must not close the others."""
    try:
        return tab.room(name).endpoints
    except Exception:
        log.exception("demos/%s/%s cannot be opened", tab.key, name)
        return {}


def launch(tabs: Sequence[Tab], title: str, root_url: str = "", **options) -> NoReturn:
    """Serve these tabs until SIGTERM or Ctrl-C, with the settings that hold for the whole app and for a tab alone.

    Visitors then get the answers that they wait for, for at most 5 seconds; nothing else is waited for. `root_url` is
    the address under which a proxy shows the app. OSError where the port is taken.
    """
    told, launched = told_to_end(), threading.Event()
    blocks, settings = prepare(tabs, title, root_url)
    threading.Thread(target=end_when_told, args=(told, launched, blocks), name="end", daemon=True).start()
    blocks.launch(state_session_capacity=SESSIONS, prevent_thread_lock=True, **(settings | options))
    launched.set()
    while True:
        time.sleep(3600)  # `end` ends the process


def told_to_end() -> socket.socket:
    """A socket that has something to read once SIGTERM or Ctrl-C has come.

    The interpreter writes to it in whichever thread a signal finds it; a handler of Python's own would wait until the
    main thread comes back from what it calls, and could not take a lock that this thread holds.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.detach())
    for name in ENDS:
        signal.signal(name, lambda *_: None)
    return ours


def end_when_told(told: socket.socket, launched: threading.Event, blocks: gr.Blocks) -> None:
    """Wait for a signal, and for the launch where it is still going on; then end the server and the process."""
    while told.recv(1)[0] not in ENDS:
        pass  # another signal, which somebody else handles
    launched.wait(LONGEST)
    blocks.close(verbose=False)  # uvicorn takes no more requests and answers those that it has
    leave()


def worker(tabs: Sequence[Tab], title: str, root_url: str = "") -> FastAPI:
    """The same app as one of several processes, for uvicorn, which answers who waits and then ends it.

    Nothing is known by one process alone: a visitor's next request may reach another.
    """
    blocks, settings = prepare(tabs, title, root_url)
    blocks.state_session_capacity = SESSIONS

    @asynccontextmanager
    async def lifespan(_):
        yield
        leave()

    return gr.mount_gradio_app(FastAPI(openapi_url=None, lifespan=lifespan), blocks, "/", **settings)


def prepare(tabs: Sequence[Tab], title: str, root_url: str) -> tuple[gr.Blocks, dict]:
    """The page and its settings, the same for both ways to serve it."""
    warm_up()
    sweep.start()
    hub.PATIENCE = 0.0  # nobody waits for the Hub: the page says that a file is on its way
    files, programs = Files(), Programs(endpoints(tabs))
    own = [*routes(tabs, files), *programs.routes()]
    return build(tabs, title, files, programs), {
        "theme": theme(),
        "app_kwargs": {
            "routes": own,
            "lifespan": outermost(root_url, head(files), programs, Router(own)),
        },
        "root_path": root_url or None,
        "ssr_mode": False,
        "run_history": False,
        "mcp_server": programs.for_assistants,
        "enable_monitoring": False,
        "show_error": True,
        "footer_links": [],
        "max_file_size": "2mb",
    }


def leave() -> NoReturn:
    """End the process at once: else Python waits for the thread of a heavy job."""
    sys.stdout.flush()
    os._exit(0)
