"""The page: one gr.HTML that shows the tabs' names at once and then loads demos/kit/shell.js, which owns the rest."""

import html
import os
from collections.abc import Sequence

import gradio as gr

from demos.kit.files import Files
from demos.kit.room import Tab
from training.data import fetch

# `element`, `props` come from Gradio. All addresses are relative to the page, so that a root path or a proxy holds.
ON_LOAD = """
const page = element.querySelector(".page"), told = JSON.parse(JSON.stringify(props.page));
const root = new URL(".", location.href), files = new URL(told.files, root);
import(new URL("demos/kit/shell.js", files).href)
  .then((shell) => shell.default({ element: page, props: told, root, files }))
  .catch((error) => {
    console.error(error);
    const sentence = document.createElement("p");
    sentence.className = "notice";
    sentence.setAttribute("role", "alert");
    sentence.textContent = "The page's script could not be loaded. Load the page anew.";
    page.append(sentence);
  });
"""


class Shell(gr.HTML):
    """The whole page as one component. Nothing of a room is loaded or computed here."""

    def __init__(self, tabs: Sequence[Tab], title: str, files: Files):
        page = {
            "title": title,
            "tabs": [tab.described() for tab in tabs],
            "space": os.environ.get("SPACE_ID"),
            "fetch": not fetch.at_hand(),
            "files": files.base,
            "views": files.rooms("view.js"),
            "styles": files.rooms("view.css"),
        }
        super().__init__(
            value=None,
            label=title,
            html_template=skeleton(tabs, title),
            js_on_load=ON_LOAD,
            apply_default_css=False,
            page=page,
        )

    def get_block_name(self) -> str:
        """The browser's half is that of gr.HTML."""
        return "html"

    def api_info(self) -> dict:
        """Nothing for programs: gr.HTML's own would list the page as an endpoint's input."""
        return {"type": "string"}


def skeleton(tabs: Sequence[Tab], title: str) -> str:
    """The page's shape before its script runs: title and tabs; nothing moves when the script comes."""
    names = "".join(
        f'<button type="button" role="tab" aria-selected="false" tabindex="-1">{literal(tab.title)}</button>'
        for tab in tabs
    )
    return (
        f'<div class="page"><header class="masthead"><h1>{literal(title)}</h1><div class="tools"></div></header>'
        f'<div class="tabs" role="tablist" aria-label="Ideas">{names}</div>'
        '<div class="panel-of-tab"></div></div>'
    )


def literal(text: str) -> str:
    """Text as it is, in HTML that Gradio reads as a template twice."""
    return "".join(f"&#{ord(char)};" if char in "`${}\\" else html.escape(char) for char in text)
