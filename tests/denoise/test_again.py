"""A network applied to its own output: each frame is the answer to the one before."""

import itertools

import numpy as np

from demos.denoise.again import handlers as again
from demos.denoise.bench import handlers as bench
from tests.denoise.drawings import GREYS, pictures_of


def test_applied_again_the_film_is_the_network_of_the_frame_before():
    answer = again.again_live(GREYS, "gaussian", 0.3, 0, "denoising-vae")
    film = pictures_of(answer["film"]) / 255
    assert len(film) == again.TIMES + 1 == len(answer["mse"]) == len(answer["change"])
    network = bench.network_named("denoising-vae")
    for before, after in itertools.pairwise(film):
        assert np.abs(bench.reconstruct(network, before.astype(np.float32)) - after).max() < 0.03
    assert answer["change"][-1] < answer["change"][1]  # it settles


def test_an_empty_page_has_a_film_too():
    assert again.again_live(np.zeros((28, 28), np.uint8), "gaussian", 0.3, 0, "autoencoder")["film"]


def test_shares_stand_with_their_interval():
    assert again.share_words(0.91, 300) == "91 % (87\u201394)"
    low, high = again.share_words(1.0, 300).removeprefix("100 % (").removesuffix(")").split("\u2013")
    assert 97 <= int(low) < int(high) == 100


def test_every_network_that_can_be_chosen_has_its_drift():
    props = again.props()
    assert props["drift"].keys() == {name for name, _ in props["networks"]}
