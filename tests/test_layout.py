"""The house keeps its order: what stands at the top level, and who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIXED = {"app.py", "demos", "training", "weights", "requirements.txt", "tests", "README.md"}
TOOLS = {"pyproject.toml", "LICENSE", ".gitignore", ".gitattributes", ".ci", ".github", ".pre-commit-config.yaml"}
SOURCES = [ROOT / "app.py", *sorted((ROOT / "demos").rglob("*.py")), *sorted((ROOT / "training").rglob("*.py"))]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    """Every absolute module name that the file imports, anywhere in it; `from a import b` counts as a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively; say the whole name"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_top_level_is_what_the_readme_says():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout: the tracked files cannot be listed")
    top = {line.split("/")[0] for line in tracked.stdout.splitlines()}
    assert top >= FIXED
    assert top <= FIXED | TOOLS


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_point_downwards(path):
    name, found = module_name(path), imports(path)
    project = {item.split(".")[0] for item in found} & {"app", "demos", "training", "tests", "weights"}
    if name == "app":
        assert project <= {"demos"}
    elif name.startswith("demos"):
        assert project <= {"demos", "training"}
    else:
        assert project <= {"training"}, f"{name} reaches up to {project - {'training'}}"
        assert not {item for item in found if item.split(".")[0] == "gradio"}, f"{name} needs no gradio"


@pytest.mark.parametrize("path", sorted((ROOT / "training" / "models").glob("*.py")), ids=module_name)
def test_models_need_torch_and_the_hub_mixin_alone(path):
    ours = {item for item in imports(path) if item.split(".")[0] in ("training", "demos")}
    assert all(item.startswith("training.models") for item in ours)
    assert not {item.split(".")[0] for item in imports(path)} & {"torchvision", "numpy", "gradio", "sklearn", "skimage"}


def test_importing_the_app_loads_no_weights_and_no_slow_library():
    script = (
        "import sys, app; "
        "slow = {'torchvision', 'matplotlib.pyplot', 'sklearn', 'skimage'} & set(sys.modules); "
        "from demos.kit import networks; print(sorted(slow), networks._networks)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[] {}"


# ---- inside training: scripts and analyse -> run -> store -> measures -> data -> models ------------------------------

FLOORS = ("models", "data", "measures", "store", "run", "scripts")  # from the ground up
TRAINING = {module_name(path): path for path in SOURCES if module_name(path).startswith("training")}


def floor(name: str) -> int:
    """On which floor a module of training/ lies; the scripts and the analyses on the topmost."""
    part = name.split(".")[1] if "." in name else ""
    return FLOORS.index(part) if part in FLOORS else FLOORS.index("scripts")


def training_imports(path: Path) -> set[str]:
    """The modules of training/ that the file imports, functions and classes left out."""
    return imports(path) & TRAINING.keys() - {module_name(path), "training"}


@pytest.mark.parametrize("name", TRAINING)
def test_training_imports_downwards_only(name):
    upwards = {other for other in training_imports(TRAINING[name]) if floor(other) > floor(name)}
    assert not upwards


def test_training_has_no_circle():
    left = {name: training_imports(path) - {"training.models"} for name, path in TRAINING.items()}
    while free := [name for name, needed in left.items() if not needed & left.keys()]:
        for name in free:
            del left[name]
    assert not left, f"these import each other in a circle: {sorted(left)}"


@pytest.mark.parametrize("name", TRAINING)
def test_training_hides_no_import_of_its_own_in_a_function(name):
    functions = [
        node for node in ast.walk(ast.parse(TRAINING[name].read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
    ]
    inner = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.ImportFrom)]
    assert not [node.module for node in inner if (node.module or "").startswith("training")]
