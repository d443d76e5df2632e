"""The networks layer by layer, and every formula against an oracle: autograd, torch.distributions, float64."""

import json
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.distributions import Normal, kl_divergence

from training.data import strokes
from training.measures.pictures import psnr, ssim
from training.models import ARCHITECTURES
from training.models.autoencoder import ConvAutoencoder, reconstruction_bce, reconstruction_mse, sparsity
from training.models.cnn import SmallCNN
from training.models.linear import (
    PCA,
    LinearDenoiser,
    best_linear_map,
    double_softmax_loss,
    least_squares,
    multi_label_loss,
)
from training.models.noise import add_gaussian_noise, draw_strength
from training.models.residual_vae import ResidualVAE
from training.models.softmax import SoftmaxRegression, cross_entropy, log_softmax, one_hot, softmax
from training.models.unet import UNet
from training.models.vae import (
    ConvVAE,
    bernoulli_nats,
    grey_entropy,
    kl_per_dimension,
    negative_elbo,
    reparameterise,
)
from training.store import checkpoints

CLASSIFIERS = [name for name, cls in ARCHITECTURES.items() if issubclass(cls, (SoftmaxRegression, SmallCNN))]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 4) -> torch.Tensor:
    return torch.rand(count, 1, 28, 28, generator=seeded())


def shapes_through(layers, x) -> list[tuple[int, ...]]:
    shapes = []
    for layer in layers:
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    return shapes


def parameters(network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def multiply_adds(network, x) -> int:
    """Multiply-adds of the convolutions and affine maps for one picture."""
    total, hooks = 0, []

    def count(module, inputs, output):
        nonlocal total
        if isinstance(module, torch.nn.Linear):
            total += module.in_features * module.out_features
        elif isinstance(module, torch.nn.ConvTranspose2d):
            total += inputs[0][0, 0].numel() * module.weight.numel()
        else:
            total += output[0, 0].numel() * module.weight.numel()

    for module in network.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.Conv2d | torch.nn.ConvTranspose2d):
            hooks.append(module.register_forward_hook(count))
    network(x[:1])
    for hook in hooks:
        hook.remove()
    return total


# ---- the lecture's networks, layer by layer --------------------------------------------------------------------------


def test_autoencoder_is_the_lectures_layer_by_layer():
    network = ConvAutoencoder()
    assert shapes_through(network.encoder, pictures()) == [
        (16, 14, 14), (16, 14, 14), (32, 7, 7), (32, 7, 7), (64, 1, 1)
    ]  # fmt: skip
    assert shapes_through(network.decoder, torch.zeros(1, 64, 1, 1)) == [
        (32, 7, 7), (32, 7, 7), (16, 14, 14), (16, 14, 14), (1, 28, 28)
    ]  # fmt: skip
    down = (9 * 16 + 16) + (9 * 16 * 32 + 32) + (49 * 32 * 64 + 64)
    up = (49 * 64 * 32 + 32) + (9 * 32 * 16 + 16) + (9 * 16 + 1)
    assert parameters(network) == down + up


def test_vae_is_the_lectures_layer_by_layer():
    network = ConvVAE()
    assert shapes_through(network.encoder, pictures()) == [
        (32, 14, 14), (32, 14, 14), (64, 7, 7), (64, 7, 7), (3136,), (256,)
    ]  # fmt: skip
    assert shapes_through(network.decoder, torch.zeros(1, 32)) == [
        (3136,), (64, 7, 7), (32, 14, 14), (32, 14, 14), (1, 28, 28)
    ]  # fmt: skip
    kinds = [type(layer).__name__ for layer in [*network.encoder, *network.decoder]]
    assert kinds.count("ReLU") == 3  # none after either Linear
    encoder = (9 * 32 + 32) + (9 * 32 * 64 + 64) + (3136 * 256 + 256) + 2 * (256 * 32 + 32)
    decoder = (32 * 3136 + 3136) + (9 * 64 * 32 + 32) + (9 * 32 + 1)
    assert parameters(network) == encoder + decoder


def test_softmax_regression_has_ten_times_784_weights_and_ten_biases():
    network = SoftmaxRegression()
    assert network.W.shape == (784, 10)
    assert network.b.shape == (10,)
    network.initialise(seeded())
    assert network.W.std() == pytest.approx(0.01, rel=0.02)
    assert not network.b.any()


@pytest.mark.parametrize("dimensions", [2, 8, 16, 32, 64])
def test_only_the_code_gets_narrower(dimensions):
    for network in (ConvAutoencoder(dimensions), ConvVAE(dimensions), ResidualVAE(dimensions)):
        z = network.encode(pictures())
        z = z[0] if isinstance(z, tuple) else z
        assert z.shape == (4, dimensions)
        assert network.latent_dim == dimensions
        assert network.decode(z).shape == (4, 1, 28, 28)


def logits_of(name: str) -> torch.Tensor:
    """What an untrained network of the class `name` returns for four pictures."""
    torch.manual_seed(0)
    network = ARCHITECTURES[name]().eval()
    if name == "SoftmaxRegression":
        network.initialise(seeded())
    answer = network(pictures())
    return answer[0] if isinstance(answer, tuple) else answer


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if name not in (*CLASSIFIERS, "MicrographDenoiser")])
def test_every_image_network_returns_logits_of_a_picture(name):
    logits = logits_of(name)
    assert logits.shape == (4, 1, 28, 28)
    assert logits.min() < 0  # no picture has negative greys: nobody has applied the sigmoid


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_classifier_returns_a_logit_for_each_class(name):
    logits = logits_of(name)
    assert logits.shape == (4, ARCHITECTURES[name]().classes)
    assert (logits.min(1).values < 0).all()  # no probability is negative ...
    assert (logits.exp().sum(1) > 1.5).all()  # ... and no logarithm of one: nobody has applied the softmax


def test_networks_beyond_the_lecture_stay_small():
    deep, unet, cnn = ResidualVAE(), UNet(), SmallCNN().eval()
    assert parameters(deep) <= 1_500_000
    assert multiply_adds(deep, pictures()) <= 100_000_000
    assert parameters(unet) <= 1_200_000
    assert multiply_adds(unet, pictures()) <= 100_000_000
    assert parameters(cnn) <= 300_000


@pytest.mark.parametrize(
    "network",
    [
        ConvAutoencoder(3),
        ConvAutoencoder(3, sparse=True),
        ConvVAE(3, deterministic=True),
        ResidualVAE(3, deterministic=True),
        PCA(3).fit(pictures(20)),
    ],
    ids=lambda network: type(network).__name__,
)
def test_nothing_reaches_the_reconstruction_but_through_the_code(network):
    answer = network(pictures())
    logits = answer[0] if isinstance(answer, tuple) else answer
    assert network.code(pictures()).shape == (4, 3)
    torch.testing.assert_close(logits, network.decode(network.code(pictures())))


@pytest.mark.parametrize("kind", [ConvVAE, ResidualVAE])
def test_the_twin_differs_in_nothing_but_z(kind):
    torch.manual_seed(0)
    vae = kind(2)
    torch.manual_seed(0)
    twin = kind(2, deterministic=True)
    for (name, a), (_, b) in zip(vae.named_parameters(), twin.named_parameters(), strict=True):
        assert torch.equal(a, b), name
    logits, mu, _ = twin(pictures(), seeded())
    assert torch.equal(logits, twin.decode(mu))


# ---- the ELBO --------------------------------------------------------------------------------------------------------


def test_kl_is_zero_for_the_standard_normal():
    assert not kl_per_dimension(torch.zeros(3, 5), torch.zeros(3, 5)).any()


def test_kl_agrees_with_torch_distributions():
    mu, log_var = 2 * torch.randn(50, 8, generator=seeded()), torch.randn(50, 8, generator=seeded(1))
    oracle = kl_divergence(Normal(mu, torch.exp(0.5 * log_var)), Normal(0.0, 1.0))
    torch.testing.assert_close(kl_per_dimension(mu, log_var), oracle)


def test_nothing_costs_less_than_the_entropy_of_the_greys():
    images = pictures().clamp(0.01, 0.99)
    least = grey_entropy(images)
    torch.testing.assert_close(bernoulli_nats(images.logit(), images), least)  # reached by the pictures themselves
    other = images.logit() + 0.1 * torch.randn(images.shape, generator=seeded())
    assert (bernoulli_nats(other, images) > least).all()
    assert grey_entropy(torch.tensor([0.0, 1.0]).view(1, 1, 1, 2)).tolist() == [0]


def test_bernoulli_nats_agree_with_the_formula_in_float64():
    logits, images = 3 * torch.randn(4, 1, 28, 28, generator=seeded()), pictures()
    p, x = torch.sigmoid(logits.double()), images.double()
    by_hand = -(x * p.log() + (1 - x) * (1 - p).log()).sum((1, 2, 3))
    torch.testing.assert_close(bernoulli_nats(logits, images).double(), by_hand, rtol=1e-5, atol=1e-3)


def test_elbo_by_hand_of_one_pixel_and_one_dimension():
    logits, image = torch.zeros(1, 1, 1, 1), torch.ones(1, 1, 1, 1)  # p = 1/2: log 2 nats
    mu, log_var = torch.tensor([[1.0]]), torch.tensor([[0.0]])  # KL = 1/2
    loss, reconstruction, kl = negative_elbo(logits, image, mu, log_var, beta=4.0)
    assert reconstruction == pytest.approx(math.log(2))
    assert kl == pytest.approx(0.5)
    assert loss == pytest.approx(math.log(2) + 4 * 0.5)


def test_elbo_sums_over_pixels_and_dimensions_and_averages_over_the_batch():
    logits, images = torch.randn(3, 1, 28, 28, generator=seeded()), pictures(3)
    mu, log_var = torch.randn(3, 5, generator=seeded(1)), torch.randn(3, 5, generator=seeded(2))
    _, reconstruction, kl = negative_elbo(logits, images, mu, log_var)
    assert reconstruction == pytest.approx(784 * float(F.binary_cross_entropy_with_logits(logits, images)), rel=1e-5)
    assert kl == pytest.approx(5 * float(kl_per_dimension(mu, log_var).mean()), rel=1e-5)


def test_reparameterised_samples_have_the_mean_and_the_variance_asked_for():
    mu, log_var = torch.full((200_000, 1), 1.5), torch.full((200_000, 1), math.log(0.25))
    z = reparameterise(mu, log_var, seeded())
    assert z.mean() == pytest.approx(1.5, abs=5 * 0.5 / math.sqrt(200_000))
    assert z.var() == pytest.approx(0.25, rel=0.02)


def test_gradients_flow_through_the_sample():
    mu, log_var = torch.zeros(1, 3, requires_grad=True), torch.zeros(1, 3, requires_grad=True)
    eps = torch.randn(1, 3, generator=seeded())
    reparameterise(mu, log_var, seeded()).sum().backward()
    assert torch.equal(mu.grad, torch.ones(1, 3))
    torch.testing.assert_close(log_var.grad, 0.5 * eps)


def test_the_same_seed_gives_the_same_sample():
    network = ConvVAE(4).eval()
    assert torch.equal(network(pictures(), seeded(7))[0], network(pictures(), seeded(7))[0])
    assert not torch.equal(network(pictures(), seeded(7))[0], network(pictures(), seeded(8))[0])


# ---- autoencoder losses, noise, measures -----------------------------------------------------------------------------


def test_reconstruction_losses_agree_with_float64():
    logits, images = torch.randn(4, 1, 28, 28, generator=seeded()), pictures()
    p, x = torch.sigmoid(logits.double()), images.double()
    assert float(reconstruction_mse(logits, images)) == pytest.approx(float(((p - x) ** 2).mean()), rel=1e-5)
    bce = float(-(x * p.log() + (1 - x) * (1 - p).log()).mean())
    assert float(reconstruction_bce(logits, images)) == pytest.approx(bce, rel=1e-5)


def test_a_sparse_code_is_never_negative():
    z = ConvAutoencoder(8, sparse=True).encode(pictures())
    assert z.min() >= 0
    assert sparsity(torch.tensor([[1.0, -3.0]])) == 2


def test_noise_has_the_strength_asked_for_and_stays_in_range():
    grey = torch.full((50, 1, 28, 28), 0.5)
    noisy = add_gaussian_noise(grey, 0.1, seeded())  # 5 sigma from the clamp
    count = grey.numel()
    assert float((noisy - grey).mean()) == pytest.approx(0, abs=5 * 0.1 / math.sqrt(count))
    assert float((noisy - grey).std()) == pytest.approx(0.1, rel=5 / math.sqrt(2 * count))
    strong = add_gaussian_noise(grey, 1.0, seeded())
    assert strong.min() == 0
    assert strong.max() == 1
    assert float((strong == 0).float().mean()) == pytest.approx(float(Normal(0, 1).cdf(torch.tensor(-0.5))), abs=0.01)
    assert torch.equal(add_gaussian_noise(grey, 0.0, seeded()), grey)


def test_blind_noise_has_one_strength_for_each_picture():
    strengths = draw_strength("blind", 20_000, seeded())
    assert strengths.shape == (20_000, 1, 1, 1)
    assert float(strengths.mean()) == pytest.approx(0.5, abs=0.01)
    assert float(strengths.var()) == pytest.approx(1 / 12, rel=0.03)
    assert draw_strength(0.3, 5) == 0.3


def test_psnr_and_ssim_agree_with_scikit_image():
    metrics = pytest.importorskip("skimage.metrics")
    truth = strokes.made_digits(6, seed=1)[0]
    noisy = add_gaussian_noise(truth, 0.3, seeded())
    for at in range(6):
        a, b = truth[at, 0].numpy().astype(np.float64), noisy[at, 0].numpy().astype(np.float64)
        assert float(psnr(noisy, truth)[at]) == pytest.approx(
            metrics.peak_signal_noise_ratio(a, b, data_range=1), rel=1e-4
        )
        oracle = metrics.structural_similarity(a, b, data_range=1)
        assert float(ssim(noisy, truth)[at]) == pytest.approx(oracle, abs=1e-3)


# ---- softmax ---------------------------------------------------------------------------------------------------------


def test_softmax_is_positive_sums_to_one_and_keeps_the_order():
    logits = 5 * torch.randn(20, 10, generator=seeded())
    p = softmax(logits)
    assert p.min() > 0
    torch.testing.assert_close(p.sum(1), torch.ones(20))
    assert torch.equal(p.argsort(1), logits.argsort(1))


@pytest.mark.parametrize("scale", [1.0, 100.0, 1e4])
@pytest.mark.parametrize("shift", [-1e4, 0.0, 1e4])
def test_softmax_and_cross_entropy_agree_with_torch_in_float64_at_any_scale(scale, shift):
    logits, labels = scale * torch.randn(8, 10, generator=seeded()) + shift, torch.arange(8)
    exact = logits.double()
    torch.testing.assert_close(softmax(logits).double(), exact.softmax(1), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(log_softmax(logits).double(), exact.log_softmax(1), rtol=1e-5, atol=1e-4)
    oracle = F.cross_entropy(exact, labels, reduction="none")
    torch.testing.assert_close(cross_entropy(logits, labels).double(), oracle, rtol=1e-5, atol=1e-4)


def test_one_hot_agrees_with_torch():
    labels = torch.tensor([3, 0, 9])
    assert torch.equal(one_hot(labels, 10), F.one_hot(labels, 10).float())


def test_softmax_gradient_matches_autograd():
    network = SoftmaxRegression().double()
    network.initialise(seeded())
    images, labels = pictures(16).double(), torch.arange(16) % 10
    loss, gradient_W, gradient_b = network.gradients(images, labels)
    W, b = network.W.clone().requires_grad_(), network.b.clone().requires_grad_()
    oracle = F.cross_entropy(images.flatten(1) @ W + b, labels)
    oracle.backward()
    assert float(loss) == pytest.approx(float(oracle.detach()))
    torch.testing.assert_close(gradient_W, W.grad, rtol=1e-5, atol=1e-7)
    torch.testing.assert_close(gradient_b, b.grad, rtol=1e-5, atol=1e-7)


def test_one_step_of_ours_is_one_step_of_torch():
    ours = SoftmaxRegression()
    ours.initialise(seeded())
    theirs = torch.nn.Linear(784, 10)
    with torch.no_grad():
        theirs.weight.copy_(ours.W.T)
        theirs.bias.copy_(ours.b)
    images, labels = pictures(16), torch.arange(16) % 10
    optimizer = torch.optim.SGD([{"params": theirs.weight, "weight_decay": 2e-3}, {"params": theirs.bias}], lr=0.1)
    for _ in range(3):
        ours.sgd_step(images, labels, 0.1, l2=1e-3)
        optimizer.zero_grad()
        F.cross_entropy(theirs(images.flatten(1)), labels).backward()
        optimizer.step()
    torch.testing.assert_close(ours.W, theirs.weight.T.detach(), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(ours.b, theirs.bias.detach(), rtol=1e-4, atol=1e-6)


def test_double_softmax_cannot_fall_below_1_46():
    certain = 1e4 * F.one_hot(torch.arange(10), 10).float()
    assert float(double_softmax_loss(certain, torch.arange(10))) == pytest.approx(math.log(math.e + 9) - 1)
    assert math.log(math.e + 9) - 1 == pytest.approx(1.4612, abs=1e-4)


def test_multi_label_loss_is_ten_yes_or_no_questions():
    logits, targets = torch.randn(4, 10, generator=seeded()), (pictures(4).flatten(1)[:, :10] > 0.5).float()
    p = torch.sigmoid(logits)
    by_hand = -(targets * p.log() + (1 - targets) * (1 - p).log()).sum(1).mean()
    assert float(multi_label_loss(logits, targets)) == pytest.approx(float(by_hand), rel=1e-5)


# ---- linear ----------------------------------------------------------------------------------------------------------


def test_pca_agrees_with_the_singular_value_decomposition():
    images = strokes.made_digits(120)[0]
    network = PCA(8).fit(images)
    flat = images.flatten(1).double()
    _, values, components = torch.linalg.svd(flat - flat.mean(0), full_matrices=False)
    torch.testing.assert_close(network.variances.double(), values[:8].square() / 120, rtol=1e-4, atol=1e-6)
    aligned = (network.components.double() * components[:8]).sum(1).abs()
    torch.testing.assert_close(aligned, torch.ones(8).double(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(network.encode(images).var(0, correction=0), network.variances, rtol=1e-3, atol=1e-4)


def test_the_error_of_pca_falls_with_every_component():
    images = strokes.made_digits(120)[0]
    network = PCA(16).fit(images)
    z = network.encode(images)
    errors = [float(reconstruction_mse(network.decode(z[:, :k]), images)) for k in (1, 2, 4, 8, 16)]
    assert errors == sorted(errors, reverse=True)


def test_linear_denoiser_is_least_squares():
    clean = strokes.made_digits(900)[0].repeat(2, 1, 1, 1)
    noisy = add_gaussian_noise(clean, 0.5, seeded())
    mean, down, up = best_linear_map(noisy, clean, tolerance=1e-6)
    ours = (noisy.flatten(1) - mean) @ down @ up + clean.flatten(1).mean(0)
    design = np.hstack([noisy.flatten(1).numpy(), np.ones((len(noisy), 1))]).astype(np.float64)
    solution = np.linalg.lstsq(design, clean.flatten(1).numpy().astype(np.float64), rcond=None)[0]
    oracle = float(np.square(design @ solution - clean.flatten(1).numpy()).mean())
    assert float((ours - clean.flatten(1)).square().mean()) == pytest.approx(oracle, rel=2e-3)
    cheaper = best_linear_map(noisy, clean, tolerance=0.5)[2]
    assert len(cheaper) < len(up)


def test_linear_denoiser_uses_the_map_of_the_nearest_strength():
    network = LinearDenoiser([0.1, 0.5], [2, 3])
    network.down.normal_(generator=seeded())
    assert network.map_for(0.2)[2].shape == (2, 784)
    assert network.map_for(0.9)[2].shape == (3, 784)
    assert torch.equal(network.map_for(0.9)[1], network.down[:, 2:])
    assert json.dumps(checkpoints.arguments(network))  # so that it can be stored


def test_least_squares_agrees_with_numpy():
    images, labels = strokes.made_digits(900)
    images = add_gaussian_noise(images, 0.2, seeded())  # so that no pixel is constant
    W, b = least_squares(images, labels)
    design = np.hstack([images.flatten(1).numpy(), np.ones((900, 1))]).astype(np.float64)
    oracle = np.linalg.lstsq(design, np.eye(10)[labels.numpy()], rcond=None)[0]
    fitted = images.flatten(1) @ W + b
    assert np.abs(fitted.numpy() - design @ oracle).max() < 0.02
    torch.testing.assert_close(fitted.sum(1), torch.ones(900), rtol=1e-3, atol=1e-3)
