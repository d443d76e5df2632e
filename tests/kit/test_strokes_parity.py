"""The browser draws and normalises strokes to the same pixels as Python (demos/kit/strokes.js)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from training.data.strokes import BRUSH, example_strokes, rasterise, to_mnist

ROOT = Path(__file__).parents[2]
DENO = shutil.which("deno") or shutil.which("deno", path=Path(sys.executable).parent)
SCRIPT = """
import { rasterise, toMnist } from "STROKES";
const drawings = JSON.parse(await Deno.readTextFile(Deno.args[0]));
const pixels = drawings.map(({ strokes, brush }) => {
  const drawn = rasterise(strokes, 112, brush);
  return { drawn: Array.from(drawn), seen: Array.from(toMnist(drawn, 112)) };
});
await Deno.writeTextFile(Deno.args[1], JSON.stringify(pixels));
"""


def drawings(count: int) -> list[dict]:
    """Digits in many hands, sizes, places and pens; the first are nothing, a dot, two dots, a line, a page of ink."""
    random = np.random.default_rng(0)
    made = [
        {"strokes": strokes, "brush": BRUSH}
        for strokes in (
            [],
            [[]],
            [[[0.5, 0.5]]],
            [[[0.1, 0.1]], [[0.9, 0.85]]],
            [[[0.2, 0.5], [0.8, 0.5]]],
            [[[0.02, 0.02], [0.98, 0.98]], [[0.98, 0.02], [0.02, 0.98]]],
            [[[x / 20, (x % 2)] for x in range(21)]],
        )
    ]
    while len(made) < count:
        digit, size = int(random.integers(10)), float(random.choice([0.15, 0.3, 0.6, 1.0]))
        corner = random.uniform(0, 1 - size, 2) if random.random() < 0.7 else random.choice([0, 1 - size], 2)
        strokes = [
            (corner + size * np.clip(np.array(stroke) + random.normal(0, 0.008, (len(stroke), 2)), 0, 1)).tolist()
            for stroke in example_strokes(digit, int(random.integers(6)))
        ]
        made.append({"strokes": strokes, "brush": float(random.choice([0.03, 0.05, BRUSH, 0.12]))})
    return made


@pytest.mark.skipif(DENO is None, reason="deno is not installed; it runs the browser's modules without a browser")
def test_both_languages_draw_and_see_the_same_pixels(tmp_path):
    asked = drawings(200)
    (tmp_path / "asked.json").write_text(json.dumps(asked))
    (tmp_path / "draw.js").write_text(SCRIPT.replace("STROKES", (ROOT / "demos/kit/strokes.js").as_uri()))
    subprocess.run(
        [DENO, "run", "--no-config", "--allow-read", "--allow-write", "draw.js", "asked.json", "answer.json"],
        cwd=tmp_path,
        check=True,
    )
    answers = json.loads((tmp_path / "answer.json").read_text())
    drawn_off, seen_off = [], []
    for drawing, answer in zip(asked, answers, strict=True):
        drawn = rasterise(drawing["strokes"], 112, drawing["brush"])
        drawn_off.append(np.abs(np.array(answer["drawn"]).reshape(112, 112) - np.rint(255 * drawn)).max())
        seen = to_mnist(np.array(answer["drawn"], np.uint8).reshape(112, 112))
        seen_off.append(np.abs(np.array(answer["seen"]).reshape(28, 28) / 255 - seen))
    assert max(drawn_off) <= 1  # of 255
    assert np.mean(seen_off) < 0.0005
    assert np.max(seen_off) < 0.005  # half a level of 255, and the last digit of 32 bits
