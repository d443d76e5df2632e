"""One room under one name: an instrument is a folder and a line; the browser's half keeps its order too."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frame import TAB, TABS

ROOT = Path(__file__).resolve().parent.parent
DEMOS = ROOT / "demos"
SCRIPTS = sorted(path for path in DEMOS.rglob("*.js"))
HANDLERS = '''"""A room for trying: it answers what it is asked."""

from demos.kit.room import Room


def echo(word: str) -> dict:
    """The word, twice."""
    return {"word": word * 2}


ROOM = Room(calls=(echo,), props=lambda: {"greeting": "hello"})
'''
VIEW = """
import * as kit from "../../kit/kit.js";
export default function mount({ element, props }) {
  element.append(kit.el("p", { class: "greeting" }, props.greeting));
}
"""
DESCRIBE = (
    "import json; from demos.vae.tab import TAB; rooms = [*TAB.rooms]; "
    "print(json.dumps([rooms, [step.question for step in TAB.steps], "
    "TAB.room('echo').calls[0]('ab') if 'echo' in rooms else None]))"
)


def imported(path: Path) -> list[Path]:
    """The modules that a script imports, as paths; what only its comments name are types."""
    code = re.sub(r"/\*.*?\*/|^\s*//[^\n]*", "", path.read_text("utf-8"), flags=re.S | re.M)
    found = re.findall(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""", code)
    return [(path.parent / name).resolve() for name in found]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(DEMOS).as_posix())
def test_a_script_imports_downwards_only(path):
    for target in imported(path):
        assert target.exists(), f"{path.name} imports {target.name}, which does not exist"
        place = target.relative_to(DEMOS).parts
        own = path.relative_to(DEMOS).parts
        ours = own[0] != "kit" and place[0] == own[0] and place[-1] != "view.js"  # a room's view is nobody else's
        allowed = place[0] == "kit" or ours
        assert allowed, f"{'/'.join(own)} reaches to {'/'.join(place)}"


def test_no_script_reaches_for_a_global():
    for path in SCRIPTS:
        assert "window.kit" not in path.read_text("utf-8"), f"{path} uses a global"


def test_the_scripts_import_each_other_in_no_circle():
    graph = {path.resolve(): imported(path) for path in SCRIPTS}

    def walk(path: Path, way: tuple[Path, ...]):
        assert path not in way, " -> ".join(one.name for one in (*way, path))
        for target in graph[path]:
            walk(target, (*way, path))

    for path in graph:
        walk(path, ())


@pytest.mark.parametrize("tab", TABS)
def test_every_room_has_one_name_and_every_folder_is_on_the_path(tab):
    folders = {path.parent.name for path in (DEMOS / tab).glob("*/handlers.py")}
    assert folders == set(TAB[tab].rooms)
    for room in TAB[tab].rooms:
        folder = TAB[tab].folder(room)
        assert (folder / "view.js").exists() or (folder / "lesson.en.md").exists(), f"{room} shows nothing"
        tests = list((ROOT / "tests" / tab).glob(f"*{room}*"))
        assert tests, f"no test under the name of {tab}/{room}"


def ask(folder: Path) -> tuple[list[str], list[str], dict | None]:
    done = subprocess.run([sys.executable, "-c", DESCRIBE], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return tuple(json.loads(done.stdout))


def test_an_instrument_is_one_folder_and_one_line(tmp_path):
    """Made in a copy of the house, found by the tab, and gone without a trace when both are taken away."""
    for name in ("demos", "training"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    before = ask(tmp_path)
    room, path = tmp_path / "demos" / "vae" / "echo", tmp_path / "demos" / "vae" / "tab.py"
    room.mkdir()
    (room / "handlers.py").write_text(HANDLERS)
    (room / "view.js").write_text(VIEW)
    (room / "lesson.en.md").write_text("It says what you say.")
    table = path.read_text()
    path.write_text(table.replace("    steps=(\n", '    steps=(\n        Step("echo", "Does it answer?"),\n', 1))
    rooms, questions, answer = ask(tmp_path)
    assert rooms == [before[0][0], "echo", *before[0][1:]]
    assert questions[0] == "Does it answer?"
    assert answer == {"word": "abab"}
    shutil.rmtree(room)
    path.write_text(table)
    assert ask(tmp_path) == before
