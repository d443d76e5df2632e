"""The lecture's table: every row from a measurement."""

import pytest

from demos.latents import measured
from demos.latents.summary import handlers as summary
from tests.frame import visit
from training import checkpoints

pytestmark = pytest.mark.skipif(not measured.numbers(), reason="weights/analysis/latents.json is missing")


def test_it_was_measured_on_the_weights_that_stand_here():
    stale = [name for name, sha in measured.numbers()["sha256"].items() if checkpoints.sha256(name) != sha]
    assert not stale, f"trained anew since: {stale}; run python -m training.analyse.latents"


def test_the_summary_takes_its_numbers_from_the_measurements():
    share = measured.numbers()["spaces"]["vae-2d/2"]["samples"]["prior"]["recognised"]
    assert summary.percent(share) in summary.markdown()


@pytest.mark.browser
def test_the_table_stands_on_the_page_with_every_row(page, app_url):
    visit(page, app_url, "latents", "summary")
    table = page.locator('[data-step="latents/summary"] table >> nth=0')
    assert table.locator("tbody tr").count() == len(summary.table())
    assert table.locator("th:visible").first.inner_text() == "the slide"
