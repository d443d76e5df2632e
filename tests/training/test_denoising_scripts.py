"""The scripts behind tab 1 run through in seconds, on made pictures, and leave weights/ alone."""

import pytest
import torch

from training import checkpoints, train_micrograph
from training.analyse import denoising
from training.measures.denoisers import FILTERS, by_filter
from training.run import runs


def contents() -> set:
    return {(path, path.stat().st_mtime_ns) for path in checkpoints.WEIGHTS.glob("micrograph-denoiser/*")} | {
        (path, path.stat().st_mtime_ns) for path in checkpoints.WEIGHTS.glob("analysis/denoising.json")
    }


@pytest.mark.parametrize("script", [train_micrograph, denoising])
def test_smoke_runs_and_writes_nothing(script, monkeypatch):
    if script is denoising:  # the filters' search is slow; two kinds of noise show that it works
        monkeypatch.setattr(denoising, "KINDS", {kind: None for kind in ("gaussian", "poisson")})
    before = contents()
    script.main(["--smoke"])
    assert contents() == before


def test_the_micrograph_training_is_repeatable(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path))
    settings = train_micrograph.Settings(epochs=1, steps=2, fields=2)
    networks = []
    for _ in range(2):
        with runs.start("micrograph", settings, smoke=True) as run:
            networks.append(train_micrograph.train(settings, run)[0])
    for a, b in zip(*(network.parameters() for network in networks), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_at_its_first_knob_does_nothing(name):
    picture = torch.rand(28, 28, generator=torch.Generator().manual_seed(0)).numpy()
    assert by_filter(name, picture, FILTERS[name][1][0]) == pytest.approx(picture)


def test_gain_and_offset_of_a_filter_are_the_least_squares_ones():
    clean = torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0)).numpy()
    error, (knob, gain, offset) = denoising.fit("median", 0.5 * clean + 0.2, clean, 1)
    assert (knob, gain, offset) == (1, pytest.approx(2, rel=1e-2), pytest.approx(-0.4, rel=1e-2))
    assert error < 1e-6
