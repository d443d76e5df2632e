"""What the lessons of this tab say is true: each sentence with a number or a comparison, and what it is computed from.

A claim is (room, the words on the page, when they must stand there). The numbers are the table's
(weights/analysis/denoising.json), and the table is measured here anew on a sample of test digits.
"""

import re
from functools import partial

import pytest
import torch

from demos.denoise.bench.handlers import denoisers
from demos.denoise.compare import handlers as compare
from demos.denoise.grid.handlers import autoencoders, psnr_at, specialists
from demos.denoise.micrograph import handlers as micrograph
from demos.denoise.tab import TAB
from demos.kit import lessons
from training import checkpoints
from training.analyse import denoising
from training.data import datasets
from training.data.corruptions import KINDS
from training.measures.denoisers import by_network
from training.store import analysis


def told(room: str) -> str:
    """The lesson of a room as its readers see it, in one line without tags."""
    html = lessons.of_room(TAB.folder(room), TAB.room(room).numbers())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def gain(name: str, at: float) -> float:
    table = analysis.load("denoising")
    return psnr_at(name, at) - table["noisy"]["psnr"][table["strengths"].index(at)]


def best_at(kind: str) -> str:
    rows = [row for row in analysis.load("denoising")["rows"] if row["network"] in compare.labels()]
    return max(rows, key=lambda row: row["kinds"][kind])["network"]


def cells() -> dict:
    return analysis.load("micrographs")["all"]


CLAIMS = [
    ("formulas", "The training target does it, not the narrow code.",
     lambda: checkpoints.describe("autoencoder").latent_dim == checkpoints.describe("denoising-autoencoder").latent_dim
     and psnr_at("denoising-autoencoder", 0.3) > psnr_at("autoencoder", 0.3) + 3
     and not checkpoints.describe("unet-denoiser").has_code
     and psnr_at("unet-denoiser", 0.3) > psnr_at("autoencoder", 0.3) + 3),
    ("formulas", "It does harm where the noise is weak (at 0.1), not where it is strong.",
     lambda: gain("autoencoder", 0.1) < 0 < min(gain("autoencoder", at) for at in (0.2, 0.3, 0.5, 1.0))),
    ("formulas", "so it errs even without noise", lambda: psnr_at("denoising-autoencoder", 0.0) < 40),
    ("formulas", "Nobody was trained for it.",
     lambda: all("missing" not in str(one.recipe) for one in denoisers().values())),
    ("compare", "nearly the best that any matrix can do",
     lambda: checkpoints.metrics("linear-denoiser")["recipe"]["tolerance"] <= 0.2),
    ("compare", "A network is best against", lambda: any(best_at(kind) in denoisers() for kind in KINDS)),
    ("grid", "A network trained with less noise leaves some standing",
     lambda: psnr_at(specialists()[0.1], 0.8) < psnr_at(specialists()[0.8], 0.8)),
    ("grid", "one trained with more erases detail that was still there to be seen",
     lambda: psnr_at(specialists()[0.8], 0.1) < psnr_at(specialists()[0.1], 0.1)),
    ("grid", "Every network was trained once, with one seed",
     lambda: len({one.noise for one in autoencoders()}) == len(autoencoders())),
    ("again", "it reads most of them right after one time",
     lambda: all(shares[0] > 0.5 for shares in analysis.load("denoising")["drift"].values())),
    ("micrograph", "nearer to the truth than the best possible blur",
     lambda: all(cell["network"]["psnr"][0] - cell["blur"]["psnr"][0] > cell["blur"]["psnr"][1] for cell in
                 cells().values())),
    ("micrograph", "is served by a blur",
     lambda: micrograph.best_way(cells()[micrograph.ASKED]) == "blur"),
    ("micrograph", "may fill a vacancy in", lambda: cells()["0.1"]["network"]["right"][0] < 0.8),
]  # fmt: skip


@pytest.mark.parametrize(("room", "words", "holds"), CLAIMS, ids=[words[:50] for _, words, _ in CLAIMS])
def test_what_is_said_is_said_on_the_page_and_holds(room, words, holds):
    assert words in told(room)
    assert holds()


REFUTED = [
    ("formulas", "leave no room for noise"),  # the plain autoencoder has the same 64 numbers and reaches 14.8 dB at 0.3
    ("compare", "best that any matrix can do, "),  # the stored maps are cut in rank: 20.51 dB at 0.3, full rank 20.65
    ("grid", "no network is good everywhere"),  # the U-Net is the best of those that are told nothing in every column
    ("grid", "loses at most"),  # the blind one had more epochs than the specialists that it beat
    ("micrograph", "Trust the counts"),  # raw counts 87 % right at half an electron, a blur 92, the network 90
]


@pytest.mark.parametrize(("room", "words"), REFUTED, ids=[words for _, words in REFUTED])
def test_what_was_refuted_is_gone(room, words):
    assert words not in told(room)


@pytest.mark.parametrize("room", [room for room in TAB.rooms if (TAB.folder(room) / "lesson.en.md").exists()])
def test_every_number_of_a_lesson_is_filled_in(room):
    assert not re.findall(r"\{[a-z_]+\}", told(room))
    assert "None" not in told(room)
    assert "nan" not in told(room).lower().split()


def test_the_tabs_questions_presume_nothing():
    assert "Must the noise in training match the noise in the test?" in [step.question for step in TAB.steps]


@pytest.mark.data
@pytest.mark.parametrize("name", ["autoencoder", "denoising-autoencoder", "linear-denoiser"])
@pytest.mark.parametrize("strength", [0.1, 0.3, 1.0])
def test_the_table_is_what_the_weights_give(name, strength, data_dir):
    test, labels = datasets.load("digits", "test", data_dir)
    few, _ = denoising.sample(test, labels, 500, seed=1)
    network = checkpoints.load(name)
    psnr, _, spread = denoising.score(partial(by_network, network, strength=strength), few, strength, seed=1)
    assert psnr == pytest.approx(psnr_at(name, strength), abs=2.5 * spread)


def test_a_sample_is_drawn_at_random_and_the_same_for_the_same_seed():
    images, labels = torch.arange(1000.0)[:, None], torch.arange(1000)
    first, second = (denoising.sample(images, labels, 50, seed)[1].tolist() for seed in (0, 0))
    assert first == second
    assert len(set(first)) == 50
    assert max(first) > 500
    assert first != sorted(first)
