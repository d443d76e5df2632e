"""The README tells the truth: its front matter is a Space's, its lines run, its numbers are the metrics'."""

import re
from pathlib import Path

import yaml
from huggingface_hub import SpaceHardware

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def block(name: str) -> str:
    """The text between `<!-- name ... -->` and `<!-- end -->`."""
    return re.search(rf"<!-- {name}[^>]*-->\n(.*?)<!-- end -->", README, re.S)[1]


def test_front_matter_is_complete_and_names_the_gradio_that_is_required():
    front = yaml.safe_load(README.split("---")[1])
    required = re.search(r"^gradio==([\d.]+)$", (ROOT / "requirements.txt").read_text(), re.M)[1]
    assert front["sdk"] == "gradio"
    assert front["sdk_version"] == required
    assert (ROOT / front["app_file"]).exists()
    assert len(front["short_description"]) <= 60  # the Hub refuses longer ones
    assert front["license"] == "mit"
    assert front["suggested_hardware"] in {hardware.value for hardware in SpaceHardware}  # what the Hub knows
    assert front["suggested_hardware"] == re.search(r"--flavor (\S+)", README)[1]  # what the text says of a new Space
    assert front["colorFrom"] in {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert front["colorTo"] in {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert "models" not in front  # none is on the Hub yet; naming one that does not exist breaks the Space's page
    assert "datasets" not in front


def test_both_lines_make_their_own_environment():
    for name in ("run line", "test line"):
        lines = [line for line in block(name).splitlines() if line and not line.startswith("```")]
        assert len(lines) == 1, f"the {name} must be one line"
        assert lines[0].startswith('python3 -m venv "${VENV:-.venv}" && ')
    assert block("run line").rstrip("`\n").endswith("app.py")
    assert "-m pytest" in block("test line")


def test_pictures_and_modules_that_it_names_exist():
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).exists(), path
    for module in set(re.findall(r"python -m ((?:training|demos)\.[\w.]+)", README)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_the_table_of_checkpoints_is_what_the_metrics_say():
    from training import cards

    assert block("checkpoints").strip() == cards.readme_table().strip()
