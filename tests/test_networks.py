"""Devices: networks go where the app was told, and on ZeroGPU only heavy jobs touch CUDA."""

import sys

import pytest
import torch
from torch import nn

import app
from demos.kit import networks
from demos.kit.quick import QuickConv2d, QuickConvTranspose2d, quick
from training import checkpoints


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
@pytest.mark.parametrize("count", [1, 2, 3])
def test_quick_convolutions_are_the_same_function(name, count):
    """Against torch's own layers; in float64, where rounding neither hides a mistake nor looks like one."""
    plain, ours = checkpoints.load(name).double(), quick(checkpoints.load(name).double())
    layers = [type(layer) for layer in ours.modules()]
    assert QuickConv2d in layers or QuickConvTranspose2d in layers
    assert nn.Conv2d not in layers
    assert nn.ConvTranspose2d not in layers
    images = torch.rand(count, 1, 28, 28, dtype=torch.float64, generator=torch.Generator().manual_seed(count))

    def through(network):
        return network.decode(network.code(images)) if hasattr(network, "decode") else network(images)

    torch.testing.assert_close(through(ours), through(plain), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("count", [1, 3])
def test_what_quick_convolutions_cannot_do_they_leave_to_torch(count):
    grouped = nn.Sequential(
        nn.Conv2d(4, 4, 3, groups=2),
        nn.Conv2d(4, 4, 3, dilation=2),
        nn.Conv2d(4, 4, 3, padding="same"),
        nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"),
    )
    images = torch.rand(count, 4, 9, 9)
    expected = grouped(images)
    torch.testing.assert_close(quick(grouped)(images), expected)
    assert {type(layer) for layer in grouped.children()} == {nn.Conv2d}


def test_the_app_s_networks_are_quick_on_a_cpu():
    networks.choose_device("cpu")
    assert any(isinstance(layer, QuickConvTranspose2d) for layer in networks.network("vae").modules())
