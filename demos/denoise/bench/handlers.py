"""The bench of the denoising laboratory: a drawing, noise, a network, the reconstruction and its errors."""

import numpy as np
import torch
from torch import Tensor, nn

from demos.denoise.bench import sources
from demos.kit import checks, networks
from demos.kit.drawing import as_input
from demos.kit.encoding import grey, numbers
from demos.kit.room import Room
from training import checkpoints
from training.checkpoints import Checkpoint
from training.data import datasets
from training.data.corruptions import KINDS, corrupt
from training.data.strokes import example_strokes
from training.measures.denoisers import by_network
from training.measures.pictures import mse_per_picture, psnr, ssim
from training.models import LinearDenoiser, Network

KIND_WORDS = {"autoencoder": "Plain autoencoder", "unet": "U-Net", "linear-denoiser": "Linear denoiser"}
FILTER_LABELS = {
    "gaussian-blur": "Gaussian blur",
    "median": "Median",
    "total-variation": "Total variation",
    "non-local-means": "Non-local means",
}
Picture = str | list | np.ndarray  # 28 x 28 or 112 x 112 greys, rows of numbers in [0, 1], or a PNG data URL
MEASURES = {"mse": mse_per_picture, "psnr": psnr, "ssim": ssim}


@networks.remembered()  # no look at the disk for each stroke
def denoisers() -> dict[str, Checkpoint]:
    """The denoising networks that are there, by name, in the order of the page, by what they are."""
    return {one.name: one for one in checkpoints.denoisers()}


@networks.remembered()
def offered() -> dict[str, Checkpoint]:
    """All that can be asked to denoise: denoisers(), and behind them those that were trained on other pictures."""
    return {one.name: one for one in checkpoints.denoisers(None)}


def names() -> tuple[str, ...]:
    """Their names, in the order of the page."""
    return tuple(denoisers())


@networks.remembered()
def labels() -> dict[str, str]:
    """What each of them is, in words."""
    return {name: words(one) for name, one in denoisers().items()}


def words(one: Checkpoint) -> str:
    """A denoiser in words: its kind, its pictures where they are no digits, the noise of its training, whose it is."""
    kind = KIND_WORDS.get(one.kind, checkpoints.KINDS[one.kind])
    if one.kind == "linear-denoiser":
        noise = "told the strength"
    elif one.noise == "blind":
        noise = "any strength, blind"
    else:
        noise = f"noise {one.noise:g}" if one.noise else "no noise"
    pictures = {"digits": "", "fashion": " of garments"}.get(one.dataset, f" of {one.dataset}")
    return f"{kind[0].upper()}{kind[1:]}{pictures} ({noise})" + (f", yours: {one.name}" if one.yours else "")


def network_named(name: str) -> Network:
    """The denoising network `name`; ValueError with the list of names for any other."""
    return networks.network(networks.choice(name, tuple(offered())))


def make_noisy(seen: np.ndarray, kind: str, strength: float, seed: int) -> np.ndarray:
    """The picture (28, 28) with the noise `kind` at `strength`; the same seed gives the same pixels."""
    generator = torch.Generator().manual_seed(seed)
    return corrupt(batch_of(seen), kind, strength, generator)[0, 0].numpy()


def reconstruct(network: Network, picture: np.ndarray, strength: float | None = None) -> np.ndarray:
    """A picture (28, 28) through an image network: (28, 28) in [0, 1]. VAEs decode their mean."""
    return through(network, picture, strength)[0]


def through(
    network: Network, picture: np.ndarray, strength: float | None = None
) -> tuple[np.ndarray, list[float] | None]:
    """The reconstruction (28, 28) and the code, rounded to 3 digits; None for a network that has none."""
    if isinstance(network, LinearDenoiser):
        with torch.inference_mode():
            return by_network(network, batch_of(picture).to(networks.device()), strength)[0, 0].cpu().numpy(), None
    made, *codes = networks.traced(Denoised, network)(picture[None, None])
    return made[0, 0], np.round(codes[0][0].astype(np.float64), 3).tolist() if codes else None


class Denoised(nn.Module):
    """What a network makes of pictures (N, 1, 28, 28) in [0, 1], and their codes where it has any."""

    def __init__(self, network: Network):
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Pictures of the same shape; codes (N, d), at their mean."""
        if not hasattr(self.network, "code"):
            return (by_network(self.network, images),)
        z = self.network.code(images)
        return torch.sigmoid(self.network.decode(z)), z


class Errors(nn.Module):
    """The errors of pictures (N, 1, 28, 28) against the true one (1, 1, 28, 28)."""

    def forward(self, pictures: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
        """MSE and PSNR, each (N,)."""
        return mse_per_picture(pictures, truth), psnr(pictures, truth)


@torch.inference_mode()
def errors(picture: np.ndarray, truth: np.ndarray, measures: tuple[str, ...] = ("mse", "psnr")) -> dict[str, float]:
    """MSE, PSNR (dB; 120 where there is no error) and, if asked for, "ssim" of a picture against the true one."""
    pair = batch_of(picture), batch_of(truth)
    return {name: float(MEASURES[name](*pair)) for name in measures}


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
    noise = checks.number(noise, "noise", 0, 1)
    noisy = make_noisy(seen, "gaussian", noise, checks.seed(seed))
    output = reconstruct(network_named(network), noisy, noise)
    after = errors(output, seen)
    return {
        "seen": numbers(seen), "noisy": numbers(noisy), "reconstruction": numbers(output),
        "mse": after["mse"], "psnr": after["psnr"],
    }  # fmt: skip


def bench(picture: Picture, kind: str, strength: float, seed: int, network: str) -> dict:
    """One live answer of the bench: the pictures as base64 bytes, the code, the errors before and after."""
    seen, noisy = add_noise(picture, kind, strength, seed)
    output, code = through(network_named(network), noisy, strength)
    found = networks.traced(Errors)(np.stack([noisy, output])[:, None], seen[None, None])
    before, after = (dict(zip(("mse", "psnr"), both, strict=True)) for both in np.stack(found, 1).tolist())
    return {
        "seen": grey(seen), "noisy": grey(noisy), "reconstruction": grey(output),
        "code": code, "before": before, "after": after,
    }  # fmt: skip


def add_noise(picture: Picture, kind: str, strength: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Check what a visitor sent and return what the network sees without and with the noise, (28, 28) each."""
    seen = as_input(picture)
    checks.choice(kind, "noise_kind", tuple(KINDS))
    return seen, make_noisy(seen, kind, checks.number(strength, "strength", 0, 1), checks.seed(seed))


def batch_of(picture: np.ndarray) -> Tensor:
    """(28, 28) -> a tensor (1, 1, 28, 28) of its own."""
    return torch.tensor(picture, dtype=torch.float32)[None, None]


KIND_LABELS = {
    "gaussian": "Gaussian (the lecture's)",
    "salt-and-pepper": "Salt and pepper",
    "missing-pixels": "Missing pixels",
    "missing-patch": "Missing patch",
    "blur": "Blur",
    "poisson": "Poisson counts (electrons)",
}


def choices() -> list[list[str]]:
    """[name, words] of the networks that can be asked to denoise. FileNotFoundError where there is none."""
    if not offered():
        raise FileNotFoundError("no denoiser in weights/; make one: python -m training.catalogue denoising-autoencoder")
    return [[name, words(one)] for name, one in offered().items()]


def colour(one: Checkpoint) -> str:
    """The page's colour of this kind of network, by its name in the style sheet."""
    if one.variational:
        return "vae"
    return "ae" if one.kind.endswith("autoencoder") else "ink-soft"


def props() -> dict:
    """The example digits, networks and kinds of noise, and whether test digits are at hand."""
    return {
        "examples": [example_strokes(digit) for digit in range(10)],
        "networks": choices(),
        "kinds": [[kind, KIND_LABELS[kind]] for kind in KINDS],
        "colours": {name: colour(one) for name, one in offered().items()},
        "has_test_digits": datasets.at_hand("digits", split="test"),
    }


ROOM = Room(calls=(bench, sources.test_digit, sources.photo), props=props, endpoints={"denoise": denoise})
