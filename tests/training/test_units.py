"""The numbers of a sparse code: which fire, what they draw, in how many pieces; and that the shipped one is sparse."""

import numpy as np
import pytest
import torch

from training import checkpoints
from training.measures import units
from training.models.autoencoder import ConvAutoencoder


def test_a_number_fires_above_a_hundredth_of_its_own_largest_value():
    z = torch.tensor([[100.0, 0.0, 0.2], [0.9, 0.0, 0.001], [1.1, 0.0, 0.003]])
    assert units.firing(z).tolist() == [[True, False, True], [False, False, False], [True, False, True]]


def test_two_strokes_apart_are_two_pieces():
    picture = torch.zeros(2, 28, 28)
    picture[0, 3:8, 3:8] = 1.0
    picture[1, 3:8, 3:8], picture[1, 20:23, 20:23] = 1.0, -1.0
    assert units.largest_piece(picture).tolist() == pytest.approx([1.0, 25 / 34])


@pytest.mark.parametrize("active", [1, 5, 10])
def test_only_the_largest_numbers_of_a_code_stay(active):
    torch.manual_seed(0)
    network = ConvAutoencoder(32, sparse=True, active=active).eval()
    z = network.code(torch.rand(20, 1, 28, 28))
    assert ((z > 0).sum(1) <= active).all()
    assert (z >= 0).all()
    whole = torch.relu(network.standardise(network.encoder(torch.rand(1, 1, 28, 28)).flatten(1)))
    assert whole.shape == (1, 32)


def test_without_the_setting_nothing_is_standardised():
    """Checkpoints from before have no such parameter: they load, and every number that is above zero stays."""
    torch.manual_seed(0)
    network, images = ConvAutoencoder(16, sparse=True), torch.rand(4, 1, 28, 28)
    assert not [name for name in network.state_dict() if name.startswith("standardise")]
    assert torch.equal(network.code(images), torch.relu(network.encoder(images).flatten(1)))


def test_the_shipped_sparse_autoencoder_is_sparse():
    """At least 56 of 64 numbers alive, each on at most 35% of the digits, at most 12 at a time, MSE at most 0.016."""
    test = checkpoints.metrics("sparse-autoencoder")["test"]
    rates = np.array(test["firing_rate"])
    assert (rates > 0.005).sum() >= 56
    assert rates.max() <= 0.35
    assert rates.sum() == pytest.approx(test["active_codes"], abs=0.01)
    assert test["active_codes"] <= 12
    assert test["mse"] <= 0.016
