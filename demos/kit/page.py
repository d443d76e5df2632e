"""What all tabs share on the page: theme, styles, steps of the path, lessons, and the way to the API."""

import functools
import importlib
import inspect
import logging
import re
from collections.abc import Callable
from pathlib import Path

import gradio as gr

KIT = Path(__file__).parent
HERE = KIT.parent  # demos/
LATEX = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]
log = logging.getLogger(__name__)


def theme() -> gr.themes.Base:
    """A calm theme with the fonts of the visitor's own system: the page asks no other host for anything."""
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
    return gr.themes.Base(
        primary_hue="blue", secondary_hue="orange", neutral_hue="slate", radius_size="md", font=sans, font_mono=mono
    )


def head() -> str:
    """The scripts and styles that all instruments share (demos/kit), inline in the page's head."""
    scripts = "\n".join(path.read_text("utf-8") for path in sorted(KIT.glob("*.js")))
    styles = "\n".join(path.read_text("utf-8") for path in sorted(KIT.glob("*.css")))
    return f"<style>\n{styles}\n</style>\n<script>\n{scripts}\n</script>"


def warm_up() -> None:
    """Import, in one thread, the compiled libraries that the first visitors' calls need.

    Left to the calls, two threads import them at once (gradio's event loop imports matplotlib by itself), and the
    initialisers of two compiled modules can then wait for each other for ever: the server hangs on its first page.
    """
    for name in ("matplotlib.figure", "PIL.PngImagePlugin", "scipy.ndimage", "skimage.restoration"):
        importlib.import_module(name)


def launch(blocks: gr.Blocks, **options):
    """Launch `blocks` with the settings that hold for the whole app and for a tab opened alone."""
    warm_up()
    settings = {
        "theme": theme(),
        "head": head(),
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "show_error": True,
        "footer_links": [],
        "max_file_size": "2mb",
        "state_session_capacity": 600,
    }
    return blocks.launch(**(settings | options))


def open_tab(build: Callable[[], None], title: str) -> None:
    """Open one tab alone, for `python -m demos.<tab>`."""
    with gr.Blocks(title=title, delete_cache=(60, 600), analytics_enabled=False) as blocks:
        build()
    launch(blocks)


def step(number: int, question: str, opened: bool = False) -> gr.Accordion:
    """One numbered step of a tab's path, under the question that it answers; a context manager.

    The steps of a tab open one at a time (kit/page.js closes the others).
    """
    return gr.Accordion(f"{number}. {question}", open=opened, elem_classes=["step"])


def lesson(name: str, **numbers) -> gr.Markdown:
    """The prose of demos/<name>.en.md with formulas; {placeholders} are filled from `numbers`."""
    text = (HERE / f"{name}.en.md").read_text("utf-8")
    for key, value in numbers.items():
        text = text.replace("{" + key + "}", str(value))
    return gr.Markdown(text, latex_delimiters=LATEX, elem_classes=["lesson"])


def code(function: Callable) -> gr.Code:
    """The source of the very function that ran, from its file."""
    source = inspect.getsource(function)
    return gr.Code(source, language="python", interactive=False, label=f"{function.__module__}.{function.__name__}")


def answer(function: Callable) -> Callable:
    """Make a server function of an instrument: it takes one JSON value, and bad input becomes {"error": sentence}."""

    @functools.wraps(function)
    def safe(request=None):
        try:
            return function(**(request or {}))
        except (ValueError, TypeError, FileNotFoundError) as error:
            return {"error": str(error)}
        except Exception:
            log.exception("%s failed", function.__name__)
            return {"error": "Something went wrong on the server; the log says what. Reload the page to start anew."}

    del safe.__wrapped__  # else Gradio reads the signature of `function` and fills in its defaults by position
    return safe


def endpoint(function: Callable, name: str) -> None:
    """Register `function` as the JSON endpoint /name for gradio_client and HTTP, unqueued.

    Types and defaults come from its signature, descriptions from the `Args:` section of its docstring. A ValueError
    reaches the caller as its sentence.
    """

    @functools.wraps(function)
    def guarded(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (ValueError, FileNotFoundError) as error:
            raise gr.Error(str(error), print_exception=False) from None

    dependency = gr.api(guarded, api_name=name, queue=False, concurrency_limit=None)
    described = _descriptions(function)
    signature = inspect.signature(function)
    blocks = gr.context.Context.root_block
    for parameter, component in zip(signature.parameters, blocks.fns[dependency["id"]].inputs, strict=True):
        component._api_info = {**component._api_info, "description": described.get(parameter, "")}


def _descriptions(function: Callable) -> dict[str, str]:
    section = re.search(r"Args:\n(.*?)(?:\n\s*\n|\n\s*Returns:|\Z)", inspect.getdoc(function) or "", re.S)
    if not section:
        return {}
    return {
        name: " ".join(text.split()) for name, text in re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", section[1], re.M)
    }
