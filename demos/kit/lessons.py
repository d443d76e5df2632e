"""Lessons: our own Markdown with formulas -> HTML with MathML, which browsers set by themselves; code -> coloured HTML.

Only files of this repository are rendered, so their HTML (<details>, <em>) stays as it is; what is filled in for a
{placeholder} comes from our own measurements and may hold Markdown, such as a table.
"""

import contextlib
import functools
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, tostring
from xml.sax.saxutils import unescape

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from demos.kit.room import source_of

FUNCTIONS = ("ln", "log", "exp", "sin", "cos", "arg")
MACROS = {
    r"\lVert": r"\left\|", r"\rVert": r"\right\|", r"\lvert": r"\left|", r"\rvert": r"\right|",
    r"\arg": r"\operatorname{arg}",
}  # fmt: skip
PARTS = ("lesson", "exercises")  # <part>.<language>.md, shown in this order


def language(folder: Path, wished: str) -> str:
    """The wished language of a room's lesson, where it is written in it; else English."""
    return wished if re.fullmatch("[a-z]{2}", wished) and (folder / f"lesson.{wished}.md").exists() else "en"


def of_room(folder: Path, numbers: Mapping[str, object], language: str = "en") -> str:
    """The lesson of a room, and its exercises where it has some; "" where it has neither."""
    paths = [folder / f"{part}.{language}.md" for part in PARTS]
    return "\n".join(render(path, numbers) for path in paths if path.exists())


def render(path: Path, numbers: Mapping[str, object]) -> str:
    """A file of Markdown as HTML, its {placeholders} filled from `numbers`."""
    return _html(fill(path.read_text("utf-8"), numbers))


def fill(text: str, numbers: Mapping[str, object]) -> str:
    """`text` with each {name} replaced by numbers[name]; braces that name no number, as those of formulas, stay."""
    return re.sub(r"\{(\w+)\}", lambda found: str(numbers.get(found[1], found[0])), text)


@functools.lru_cache(maxsize=256)
def _html(text: str) -> str:
    rendered = _markdown().render(text)  # a full stop never stands alone on the line after its formula
    return re.sub(
        r'(<math[^>]*display="inline">(?:(?!<math).)*?</math>[.,;:?!)]+)', r'<span class="whole">\1</span>', rendered
    )


@functools.cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    markdown.use(dollarmath_plugin, allow_labels=False, allow_space=True, double_inline=True, renderer=_formula)
    for token in ("math_inline", "math_block"):  # the plugin's own rules wrap them in elements that we do not need
        markdown.add_render_rule(token, _inline if token == "math_inline" else _block)
    markdown.add_render_rule("math_inline_double", _block)
    return markdown


def _formula(latex: str, options: Mapping) -> str:
    return mathml(latex, display=options["display_mode"])


def _inline(_self: RendererHTML, tokens, index, *_) -> str:
    return mathml(tokens[index].content)


def _block(_self: RendererHTML, tokens, index, *_) -> str:
    return mathml(tokens[index].content, display=True)


def mathml(latex: str, display: bool = False) -> str:
    r"""A formula of LaTeX as MathML.

    What latex2mathml leaves to TeX or to older MathML is mended: the fences \lVert and \lvert grow with what they
    hold, \arg is a name, script letters are characters of their own, names of functions keep their distance.
    """
    for command, better in MACROS.items():
        latex = re.sub(re.escape(command) + r"(?![A-Za-z])", lambda _, better=better: better, latex)
    formula = convert_to_element(latex.strip(), display="block" if display else "inline")
    for row in list(formula.iter()):
        _join_upright(row)
        for before, element, after in zip([None, *row], list(row), [*row[1:], None], strict=False):
            _mend(before, element, after)
    return unescape(tostring(formula, encoding="unicode"))


def _join_upright(row: Element) -> None:
    r"""Letters of one upright word, as in \mathrm{clamp}, become one identifier, which is read as a word."""
    for before, element in zip(list(row)[-2::-1], list(row)[:0:-1], strict=True):
        if all(one.tag == "mi" and one.get("mathvariant") == "normal" for one in (before, element)):
            before.text = f"{before.text}{element.text}"
            row.remove(element)


def _mend(before: Element | None, element: Element, after: Element | None) -> None:
    if element.tag == "mi" and element.text == "&#x0007E;":
        element.tag, element.text = "mo", "∼"
    style = element.get("mathvariant")
    if style in ("script", "double-struck") and element.text:
        del element.attrib["mathvariant"]
        element.text = _letter(style.upper(), element.text)
    if element.text in FUNCTIONS:
        element.tag = "mo"
        opened = after is None or after.text == "&#x00028;"
        element.set("lspace", "0" if before is None or before.tag == "mo" else "0.17em")
        element.set("rspace", "0" if opened else "0.17em")


def _letter(style: str, capital: str) -> str:
    """N -> 𝒩: the character that Unicode has for a capital in this style."""
    for name in (f"MATHEMATICAL {style} CAPITAL {capital}", f"{style} CAPITAL {capital}"):
        with contextlib.suppress(KeyError):
            return unicodedata.lookup(name)
    return capital


def code_html(function: Callable) -> dict[str, str]:
    """{"name", "html"}: the very text of a function or class that ran, coloured by the classes of words.css."""
    code = source_of(function)
    return {"name": code["name"], "html": coloured(code["source"])}


@functools.lru_cache(maxsize=256)
def coloured(source: str) -> str:
    """Python as HTML: <pre><code> with spans of class py-*."""
    return f"<pre><code>{highlight(source, PythonLexer(), HtmlFormatter(nowrap=True, classprefix='py-'))}</code></pre>"
