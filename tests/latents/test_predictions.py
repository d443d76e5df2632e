"""Predict before reveal: who has chosen sees what was measured, the link carries the choice, who asks again chooses."""

import pytest

from demos.latents import measured
from demos.latents.bottleneck import handlers as bottleneck
from demos.latents.disturb import handlers as disturb
from demos.latents.holes import handlers as holes
from demos.latents.maps import handlers as maps
from demos.latents.probes import handlers as probes
from demos.latents.samples import handlers as samples
from demos.latents.widths import handlers as widths
from tests.latents.hands import in_link, open_room
from training.data.strokes import rasterise

pytestmark = pytest.mark.skipif(not measured.numbers(), reason="weights/analysis/latents.json is missing")


def press(words: str):
    """The act of choosing an answer."""
    return lambda question: question.get_by_role("button", name=words, exact=True).click()


def type_number(number: str):
    """The act of guessing a number."""

    def act(question) -> None:
        question.locator("input").fill(number)
        question.get_by_role("button", name="Reveal").click()

    return act


def plain(markdown: str) -> str:
    """What the server tells, as it is read on the page."""
    return " ".join(markdown.replace("**", "").split())


# room -> (what is done, the guess as the link writes it, what the reveal is to say: read from the measurements)
ROOMS = {
    "bottleneck": (press("a digit"), "digit", lambda: f"an MSE of {bottleneck.house()['mse']:.4f}"),
    "disturb": (press("Autoencoder"), "ae", lambda: disturb.findings()["answer"]),
    "widths": (type_number("12"), "12", lambda: widths.findings()["answer"]),
    "probes": (press("Raw pixels"), "pixels", lambda: probes.few()),
    "maps": (press("VAE"), "vae", lambda: maps.props()["answer"]),
    "holes": (press("The VAE has fewer"), "fewer", lambda: holes.findings()["answer"]),
    "samples": (press("More"), "more", lambda: samples.findings()["answer"]),
}


def shown(page, room: str) -> str:
    return " ".join(page.locator(f".latents-{room} .predict-answer").inner_text().split())


@pytest.mark.browser
@pytest.mark.parametrize("room", ROOMS)
def test_the_answer_appears_with_the_choice_and_travels_with_it(page, app_url, room):
    (act, guess, told), field = ROOMS[room], "latents_guess" if room == "maps" else f"{room}_guess"
    open_room(page, app_url, room)
    assert shown(page, room) == ""
    act(page.locator(f".latents-{room} .predict-act"))
    in_link(page, f"{field}={guess}")
    page.locator(f".latents-{room} .predict.revealed").wait_for()
    said = shown(page, room)
    assert plain(told()) in said
    page.reload()  # whoever opens the link sees the guess beside the answer
    page.locator(f".latents-{room} .predict.revealed").wait_for()
    assert shown(page, room) == said
    page.get_by_role("button", name="Ask me again").click()
    page.wait_for_function("name => !location.search.includes(name)", arg=f"{field}=")
    assert shown(page, room) == ""


def test_the_house_that_is_told_of_is_the_networks_own():
    house = bottleneck.house()
    rows = widths.rebuild(rasterise(bottleneck.HOUSE).tolist())["rows"]["AE"]
    assert house["mse"] == pytest.approx(next(cell["mse"] for cell in rows if cell["width"] == 64))
    assert house["mse"] < 0.2 * house["nothing"]


@pytest.mark.parametrize(("ae", "vae", "truth"), [(0.5, 0.51, "same"), (0.9, 0.2, "ae"), (0.2, 0.9, "vae")])
def test_the_sturdier_is_one_only_beyond_the_spread(monkeypatch, ae, vae, truth):
    monkeypatch.setattr(disturb, "kept", lambda key, *_: {"ae": ae, "vae": vae}[key])
    assert disturb.sturdier({"ae": "ae", "vae": "vae"}, "spread") == truth


@pytest.mark.parametrize(("code", "truth"), [(0.6, "code"), (0.42, "same"), (0.2, "pixels")])
def test_codes_beat_pixels_only_beyond_the_draws_of_the_labels(monkeypatch, code, truth):
    def row(accuracy: float) -> dict:
        return {"knn": [{"labels": 10, "accuracy": accuracy, "low": accuracy - 0.05, "high": accuracy + 0.05}]}

    told = {"spaces": {"pixels": row(0.4), "vae": row(code), "pca": row(0.1)}}
    monkeypatch.setattr(measured, "numbers", lambda topic: told)
    assert probes.better() == truth


@pytest.mark.parametrize(("vae", "truth"), [(0.9, "vae-2d/2"), (0.52, None)])
def test_a_space_has_most_digits_on_its_paths_only_beyond_the_spread(vae, truth):
    shares = {"pca/2": 0.1, "autoencoder-2d/2": 0.5, "vae-2d/2": vae}
    assert maps.most({key: {"recognised": share, "error": 0.02} for key, share in shares.items()}) == truth


@pytest.mark.parametrize(("mixture", "truth"), [(0.9, "more"), (0.5, "same"), (0.1, "fewer")])
def test_the_mixture_beats_the_prior_only_beyond_the_intervals(monkeypatch, mixture, truth):
    keys = {"autoencoder-2d/2": "mixture", "vae-2d/2": "prior"}
    spaces = {
        key: {"samples": {kind: {"recognised": mixture if kind == "mixture" else 0.5}}} for key, kind in keys.items()
    }
    monkeypatch.setattr(measured, "measured_spaces", lambda width: list(keys))
    monkeypatch.setattr(measured, "numbers", lambda: {"spaces": spaces, "settings": {"samples": 300}})
    assert samples.mended() == truth
