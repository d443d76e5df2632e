"""Devices: networks go where the app was told, and on ZeroGPU only heavy jobs touch CUDA."""

import copy
import sys

import numpy as np
import pytest
import torch
from torch import nn

import app
from demos.denoise.bench.handlers import Denoised, Errors
from demos.kit import networks
from demos.kit.quick import FEW, QuickSequential, Traced, quick
from demos.vae.codes import Decoded, Posterior
from demos.vae.judge import Reader
from demos.vae.map.handlers import Shown
from training import checkpoints
from training.models.residual_vae import ResidualBlock


def test_unknown_device_is_named():
    with pytest.raises(ValueError, match="'tpu' is not one of auto, cpu, cuda"):
        networks.choose_device("tpu")


def test_auto_is_cuda_exactly_where_there_is_cuda():
    assert networks.choose_device("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    networks.choose_device("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is CUDA here")
def test_asking_for_cuda_without_cuda_ends_with_a_sentence(capsys):
    assert app.main(["--device", "cuda"]) == 2
    assert "torch finds no CUDA here; start with --device cpu" in capsys.readouterr().err


def test_on_zero_gpu_live_events_stay_on_the_cpu_and_heavy_jobs_go_to_cuda(monkeypatch):
    calls = []

    class Spaces:
        @staticmethod
        def GPU(job):
            def decorated(*args):
                calls.append(job.__name__)
                return job(*args)

            return decorated

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", Spaces)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)  # what ZeroGPU's patch does
    assert networks.choose_device("auto") == "cpu"

    @networks.heavy
    def grid():
        return networks.device()

    assert networks.device() == "cpu"
    assert grid() == "cuda"
    assert networks.device() == "cpu"
    assert calls == ["grid"]


def test_a_network_is_loaded_once_and_never_trained():
    networks.choose_device("cpu")
    vae = networks.network("vae")
    assert vae is networks.network("vae")
    assert not vae.training
    assert not any(parameter.requires_grad for parameter in vae.parameters())


@pytest.mark.parametrize("name", ["digit-judge", "cnn-fashion"])
def test_a_folded_network_is_the_same_function_without_its_batch_norms(name):
    """In float64, where rounding cannot hide a mistake; what was trained is neither 0 nor 1."""
    plain = checkpoints.load(name).double()
    fewer = networks.folded(checkpoints.load(name).double())
    images = torch.rand(5, 1, 28, 28, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert any(isinstance(module, torch.nn.BatchNorm2d) for module in plain.modules())
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in fewer.modules())
    torch.testing.assert_close(fewer(images), plain(images), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ["denoising-autoencoder", "unet-denoiser", "vae", "vae-deep-2d", "digit-judge"])
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_quick_network_is_the_same_function(name, count):
    """Against torch's own layers, to what float32 leaves open in logits of up to a hundred."""
    plain, ours = networks.folded(checkpoints.load(name)), quick(networks.folded(checkpoints.load(name)))
    assert {type(part) for part in parts(ours)} <= {QuickSequential, nn.Linear}
    images = torch.rand(count, 1, 28, 28, generator=torch.Generator().manual_seed(count))

    def through(network):
        return network.decode(network.code(images)) if hasattr(network, "decode") else network(images)

    torch.testing.assert_close(through(ours), through(plain), rtol=1e-5, atol=1e-4)


def parts(network: nn.Module):
    """The chains of layers that lie in no other, and the layers with weights that stand alone."""
    for module in network.children():
        if isinstance(module, nn.Sequential | nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            yield module
        else:
            yield from parts(module)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 6, 3, stride=2, padding=1),
        nn.Conv2d(4, 4, 3, groups=2, bias=False),
        nn.Conv2d(4, 4, (3, 1), dilation=2, padding=(1, 0)),
        nn.ConvTranspose2d(4, 6, 4, stride=2, padding=1),
        nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, output_padding=1, bias=False),
        nn.Sequential(nn.Flatten(), nn.Linear(4 * 81, 8), nn.Unflatten(1, (2, 2, 2))),
        nn.Sequential(nn.Flatten(), nn.Linear(4 * 81, 8, bias=False)),
        nn.MaxPool2d(2),
        nn.MaxPool2d(3, stride=1),
        nn.Sequential(nn.Conv2d(4, 8, 1), nn.PixelShuffle(2)),
        nn.SiLU(),
        nn.ReLU(),
        ResidualBlock(4),
    ],
    ids=lambda layer: str(layer).replace("\n", " ")[:60],
)
@pytest.mark.parametrize("count", [1, 3])
def test_every_layer_that_is_known_is_the_same_function(layer, count):
    layer = copy.deepcopy(layer)
    for parameter in layer.parameters():  # a ResidualBlock starts with zeros
        nn.init.normal_(parameter, generator=torch.Generator().manual_seed(0))
    chain = nn.Sequential(layer)
    images = torch.randn(count, 4, 9, 9, generator=torch.Generator().manual_seed(count))
    ours = quick(nn.ModuleList([chain]))[0]
    assert isinstance(ours, QuickSequential)
    torch.testing.assert_close(ours(images), chain(images), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 4, 3, padding="same"),
        nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"),
        nn.Softplus(),
        nn.MaxPool2d(2, padding=1),
        nn.Flatten(2),
    ],
)
def test_what_is_not_known_is_left_to_torch(layer):
    chain = nn.Sequential(layer)
    assert type(quick(nn.ModuleList([chain]))[0]) is nn.Sequential


@pytest.mark.parametrize(
    "images", [torch.rand(FEW + 1, 4), torch.rand(2, 4).double(), torch.rand(2, 4).requires_grad_()]
)
def test_many_pictures_other_numbers_and_gradients_are_torch_s(images):
    """Bit by bit what torch says: the session does not compute it."""
    plain = nn.Sequential(nn.Linear(4, 4), nn.SiLU()).to(images.dtype)
    ours = quick(nn.ModuleList([plain]).float())[0].to(images.dtype)
    assert isinstance(ours, QuickSequential)
    ours.session = None
    assert torch.equal(ours(images), plain(images))
    assert ours(images).requires_grad


# ---- all of an event as one graph ------------------------------------------------------------------------------------
PICTURES, CODES = (1, 28, 28), (2,)  # of one input each


@pytest.mark.parametrize(
    ("kind", "names", "shapes"),
    [
        (Posterior, ["vae-deep-2d"], [PICTURES, CODES]),
        (Posterior, ["vae-2d"], [PICTURES, CODES]),
        (Decoded, ["vae-deep-2d"], [CODES]),
        (Decoded, ["autoencoder-2d"], [CODES]),
        (Reader, ["digit-judge"], [PICTURES]),
        (Reader, ["cnn-fashion"], [PICTURES]),
        (Shown, ["vae-deep-2d", "digit-judge"], [CODES, PICTURES]),
        (Shown, ["vae-fashion-2d", "cnn-fashion"], [CODES, PICTURES]),
        (Denoised, ["denoising-autoencoder"], [PICTURES]),
        (Denoised, ["denoising-vae"], [PICTURES]),
        (Errors, [], [PICTURES, PICTURES]),
    ],
)
@pytest.mark.parametrize("count", [1, 2, FEW])
def test_a_traced_event_is_what_torch_computes(kind, names, shapes, count):
    """Against the same module of the networks as they were trained, to what float32 leaves open."""
    networks.choose_device("cpu")
    traced = networks.traced(kind, *map(networks.network, names))
    generator = torch.Generator().manual_seed(count)
    inputs = [torch.rand(count, *shape, generator=generator) for shape in shapes]
    with torch.inference_mode():
        expected = kind(*map(checkpoints.load, names))(*inputs)
    assert traced.session
    found = traced(*(one.numpy() for one in inputs))
    for ours, plain in zip(found, expected, strict=True):
        assert (ours.dtype, ours.shape) == (plain.numpy().dtype, tuple(plain.shape))
        np.testing.assert_allclose(ours, plain.numpy(), rtol=1e-4, atol=1e-4)


class Step(nn.Module):
    """One step between layers."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.register_buffer("numbers", torch.tensor([0.3, 0.9, 0.1, 0.7]))

    def forward(self, x, y):
        return (self.function(self, x, y),)


@pytest.mark.parametrize(
    "function",
    [
        lambda _, x, y: x + y,
        lambda _, x, y: x - y,
        lambda _, x, y: 1 - x,
        lambda _, x, y: 0.5 * x,
        lambda _, x, y: x * y,
        lambda _, x, y: x <= y,
        lambda _, x, y: x >= 0.5,
        lambda _, x, y: x[:, 2],
        lambda _, x, y: x[:, :2],
        lambda _, x, y: x[:, :, None, None],
        lambda self, x, y: self.numbers[x.argmax(1)],
        lambda _, x, y: torch.exp(x),
        lambda _, x, y: x.exp(),
        lambda _, x, y: torch.sigmoid(x),
        lambda _, x, y: x.square(),
        lambda _, x, y: torch.cat([x, y]),
        lambda _, x, y: torch.cat([x, y], 1),
        lambda _, x, y: x.softmax(1),
        lambda _, x, y: x.amax(1),
        lambda _, x, y: x.argmax(1),
        lambda _, x, y: x.mean(1),
        lambda _, x, y: x[:, :, None, None].flatten(1),
        lambda _, x, y: x.clamp_min(0.5).log(),
    ],
    ids=[
        "add", "sub", "from 1", "times 0.5", "mul", "le", "ge", "column", "columns", "two axes more", "of a buffer",
        "exp", "method exp", "sigmoid", "square", "cat", "cat 1", "softmax", "amax", "argmax", "mean", "flatten", "log",
    ],
)  # fmt: skip
@pytest.mark.parametrize("count", [1, 3])
def test_every_step_that_is_known_is_the_same_function(function, count):
    x, y = torch.rand(2, count, 4, generator=torch.Generator().manual_seed(count))
    step = Step(function)
    traced = Traced(step)
    assert traced.session
    (found,), (expected,) = traced(x.numpy(), y.numpy()), step(x, y)
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-6, atol=1e-6)
    assert (found.dtype, found.shape) == (expected.numpy().dtype, tuple(expected.shape))


@pytest.mark.parametrize(
    "function",
    [
        lambda _, x, y: torch.sin(x),
        lambda _, x, y: x[1:],
        lambda _, x, y: x[:, 1:3],
        lambda _, x, y: x if x.sum() > 0 else y,
        lambda self, x, y: self.numbers[: x.shape[1]] * x,
    ],
    ids=["sin", "rows", "from 1", "a question", "a shape"],
)
def test_a_step_that_is_not_known_leaves_all_to_torch(function):
    x, y = torch.rand(2, 3, 4, generator=torch.Generator().manual_seed(0))
    step = Step(function)
    traced = Traced(step)
    assert traced.session is None
    assert np.array_equal(traced(x.numpy(), y.numpy())[0], step(x, y)[0].numpy())


def test_many_pictures_of_a_traced_event_are_torch_s():
    """Bit by bit; a session that is asked says so here."""
    step = Step(lambda _, x, y: torch.sigmoid(x + y))
    traced = Traced(step)
    traced.session = None
    plain = {count: traced(np.ones((count, 4)), np.ones((count, 4)))[0] for count in (FEW, FEW + 1)}
    traced = Traced(step)
    traced.session = Untouched()
    assert np.array_equal(traced(np.ones((FEW + 1, 4)), np.ones((FEW + 1, 4)))[0], plain[FEW + 1])
    with pytest.raises(AssertionError, match="asked"):
        traced(np.ones((FEW, 4)), np.ones((FEW, 4)))


class Untouched:
    def run(self, *_):
        raise AssertionError("the session was asked")


@pytest.mark.parametrize("name", ["vae-2d", "pca"])
def test_what_lies_elsewhere_is_computed_there(name):
    """Also a network without parameters, whose numbers are buffers; "meta" stands for CUDA."""
    traced = Traced(Decoded(checkpoints.load(name).to("meta")))
    assert (traced.device.type, traced.session) == ("meta", None)
    seen = []
    traced.module.network.decode = lambda z: seen.append(z.device.type) or torch.zeros(1)
    traced(np.zeros((1, 2)))
    assert seen == ["meta"]


def test_an_event_is_traced_once_for_each_network():
    networks.choose_device("cpu")
    traced = networks.traced(Decoded, networks.network("vae"))
    assert traced is networks.traced(Decoded, networks.network("vae"))
    assert traced is not networks.traced(Decoded, networks.network("vae-2d"))


def test_the_app_s_networks_are_quick_on_a_cpu():
    networks.choose_device("cpu")
    layers = list(networks.network("vae").modules())
    assert any(isinstance(layer, QuickSequential) for layer in layers)
    convolutions = [layer.weight for layer in layers if isinstance(layer, nn.Conv2d)]  # of many pictures at once
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in convolutions)
    assert not all(weight.is_contiguous() for weight in convolutions)
