"""The comparison: every denoiser answers at any noise, and its place on the test set stands beside it."""

import numpy as np
import pytest

from demos.denoise.bench import handlers as bench
from demos.denoise.compare import handlers as compare
from tests.denoise.drawings import GREYS, PICTURE, pictures_of
from training.data.corruptions import KINDS
from training.measures.denoisers import FILTERS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strength", [0.0, 0.4, 1.0])
def test_compare_answers_for_every_denoiser_at_any_noise(kind, strength):
    results = compare.compare(PICTURE, kind, strength, 2)
    assert [result["network"] for result in results] == [*bench.names(), *FILTERS]
    for result in results:
        made = np.array(result["picture"])
        assert made.shape == (28, 28)
        assert 0 <= made.min() <= made.max() <= 1
        assert np.isfinite([result[key] for key in ("mse", "psnr", "ssim", "milliseconds")]).all()
        assert result["mse"] == pytest.approx(np.mean((made - PICTURE) ** 2), abs=2e-4)
        if strength == 0 and result["network"] in FILTERS:
            assert result["mse"] < 1e-9  # nothing to do, and a filter is told so


def test_compare_agrees_with_denoise_and_takes_names():
    alone = bench.denoise(PICTURE, 0.3, 5, "denoising-vae")
    both = compare.compare(PICTURE, "gaussian", 0.3, 5, ["median", "denoising-vae"])
    assert [result["network"] for result in both] == ["median", "denoising-vae"]
    assert both[1]["picture"] == alone["reconstruction"]
    assert both[1]["psnr"] == pytest.approx(alone["psnr"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"noise_kind": "rain"}, "noise_kind must be one of gaussian"),
        ({"strength": -0.1}, "strength must be from 0 to 1"),
        ({"networks": ["bm3d"]}, "networks must be one of .*median.*not 'bm3d'"),
        ({"networks": "median"}, "list of names"),
        ({"networks": ["median"] * 99}, "at most"),
    ],
)
def test_compare_refuses_with_a_sentence(changes, words):
    with pytest.raises(ValueError, match=words):
        compare.compare(**({"picture": PICTURE} | changes))


def test_the_filters_are_tuned_for_each_noise_and_help_against_gaussian_noise():
    results = compare.compare(PICTURE, "gaussian", 0.3, 0, list(FILTERS))
    noisy = np.mean((bench.make_noisy(np.array(PICTURE, np.float32), "gaussian", 0.3, 0) - PICTURE) ** 2)
    assert all(result["mse"] < noisy / 1.5 for result in results)


def test_the_pages_cards_are_the_endpoints_pictures():
    answer = compare.compare_live(GREYS, "gaussian", 0.3, 4, True)
    assert [one["network"] for one in answer["results"]] == list(bench.names())
    alone = compare.compare(PICTURE, "gaussian", 0.3, 4, list(bench.names()))
    for card, result in zip(answer["results"], alone, strict=True):
        assert np.abs(pictures_of(card["picture"]) / 255 - result["picture"]).max() < 0.01


def test_each_card_has_its_row_of_the_test_set():
    props = compare.props()
    assert props["measured"]["rows"].keys() == props["labels"].keys()
    for row in props["measured"]["rows"].values():
        assert len(row["psnr"]) == len(props["measured"]["strengths"])
        assert row["kinds"].keys() == props["kinds"].keys()


def test_words_as_a_list():
    assert [compare.listed(list(words)) for words in ("", "a", "ab", "abc")] == ["none", "a", "a and b", "a, b and c"]
