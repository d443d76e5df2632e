"""The measures of a latent space against closed forms, brute force and scikit-learn."""

import numpy as np
import pytest
import torch

from training import checkpoints
from training.analyse import fitting, latents, probes
from training.measures import judge, latent_space
from training.models import PCA, ConvVAE, DigitJudge


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_a_straight_path_has_both_ends_and_equal_steps():
    first, second = random(2), random(2, seed=1)
    way = latent_space.straight(first, second, 9)
    assert torch.equal(way[0], first)
    assert torch.allclose(way[-1], second)
    steps = way.diff(dim=0)
    assert torch.allclose(steps, steps[:1].expand_as(steps), atol=1e-6)


def test_the_nearest_code_is_the_nearest():
    points, codes = random(7, 2), random(50, 2, seed=1)
    brute = torch.stack([(codes - point).norm(dim=1).min() for point in points])
    assert torch.allclose(latent_space.nearest_code(points, codes), brute, atol=1e-5)


def test_spread_is_the_root_of_the_total_variance():
    codes = random(1000, 3)
    assert latent_space.spread(codes) == pytest.approx(float(codes.var(0, correction=0).sum().sqrt()), rel=1e-5)


def test_a_fitted_gaussian_has_the_moments_of_the_codes():
    codes = random(4000, 3) @ random(3, 3, seed=1) + torch.tensor([1.0, -2.0, 3.0])
    drawn = latent_space.draw(latent_space.gaussian(codes), 100_000, torch.Generator().manual_seed(0))
    assert torch.allclose(drawn.mean(0), codes.mean(0), atol=0.05)
    assert torch.allclose(torch.cov(drawn.T), torch.cov(codes.T), rtol=0.05, atol=0.05)


def test_the_prior_is_the_standard_normal_and_follows_its_seed():
    first, again = (
        latent_space.draw(latent_space.prior(5), 50_000, torch.Generator().manual_seed(3)) for _ in range(2)
    )
    assert torch.equal(first, again)
    assert torch.allclose(torch.cov(first.T), torch.eye(5), atol=0.03)


def test_a_mixture_draws_its_components_by_weight():
    mixture = {
        "weights": torch.tensor([0.25, 0.75]),
        "means": torch.tensor([[-10.0, 0.0], [10.0, 0.0]]),
        "factors": torch.eye(2).repeat(2, 1, 1),
    }
    drawn = latent_space.draw(mixture, 20_000, torch.Generator().manual_seed(0))
    assert float((drawn[:, 0] > 0).float().mean()) == pytest.approx(0.75, abs=0.02)


def test_a_narrower_pca_code_is_the_code_of_fewer_components():
    images = torch.rand((200, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    wide, narrow = PCA(10).fit(images), PCA(2).fit(images)
    z = wide.code(images[:5])[:, :2]
    assert torch.allclose(latent_space.picture(wide, z), latent_space.picture(narrow, z), atol=1e-5)


def test_return_distance_is_how_far_the_decoded_picture_is_encoded():
    torch.manual_seed(0)
    network, points = ConvVAE(2).eval(), random(4, 2)
    with torch.no_grad():
        by_hand = (network.encode(torch.sigmoid(network.decode(points)))[0] - points).square().sum(1).sqrt()
        assert torch.allclose(latent_space.return_distance(network, points), by_hand, atol=1e-6)


def test_the_map_shows_nearly_all_codes_in_a_square():
    codes = random(5000, 2) * torch.tensor([1.0, 7.0])
    x0, x1, y0, y1 = latent_space.region(codes)
    assert x1 - x0 == pytest.approx(y1 - y0)
    inside = (codes[:, 0] > x0) & (codes[:, 0] < x1) & (codes[:, 1] > y0) & (codes[:, 1] < y1)
    assert inside.float().mean() > 0.99


def test_grid_runs_row_by_row_from_the_top_left():
    points = latent_space.grid([0, 2, 10, 12], 2)
    assert points.tolist() == [[0.5, 11.5], [1.5, 11.5], [0.5, 10.5], [1.5, 10.5]]


@pytest.mark.parametrize("count", [10, 30, 100])
def test_few_labels_are_spread_evenly_over_the_classes(count):
    labels = torch.arange(1000) % 10
    chosen = probes.labelled(labels, count, torch.Generator().manual_seed(0))
    assert len(set(chosen.tolist())) == count
    assert torch.bincount(labels[chosen], minlength=10).tolist() == [count // 10] * 10


def test_nearest_neighbours_agree_with_scikit_learn():
    neighbors = pytest.importorskip("sklearn.neighbors")
    codes, labels, wanted = random(400, 4), torch.arange(400) % 10, random(60, 4, seed=1)
    ours = probes.neighbours(codes, labels, wanted, 1).numpy()
    theirs = neighbors.KNeighborsClassifier(1).fit(codes.numpy(), labels.numpy()).predict(wanted.numpy())
    assert np.array_equal(ours, theirs)


def test_the_linear_probe_is_logistic_regression():
    linear_model = pytest.importorskip("sklearn.linear_model")
    labels = torch.arange(600) % 10
    codes = random(600, 5) + 2 * random(10, 5, seed=2)[labels]
    wanted = random(300, 5, seed=1) + 2 * random(10, 5, seed=2)[torch.arange(300) % 10]
    ours = probes.probe(codes, labels, wanted, 100).numpy()
    scale = lambda x: ((x - codes.mean(0)) / codes.std(0)).numpy()  # noqa: E731
    theirs = linear_model.LogisticRegression(C=1.0, max_iter=500, tol=1e-6).fit(scale(codes), labels.numpy())
    assert (ours == theirs.predict(scale(wanted))).mean() > 0.98


def test_maps_that_are_only_turned_shifted_and_scaled_do_not_differ():
    codes, turn = random(200, 2), torch.tensor([[0.6, -0.8], [0.8, 0.6]])
    assert fitting.difference(codes, 3 * codes @ turn + 5) == pytest.approx(0, abs=1e-5)
    procrustes = pytest.importorskip("scipy.spatial").procrustes
    other = random(200, 2, seed=1)
    assert fitting.difference(codes, other) == pytest.approx(procrustes(codes.numpy(), other.numpy())[2], abs=1e-5)


class Told(DigitJudge):
    """A judge whose logits are told: every picture's first eleven pixels."""

    def forward(self, images):
        return images.flatten(1)[:, :11]


def test_a_digit_is_what_lies_within_the_radius_of_the_class_that_is_read():
    logits = torch.full((3, 11), -20.0)
    logits[[0, 1, 2], [4, 4, 7]] = torch.tensor([3.0, 1.0, 1.0])
    logits[:, 10] = torch.tensor([1.0, 3.0, 3.0])
    images = torch.nn.functional.pad(logits, (0, 773)).view(3, 1, 28, 28)
    network = Told()
    network.radius[7] = 0.95
    seen = judge.read(network, images)
    assert seen.which.tolist() == [4, 4, 7]
    assert seen.distance.tolist() == pytest.approx([0.1192, 0.8808, 0.8808], abs=1e-4)  # 1 / (1 + exp(+-2))
    assert seen.accepted.tolist() == [True, False, True]


def test_where_there_is_no_judge_a_picture_is_accepted_that_the_classifier_is_sure_of():
    class Classifier(torch.nn.Module):
        def forward(self, images):
            return images.flatten(1)[:, :10]

    images = torch.zeros(2, 1, 28, 28)
    images[0, 0, 0, 3], images[1, 0, 0, 3] = 5.0, 4.0  # e^5 / (e^5 + 9) = 0.943, e^4 / (e^4 + 9) = 0.858
    seen = judge.read(Classifier(), images)
    assert seen.which.tolist() == [3, 3]
    assert seen.probability.tolist() == pytest.approx([0.9428, 0.8585], abs=1e-4)
    assert seen.accepted.tolist() == [True, False]


def test_places_between_the_codes_are_asked_beside_the_codes_themselves():
    """Of a decoder that draws a 1 at x < 0 and nothing to the right of it, the judge finds half of the places empty."""

    class Half(torch.nn.Module):
        latent_dim = 2

        def decode(self, z):
            ink = torch.full((len(z), 1, 28, 28), -20.0)
            ink[:, :, 4:24, 12:16] = torch.where(z[:, 0] < 0, 20.0, -20.0)[:, None, None, None]
            return ink

        def code(self, images):
            bright = images[:, 0, 10, 13][:, None]
            return torch.cat([-bright, torch.zeros_like(bright)], 1)

    codes = torch.rand(2000, 2, generator=torch.Generator().manual_seed(0)) * 2 - 1
    codes[:, 0] = -codes[:, 0].abs()  # codes lie where it draws ...
    codes[:4] = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])  # ... and their hull reaches farther
    settings = latents.Settings(places=400, field=8)
    numbers, fields = latents.holes(settings, Half(), checkpoints.load("digit-judge"), codes, torch.ones(2000).long())
    assert numbers["codes"]["none"]["share"] < 0.02
    assert numbers["codes"]["kept"]["share"] > 0.98
    assert numbers["between"]["none"]["share"] == pytest.approx(0.5, abs=0.06)
    assert numbers["codes"]["far"]["share"] == pytest.approx(0.05, abs=0.04)  # that is how `usual` is chosen
    left = latent_space.grid(numbers["extent"], 8)[:, 0] < 0
    assert np.array_equal(fields["digit"].ravel(), left.numpy())
