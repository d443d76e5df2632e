"""The exercises of the tab: words alone, on the page as a lesson."""

from demos.kit import lessons
from demos.softmax.tab import TAB


def test_the_exercises_are_a_lesson_without_an_instrument():
    folder = TAB.folder("exercises")
    assert not (folder / "view.js").exists()
    html = lessons.of_room(folder, TAB.room("exercises").numbers(), "en")
    assert html.count("<li>") >= 3
