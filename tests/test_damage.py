"""A missing or damaged checkpoint costs what stands on it and nothing else, and says its file and the remedy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from training import checkpoints

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """
import app
from demos.kit import page
from demos.kit.files import Files
from demos.denoise.bench.handlers import denoise
from demos.vae.codes import decode
page.build(app.TABS, app.TITLE, Files())
print("built")
print(len(decode([0.0, 0.0], "vae-2d")))
try:
    denoise([[0.0] * 28] * 28)
except ValueError as error:
    print(error)
"""


def test_the_app_starts_beside_a_truncated_checkpoint(tmp_path):
    weights = shutil.copytree(checkpoints.WEIGHTS, tmp_path / "weights")
    for name in ("denoising-autoencoder", "vae"):
        file = weights / name / "model.safetensors"
        file.write_bytes(file.read_bytes()[:1000])
    (weights / "denoising-vae" / "model.safetensors").unlink()
    environment = os.environ | {"WEIGHTS_DIR": str(weights), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    built, decoded, sentence = done.stdout.strip().splitlines()[-3:]
    assert (built, decoded) == ("built", "28")
    assert "denoising-autoencoder" in sentence
    assert "train it anew" in sentence
