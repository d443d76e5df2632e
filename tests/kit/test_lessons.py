"""Lessons become HTML with formulas that a browser sets by itself, from our own files, with our own numbers."""

import re
from xml.etree import ElementTree

import pytest

from demos.kit import lessons
from demos.kit.files import ROOT

WRITTEN = sorted((ROOT / "demos").rglob("*.??.md"))
UNKNOWN = re.compile(r"<(mi|mtext|mo)[^>]*>\\")  # how latex2mathml passes on a command that it does not know


def rows(latex: str) -> str:
    """The inside of a formula, without attributes that only say how it is set."""
    inner = re.sub(r"^<math[^>]*><mrow>|</mrow></math>$", "", lessons.mathml(latex))
    return re.sub(r' (stretchy|fence|form|lspace|rspace|mathvariant|accent)="[^"]*"', "", inner)


def rendered(text: str, **numbers) -> str:
    return lessons._html(lessons.fill(text, numbers))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.parent.name)
def test_every_lesson_is_rendered_whole(path):
    html = lessons.render(path, {})
    formulas = re.findall(r"<math.*?</math>", html, re.S)
    assert not UNKNOWN.search(html)
    assert "$" not in re.sub(r"<code>.*?</code>|<[^>]*>", "", html, flags=re.S)
    assert len(formulas) >= path.read_text("utf-8").count("$$") / 2
    for formula in formulas:
        ElementTree.fromstring(formula)  # well formed


def test_formulas_stand_in_the_line_or_on_their_own():
    html = rendered("In $x$ the line.\n\n$$y$$\n\nOr after it: $$z$$")
    assert re.findall(r'<math[^>]*display="(\w+)"', html) == ["inline", "block", "block"]


def test_script_and_double_letters_are_characters_because_browsers_ignore_the_old_attribute():
    assert rows(r"\mathcal N \mathcal L \mathbb E \mathbb R") == "<mi>𝒩</mi><mi>ℒ</mi><mi>𝔼</mi><mi>ℝ</mi>"


def test_words_in_upright_letters_are_read_as_words():
    assert rows(r"\mathrm{clamp}(x)").startswith("<mrow><mi>clamp</mi></mrow>")
    assert rows(r"\mathrm{KL}\,q").count("<mi>") == 2


@pytest.mark.parametrize(("open_", "close"), [(r"\lVert", r"\rVert"), (r"\lvert", r"\rvert")])
def test_fences_hold_what_is_raised(open_, close):
    """‖x‖² raises the whole norm, not the last bar."""
    raised = ElementTree.fromstring(lessons.mathml(f"{open_} x {close}^2"))[0][0]
    assert raised.tag.endswith("msup")
    assert len(raised[0]) == 3


def test_the_names_of_functions_keep_their_distance():
    assert 'lspace="0.17em" rspace="0.17em">ln<' in lessons.mathml(r"y_k \ln p_k")
    assert 'lspace="0" rspace="0">log<' in lessons.mathml(r"-\log(1 + x)")


@pytest.mark.parametrize(
    "latex",
    [r"\frac{a}{b}", r"\sum_{i=1}^n x_i", r"\hat x", r"\underbrace{a + b}_{n}",
     r"\begin{cases} a & b \\ c & d \end{cases}", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", r"p(x \mid z)",
     r"\sqrt{2}", r"\tfrac12", r"\boldsymbol\mu"],
)  # fmt: skip
def test_what_lessons_write_is_known(latex):
    assert "\\" not in lessons.mathml(latex)


def test_a_sign_after_a_formula_stays_beside_it():
    assert re.search(r'<span class="whole"><math.*</math>\.</span> Next', rendered("So $x$. Next $y$ is."))
    assert rendered("So $x$. Next $y$ is.").count("whole") == 1


def test_placeholders_are_filled_before_rendering_and_the_braces_of_formulas_stay():
    html = rendered("{table}\n\n**{best}** of $x_{ij}$", table="| a | b |\n|---|---|\n| 1 | 2 |", best="97 %")
    assert "<td>1</td>" in html
    assert "<strong>97 %</strong>" in html
    assert "<mi>i</mi><mi>j</mi>" in html


def test_what_is_hidden_until_revealed_stays_so():
    html = rendered("<details><summary>Reveal</summary>\n\nIt is **so**, $x$.\n\n</details>")
    assert "<details><summary>Reveal</summary>" in html
    assert "<strong>so</strong>" in html
    assert "<math" in html


def test_a_lesson_in_another_language_is_shown_where_there_is_one(tmp_path):
    (tmp_path / "lesson.en.md").write_text("cloud")
    (tmp_path / "lesson.de.md").write_text("Wolke")
    (tmp_path / "exercises.en.md").write_text("draw")
    assert lessons.language(tmp_path, "de") == "de"
    assert [lessons.language(tmp_path, wished) for wished in ("", "fr", "../x", "deutsch")] == ["en"] * 4
    assert "Wolke" in lessons.of_room(tmp_path, {}, "de")
    assert re.search("cloud.*draw", lessons.of_room(tmp_path, {}), re.S)


def test_code_is_coloured_by_classes_and_is_the_text_that_ran():
    told = lessons.code_html(lessons.fill)
    assert told["name"] == "demos.kit.lessons.fill"
    assert "style=" not in told["html"]
    assert 'class="py-k"' in told["html"]
    text = re.sub("<[^>]*>", "", told["html"])
    assert text.startswith("def fill(text: str")
