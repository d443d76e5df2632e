"""Codes as features: the curves as they were measured, and what each number of a code draws."""

import pytest

from demos.latents import measured
from demos.latents.probes import handlers as probes
from tests.latents.hands import canvas, carries, changes, choose, in_link, keys, open_room, text_changes

needs_curves = pytest.mark.skipif(not measured.numbers("latents_probes"), reason="latents_probes.json is missing")
PLOT = canvas("probes", ".plot-canvas")


def test_every_number_of_a_sparse_code_has_its_measurements():
    for name, rows in probes.props()["units"].items():
        assert all(0 <= row["fires"] <= 1 and 0 <= row["share"] <= 1 for row in rows), name


@needs_curves
@pytest.mark.browser
def test_classifier_and_labels_change_plot_and_ranking(page, app_url):
    open_room(page, app_url, "probes")
    ranking = canvas("probes", "p:has(> .result)")
    changes(page, PLOT, page.get_by_role("button", name="linear probe").click)
    in_link(page, "probes_method=linear")
    text_changes(page, ranking, keys(page, PLOT, "ArrowRight"))
    in_link(page, "probes_labels=300")


@pytest.mark.browser
def test_the_bars_and_parts_follow_drawing_and_network(page, app_url):
    open_room(page, app_url, "probes")
    part, rebuilt = canvas("probes", ".parts canvas"), canvas("probes", 'canvas[aria-label^="Rebuilt"]')
    changes(page, part, choose(page, "probes", "network", "autoencoder"))
    changes(page, rebuilt, page.locator(".latents-probes .pad-examples button").nth(8).click)


@pytest.mark.browser
def test_the_link_of_the_probes_carries_every_field(page, app_url):
    carries(page, app_url, "probes", method="linear", labels="1000", drawing="7", network="autoencoder", guess="code")
