"""Samples of the prior and of the aggregate posterior, what the judge says of them, and the room in a browser."""

import json

import numpy as np
import pytest
import torch

from demos.vae import codes, judge
from demos.vae.samples import handlers as samples
from demos.vae.sources import latents
from tests.frame import QUIET, stands, visit
from tests.vae.answers import pixels, read
from tests.vae.test_codes import digit

judged = pytest.mark.skipif(judge.name_of("digits") is None, reason="no classifier of digits among the checkpoints")


# ---- what the server computes ----------------------------------------------------------------------------------------
def test_a_grid_shows_the_pictures_of_the_endpoint():
    grid = samples.grid(4, 7, ["vae"], 0.8, judge=False)
    assert np.allclose(
        read(grid["shown"][0]["pictures"]) / 255, np.ravel(codes.sample(4, 7, "vae", 0.8)), atol=0.5 / 255 + 1e-4
    )
    json.dumps(samples.grid(4), allow_nan=False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 10**9},
        {"networks_shown": []},
        {"networks_shown": ["vae"] * 5},
        {"temperature": -1},
        {"draw": "posterior"},
    ],
)
def test_a_grid_refuses_what_it_cannot_do(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        samples.grid(**wrong)


def test_the_aggregate_posterior_is_stored_means_with_their_noise():
    stored, z = latents("vae"), samples.aggregate(4000, "vae", 0)
    spread = stored["points"].var(0) + np.exp(stored["log_var"]).mean(0)  # the law of total variance
    assert z.mean(0).numpy() == pytest.approx(stored["points"].mean(0), abs=0.08)
    assert z.var(0).numpy() == pytest.approx(spread, rel=0.12)
    assert torch.equal(z, samples.aggregate(4000, "vae", 0))
    assert not torch.equal(z, samples.aggregate(4000, "vae", 1))


def test_the_same_test_pictures_go_through_every_network():
    names = ["vae", "vae-beta-0.5"]
    count = samples.shared_pictures(names)
    first, second = (latents(name)["classes"][:count] for name in names)
    assert len(latents("vae")["classes"]) != len(latents("vae-beta-0.5")["classes"])  # one stores more than the other
    assert np.array_equal(first, second)
    pictures = samples.grid(16, 5, names, draw="aggregate", judge=False)["shown"]
    left, right = (read(one["pictures"]).astype(float).reshape(16, 784) for one in pictures)
    own = [np.corrcoef(left[i], right[i])[0, 1] for i in range(16)]
    others = [np.corrcoef(left[i], right[(i + 1) % 16])[0, 1] for i in range(16)]
    assert np.mean(own) > np.mean(others) + 0.3


@judged
def test_the_judge_recognises_drawn_digits():
    verdict = samples.judged(np.stack([np.float32(digit(k)) for k in range(10)]))
    assert verdict["share"] >= 0.8
    assert verdict["histogram"] == [1] * 10
    low, high = verdict["share_interval"]
    assert low < verdict["share"] <= high + 1e-9
    assert read(verdict["inside"]).mean() == pytest.approx(verdict["share"])


# ---- what the lesson says ------------------------------------------------------------------------------------------
@judged
def test_the_decoder_does_better_from_where_its_codes_came():
    """By the instrument, with another seed than the lesson's: 256 samples of each."""
    shares = {
        draw: samples.grid(256, 11, ["vae"], draw=draw)["shown"][0]["judge"]["share"] for draw in ("prior", "aggregate")
    }
    assert shares["aggregate"] > shares["prior"] + 0.2
    told = samples.numbers()
    assert float(told["aggregate"].split("%")[0]) == pytest.approx(100 * shares["aggregate"], abs=10)
    assert float(told["prior"].split("%")[0]) == pytest.approx(100 * shares["prior"], abs=10)


def test_what_is_said_of_the_mismatch_follows_the_intervals():
    def said(prior, aggregate):
        return samples.mismatch_words({"interval": prior}, {"interval": aggregate})

    assert "never sent a code" in said([0.1, 0.2], [0.8, 0.9])
    assert "no difference beyond chance" in said([0.1, 0.2], [0.15, 0.25])
    assert "does not explain" in said([0.8, 0.9], [0.1, 0.2])


@judged
def test_every_other_vae_of_digits_is_named_with_both_shares():
    told = samples.numbers()["others"].split("; ")
    measured = [name for name in judge.measured("aggregate") if codes.dataset(name) == "digits" and name != "vae"]
    assert len(told) == len(measured) > 2
    for name in measured:
        share = judge.measured("aggregate")[name]["accepted"]["share"]
        assert any(codes.words(name) in one and one.endswith(samples.percent(share)) for one in told)


@judged
def test_without_the_kl_term_the_prior_misses_the_codes():
    quality = samples.props()["quality"]
    assert quality["vae-beta-0"]["accepted"] < 0.02 < quality["vae"]["accepted"]


@judged
def test_the_shares_at_three_temperatures_are_those_of_the_instrument():
    rows = judge.measured("temperatures")["vae"]
    for row in rows:
        share = samples.grid(256, 3, ["vae"], row["temperature"])["shown"][0]["judge"]["share"]
        assert share == pytest.approx(row["accepted"]["share"], abs=0.09)
        assert samples.temperature_words(row) in samples.numbers()["temperatures"]


def test_what_is_said_of_the_cold_follows_the_intervals():
    def rows(cold, own):
        return [{"temperature": 0.5, "accepted": {"interval": cold}}, {"temperature": 1, "accepted": {"interval": own}}]

    assert samples.cold_words(rows([0.5, 0.6], [0.3, 0.4])).startswith("more")
    assert samples.cold_words(rows([0.1, 0.2], [0.3, 0.4])).startswith("fewer")
    assert samples.cold_words(rows([0.3, 0.4], [0.35, 0.45])).startswith("no more")


@judged
def test_halves_by_chance_are_alike():
    """Real pictures against other real pictures: accepted as the judge's table says, and nearer than any samples."""
    quality, real = samples.props()["quality"], samples.props()["real"]["digits"]
    assert 0.93 <= real["accepted"] <= 0.97
    assert real["frechet"] < min(one["frechet"] for one in quality.values())


# ---- in a browser --------------------------------------------------------------------------------------------------
GRID = ".vae-samples .samples"


@pytest.mark.browser
def test_samples_follow_seed_and_temperature_and_come_back(page, app_url):
    visit(page, app_url, "vae", "samples")
    start = pixels(page, GRID)
    page.get_by_role("button", name="Next seed").click()
    page.evaluate(QUIET)
    assert pixels(page, GRID) != start
    page.get_by_label("Seed", exact=True).fill("0")
    page.evaluate(QUIET)
    assert pixels(page, GRID) == start
    page.get_by_label("Temperature", exact=True).press("Home")  # temperature 0: the same picture everywhere
    page.evaluate(QUIET)
    assert "samples_temperature=0" in page.evaluate("location.search")
    one = page.locator(GRID).first.evaluate(
        "c => { const g = c.getContext('2d'), side = Math.floor(c.width / 8);"
        "const cell = (i) => String(g.getImageData(i * side + 4, 4, 40, 40).data); return cell(0) === cell(4); }"
    )
    assert one


@pytest.mark.browser
def test_the_link_restores_everything(page, app_url):
    kept = {"samples_seed": "5", "samples_count": "16", "samples_draw": "aggregate", "samples_first": "vae-2d"}
    visit(page, app_url, "vae", "samples", **kept, samples_marks="1")
    shown = pixels(page, GRID), page.inner_text(".vae-samples .pane-words >> nth=0")
    assert page.get_by_label("Temperature", exact=True).is_disabled()
    page.reload()
    stands(page, "vae", "samples")
    assert (pixels(page, GRID), page.inner_text(".vae-samples .pane-words >> nth=0")) == shown
    for name, value in kept.items():
        assert f"{name}={value}" in page.evaluate("location.search")


@pytest.mark.browser
def test_older_links_open_the_same_samples(page, app_url):
    visit(page, app_url, "vae", "samples", vae_seed="5", vae_temperature="0.5", vae_count="16", vae_sampler="vae-2d")
    assert page.get_by_label("Seed", exact=True).input_value() == "5"
    assert page.get_by_label("Temperature", exact=True).input_value() == "0.5"
    assert page.locator(".vae-samples .pane select").first.input_value() == "vae-2d"


@pytest.mark.browser
def test_the_judge_is_asked_when_the_slider_rests(page, app_url):
    visit(page, app_url, "vae", "samples")
    before = page.inner_text(".vae-samples .result >> nth=0")
    page.get_by_label("Temperature", exact=True).press("End")
    page.wait_for_function("t => document.querySelector('.vae-samples .result').innerText !== t", arg=before)
    assert "% digits to the judge" in page.inner_text(".vae-samples .result >> nth=0")


@pytest.mark.browser
def test_whoever_guesses_is_answered_with_the_measured_shares(page, app_url):
    visit(page, app_url, "vae", "samples")
    page.get_by_role("button", name="Fewer, or none").click()
    words = page.locator(".vae-samples .predict-words")
    words.wait_for()
    share = samples.props()["quality"]["vae"]["accepted"]
    assert f"{100 * share:.0f} % digits to the judge on the left" in words.inner_text()
    page.get_by_text("All networks, measured").click()
    assert page.locator(".vae-samples table").is_visible()


@pytest.mark.browser
def test_on_a_phone_the_samples_come_before_the_settings(phone, app_url):
    visit(phone, app_url, "vae", "samples")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = phone.locator(GRID).first.bounding_box()
    assert box["y"] + box["height"] < 844
    assert not phone.get_by_label("Temperature", exact=True).is_visible()
