"""The ELBO's ledger: every sum by hand, the bound and its spread, what is claimed of it, and the room in a browser."""

import json
import math

import numpy as np
import pytest
import torch

from demos.kit import networks
from demos.vae import codes
from demos.vae.ledger import handlers as ledger
from tests.frame import QUIET, stands, visit
from tests.vae.answers import FIRST, pixels, read
from tests.vae.test_codes import digit

EMPTY = {"picture": np.zeros((28, 28), np.uint8)}


# ---- what the server computes ----------------------------------------------------------------------------------------
def test_the_ledger_of_a_drawing_is_the_endpoints():
    answer, expected = ledger.ledger(FIRST, "vae", 5), codes.elbo(digit(3), "vae", 5)
    assert answer["total"] == pytest.approx(expected["total"], rel=1e-6)
    assert answer["kl"] == pytest.approx(expected["kl"], abs=1e-6)
    assert read(answer["nats"], "<f4").sum() == pytest.approx(expected["reconstruction"], rel=1e-5)
    json.dumps(answer, allow_nan=False)


def test_the_baselines_by_hand():
    picture = np.float32([[0, 1], [0.5, 0.5]])
    assert ledger.cost(picture, picture) == pytest.approx(2 * math.log(2), abs=1e-5)  # the floor: two undecided pixels
    assert ledger.cost(np.full((2, 2), 0.5), picture) == pytest.approx(4 * math.log(2))
    best = min(ledger.cost(np.full((2, 2), p), picture) for p in np.linspace(0.01, 0.99, 99))
    assert ledger.cost(np.full((2, 2), picture.mean()), picture) == pytest.approx(best)


def test_no_answer_is_cheaper_than_the_floor():
    answer = ledger.ledger(FIRST)
    assert answer["floor"] < answer["reconstruction"] < answer["total"]
    assert answer["floor"] < answer["constant"]


def test_many_draws_are_the_mean_and_the_spread_of_single_ones():
    answer = ledger.ledger(FIRST, "vae", 3, draws=16)
    net, images = networks.network("vae"), torch.tensor(digit(3))[None, None]
    with torch.no_grad():
        mu, log_var = net.encode(images)
        generator, totals = torch.Generator().manual_seed(3), []
        for _ in range(16):
            z = mu + (0.5 * log_var).exp() * torch.randn(mu.shape, generator=generator)
            totals.append(
                float(torch.nn.functional.binary_cross_entropy_with_logits(net.decode(z), images, reduction="sum"))
            )
    totals = np.array(totals) + sum(answer["kl"])
    assert answer["total"] == pytest.approx(totals.mean(), rel=1e-5)
    assert answer["spread"] == pytest.approx(np.quantile(totals, [0.05, 0.95]).tolist(), rel=1e-5)
    assert ledger.ledger(FIRST, "vae", 3)["spread"] is None


@pytest.mark.parametrize("draws", [0, 257, 1.5, "many"])
def test_a_count_of_draws_that_is_none_is_refused(draws):
    with pytest.raises(ValueError, match="draws"):
        ledger.ledger(FIRST, "vae", 0, draws)


def test_the_share_of_costlier_pictures_by_hand():
    histogram = {"counts": [1, 2, 3, 4], "from": 0.0, "to": 8.0}  # middles 1, 3, 5, 7
    assert ledger.cheaper(4.0, histogram) == pytest.approx(0.7)
    assert ledger.cheaper(-1.0, histogram) == 1
    assert ledger.cheaper(9.0, histogram) == 0


# ---- what the lesson says ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("k", [0, 3, 7])
def test_the_weighted_bound_is_tighter_than_the_mean_of_the_draws(k):
    answer = ledger.ledger({"picture": digit(k)}, "vae", 1, draws=256)
    assert answer["weighted"] < answer["total"]


def test_the_bill_bounds_black_and_white_pictures_on_average():
    """E_b[log p(b | z)] over b ~ Bernoulli(x) is the cross-entropy with the grey x: the bill is the mean bill of b."""
    generator = torch.Generator().manual_seed(0)
    x, logits = torch.rand(50, generator=generator), torch.randn(50, generator=generator)
    cost = torch.nn.functional.binary_cross_entropy_with_logits
    drawn = torch.bernoulli(x.expand(40_000, 50), generator=generator)
    mean = cost(logits.expand_as(drawn), drawn, reduction="none").sum(1).mean()
    assert float(mean) == pytest.approx(float(cost(logits, x, reduction="sum")), rel=2e-3)


def test_an_empty_page_is_cheap():
    empty = ledger.ledger(EMPTY, "vae", seed=1, draws=256)
    told = ledger.numbers()
    assert float(told["empty"]) == pytest.approx(empty["total"], abs=3)  # other draws
    assert ledger.cheaper(empty["total"], empty["test"]["total"]) > 0.9
    assert ledger.cheaper(empty["spread"][1], empty["test"]["total"]) > 0.9  # its dear draws, too


def test_one_draw_says_little():
    told = ledger.numbers()
    single = [ledger.ledger({"picture": digit(7)}, "vae", seed)["total"] for seed in range(40)]
    inside = np.mean([float(told["low"]) - 1 < total < float(told["high"]) + 1 for total in single])
    assert inside > 0.75
    assert float(told["high"]) - float(told["low"]) > 3


# ---- in a browser --------------------------------------------------------------------------------------------------
def total(page) -> float:
    return float(page.get_attribute(".vae-ledger", "data-total"))


@pytest.mark.browser
def test_it_answers_an_example_and_reads_out_a_pixel(page, app_url):
    visit(page, app_url, "vae", "ledger")
    before = total(page)
    page.locator(".vae-ledger .pad-examples button").nth(1).click()
    page.evaluate(QUIET)
    assert total(page) != before
    page.locator(".vae-ledger .heat").focus()
    page.keyboard.press("ArrowDown")
    assert "pixel (14, 15)" in page.inner_text(".vae-ledger .pictures")
    assert "pixel (14, 15)" in page.get_attribute(".vae-ledger .heat", "aria-label")
    page.keyboard.press("Escape")
    assert "nats by pixel" in page.inner_text(".vae-ledger .pictures")


@pytest.mark.browser
def test_a_hover_reads_a_pixel_and_a_click_keeps_it(page, app_url):
    visit(page, app_url, "vae", "ledger")
    heat = page.locator(".vae-ledger .heat")
    box = heat.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.51, box["y"] + box["height"] * 0.26)
    assert "pixel (14, 7)" in page.inner_text(".vae-ledger .pictures")
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(5, 5)
    page.wait_for_function("location.search.includes('ledger_pixel=14_7')")
    assert "pixel (14, 7)" in page.inner_text(".vae-ledger .pictures")


@pytest.mark.browser
def test_the_link_restores_source_seed_and_draws(page, app_url):
    visit(page, app_url, "vae", "ledger", ledger_source="picked-5-3", ledger_seed="11", ledger_draws="16")
    shown = total(page), pixels(page, ".vae-ledger .heat")
    assert shown[0] == pytest.approx(ledger.ledger({"class": 5, "index": 3}, "vae", 11, 16)["total"])
    page.reload()
    stands(page, "vae", "ledger")
    assert (total(page), pixels(page, ".vae-ledger .heat")) == shown
    assert "9 in 10 from" in page.inner_text(".vae-ledger .sum")


@pytest.mark.browser
def test_an_older_link_opens_the_same_bill(page, app_url):
    visit(page, app_url, "vae", "ledger", vae_ledger="vae-2d")
    assert page.locator(".vae-ledger .right select").input_value() == "vae-2d"
    assert total(page) == pytest.approx(ledger.ledger({"picture": digit(7)}, "vae-2d")["total"], rel=0.02)


@pytest.mark.browser
def test_more_draws_and_another_seed_change_the_bill(page, app_url):
    visit(page, app_url, "vae", "ledger")
    bills = {total(page)}
    page.get_by_role("button", name="Next seed").click()
    page.evaluate(QUIET)
    bills.add(total(page))
    page.locator(".vae-ledger .segments").get_by_role("button", name="256").click()
    page.evaluate(QUIET)
    bills.add(total(page))
    assert len(bills) == 3
    assert "ledger_seed=1" in page.evaluate("location.search")


@pytest.mark.browser
def test_clearing_the_page_makes_it_cheap(page, app_url):
    visit(page, app_url, "vae", "ledger", ledger_draws="256")
    before = total(page)
    page.locator(".vae-ledger").get_by_role("button", name="Clear").click()
    page.evaluate(QUIET)
    assert total(page) < before


@pytest.mark.browser
def test_the_guess_is_answered_by_the_sums_of_this_picture(page, app_url):
    visit(page, app_url, "vae", "ledger")
    page.get_by_role("button", name="On its edge").click()
    page.locator(".vae-ledger .predict-words").wait_for()
    assert "grey pixels" in page.inner_text(".vae-ledger .predict-words")


@pytest.mark.browser
def test_on_a_phone_the_bill_comes_before_the_pad(phone, app_url):
    visit(phone, app_url, "vae", "ledger")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bill, pad = (phone.locator(f".vae-ledger {part}").bounding_box() for part in (".result", ".pad"))
    assert bill["y"] < 844
    assert bill["y"] < pad["y"]
