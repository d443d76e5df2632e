"""Your own pictures: a folder of class folders or an .npz trains every script; what is wrong with it is said."""

import json
import pickle

import numpy as np
import pytest
import torch
from PIL import Image

from training import (
    evaluate,
    train_autoencoder,
    train_cnn,
    train_double_softmax,
    train_judge,
    train_least_squares,
    train_linear_denoiser,
    train_micrograph,
    train_pca,
    train_sigmoid_pairs,
    train_softmax,
    train_softmax_best,
    train_unet,
    train_vae,
)
from training.data import datasets, own
from training.store import checkpoints, describe

SHORT = ["--epochs", "1", "--batch-size", "16"]
SCRIPTS = [
    (train_autoencoder, SHORT),
    (train_vae, [*SHORT, "--latent-dim", "2"]),
    (train_unet, SHORT),
    (train_cnn, SHORT),
    (train_softmax, ["--epochs", "2"]),
    (train_softmax_best, ["--iterations", "2", "--penalties", "1e-4"]),
    (train_double_softmax, ["--epochs", "1"]),
    (train_sigmoid_pairs, ["--epochs", "1"]),
    (train_least_squares, []),
    (train_pca, []),
    (train_linear_denoiser, ["--strengths", "0.3"]),
]
CLASSIFIERS = (train_cnn, train_softmax, train_softmax_best, train_double_softmax, train_least_squares)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def leaves(tmp_path):
    """Three classes of 20 noisy pictures each, of other sizes and formats."""
    chance = np.random.default_rng(0)
    for name, size, suffix in (("ash", (28, 28), "png"), ("elm", (40, 60), "jpg"), ("oak", (50, 33), "webp")):
        (tmp_path / "leaves" / name).mkdir(parents=True)
        for i in range(20):
            Image.fromarray(chance.integers(0, 256, size, dtype=np.uint8)).save(
                tmp_path / "leaves" / name / f"{i}.{suffix}"
            )
    return tmp_path / "leaves"


@pytest.mark.parametrize(("script", "arguments"), SCRIPTS, ids=lambda x: "" if isinstance(x, list) else x.__name__)
def test_every_script_learns_from_them_and_says_from_which(script, arguments, leaves, capsys):
    script.main(["--dataset", str(leaves), "--out", "mine", "--device", "cpu", *arguments])
    metrics, found = checkpoints.metrics("mine"), describe.describe("mine")
    assert (metrics["dataset"], found.dataset, found.yours) == ("leaves", "leaves", True)
    assert found.classes == ("ash", "elm", "oak")
    assert metrics["pictures"] == {"train": 48, "held-out": 6, "test": 6}
    assert list(metrics["data_sha256"]) == ["leaves"]
    card = (checkpoints.folder("mine") / "README.md").read_text()
    assert "trained on leaves" in card
    assert "ash, elm, oak" in card
    everything = card + json.dumps(metrics) + json.dumps(checkpoints.catalogue())
    assert str(leaves.parent) not in everything
    assert checkpoints.config("mine").get("classes", 3) == 3  # what classifies, tells three apart
    with pytest.raises(SystemExit) as ended:  # its numbers are computed again from the weights and the same pictures
        evaluate.main(["mine", "--data-dir", str(leaves.parent), "--device", "cpu"])
    assert ended.value.code == 0, capsys.readouterr().out


def test_the_parts_are_the_same_at_every_call_and_share_no_picture(leaves):
    def parts():
        own.read.cache_clear()
        return {part: datasets.load("leaves", part, leaves.parent) for part in ("train", "held-out", "test", "all")}

    first, again = parts(), parts()
    for part in first:
        assert torch.equal(first[part][0], again[part][0])
    keys = {part: {picture.numpy().tobytes() for picture in images} for part, (images, _) in first.items()}
    assert keys["train"] | keys["held-out"] == keys["all"]
    assert not keys["all"] & keys["test"]
    assert not keys["train"] & keys["held-out"]
    assert first["test"][1].bincount().tolist() == [2, 2, 2]  # a tenth of each class
    assert first["test"][1].tolist() != sorted(first["test"][1].tolist())  # the first n are no one class


def test_a_picture_that_stands_twice_is_taken_once(leaves):
    (leaves / "oak" / "copy.webp").write_bytes((leaves / "oak" / "3.webp").read_bytes())
    assert len(own.read(leaves).pixels) == 60


def test_the_digest_follows_the_files(leaves):
    before = own.read(leaves).sha256
    own.read.cache_clear()
    assert own.read(leaves).sha256 == before
    (leaves / "oak" / "3.webp").rename(leaves / "oak" / "three.webp")
    own.read.cache_clear()
    assert own.read(leaves).sha256 != before


# ---- the rule to 28 x 28 ---------------------------------------------------------------------------------------------


def _seen(tmp_path, image: Image.Image, suffix: str = "png", **how) -> np.ndarray:
    image.save(tmp_path / f"one.{suffix}", **how)
    return own.grey(tmp_path / f"one.{suffix}")


def test_28_x_28_is_taken_as_it_is(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    assert np.array_equal(_seen(tmp_path, Image.fromarray(pixels)), pixels)


def test_a_pixel_is_the_mean_of_what_it_covers_in_the_middle_square(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (84, 140), dtype=np.uint8)
    middle = pixels[:, 28:112].astype(float).reshape(28, 3, 28, 3).mean((1, 3))
    assert np.abs(_seen(tmp_path, Image.fromarray(pixels)) - middle).max() <= 1


def test_colour_transparency_and_orientation(tmp_path):
    assert _seen(tmp_path, Image.new("RGB", (30, 30), (255, 0, 0)))[0, 0] == round(0.299 * 255)
    assert _seen(tmp_path, Image.new("RGBA", (30, 30), (0, 0, 0, 0)))[0, 0] == 255  # transparent: on white
    half = Image.fromarray(np.repeat([[255], [0]], 14, 0).repeat(28, 1).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    assert _seen(tmp_path, half, exif=exif)[[0, 27], 0].tolist() == [0, 255]


def test_sixteen_bits_as_microscopes_store_them(tmp_path):
    deep = np.full((28, 28), 65_535, np.uint16)
    deep[0] = 257
    assert _seen(tmp_path, Image.fromarray(deep), "tif")[[0, 1], 0].tolist() == [1, 255]
    with pytest.raises(ValueError, match=r"one.tif has 32 bits a pixel: store it with 8 or 16"):
        _seen(tmp_path, Image.fromarray(np.ones((28, 28), np.float32)), "tif")


# ---- an .npz ---------------------------------------------------------------------------------------------------------


def _pixels(count: int = 40) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)


@pytest.mark.parametrize("form", [np.uint8, np.float32])
def test_an_npz_is_the_same_set_in_bytes_and_in_floats(tmp_path, form):
    images = _pixels() if form is np.uint8 else (_pixels() / 255).astype(form)
    np.savez(tmp_path / "stars.npz", images=images, labels=np.arange(40) % 2 * 7)
    found = own.read(tmp_path / "stars.npz")
    assert np.array_equal(found.pixels, _pixels())
    assert found.classes == ("0", "7")
    assert found.labels.tolist() == [0, 1] * 20


def test_names_of_classes_and_words_for_labels(tmp_path):
    np.savez(tmp_path / "a.npz", images=_pixels(), labels=np.arange(40) % 2, classes=["dwarf", "giant"])
    np.savez(tmp_path / "b.npz", images=_pixels(), labels=np.array(["giant", "dwarf"] * 20))
    for name in ("a", "b"):
        assert own.read(tmp_path / f"{name}.npz").classes == ("dwarf", "giant")


def test_without_labels_an_autoencoder_learns_and_a_classifier_says_why_not(tmp_path):
    np.savez(tmp_path / "stars.npz", _pixels())
    words = ["--dataset", str(tmp_path / "stars.npz"), "--out", "mine", "--device", "cpu"]
    train_pca.main(words)
    assert describe.describe("mine").classes == ("stars",)
    for script in (*CLASSIFIERS, train_sigmoid_pairs):
        with pytest.raises(SystemExit, match="stars has one class, stars: a classifier needs a folder for each of"):
            script.main(words)


# ---- what is refused -------------------------------------------------------------------------------------------------


WRONG = [
    ({"images": np.zeros((5, 32, 32), np.uint8)}, r'holds images \(5, 32, 32\); it takes "images" of shape'),
    ({"other": np.zeros(3)}, r"holds other \(3,\); it takes"),
    ({"images": np.full((5, 28, 28), 255.0)}, "uint8 from 0 to 255 or floats from 0 to 1, not float64"),
    ({"images": np.full((5, 28, 28), np.nan)}, "uint8 from 0 to 255 or floats from 0 to 1"),
    ({"images": np.zeros((5, 28, 28), np.int32)}, "not int32"),
    ({"images": _pixels(), "labels": np.zeros(3)}, "labels are 40 numbers or words, one for each picture"),
    ({"images": _pixels(), "labels": np.arange(40) % 3, "classes": ["a", "b"]}, "whole numbers from 0 to 1"),
    ({"images": _pixels(), "labels": np.arange(40) // 39}, "the class '1' has 1 different pictures; it takes at least"),
    ({"images": np.array([{}], object)}, "pickled objects are refused"),
]


@pytest.mark.parametrize(("arrays", "sentence"), WRONG, ids=[str(i) for i in range(len(WRONG))])
def test_an_npz_that_cannot_be_is_refused(tmp_path, arrays, sentence):
    np.savez(tmp_path / "stars.npz", **arrays)
    with pytest.raises(SystemExit, match=f"stars.npz.*{sentence}"):
        train_pca.main(["--dataset", str(tmp_path / "stars.npz"), "--out", "mine", "--device", "cpu"])


@pytest.mark.parametrize("content", [pickle.dumps({"images": 1}), b"", b"PK\x03\x04 cut off"])
def test_what_only_calls_itself_npz_is_never_unpickled(tmp_path, content):
    (tmp_path / "stars.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"is no \.npz of plain numbers: pickled objects are refused"):
        own.read(tmp_path / "stars.npz")


def _complaint(script, path, *words) -> str:
    own.read.cache_clear()
    with pytest.raises(SystemExit) as ended:
        script.main(["--dataset", str(path), "--out", "mine", "--device", "cpu", *words])
    assert not (checkpoints.WEIGHTS / "mine").exists()
    return str(ended.value)


def test_a_folder_that_cannot_be_is_refused_by_the_name_of_the_file(leaves):
    assert "--batch-size 64 is more than there are training pictures: 48; take less" in _complaint(train_vae, leaves)
    (leaves / "beech").mkdir()
    (leaves / "beech" / "notes.txt").write_text("none yet")
    assert "beech holds no pictures: put some in it" in _complaint(train_vae, leaves)
    (leaves / "beech" / "cut.png").write_bytes((leaves / "ash" / "1.png").read_bytes()[:200])
    assert "cut.png cannot be opened as a picture" in _complaint(train_vae, leaves)
    Image.fromarray(255 - _pixels()[0]).save(leaves / "beech" / "cut.png")  # one that no other class has
    assert "the class 'beech' has 1 different pictures; it takes at least 3" in _complaint(train_vae, leaves)


def test_names_that_would_stand_for_two_things_are_refused(leaves, tmp_path, capsys):
    np.savez(tmp_path / "leaves.npz", images=_pixels())
    _complaint(train_pca, leaves)
    assert "the folder leaves and leaves.npz lie side by side; rename one of them" in capsys.readouterr().err
    (tmp_path / "digits").mkdir()
    _complaint(train_pca, tmp_path / "digits")
    assert "the set is called as its folder: rename it" in capsys.readouterr().err


@pytest.mark.parametrize(("script", "only"), [(train_judge, "digits"), (train_micrograph, "simulated-micrographs")])
def test_what_is_of_one_set_alone_says_so(script, only, leaves, capsys):
    _complaint(script, leaves)
    assert f"--dataset can only be {only}, not" in capsys.readouterr().err


def test_evaluation_says_where_the_pictures_are_to_be(leaves, capsys, tmp_path):
    train_pca.main(["--dataset", str(leaves), "--out", "mine", "--device", "cpu"])
    with pytest.raises(SystemExit) as ended:
        evaluate.main(["mine", "--data-dir", str(tmp_path / "elsewhere")])
    assert ended.value.code == 1
    assert "no pictures of that name, a folder or an .npz, are in the folder that --data-dir" in capsys.readouterr().out
