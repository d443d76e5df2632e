"""Noise on the code: none leaves it alone; the same noise in every space."""

import base64

import numpy as np
import pytest

from demos.latents import measured
from demos.latents.disturb import handlers as disturb
from tests.latents.hands import canvas, carries, changes, choose, in_link, keys, open_room

pytestmark = pytest.mark.skipif(not measured.numbers(), reason="weights/analysis/latents.json is missing")


def test_no_noise_leaves_the_code_alone():
    answer = disturb.disturb(3, 0.0)
    for space in answer["spaces"].values():
        pictures = np.frombuffer(base64.b64decode(space["pictures"]), np.uint8).reshape(disturb.TRIES, -1)
        assert (pictures == pictures[0]).all()


@pytest.mark.parametrize("arguments", [(3, float("nan")), (3, 99), (3, 0.1, "metres")])
def test_bad_noise_is_refused(arguments):
    with pytest.raises(ValueError, match="must be"):
        disturb.disturb(*arguments)


@pytest.mark.browser
def test_noise_unit_dimensions_seed_and_digit_change_the_copies(page, app_url):
    open_room(page, app_url, "disturb")
    copies = canvas("disturb", ".space canvas")
    assert page.locator(canvas("disturb", ".space")).count() == len(measured.measured_spaces(2))
    changes(page, copies, keys(page, canvas("disturb", ".slider input"), "End"))
    in_link(page, "disturb_noise=2")
    changes(page, copies, choose(page, "disturb", "unit", "plain"))
    changes(page, copies, choose(page, "disturb", "width", "32"))
    changes(page, copies, page.get_by_role("button", name="Another digit").click)
    seed = page.locator('.latents-disturb [data-field="seed"] input')
    changes(page, copies, lambda: (seed.fill("9"), seed.press("Enter")))


@pytest.mark.browser
def test_the_link_of_the_disturbed_codes_carries_every_field(page, app_url):
    carries(page, app_url, "disturb", noise="0.55", unit="plain", width="32", digit="17", seed="3", guess="ae")
