"""The app as Gradio sees it: the theme, the one component of the page, the endpoints for programs, and the launch."""

import functools
import importlib
import inspect
import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

import gradio as gr
from gradio import themes
from gradio.context import Context
from gradio.events import api

from demos.kit import questions
from demos.kit.files import Files
from demos.kit.limits import outermost
from demos.kit.room import Tab
from demos.kit.routes import routes, sentence
from demos.kit.shell import Shell
from training.store import hub

log = logging.getLogger(__name__)


def theme() -> themes.Base:
    """A calm theme with the fonts of the visitor's own system: the page asks no other host for anything."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
    return themes.Base(
        primary_hue="blue", secondary_hue="orange", neutral_hue="slate", radius_size="md", font=sans, font_mono=mono
    )


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


def build(tabs: Sequence[Tab], title: str, files: Files) -> gr.Blocks:
    """The page with these tabs, and the endpoints of all their rooms."""
    with gr.Blocks(title=title, delete_cache=(60, 600), analytics_enabled=False) as blocks:
        Shell(tabs, title, files)
        for api_name, function in questions.ENDPOINTS.items():
            endpoint(function, api_name)
        for tab in tabs:
            for name in tab.rooms:
                for api_name, function in endpoints_of(tab, name).items():
                    endpoint(function, api_name)
    blocks.queue(api_open=True, default_concurrency_limit=8, max_size=400, status_update_rate=5)
    return blocks


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
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    warm_up()
    hub.PATIENCE = 0.0  # nobody waits for the Hub: the page says that a file is on its way
    files = Files()
    settings = {
        "theme": theme(),
        "app_kwargs": {"routes": routes(tabs, files), "lifespan": outermost(root_url, head(files))},
        "root_path": root_url or None,
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": True,
        "footer_links": [],
        "max_file_size": "2mb",
        "state_session_capacity": 600,
        "prevent_thread_lock": True,
    }
    blocks = build(tabs, title, files)
    blocks.launch(**(settings | options))
    stop.wait()
    blocks.close(verbose=False)  # uvicorn takes no more requests and answers those that it has
    sys.stdout.flush()
    os._exit(0)  # else Python waits for the thread of a heavy job


def endpoint(function: Callable, name: str) -> None:
    """Register `function` as the JSON endpoint /name for gradio_client and HTTP, unqueued.

    Types and defaults come from its signature, descriptions from the `Args:` section of its docstring. A ValueError
    reaches the caller as its sentence.
    """

    @functools.wraps(function)
    def guarded(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (ValueError, OSError) as error:
            raise gr.Error(sentence(error), print_exception=False) from None

    dependency: dict = api(  # pyright: ignore[reportAssignmentType]
        guarded, api_name=name, queue=False, concurrency_limit=None
    )
    described = _descriptions(function)
    signature = inspect.signature(function)
    assert Context.root_block is not None, "an endpoint belongs into a gr.Blocks"
    inputs = Context.root_block.fns[dependency["id"]].inputs
    for parameter, component in zip(signature.parameters, inputs, strict=True):
        told = getattr(component, "_api_info", {})
        setattr(component, "_api_info", {**told, "description": described.get(parameter, "")})  # noqa: B010


def _descriptions(function: Callable) -> dict[str, str]:
    section = re.search(r"Args:\n(.*?)(?:\n\s*\n|\n\s*Returns:|\Z)", inspect.getdoc(function) or "", re.S)
    if not section:
        return {}
    return {
        name: " ".join(text.split()) for name, text in re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", section[1], re.M)
    }
