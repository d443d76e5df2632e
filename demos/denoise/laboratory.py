"""The bench of the denoising laboratory: a drawing, noise, a network, the reconstruction and its errors."""

import math

import numpy as np
import torch
from torch import Tensor, nn

from demos import checks, networks
from demos.drawing import as_input, to_base64, to_list
from training.corruptions import KINDS, corrupt

NETWORKS = {
    "denoising-autoencoder": "Denoising autoencoder (noise 0.3)",
    "denoising-autoencoder-0.1": "Denoising autoencoder (noise 0.1)",
    "denoising-autoencoder-0.5": "Denoising autoencoder (noise 0.5)",
    "denoising-autoencoder-0.8": "Denoising autoencoder (noise 0.8)",
    "denoising-autoencoder-blind": "Denoising autoencoder (all noises, blind)",
    "denoising-vae": "Denoising VAE (noise 0.3)",
    "autoencoder": "Plain autoencoder (no noise)",
    "unet-denoiser": "U-Net",
    "linear-denoiser": "Best linear denoiser",
}


def names() -> list[str]:
    """The denoising networks whose checkpoints are there, in the order of the page."""
    return networks.available(*NETWORKS)


def make_noisy(seen: np.ndarray, kind: str, strength: float, seed: int) -> np.ndarray:
    """The picture (28, 28) spoilt by the noise `kind` at `strength`; the same seed gives the same pixels."""
    return corrupt(_as_batch(seen), kind, strength, torch.Generator().manual_seed(seed))[0, 0].numpy()


@torch.inference_mode()
def reconstruct(network: nn.Module, pictures: np.ndarray) -> np.ndarray:
    """Pictures (28, 28) or (N, 28, 28) through an image network: the same shape, in [0, 1]. VAEs decode their mean."""
    device = next(network.parameters()).device
    images = torch.from_numpy(np.ascontiguousarray(pictures)).float().reshape(-1, 1, 28, 28).to(device)
    return torch.sigmoid(logits_of(network, images)).cpu().numpy().reshape(pictures.shape)


def logits_of(network: nn.Module, images: Tensor) -> Tensor:
    """(B, 1, 28, 28) in [0, 1] -> logits of the reconstruction; a VAE decodes the mean mu, not a sample."""
    if not hasattr(network, "encode"):
        return network(images)
    code = network.encode(images)
    return network.decode(code[0] if isinstance(code, tuple) else code)


def mse(first: np.ndarray, second: np.ndarray) -> float:
    """Mean squared difference of two pictures in [0, 1]."""
    return float(np.mean((np.asarray(first, np.float64) - second) ** 2))


def psnr(error: float) -> float | str:
    """Peak signal-to-noise ratio in dB of a mean squared error, for pictures in [0, 1]; "inf" for no error at all."""
    return -10 * math.log10(error) if error > 0 else "inf"


def denoise(
    picture: list[list[float]], noise: float = 0.3, seed: int = 0, network: str = "denoising-autoencoder"
) -> dict:
    """Add the lecture's Gaussian noise to a picture and let a network remove it.

    Args:
        picture: rows of numbers in [0, 1], light ink on dark; 28 x 28 is taken as it is, other sizes are brought to it
        noise: standard deviation of the noise, from 0 to 1; the noisy picture is clamped to [0, 1]
        seed: whole number; the same seed gives the same noise
        network: a checkpoint: autoencoder, denoising-autoencoder, denoising-vae ...
    """
    seen = as_input(picture)
    noisy = make_noisy(seen, "gaussian", checks.number(noise, "noise", 0, 1), checks.seed(seed))
    output = reconstruct(network_named(network), noisy)
    error = mse(output, seen)
    return {
        "seen": to_list(seen), "noisy": to_list(noisy), "reconstruction": to_list(output),
        "mse": error, "psnr": psnr(error),
    }  # fmt: skip


def bench(picture: str, kind: str, strength: float, seed: int, network: str) -> dict:
    """One live answer of the bench: the pictures as base64 bytes, the code, the errors before and after."""
    seen = as_input(picture)
    noisy = make_noisy(seen, checks.choice(kind, "noise", tuple(KINDS)), _strength(strength), checks.seed(seed))
    code, output = _through(network_named(network), noisy)
    before, after = mse(noisy, seen), mse(output, seen)
    return {
        "seen": to_base64(seen), "noisy": to_base64(noisy), "reconstruction": to_base64(output),
        "code": None if code is None else [round(float(z), 3) for z in code],
        "before": {"mse": before, "psnr": psnr(before)}, "after": {"mse": after, "psnr": psnr(after)},
    }  # fmt: skip


def network_named(name: str) -> nn.Module:
    """The denoising network `name`; ValueError with the list of names for any other."""
    return networks.network(checks.choice(name, "network", names()))


@torch.inference_mode()
def _through(network: nn.Module, noisy: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """The code (None for a network without one) and the reconstruction of one picture."""
    images = _as_batch(noisy).to(next(network.parameters()).device)
    if not hasattr(network, "encode"):
        return None, torch.sigmoid(network(images))[0, 0].cpu().numpy()
    code = network.encode(images)
    code = code[0] if isinstance(code, tuple) else code
    return code[0].cpu().numpy(), torch.sigmoid(network.decode(code))[0, 0].cpu().numpy()


def _as_batch(picture: np.ndarray) -> Tensor:
    return torch.tensor(picture, dtype=torch.float32)[None, None]


def _strength(value) -> float:
    return checks.number(value, "strength", 0, 1)
