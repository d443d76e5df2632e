"""The beta ladder: its rungs, what each costs, which samples best; and its room in a browser."""

import itertools
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from demos.kit import networks
from demos.vae import codes
from demos.vae.ladder import handlers as ladder
from tests.frame import QUIET, stands, visit
from tests.vae.answers import read
from training import checkpoints


# ---- what the server computes --------------------------------------------------------------------------------------
@pytest.mark.parametrize("base", ladder.BASES)
def test_the_ladder_goes_up(base):
    betas = [codes.beta(name) for name in ladder.rungs(base)]
    assert betas == sorted(betas)
    assert 1.0 in betas
    assert all(codes.dimensions(name) == codes.dimensions(base) for name in ladder.rungs(base))
    own = [codes.beta(name) for name in ladder.rungs(base) if not checkpoints.describe(name).yours]
    assert len(set(own)) == len(own)


def test_beta_is_read_from_the_metrics():
    for name in ("vae", "vae-beta-0.1", "vae-2d-beta-16"):
        recipe = json.loads((checkpoints.folder(name) / "metrics.json").read_text("utf-8"))["recipe"]
        assert codes.beta(name) == recipe["beta"]
    assert codes.beta("autoencoder-2d") == 0


def test_a_network_of_ones_own_stands_where_its_beta_is(monkeypatch):
    """Trained as the lecture's VAE but with beta 4: beside ours of beta 4, by its settings and not by its name."""
    model = checkpoints.describe("vae-beta-4")
    own = replace(model, name="best-of-all", yours=True)
    known = checkpoints.all()
    monkeypatch.setattr(checkpoints, "all", lambda: [*known, own])
    names = ladder.rungs("vae")
    assert names.index("best-of-all") == names.index("vae-beta-4") + 1
    assert "best-of-all" not in ladder.rungs("vae-2d")


def test_without_noise_in_the_code_the_rate_is_infinite():
    twin = next(point for point in ladder.curve() if point["network"] == "autoencoder-2d")
    assert twin["rate"] is None
    assert twin["distortion"] < next(p["distortion"] for p in ladder.curve() if p["network"] == "vae-2d")


def test_a_rung_shows_the_same_codes_as_every_other():
    answer = ladder.rung("vae", 3)
    expected = codes.pictures(networks.network("vae"), codes.prior(36, 32, 3))
    assert np.abs(read(answer["samples"]).reshape(36, 28, 28) / 255 - expected).max() <= 0.5 / 255 + 1e-4


def test_the_answers_are_strict_json():
    json.dumps([ladder.rung("vae"), ladder.rung("autoencoder-2d"), ladder.props()], allow_nan=False)


# ---- what the page says --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("base", ladder.BASES)
def test_the_best_by_a_measure_are_those_whose_interval_reaches_the_very_best(base):
    found = ladder.sample_quality(base)
    rows = {row["network"]: row for row in found["rows"]}
    for measure, pick in (("digits", max), ("frechet", min)):
        first = pick(rows.values(), key=lambda row, measure=measure: row[measure]["value"])
        assert found["best"][measure][0] == first["network"]
        for name, row in rows.items():
            apart = row[measure]["high"] < first[measure]["low"] or row[measure]["low"] > first[measure]["high"]
            assert (name in found["best"][measure]) == (not apart)


def test_the_collapsed_network_makes_one_picture_again_and_again():
    """Mode collapse: every sample read as one class, and none of them a digit to the judge."""
    rows = {row["beta"]: row for row in ladder.sample_quality()["rows"]}
    collapsed = rows[32.0]
    assert collapsed["of_class"] > 0.99
    assert collapsed["digits"]["value"] < 0.01
    assert "one picture again and again" in " ".join(ladder.sample_quality()["words"])


def test_the_words_name_the_numbers_of_the_measurement():
    found = ladder.sample_quality()
    rows = {row["network"]: row for row in found["rows"]}
    digits, frechet = rows[found["best"]["digits"][0]], rows[found["best"]["frechet"][0]]
    words = " ".join(found["words"])
    assert words.startswith(
        f"β = {digits['beta']:g}, by both" if digits is frechet else "No β is best by both measures."
    )
    assert f"{100 * digits['digits']['value']:.0f} %" in words
    assert digits is frechet or f"{frechet['frechet']['value']:.4f}" in words


def test_the_lesson_says_where_reconstruction_and_elbo_are_best():
    tests = {b: checkpoints.describe(n).test for n in ladder.rungs() if (b := codes.beta(n)) is not None}
    summed = {beta: test["reconstruction"] + test["kl"] for beta, test in tests.items() if "kl" in test}
    said = ladder.numbers()
    assert f"= {min(tests, key=lambda b: tests[b]['reconstruction']):g}$" in said["sharpest"]
    assert f"= {min(summed, key=lambda b: summed[b]):g}$ ({min(summed.values()):.1f} nats" in said["elbo"]


def test_larger_beta_buys_rate_with_distortion():
    """A larger beta buys a smaller rate with a larger distortion: true along both ladders, up to a nat of training."""
    for base in ladder.BASES:
        points = [p for p in ladder.curve() if p["ladder"] == base and p["rate"] is not None and not p["yours"]]
        points.sort(key=lambda point: point["beta"])
        assert [p["rate"] for p in points] == sorted((p["rate"] for p in points), reverse=True)
        assert all(b["distortion"] > a["distortion"] - 1 for a, b in itertools.pairwise(points))


def test_dimensions_give_up_one_after_another():
    active = [checkpoints.describe(name).test.get("active_dimensions") for name in ladder.rungs()[1:]]
    assert active == sorted(active, reverse=True)
    assert active[-1] == 0
    made = read(ladder.rung(ladder.rungs()[-1])["samples"]).reshape(36, 784).astype(int)
    apart = np.sqrt(np.square(made - made[0]).mean(1)).max()
    assert apart <= 13  # grey levels, root mean square, 5 %: to the eye one picture


# ---- in a browser --------------------------------------------------------------------------------------------------
def pixels(page, selector: str) -> str:
    return page.eval_on_selector_all(f"{selector} canvas", "all => all.map((one) => one.toDataURL()).join()")


@pytest.mark.browser
def test_it_opens_at_beta_one_and_the_keys_climb(page, app_url):
    visit(page, app_url, "vae", "ladder")
    room = page.locator(".vae-ladder")
    assert "β = 1" in room.inner_text()
    before = pixels(page, ".vae-ladder .samples")
    room.get_by_role("slider", name="β", exact=True).press("End")
    page.evaluate(QUIET)
    assert "β = 32" in room.locator(".climb").inner_text()
    assert pixels(page, ".vae-ladder .samples") != before
    assert page.evaluate("location.search").endswith("ladder_rung=32")


@pytest.mark.browser
def test_an_older_link_opens_the_same_rung(page, app_url):
    visit(page, app_url, "vae", "ladder", vae_ladder="vae-2d", vae_beta="0")
    assert "β = 0" in page.locator(".vae-ladder .climb").inner_text()
    assert "∞" in page.locator(".vae-ladder .ledger .result").inner_text()
    assert page.locator(".vae-ladder .map").is_visible()


@pytest.mark.browser
def test_a_link_restores_ladder_rung_and_seed(page, app_url):
    visit(page, app_url, "vae", "ladder", ladder_rung="4", ladder_seed="7")
    here = pixels(page, ".vae-ladder .samples")
    page.reload()
    stands(page, "vae", "ladder")
    assert pixels(page, ".vae-ladder .samples") == here
    page.get_by_role("button", name="Next seed").click()
    page.evaluate(QUIET)
    assert pixels(page, ".vae-ladder .samples") != here


@pytest.mark.browser
def test_whoever_guesses_is_answered_with_the_measured_numbers(page, app_url):
    visit(page, app_url, "vae", "ladder")
    guess = page.locator(".vae-ladder .predict")
    assert not guess.locator("table").count()
    guess.get_by_role("button", name="β = 16").click()
    guess.locator("table").wait_for()
    cells = {row.locator("th").inner_text(): row.inner_text() for row in guess.locator("tbody tr").all()}
    for row in ladder.sample_quality()["rows"]:
        share = 100 * row["digits"]["value"]
        words = rf"\b{share:.0f} %" if share >= 1 else r"< 1 %|\b0(\.\d)? %"
        assert re.search(words, cells[f"{row['beta']:g}"]), (row, cells)


@pytest.mark.browser
def test_on_a_phone_it_fits_and_a_finger_climbs(phone, app_url):
    visit(phone, app_url, "vae", "ladder")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    box = phone.locator(".vae-ladder .climb input").bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    phone.wait_for_function("document.querySelector('.vae-ladder .climb').innerText.includes('β = 32')")
