"""The one reader of weights/analysis: what was written comes back, or a sentence names file and remedy."""

import os

import numpy as np
import pytest

from training.store import analysis, checkpoints


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path)


def test_what_is_saved_is_loaded():
    points = np.arange(6, dtype=np.float16).reshape(3, 2)
    path = analysis.save("latents", {"spaces": {"vae-2d/2": 1.5}}, points=points)
    assert path.name == "latents.json"
    assert analysis.load("latents") == {"spaces": {"vae-2d/2": 1.5}}
    assert np.array_equal(analysis.arrays("latents")["points"], points)
    assert analysis.exists("latents")
    assert analysis.exists("latents", "npz")


def test_what_was_measured_anew_is_read_anew():
    analysis.save("softmax", {"networks": 1})
    assert analysis.load("softmax") == {"networks": 1}
    path = analysis.save("softmax", {"networks": 2})
    os.utime(path, ns=(1, 1))
    assert analysis.load("softmax") == {"networks": 2}


@pytest.mark.parametrize(
    ("name", "script"),
    [("denoising", "denoising"), ("latents_probes", "probes"), ("latents_fitting", "fitting"), ("softmax", "softmax")],
)
def test_a_missing_analysis_names_file_and_remedy(name, script):
    assert not analysis.exists(name)
    with pytest.raises(FileNotFoundError) as caught:
        analysis.load(name)
    assert str(caught.value) == f"weights/analysis/{name}.json is missing: run `python -m training.analyse.{script}`"
    with pytest.raises(FileNotFoundError, match=rf"{name}\.npz is missing: run"):
        analysis.arrays(name)


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe"])
def test_damaged_numbers_name_file_and_remedy(content):
    path = analysis.save("generation", {})
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"generation\.json is damaged: run `python -m training\.analyse\.generation`"):
        analysis.load("generation")


def test_truncated_arrays_name_file_and_remedy():
    analysis.save("generation", {}, digits=np.zeros((200, 96)))
    path = analysis.path("generation", "npz")
    for content in (path.read_bytes()[:-30], b"", b"no arrays"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"generation\.npz is damaged .*: run `python -m training"):
            analysis.arrays("generation")
        os.utime(path, ns=(1, 1))
