"""Two garments in one picture: ten questions of their own against one softmax."""

import pytest
import torch

from demos.kit import networks
from demos.softmax import garments
from demos.softmax.decide import pairs as multilabel

pytestmark = pytest.mark.skipif(not networks.available(multilabel.NETWORK), reason="its network is not trained yet")


def test_sigmoids_and_softmax_are_of_the_same_logits():
    answer = multilabel.two_garments(2, 9)
    sigmoids = torch.tensor(answer["sigmoids"], dtype=torch.float64)
    logits = torch.logit(sigmoids, eps=1e-9)
    assert torch.softmax(logits, 0).tolist() == pytest.approx(answer["softmax"], abs=1e-3)
    assert sum(answer["softmax"]) == pytest.approx(1, abs=1e-5)


def test_the_picture_is_the_two_garments_side_by_side():
    pixels = [garments.picture("fashion", k)[0] / 255 for k in (2, 9)]
    both = torch.cat([torch.tensor(p) for p in pixels], 1)[None, None].float()
    assert both.shape == (1, 1, 28, 56)
    logits = networks.network(multilabel.NETWORK)(both.to(networks.device()))[0]
    assert torch.sigmoid(logits).tolist() == pytest.approx(multilabel.two_garments(2, 9)["sigmoids"], abs=1e-6)


@pytest.mark.parametrize("number", [-1, 10_000, 1.5, "two"])
def test_a_number_out_of_range_is_refused(number):
    with pytest.raises(ValueError, match="left must be a whole number from 0 to 9999"):
        multilabel.two_garments(number, 1)
