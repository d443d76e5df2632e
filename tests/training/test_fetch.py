"""The test pictures are fetched whole or not at all, beside the app's work, and what goes wrong is a sentence."""

import hashlib
import threading

import pytest
from filelock import FileLock
from torchvision.datasets import MNIST, FashionMNIST

from tests import mirror
from training.data import datasets, fetch


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A machine without data sets: an empty data folder, and a home of its own."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(fetch, "_failed", None)
    monkeypatch.setattr(fetch, "_thread", None)
    return tmp_path


@pytest.fixture
def server(empty, monkeypatch):
    """The loopback mirror, whose made pictures are taken for the right ones."""
    monkeypatch.setattr(fetch, "FILES", mirror.files())
    monkeypatch.setattr(fetch, "SIZE", sum(size for size, _ in mirror.files().values()))
    with mirror.running() as running:
        monkeypatch.setenv("DATA_MIRROR", running.url)
        yield running
        ended()


def ended() -> dict:
    if fetch._thread:
        fetch._thread.join(60)
    return fetch.progress()


@pytest.mark.data
def test_the_sums_in_the_code_are_those_of_the_data_sets(data_dir):
    for (dataset, name), (_, sha256) in fetch.FILES.items():
        path = datasets.file(dataset, name)
        assert path
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def test_the_mirrors_and_the_names_are_torchvisions():
    for dataset, kind in (("digits", MNIST), ("fashion", FashionMNIST)):
        assert list(fetch.MIRRORS[dataset]) == kind.mirrors
        theirs = {name for name, _ in kind.resources if name.startswith("t10k")}
        assert {f"{name}.gz" for of, name in fetch.FILES if of == dataset} == theirs
        assert f"{datasets.FOLDERS[dataset]}" == kind.__name__


def test_what_is_fetched_is_at_hand_without_a_restart(server, empty):
    assert fetch.progress()["state"] == "absent"
    assert fetch.start()["state"] in ("loading", "ready")
    assert ended() == {"state": "ready", "loaded": fetch.SIZE, "size": fetch.SIZE, "error": None}
    for dataset in datasets.DATASETS:
        assert datasets.at_hand(dataset, split="test")
        assert not datasets.at_hand(dataset)  # nobody trains on them
        images, labels = datasets.load(dataset, "test")
        assert (len(images), len(labels)) == (10_000, 10_000)
    assert len(list((empty / "data").rglob("t10k-*-ubyte"))) == 4
    assert len(server.requests) == 4
    fetch.start()
    ended()
    assert len(server.requests) == 4  # what is there is not fetched again
    assert not list(empty.rglob("*.partial"))


def test_a_slow_mirror_holds_nobody_up_and_is_asked_once(server):
    server.manner = "slow"
    fetch.start()  # returns though the mirror does not go on
    while fetch.progress()["loaded"] == 0:
        assert fetch.progress()["state"] == "loading"
    before = fetch.progress()
    assert 0 < before["loaded"] < before["size"]
    thread = fetch._thread
    assert fetch.start()["state"] == "loading"
    assert fetch._thread is thread
    server.manner = "good"
    server.go_on.set()
    assert ended()["state"] == "ready"
    assert len(server.requests) == len(set(server.requests))


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ("cut", "the connection broke off after"),
        ("altered", "t10k-images-idx3-ubyte.gz of MNIST: "),
        ("absent", "Not Found"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_leaves_nothing_behind(server, empty, manner, words):
    server.manner = manner
    fetch.start()
    found = ended()
    assert found["state"] == "failed"
    assert words in found["error"]
    assert found["error"].startswith("The test pictures could not be fetched: ")
    assert str(empty) not in found["error"]
    assert not list(empty.rglob("*ubyte*"))
    server.manner = "good"
    fetch.start()  # and it can be tried again
    assert ended()["state"] == "ready"


def test_without_a_network_it_says_so(empty, monkeypatch):
    monkeypatch.setenv("DATA_MIRROR", "http://127.0.0.1:9")  # nobody listens there
    fetch.start()
    assert "Connection refused. Is this machine online?" in ended()["error"]


def test_the_second_mirror_is_asked_where_the_first_has_it_not(server, empty, monkeypatch):
    monkeypatch.delenv("DATA_MIRROR")
    places = {of: (f"{server.url}/gone/", f"{server.url}/{folder}/") for of, folder in datasets.FOLDERS.items()}
    monkeypatch.setattr(fetch, "MIRRORS", places)
    fetch.start()
    assert ended()["state"] == "ready"


def test_another_process_of_the_app_fetches_it_alone(server, empty):
    folder = fetch.place()
    with FileLock(folder / fetch.LOCK):
        assert fetch.progress()["state"] == "loading"
        assert fetch.start()["state"] == "loading"
        assert fetch._thread is None
    assert fetch.progress()["state"] == "absent"
    assert not server.requests


def test_a_data_folder_that_cannot_be_written_gives_way_to_the_cache(server, empty, monkeypatch):
    (empty / "data").write_text("a file where the folder should be: not even root can write in it")
    fetch.start()
    assert ended()["state"] == "ready"
    assert len(list((empty / "home" / ".cache").rglob("t10k-*-ubyte"))) == 4
    (empty / "home").rename(empty / "away")
    (empty / "home").write_text("nor here")
    fetch.start()
    assert ended()["error"].startswith("Neither the data folder nor the cache folder can be written")


def test_readers_never_see_half_a_file(server, empty):
    seen, stop = set(), threading.Event()

    def look() -> None:
        while not (stopped := stop.is_set()) or not seen:
            seen.update((path.name, path.stat().st_size) for path in empty.rglob("t10k-*ubyte"))
            assert seen or not stopped

    thread = threading.Thread(target=look)
    thread.start()
    fetch.start()
    ended()
    stop.set()
    thread.join()
    assert seen <= set(datasets.SIZES.items())
