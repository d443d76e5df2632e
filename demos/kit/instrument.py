"""Instruments: gr.HTML components of our own, each with its .js (and .css) file in this folder.

The script of `<name>.js` runs when the component is mounted, with `element` (its root), `props` (what Python gave),
`server` (the Python functions it may call) and `window.kit` (demos/widgets/kit: pictures, pads, sliders, live calls).
gr.Sketchpad is not used: it needs seconds and a dozen requests for each stroke where this needs one small one.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import gradio as gr

from demos.kit.page import answer

HERE = Path(__file__).parents[1]  # demos/


class Instrument(gr.HTML):
    """An instrument of the page: its markup is made by `<name>.js`, its styles are `<name>.css`.

    `functions` become `server.<function name>({argument: value, ...})` in the script, one JSON object each way; bad
    input answers {"error": sentence}. Everything in `props` reaches the script as `props.<key>`.
    """

    def __init__(self, name: str, functions: Sequence[Callable] = (), label: str = "", **props):
        room = HERE / name.replace("_", "/", 1)
        styles = room / "view.css"
        super().__init__(
            value=None,
            label=label or name,
            html_template=f'<div class="instrument {name.replace("_", "-")}"></div>',
            css_template=styles.read_text("utf-8") if styles.exists() else "",
            js_on_load=(room / "view.js").read_text("utf-8"),
            apply_default_css=False,
            server_functions=[answer(function) for function in functions],
            **props,
        )

    def get_block_name(self) -> str:
        return "html"

    def api_info(self) -> dict:
        return {"type": "string"}
