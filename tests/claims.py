"""What a page says and which tests there are, as text: by these a claim is found beside the test that computes it."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path


def words_of(files: Iterable[Path]) -> str:
    """All that lessons and scripts say, line breaks as spaces."""
    return " ".join(" ".join(file.read_text("utf-8").split()) for file in files)


def names_of_tests(files: Iterable[Path]) -> set[str]:
    """The names of the tests in these files, in either language."""
    found = set()
    for file in files:
        text = file.read_text("utf-8")
        if file.suffix == ".js":
            found |= set(re.findall(r'Deno\.test\("([^"]+)"', text))
        else:
            found |= {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    return found
