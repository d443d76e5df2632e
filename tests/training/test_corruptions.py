"""Each noise has the statistics that it claims."""

import math

import pytest
import torch

from training.data.corruptions import KINDS, blur, corrupt, dose, missing_patch, poisson
from training.data.strokes import made_digits

GREY = 0.4


def grey(value: float = GREY, count: int = 64) -> torch.Tensor:
    return torch.full((count, 1, 28, 28), value)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_every_noise_keeps_shape_and_range_and_obeys_its_seed(kind, strength):
    images = made_digits(20)[0]
    kept = images.clone()
    noisy = corrupt(images, kind, strength, seeded())
    assert noisy.shape == images.shape
    assert 0 <= noisy.min() <= noisy.max() <= 1
    assert torch.equal(noisy, corrupt(images, kind, strength, seeded()))
    assert torch.equal(images, kept)  # the clean pictures stay clean
    if strength == 0:
        assert torch.equal(noisy, images)
    elif kind != "blur" and not (strength == 1 and kind.startswith("missing")):  # there everything is gone
        assert not torch.equal(noisy, corrupt(images, kind, strength, seeded(1)))


def test_gaussian_noise_has_mean_zero_and_its_standard_deviation():
    noise = corrupt(grey(0.5), "gaussian", 0.1, seeded()) - 0.5  # 5 sigma from both ends: the clamp does nothing
    assert abs(noise.mean()) < 0.002
    assert noise.std() == pytest.approx(0.1, rel=0.02)


def test_gaussian_noise_is_clamped():
    noisy = corrupt(grey(0.0), "gaussian", 0.3, seeded())
    assert (noisy == 0).float().mean() == pytest.approx(0.5, abs=0.01)
    assert noisy.mean() == pytest.approx(0.3 / math.sqrt(2 * math.pi), rel=0.02)  # E max(0, 0.3 N)


@pytest.mark.parametrize("strength", [0.1, 0.5, 1.0])
def test_salt_and_pepper_replaces_its_share_half_white_half_black(strength):
    noisy = corrupt(grey(), "salt-and-pepper", strength, seeded())
    assert (noisy == 1).float().mean() == pytest.approx(strength / 2, abs=0.01)
    assert (noisy == 0).float().mean() == pytest.approx(strength / 2, abs=0.01)
    assert ((noisy == GREY) | (noisy == 0) | (noisy == 1)).all()


@pytest.mark.parametrize("strength", [0.1, 0.5, 1.0])
def test_missing_pixels_miss_their_share(strength):
    noisy = corrupt(grey(), "missing-pixels", strength, seeded())
    assert (noisy == 0).float().mean() == pytest.approx(strength, abs=0.01)


@pytest.mark.parametrize("strength", [0.01, 0.1, 0.3, 0.7, 1.0])
def test_the_missing_patch_is_one_square_of_its_area_anywhere(strength):
    noisy = missing_patch(grey(count=300), strength, seeded())
    side = round(math.sqrt(strength * 784))
    for picture in noisy[:, 0]:
        rows, columns = (picture == 0).nonzero(as_tuple=True)
        assert len(rows) == side**2
        assert rows.max() - rows.min() + 1 == side == columns.max() - columns.min() + 1
    if side < 28:
        assert (noisy[:, 0, 0, 0] == 0).any() or side < 5  # it reaches the corners ...
        tops = (noisy[:, 0] == 0).any(2).float().argmax(1)
        assert set(tops.tolist()) == set(range(28 - side + 1))  # ... and every place


def test_blur_keeps_the_brightness_and_spreads_by_its_sigma():
    point = torch.zeros(1, 1, 28, 28)
    point[0, 0, 14, 14] = 1
    spread = blur(point, 0.6)[0, 0]
    offsets = torch.arange(28) - 14.0
    assert spread.sum() == pytest.approx(1, abs=1e-4)
    assert (spread.sum(1) * offsets**2).sum().sqrt() == pytest.approx(1.8, rel=0.02)


def test_poisson_counts_have_the_mean_and_the_variance_of_counts():
    strength, value = 0.3, 0.25  # a white pixel expects 11 electrons, this one 2.8; it hardly ever exceeds white
    noisy = poisson(grey(value, 256), strength, seeded())
    counts = noisy * dose(strength)
    assert torch.allclose(counts[noisy < 1], counts[noisy < 1].round(), atol=1e-4)  # whole electrons
    assert noisy.mean() == pytest.approx(value, rel=0.01)
    assert counts.var() == pytest.approx(value * dose(strength), rel=0.02)  # variance = mean
    assert not poisson(grey(0.0), 1.0, seeded()).any()  # no electrons where the picture is black


def test_the_dose_is_one_over_the_variance_at_white():
    assert dose(0.5) == 4
    assert dose(0) == math.inf


@pytest.mark.parametrize("strength", [-0.1, 1.1, math.nan])
def test_a_strength_out_of_range_is_refused(strength):
    with pytest.raises(ValueError, match="from 0 to 1"):
        corrupt(grey(), "gaussian", strength)


def test_an_unknown_noise_is_refused_by_name():
    with pytest.raises(ValueError, match="poisson, not 'rain'"):
        corrupt(grey(), "rain", 0.5)
