"""Training as it went: snapshots of the twins, curves of every network, the spread over seeds."""

import pytest

from demos.latents import measured
from demos.latents.history import handlers as history
from tests.latents.hands import canvas, carries, changes, choose, in_link, open_room
from training import checkpoints

MAP = canvas("history", ".map canvas")


def test_history_goes_from_the_first_epoch_to_the_last():
    epochs = history.shared()
    if not epochs:
        pytest.skip("no history of the twins in weights/")
    assert epochs[0] == 0
    assert len(epochs) >= 3
    first = history.moment(0)
    assert set(first) == {"autoencoder-2d", "vae-2d"}
    with pytest.raises(ValueError, match="epoch must be one of"):
        history.moment(3)


def test_curves_belong_to_checkpoints_or_to_the_small_runs_beside_them():
    small = set(measured.numbers("latents_fitting").get("runs", {}))
    assert set(history.curves()) <= set(checkpoints.names()) | small


def test_the_overfitted_run_falls_behind_on_digits_it_has_not_seen():
    runs = measured.numbers("latents_fitting").get("runs")
    if not runs:
        pytest.skip("weights/analysis/latents_fitting.json is missing")
    ratio = {words.split(":")[0]: run["held_out"][-1] / run["train"][-1] for words, run in runs.items()}
    assert ratio["overfitted"] > 1.5 > ratio["fitted"]
    assert ratio["underfitted"] == pytest.approx(1, abs=0.15)


@pytest.mark.browser
@pytest.mark.skipif(not history.shared(), reason="no history of the twins in weights/")
def test_epochs_and_what_is_shown_change_the_maps(page, app_url):
    open_room(page, app_url, "history")
    changes(page, MAP, page.locator('.latents-history [data-field="epoch"]').get_by_text("1", exact=True).click)
    in_link(page, "history_epoch=1")
    changes(page, MAP, choose(page, "history", "axes", "own"))
    changes(page, MAP, choose(page, "history", "shown", "manifold"))


@pytest.mark.browser
@pytest.mark.skipif(not history.shared(), reason="no history of the twins in weights/")
def test_on_axes_that_hold_still_a_cloud_is_seen_to_wander(page, app_url):
    open_room(page, app_url, "history")
    for epoch in (history.shared()[1], history.shared()[-1]):
        page.locator('.latents-history [data-field="epoch"]').get_by_text(str(epoch), exact=True).click()
        middle = history.clouds()["autoencoder-2d"][epoch]["middle"]
        page.locator(f'.space-ae .cloud:has-text("middle {middle:.1f} from the origin")').wait_for()
        assert page.locator(".space-ae .cloud").bounding_box()["y"] < 320
    assert page.locator('.latents-history [data-field="axes"] select').input_value() == "fixed"
    assert "history_axes" not in page.url


@pytest.mark.browser
@pytest.mark.skipif(not history.shared(), reason="no history of the twins in weights/")
def test_play_goes_from_the_first_epoch_on_and_pause_stops_it(page, app_url):
    open_room(page, app_url, "history")
    page.get_by_role("button", name="Play").press("Enter")
    in_link(page, f"history_epoch={history.shared()[1]}")
    page.get_by_role("button", name="Pause").press("Enter")
    assert page.get_by_role("button", name="Play").count() == 1


@pytest.mark.browser
def test_another_network_brings_its_own_curves(page, app_url):
    open_room(page, app_url, "history")
    changes(page, canvas("history", ".curves .plot-canvas"), choose(page, "history", "curve", "vae-2d"))
    in_link(page, "history_curve=vae-2d")


@pytest.mark.browser
@pytest.mark.skipif(not history.shared(), reason="no history of the twins in weights/")
def test_the_link_of_the_history_carries_every_field(page, app_url):
    carries(
        page,
        app_url,
        "history",
        epoch="1",
        axes="own",
        shown="manifold",
        curve="vae-2d",
        hidden="0_7",
        space="0",
        view0="-1_2_0_3",
        view1="",
        view2="",
        view3="",
    )
