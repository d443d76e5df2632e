"""The data sets: the right pictures, or a sentence that names the file and what to do."""

import pytest
import torch
from torchvision.datasets import MNIST, FashionMNIST

from training import train_softmax
from training.data import datasets


@pytest.mark.data
@pytest.mark.parametrize("dataset", datasets.DATASETS)
def test_splits_are_what_they_say(data_dir, dataset):
    everything, labels = datasets.load(dataset, "all")
    train, held_out, test = (datasets.load(dataset, split)[0] for split in ("train", "held-out", "test"))
    assert (len(train), len(held_out), len(test)) == (55_000, 5_000, 10_000)
    assert torch.equal(everything, torch.cat([train, held_out]))
    assert everything.shape == (60_000, 1, 28, 28)
    assert (everything.min(), everything.max()) == (0, 1)
    assert labels.bincount().tolist() == MNIST_COUNTS if dataset == "digits" else [6_000] * 10


def test_the_classes_stand_in_the_order_of_the_labels():
    assert datasets.CLASSES["digits"] == tuple(name[0] for name in MNIST.classes)  # "0 - zero"
    whole = {name.lower(): number for number, name in enumerate(FashionMNIST.classes)}
    shortened = {"t-shirt": "t-shirt/top"}
    places = [whole[shortened.get(name.lower(), name.lower())] for name in datasets.CLASSES["fashion"]]
    assert places == list(range(10))


MNIST_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # the published class counts


def _made(folder, sizes=datasets.SIZES) -> None:
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, size in sizes.items():
        (raw / name).write_bytes(bytes(size))


def test_a_truncated_file_is_named(tmp_path):
    _made(tmp_path, datasets.SIZES | {"train-images-idx3-ubyte": 1_000})
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte has 1,000 bytes instead of 47,040,016: delete it"):
        datasets.load("digits", "train", tmp_path)


def test_a_script_ends_with_the_sentence_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINING_CACHE", str(tmp_path / "cache"))
    _made(tmp_path, datasets.SIZES | {"t10k-labels-idx1-ubyte": 0})
    with pytest.raises(SystemExit, match="t10k-labels-idx1-ubyte has 0 bytes"):
        train_softmax.main(["--data-dir", str(tmp_path), "--dataset", "digits", "--out", "a"])


def test_an_incomplete_set_is_not_at_hand(tmp_path):
    _made(tmp_path, {"t10k-images-idx3-ubyte": datasets.SIZES["t10k-images-idx3-ubyte"]})
    assert not datasets.at_hand("digits", tmp_path)


def test_without_a_network_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/"])  # nobody listens there
    with pytest.raises(ConnectionError, match="DATA_DIR"):
        datasets.load("digits", "test", tmp_path)


@pytest.mark.parametrize(("dataset", "split"), [("letters", "test"), ("digits", "middle")])
def test_unknown_names_are_refused(dataset, split):
    with pytest.raises(ValueError, match="is not one of"):
        datasets.load(dataset, split)
