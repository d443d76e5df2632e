"""The tab's handlers: the same digits in every space, codes that are the networks' own, bad input refused in words."""

import base64
import json
import zlib

import numpy as np
import pytest
import torch

from demos.kit import encoding
from demos.kit.networks import network
from demos.latents import measured, spaces
from demos.latents.bottleneck import handlers as bottleneck
from demos.latents.disturb import handlers as disturb
from demos.latents.history import handlers as history
from demos.latents.maps import handlers as paths
from demos.latents.samples import handlers as samples
from demos.latents.summary import handlers as summary
from demos.latents.widths import handlers as widths
from training import checkpoints
from training.data import datasets
from training.data.strokes import example_strokes, rasterise
from training.measures import latent_space

pytestmark = pytest.mark.skipif(len(spaces.available()) < 2, reason="fewer than two spaces in weights/ to compare")


def drawing(digit: int) -> list:
    return rasterise(example_strokes(digit)).tolist()


def test_all_spaces_hold_the_same_digits_in_the_same_order():
    first, *others = (spaces.stored(name) for name in spaces.available())
    assert len(first["points"]) == 5000
    for other in others:
        assert np.array_equal(first["keys"], other["keys"])
        assert np.array_equal(first["classes"], other["classes"])


@pytest.mark.data
@pytest.mark.parametrize("name", spaces.available())
def test_stored_codes_are_what_the_network_says_today(name, data_dir):
    pictures = spaces.originals()[:200] / 255
    assert np.abs(spaces.encode(name, pictures) - spaces.stored(name)["points"][:200]).max() < 0.03  # float16


@pytest.mark.data
def test_pca_is_the_closed_form(data_dir):
    if "pca" not in spaces.available():
        pytest.skip("no checkpoint pca in weights/")
    images, _ = datasets.load("digits", "all", data_dir)
    flat = images.flatten(1)[::3].double()
    _, _, axes = torch.linalg.svd(flat - flat.mean(0), full_matrices=False)
    ours = network("pca").components[:2].double()
    assert torch.allclose((ours @ axes[:2].T).abs().diagonal(), torch.ones(2).double(), atol=5e-3)
    assert torch.allclose(ours @ ours.T, torch.eye(2).double(), atol=2e-3)


def test_a_path_runs_from_the_first_digit_to_the_second():
    for name in spaces.available():
        way = paths.walk(5, 9, name, 7)
        ends = spaces.stored(name)["points"][[5, 9]]
        assert np.allclose(way["points"][[0, -1]], ends, atol=1e-5)
        assert np.allclose(way["pictures"][[0, -1]], spaces.decode(name, torch.from_numpy(ends)), atol=1e-5)


def test_path_measures_are_the_judge_and_the_nearest_code():
    name = spaces.available()[-1]
    way = paths.walk(5, 9, name, 6)
    best, which, _ = spaces.judge(way["pictures"])
    assert np.allclose(way["confidence"], best, atol=1e-5)
    assert np.array_equal(way["class"], which)
    codes = spaces.stored(name)["points"]
    by_hand = [
        np.linalg.norm(codes - point, axis=1).min() / latent_space.spread(spaces.codes(name)) for point in way["points"]
    ]
    assert np.allclose(way["distance"], by_hand, atol=1e-4)


def test_a_path_may_start_from_a_drawing():
    answer = paths.path(drawing(3), drawing(8), "vae-2d", 5)
    assert [len(answer[key]) for key in ("points", "pictures", "confidence")] == [5, 5, 5]
    assert np.asarray(answer["pictures"]).shape == (5, 28, 28)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 1, "vae-3d", 5), "network must be one of"),
        ((0, 1, "vae-2d", 10**9), "steps must be a whole number from 2 to 64, not 1000000000"),
        ((0, 1, "vae-2d", 1), "steps must be a whole number from 2 to 64"),
        ((5000, 1, "vae-2d", 5), "first must be a whole number from 0 to 4999, not 5000"),
        ((0, 1.5, "vae-2d", 5), "second must be a whole number"),
        ((True, 1, "vae-2d", 5), "picture"),
        (([[float("nan")] * 28] * 28, 1, "vae-2d", 5), "not finite"),
    ],
)
def test_bad_paths_are_refused_with_the_value_and_the_range(arguments, words):
    with pytest.raises(ValueError, match=words):
        paths.path(*arguments)


def test_bad_points_are_refused():
    for z in ([0.0], [0.0, float("inf")], "here", [0.0, 1e9]):
        with pytest.raises(ValueError, match="z"):
            spaces.decode_at("vae-2d", z)
    with pytest.raises(ValueError, match="indices"):
        spaces.look_up(list(range(100)))


def test_the_background_is_the_decoder_at_the_middle_of_each_cell():
    space = spaces.space("vae-2d")
    from io import BytesIO

    from PIL import Image

    sprite = np.asarray(Image.open(BytesIO(base64.b64decode(space["sprite"]))))
    cells = latent_space.grid(space["extent"], space["columns"])[[0, 100, 899]]
    made = spaces.decode("vae-2d", cells).reshape(3, 784)
    assert np.abs(sprite[[0, 100, 899]] / 255 - made).max() <= 0.5 / encoding.GREYS + 0.003


def test_the_maps_weigh_less_than_a_megabyte():
    assert len(zlib.compress(json.dumps(spaces.atlas()).encode(), 6)) < 1_000_000


def test_the_bottleneck_shows_the_networks_own_layers():
    answer = bottleneck.squeeze(drawing(4))
    net = network("autoencoder")
    picture = (
        torch.from_numpy(np.frombuffer(base64.b64decode(answer["seen"]), np.uint8) / 255).float().view(1, 1, 28, 28)
    )
    with torch.inference_mode():
        code = net.encode(picture)[0].numpy()
    assert np.allclose(answer["code"], code, atol=0.05 * np.abs(code).max())
    sizes = [len(base64.b64decode(answer[key])) for key in ("wide", "narrow", "small", "large", "picture")]
    assert sizes == [16 * 14 * 14, 32 * 7 * 7, 32 * 7 * 7, 16 * 14 * 14, 28 * 28]


def test_changing_a_number_of_the_code_changes_the_picture_and_undoing_it_restores_it():
    before, after = bottleneck.squeeze(drawing(4)), bottleneck.squeeze(drawing(4), changes={"7": 30.0})
    assert before["picture"] != after["picture"]
    assert after["moved"][7] == 30
    assert bottleneck.squeeze(drawing(4), changes={"7": before["code"][7]})["moved"] == before["code"]


def test_every_width_that_exists_rebuilds_the_drawing():
    rows = widths.rebuild(drawing(5))["rows"]
    for method, members in widths.ladder().items():
        assert [cell["width"] for cell in rows[method]] == [width for _, width in members]
    assert all(cell["mse"] < 0.2 for row in rows.values() for cell in row)


@pytest.mark.skipif(not measured.numbers(), reason="weights/analysis/latents.json is missing")
class TestMeasured:
    """What the analysis stored is what the networks do today."""

    def test_it_was_measured_on_the_weights_that_stand_here(self):
        stale = [name for name, sha in measured.numbers()["sha256"].items() if checkpoints.sha256(name) != sha]
        assert not stale, f"trained anew since: {stale}; run python -m training.analyse.latents"

    @pytest.mark.parametrize("key", measured.measured_spaces(2))
    def test_the_hole_field_is_what_one_measures_again(self, key):
        name, fields = key.split("/")[0], measured.arrays()
        side = len(fields[f"{key}/holes/confidence"])
        cells = torch.arange(0, side * side, 97)
        points = latent_space.grid(measured.numbers()["spaces"][key]["holes"]["extent"], side)[cells]
        best, _, _ = spaces.judge(spaces.decode(name, points))
        assert np.abs(fields[f"{key}/holes/confidence"].flat[cells.numpy()] / 255 - best).max() < 0.02
        with torch.inference_mode():
            back = latent_space.return_distance(network(name), points) / measured.numbers()["spaces"][key]["spread"]
        assert np.allclose(fields[f"{key}/holes/return"].flat[cells.numpy()], back.numpy(), rtol=0.02, atol=0.02)

    def test_same_seed_same_samples_and_the_prior_is_the_same_for_all(self):
        first, again = samples.draw("prior", 6, 4), samples.draw("prior", 6, 4)
        assert first == again
        assert len({space["points"] for space in first["spaces"].values()}) == 1
        assert samples.draw("mixture", 6, 4)["spaces"] != first["spaces"]

    def test_no_noise_leaves_the_code_alone(self):
        answer = disturb.disturb(3, 0.0)
        for space in answer["spaces"].values():
            pictures = np.frombuffer(base64.b64decode(space["pictures"]), np.uint8).reshape(disturb.TRIES, -1)
            assert (pictures == pictures[0]).all()

    def test_bad_requests_are_refused(self):
        for call in (
            lambda: samples.draw("uniform"),
            lambda: samples.draw("prior", 10**9),
            lambda: samples.draw("prior", 4, -1),
            lambda: samples.draw("prior", 4, 0, 3),
            lambda: disturb.disturb(3, float("nan")),
            lambda: disturb.disturb(3, 99),
            lambda: disturb.disturb(3, 0.1, "metres"),
        ):
            with pytest.raises(ValueError, match="must be"):
                call()

    def test_the_summary_takes_its_numbers_from_the_measurements(self):
        share = measured.numbers()["spaces"]["vae-2d/2"]["samples"]["prior"]["recognised"]
        assert summary.percent(share) in summary.markdown()


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
