"""Encode, decode, sample, interpolate, traverse, arithmetic and the ledger, against closed forms and torch itself."""

import math

import numpy as np
import pytest
import torch

from demos.kit import networks
from demos.vae import codes
from training.data import strokes
from training.store import encoded

AUTOENCODER, VAE, FLAT = "autoencoder", "vae", "vae-2d"


def digit(k: int) -> list:
    """A drawn digit as a program sends it: (H, W) nested list."""
    return strokes.to_mnist(strokes.rasterise(strokes.example_strokes(k))).tolist()


def reconstruction(picture: list, network: str) -> np.ndarray:
    """sigmoid(decode(mu)) by the network alone, without any handler."""
    net = networks.network(network)
    encoded = net.encode(torch.tensor(picture)[None, None])
    mu = encoded[0] if isinstance(encoded, tuple) else encoded
    return torch.sigmoid(net.decode(mu))[0, 0].numpy()


# ---- encode, decode ----------------------------------------------------------------------------------------------
def test_encode_gives_the_posterior_of_a_vae_and_no_variance_of_an_autoencoder():
    mu, log_var = networks.network(VAE).encode(torch.tensor(digit(3))[None, None])
    answer = codes.encode(digit(3), VAE)
    assert answer["mu"] == pytest.approx(mu[0].tolist(), abs=1e-6)
    assert answer["log_var"] == pytest.approx(log_var[0].tolist(), abs=1e-6)
    assert codes.encode(digit(3), AUTOENCODER)["log_var"] is None
    assert codes.encode(digit(3), "autoencoder-2d")["log_var"] is None  # z = mu: its variance head was never trained


def test_decode_of_the_mean_is_the_reconstruction():
    for name in (VAE, AUTOENCODER, FLAT):
        assert np.allclose(
            codes.decode(codes.encode(digit(5), name)["mu"], name), reconstruction(digit(5), name), atol=1e-4
        )


@pytest.mark.parametrize(
    "z", [[0.0] * 31, [0.0] * 33, [math.nan] * 32, [math.inf] * 32, [1.1e6] * 32, "z", None, [True] * 32]
)
def test_decode_refuses_what_is_no_code_of_this_network(z):
    with pytest.raises(ValueError, match=r"z.*(32 numbers|from -1e\+06 to 1e\+06)"):
        codes.decode(z, VAE)


@pytest.mark.parametrize("name", [name for name in codes.autoencoders() if networks.has_codes(name)])
def test_the_farthest_code_of_a_test_picture_can_be_decoded(name):
    points = encoded.load(name)["points"]
    farthest = points[np.abs(points).max(1).argmax()].tolist()

    assert np.shape(codes.decode(farthest, name)) == (28, 28)


def test_an_unknown_network_is_refused_with_the_names_there_are():
    for call in (
        lambda n: codes.decode([0] * 32, n),
        lambda n: codes.encode(digit(1), n),
        lambda n: codes.sample(1, 0, n),
    ):
        with pytest.raises(ValueError, match=r"network must be one of .*vae.*, not 'no-such'"):
            call("no-such")
    with pytest.raises(ValueError, match="variational"):
        codes.elbo(digit(1), AUTOENCODER)


# ---- sample --------------------------------------------------------------------------------------------------------
def test_the_same_seed_gives_the_same_pixels_and_another_seed_others():
    assert codes.sample(8, 7) == codes.sample(8, 7)
    assert codes.sample(8, 7) != codes.sample(8, 8)
    assert codes.sample(8, 7)[:3] != codes.sample(3, 6)


def test_temperature_zero_is_the_decoded_origin():
    assert np.allclose(codes.sample(3, 5, VAE, 0.0), codes.decode([0.0] * 32, VAE), atol=2e-4)


def test_codes_of_the_prior_are_standard_normal():
    z = codes.prior(4096, 32, seed=1)
    assert abs(float(z.mean())) < 0.01
    assert float(z.std()) == pytest.approx(1, abs=0.01)
    assert torch.equal(2 * codes.prior(5, 3, 9), codes.prior(5, 3, 9, temperature=2))


@pytest.mark.parametrize(
    "asked",
    [{"count": 0}, {"count": 10**9}, {"count": 2.5}, {"seed": -1}, {"temperature": math.nan}, {"temperature": 9}],
)
def test_sample_refuses_what_it_cannot_do(asked):
    with pytest.raises(ValueError, match=f"{next(iter(asked))} must be .* to "):
        codes.sample(**asked)


def test_a_batch_is_decoded_at_once(monkeypatch):
    net, calls = networks.network(VAE), []
    monkeypatch.setattr(net, "decode", lambda z: calls.append(len(z)) or type(net).decode(net, z))
    codes.sample(256)
    assert calls == [256]


# ---- between two codes ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", codes.KINDS)
@pytest.mark.parametrize("network", [VAE, FLAT, AUTOENCODER])
def test_the_film_runs_from_the_first_reconstruction_to_the_second(kind, network):
    film = codes.interpolate(digit(3), digit(8), 9, network, kind)
    assert len(film) == 9
    assert np.allclose(film[0], reconstruction(digit(3), network), atol=6e-5)
    assert np.allclose(film[-1], reconstruction(digit(8), network), atol=6e-5)


@pytest.mark.parametrize("asked", [{"steps": 1}, {"steps": 65}, {"steps": 10**9}, {"kind": "spiral"}])
def test_interpolate_refuses_what_it_cannot_do(asked):
    with pytest.raises(ValueError, match=next(iter(asked))):
        codes.interpolate(digit(3), digit(8), **asked)


def slerp(a: torch.Tensor, b: torch.Tensor, t: float) -> torch.Tensor:
    """Shoemake's formula, word by word, in float64."""
    w = torch.acos(a @ b / (a.norm() * b.norm()))
    return torch.sin((1 - t) * w) / torch.sin(w) * a + torch.sin(t * w) / torch.sin(w) * b


def test_great_circle_is_shoemakes_formula():
    generator = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 32, generator=generator, dtype=torch.float64)
    t = torch.linspace(0, 1, 11)
    arc = codes.great_circle(a, b, t)
    for here, code in zip(t.double(), arc, strict=True):
        assert torch.allclose(code, slerp(a, b, here), atol=1e-9)


def test_great_circle_keeps_the_length_of_codes_of_equal_length():
    a, b = torch.tensor([3.0, 0, 0]), torch.tensor([0, 0, 3.0])
    assert torch.allclose(codes.great_circle(a, b, torch.linspace(0, 1, 33)).norm(dim=1), torch.tensor(3.0), atol=1e-5)


def test_great_circle_of_parallel_opposite_and_zero_codes():
    a, t = torch.tensor([1.0, 2.0, -1.0]), torch.linspace(0, 1, 21)
    assert torch.allclose(codes.great_circle(a, 2 * a, t), codes.line(a, 2 * a, t), atol=1e-6)
    assert torch.allclose(codes.great_circle(a, 0 * a, t), codes.line(a, 0 * a, t))
    half = codes.great_circle(a, -a, t)
    assert torch.isfinite(half).all()
    assert torch.equal(half[0], a)
    assert torch.equal(half[-1], -a)
    assert torch.allclose(half.norm(dim=1), a.norm(), atol=1e-5)  # round the origin, not through it
    assert abs(float(half[10] @ a)) < 1e-5
    assert torch.isfinite(codes.great_circle(0 * a, 0 * a, t)).all()


def test_line_is_even_and_straight():
    a, b = torch.tensor([0.0, 4.0]), torch.tensor([8.0, 0.0])
    assert torch.allclose(codes.line(a, b, torch.tensor([0, 0.25, 1])), torch.tensor([[0, 4.0], [2, 3], [8, 0]]))


# ---- traverse, arithmetic ------------------------------------------------------------------------------------------
def test_traverse_moves_one_coordinate_only():
    mu = codes.encode(digit(2), VAE)["mu"]
    answer = codes.traverse(digit(2), VAE, 4, [mu[4], 2.0])
    moved = [*mu[:4], 2.0, *mu[5:]]
    assert np.allclose(answer["pictures"][0], reconstruction(digit(2), VAE), atol=2e-4)
    assert np.allclose(answer["pictures"][1], codes.decode(moved, VAE), atol=2e-4)


@pytest.mark.parametrize(
    "asked", [{"dimension": 32}, {"dimension": -1}, {"values": []}, {"values": [0] * 65}, {"values": [math.nan]}]
)
def test_traverse_refuses_what_it_cannot_do(asked):
    with pytest.raises(ValueError, match=next(iter(asked))):
        codes.traverse(digit(2), **asked)


def test_a_minus_a_plus_c_is_c():
    answer = codes.arithmetic(digit(4), digit(4), digit(9))
    assert np.allclose(answer["z"], codes.encode(digit(9))["mu"], atol=1e-5)
    assert np.allclose(answer["picture"], reconstruction(digit(9), VAE), atol=2e-4)


# ---- the ledger ----------------------------------------------------------------------------------------------------
def test_the_ledger_agrees_with_torch_distributions():
    from torch.distributions import Bernoulli, Normal, kl_divergence

    net, image = networks.network(VAE), torch.tensor(digit(7))[None, None]
    mu, log_var = net.encode(image)
    posterior = Normal(mu, torch.exp(0.5 * log_var))
    eps = torch.randn(1, 32, generator=torch.Generator().manual_seed(11))
    logits = net.decode(mu + posterior.stddev * eps)
    ledger = codes.elbo(digit(7), VAE, seed=11)
    # grey pixels: the Bernoulli's log-probability, -x log p - (1 - x) log(1 - p), without its check for zeros and ones
    reconstruction = -Bernoulli(logits=logits, validate_args=False).log_prob(image).sum()
    assert ledger["kl"] == pytest.approx(kl_divergence(posterior, Normal(0.0, 1.0))[0].tolist(), rel=1e-4, abs=1e-5)
    assert ledger["reconstruction"] == pytest.approx(float(reconstruction), rel=1e-5)


def test_the_ledger_adds_up_without_beta():
    ledger = codes.elbo(digit(7), VAE, seed=3)
    assert ledger["total"] == pytest.approx(ledger["reconstruction"] + math.fsum(ledger["kl"]), rel=1e-12)
    assert len(ledger["kl"]) == 32
    assert min(ledger["kl"]) >= -1e-6


def test_the_ledger_by_hand():
    mu, log_var = codes.encode(digit(7), FLAT).values()
    by_hand = [0.5 * (m * m + math.exp(v) - v - 1) for m, v in zip(mu, log_var, strict=True)]
    assert codes.elbo(digit(7), FLAT)["kl"] == pytest.approx(by_hand, rel=1e-5)


def test_nothing_is_clipped_in_silence():
    with pytest.raises(ValueError, match=r"\[0, 1\]|0 to 1"):
        codes.encode([[2.0] * 28] * 28, VAE)
    with pytest.raises(ValueError, match=r"."):
        codes.encode([[math.nan] * 28] * 28, VAE)


def test_only_networks_with_a_code_are_offered():
    assert {AUTOENCODER, VAE, FLAT} <= set(codes.autoencoders())
    assert "cnn-digits" not in codes.autoencoders()
    for name in codes.autoencoders():
        assert networks.network(name).latent_dim == codes.dimensions(name)
    assert VAE in codes.vaes()
    assert "autoencoder-2d" not in codes.vaes()  # it has a variance head, but z = mu


def test_only_a_grid_too_large_for_a_slider_is_a_heavy_job(monkeypatch):
    jobs = []
    monkeypatch.setattr(codes, "drawn_on_accelerator", lambda *job: jobs.append(job) or codes.drawn(*job))
    codes.sample(codes.LIVE, 0, "vae-2d")
    assert not jobs
    assert len(codes.sample(codes.LIVE + 1, 0, "vae-2d")) == codes.LIVE + 1
    assert [job[0] for job in jobs] == [codes.LIVE + 1]


# ---- the endpoints, as a program calls them ------------------------------------------------------------------------
def test_the_endpoints_answer_a_program(client):
    posterior = client.predict(digit(3), "vae", api_name="/encode")
    assert len(posterior["mu"]) == len(posterior["log_var"]) == 32
    assert len(client.predict(posterior["mu"], "vae", api_name="/decode")) == 28
    assert len(client.predict(5, 0, "vae", 1.0, api_name="/sample")) == 5
    assert len(client.predict(digit(3), digit(8), 6, "vae", "great-circle", api_name="/interpolate")) == 6
    ledger = client.predict(digit(3), "vae", 0, api_name="/elbo")
    assert ledger["total"] == pytest.approx(ledger["reconstruction"] + sum(ledger["kl"]))
    assert len(client.predict(digit(3), "vae", 2, [-1, 1], api_name="/traverse")["pictures"]) == 2
    assert len(client.predict(digit(3), digit(3), digit(8), "vae", api_name="/arithmetic")["picture"]) == 28
    assert client.predict(digit(3), "autoencoder", api_name="/encode")["log_var"] is None


@pytest.mark.parametrize(
    ("asked", "endpoint", "sentence"),
    [
        (([0] * 31, "vae"), "/decode", "32 numbers"),
        (([1e9] * 32, "vae"), "/decode", r"from -1e\+06 to 1e\+06"),
        ((10**9, 0, "vae", 1.0), "/sample", "1 to 1024"),
        ((4, 0, "no-such", 1.0), "/sample", "network must be one of"),
        (([[0.0] * 28] * 28, [[0.0] * 28] * 28, 10**9, "vae", "line"), "/interpolate", "2 to 64"),
    ],
)  # fmt: skip
def test_the_endpoints_refuse_with_a_sentence(client, asked, endpoint, sentence):
    with pytest.raises(Exception, match=sentence):
        client.predict(*asked, api_name=endpoint)
