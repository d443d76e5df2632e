"""The formulas, code and exercises of the tab: words alone, every number in them measured."""

from demos.denoise.formulas import handlers as formulas
from demos.denoise.tab import TAB
from demos.kit import lessons


def test_the_lesson_is_filled_and_has_its_exercises():
    html = lessons.of_room(TAB.folder("formulas"), formulas.ROOM.numbers(), "en")
    assert "{" not in html.replace("{\\displaystyle", "")
    assert html.count("<li>") >= 4
    assert "<math" in html


def test_the_code_that_ran_is_shown():
    names = [lessons.code_html(function)["name"] for function in formulas.ROOM.code]
    assert len(names) == len(set(names)) >= 3
    assert any("corrupt" in name for name in names)
