"""Codes and pictures (lecture, part B5): encode, decode, sample, interpolate, traverse, arithmetic, the ELBO's ledger.

Pure handlers behind the endpoints of the tab: lists and numbers in, lists and numbers out. Every one decodes all its
pictures in one batch on the networks' device. Pictures are 28 x 28, in [0, 1], rounded to 4 digits.
"""

import numpy as np
import torch
from torch import Tensor, nn

from demos.kit import checks, networks
from demos.kit.drawing import as_input
from training import checkpoints
from training.data.datasets import CLASSES
from training.data.strokes import example_strokes
from training.measures.walks import great_circle, line
from training.models import Network
from training.models.vae import bernoulli_nats, kl_per_dimension, reparameterise

MOST_PICTURES = 1024  # of one answer: 32 x 32
LIVE = 256  # samples that follow a slider; larger grids are heavy jobs
MOST_STEPS = 64


# ---- which networks, and pictures as tensors ---------------------------------------------------------------------
def autoencoders() -> list[str]:
    """The names of all checkpoints that encode pictures to a code of `latent_dim` numbers and decode it."""
    return [found.name for found in checkpoints.all() if found.has_code]


def vaes() -> list[str]:
    """Those of `autoencoders()` that have a posterior q(z | x) = N(mu, sigma^2), and so a KL term."""
    return [found.name for found in checkpoints.all() if found.variational]


def autoencoder(name: str) -> Network:
    """The network `name`; ValueError unless it encodes and decodes."""
    return networks.one_of(autoencoders, name)


def vae(name: str) -> Network:
    """The variational autoencoder `name`; ValueError for anything else."""
    return networks.one_of(vaes, name, "network (it must be a variational one)")


def dimensions(name: str) -> int:
    """How many numbers a code of the network `name` has."""
    return checkpoints.describe(name).latent_dim or 0


@networks.remembered(256)  # no look at the disk for each stroke
def dataset(name: str) -> str:
    """What the network `name` was trained on: "digits", "fashion", or the name of pictures of one's own."""
    return checkpoints.describe(name).dataset


def classes(dataset: str) -> tuple[str, ...]:
    """The names of the classes of a data set, as its networks tell them."""
    if dataset in CLASSES:
        return CLASSES[dataset]
    return next((one.classes for one in checkpoints.all() if one.dataset == dataset), ())


def beta(name: str) -> float:
    """The weight of the KL term that the network `name` was trained with; 0 where it had none."""
    return checkpoints.describe(name).beta


ORDER = ("vae", "denoising-vae", "autoencoder", "denoising-autoencoder", "sparse-autoencoder", "pca")  # in a choice


def named(names: list[str], order: list[str] | None = None) -> list[list[str]]:
    """[name, words] for a choice of networks: in `order`, or the well-known ones first and a visitor's own last.

    FileNotFoundError where there is none.
    """
    if not (order or names):
        raise FileNotFoundError("no such network in weights/; make one: python -m training.catalogue vae vae-2d")

    def rank(name: str) -> tuple:
        found = checkpoints.describe(name)
        weighted = found.variational and found.beta != 1
        return found.yours, ORDER.index(found.kind), found.deep, found.dataset, weighted, found.beta, name

    return [[name, words(name)] for name in order or sorted(names, key=rank)]


def words(name: str) -> str:
    """What a visitor reads for a checkpoint: "VAE, 2 dimensions, β = 4"; a network of one's own is marked "yours"."""
    found = checkpoints.describe(name)
    parts = [
        ("deeper " if found.deep else "")
        + checkpoints.KINDS[found.kind]
        + (" (z = μ)" if found.deterministic else "")
        + {"digits": "", "fashion": " of garments"}.get(found.dataset, f" of {found.dataset}"),
        f"{found.latent_dim} dimensions",
    ]
    if found.variational and found.beta != 1:
        parts.append(f"β = {found.beta:g}")
    if found.noise:
        parts.append("any noise" if found.noise == "blind" else f"noise {found.noise}")
    if found.recipe.get("loss") == "bce":
        parts.append("cross-entropy")
    return ", ".join([*parts, f"yours: {name}"] if found.yours else parts)


def examples() -> dict:
    """What views that take a picture start with: ten drawn digits, the data set of each network, and its classes."""
    drawn = [example_strokes(digit) for digit in range(10)]
    datasets = {name: dataset(name) for name in autoencoders()}
    named = {one: classes(one) for one in dict.fromkeys([*CLASSES, *datasets.values()])}
    return {"examples": drawn, "classes": named, "datasets": datasets}


def methods(names: list[str]) -> dict[str, str]:
    """The method of each network as the page colours it: "vae", "ae" or "pca"."""
    found = [checkpoints.describe(name) for name in names]
    return {one.name: "vae" if one.variational else "pca" if one.kind == "pca" else "ae" for one in found}


def batch(*pictures) -> Tensor:
    """Pictures as the pad or a program sends them -> the networks' input (N, 1, 28, 28) on their device."""
    return torch.from_numpy(np.stack([as_input(picture) for picture in pictures]))[:, None].to(networks.device())


class Decoded(nn.Module):
    """The pictures (N, 1, 28, 28) in [0, 1] of codes (N, d)."""

    def __init__(self, network: Network):
        super().__init__()
        self.network = network

    def forward(self, z: Tensor) -> tuple[Tensor]:
        """What the decoder makes of them."""
        return (torch.sigmoid(self.network.decode(z)),)


class Posterior(nn.Module):
    """The posterior N(mu, sigma^2) of pictures (N, 1, 28, 28), and a draw from it."""

    def __init__(self, network: Network):
        super().__init__()
        self.network = network

    def forward(self, images: Tensor, epsilon: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What `around` makes of the encoder's mu and log_var."""
        mu, log_var = self.network.encode(images)
        return around(mu, log_var, epsilon)


def around(mu: Tensor, log_var: Tensor, epsilon: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """mu, sigma, the KL of each dimension in nats, and z = mu + sigma * epsilon: all of one shape (N, d)."""
    sigma = torch.exp(0.5 * log_var)
    return mu, sigma, kl_per_dimension(mu, log_var), mu + sigma * epsilon


def pictures(net, z: Tensor | np.ndarray) -> np.ndarray:
    """Codes (N, d) on any device -> the decoder's pictures (N, 28, 28) in [0, 1], one batch on the network's device."""
    codes = z.detach().cpu().numpy() if isinstance(z, Tensor) else z
    return networks.traced(Decoded, net)(codes)[0].reshape(-1, 28, 28)


def as_list(array: np.ndarray) -> list:
    """Pictures as nested lists with 4 digits: what JSON answers carry."""
    return np.round(np.asarray(array, np.float64), 4).tolist()


def code(z, net, name: str = "z") -> Tensor:
    """A visitor's code as (d,) float32; ValueError unless it is a list of d finite numbers within checks.FARTHEST."""
    return torch.tensor(checks.code(z, name, net.latent_dim))


# ---- encode, decode, sample ----------------------------------------------------------------------------------------
def encode(picture: list, network: str = "vae") -> dict:
    """The posterior of one picture: {"mu": [...], "log_var": [...]}; log_var is null for plain autoencoders.

    Args:
        picture: (H, W) nested list in [0, 1], light ink on dark; 28 x 28 is taken as it stands.
        network: name of a checkpoint that encodes and decodes.
    """
    net, images = autoencoder(network), batch(picture)
    log_var = net.encode(images)[1][0].tolist() if checkpoints.describe(network).variational else None
    return {"mu": net.code(images)[0].tolist(), "log_var": log_var}


def decode(z: list[float], network: str = "vae") -> list:
    """The picture of one code: 28 x 28 numbers in [0, 1].

    Args:
        z: the code, as many finite numbers from -1,000,000 to 1,000,000 as the network's latent space has dimensions.
        network: name of a checkpoint that encodes and decodes.
    """
    net = autoencoder(network)
    return as_list(pictures(net, code(z, net)[None])[0])


def prior(count: int, dimensions: int, seed: int, temperature: float = 1.0) -> Tensor:
    """Codes (count, dimensions) from N(0, temperature^2 I): the same for every network of that many dimensions."""
    return temperature * torch.randn(count, dimensions, generator=torch.Generator().manual_seed(seed))


def sample(count: int = 16, seed: int = 0, network: str = "vae", temperature: float = 1.0) -> list:
    """Generate: draw z from N(0, temperature^2 I) and decode. A list of `count` pictures of 28 x 28.

    Args:
        count: how many pictures, 1 to 1024.
        seed: whole number from 0; the same seed gives the same pictures.
        network: name of a checkpoint that encodes and decodes.
        temperature: standard deviation of the codes, 0 to 3; the prior's own is 1.
    """
    networks.choice(network, autoencoders())
    count = checks.whole(count, "count", 1, MOST_PICTURES)
    temperature = checks.number(temperature, "temperature", 0, 3)
    return as_list(draw(count, checks.seed(seed), network, temperature))


def drawn(count: int, seed: int, network: str, temperature: float) -> np.ndarray:
    """`count` samples of the prior through the network `network`, one batch: (count, 28, 28) in [0, 1]."""
    net = autoencoder(network)
    return pictures(net, prior(count, net.latent_dim, seed, temperature))


drawn_on_accelerator = networks.heavy(drawn)


def draw(count: int, seed: int, network: str, temperature: float) -> np.ndarray:
    """As `drawn`; a grid too large for a live event runs as a heavy job (on CUDA on ZeroGPU)."""
    return (drawn_on_accelerator if count > LIVE else drawn)(count, seed, network, temperature)


# ---- between two codes ---------------------------------------------------------------------------------------------
KINDS = ("line", "great-circle")


def path(first: Tensor, second: Tensor, steps: int, kind: str) -> Tensor:
    """Codes (steps, d) from `first` to `second`, evenly spaced, by `kind`: "line" or "great-circle"."""
    t = torch.linspace(0, 1, checks.whole(steps, "steps", 2, MOST_STEPS))
    return (line if checks.choice(kind, "kind", KINDS) == "line" else great_circle)(first.cpu(), second.cpu(), t)


def interpolate(first: list, second: list, steps: int = 16, network: str = "vae", kind: str = "line") -> list:
    """Walk from the code of one picture to that of another and decode: a list of `steps` pictures of 28 x 28.

    The first is the reconstruction of `first` and the last that of `second`, both at the posterior's mean.

    Args:
        first: (H, W) nested list in [0, 1], light ink on dark.
        second: (H, W) nested list in [0, 1], light ink on dark.
        steps: how many pictures, both ends included, 2 to 64.
        network: name of a checkpoint that encodes and decodes.
        kind: "line" (straight) or "great-circle" (about the origin).
    """
    net = autoencoder(network)
    checks.whole(steps, "steps", 2, MOST_STEPS)  # before any work
    checks.choice(kind, "kind", KINDS)
    mu = net.code(batch(first, second))
    return as_list(pictures(net, path(mu[0], mu[1], steps, kind)))


def traverse(
    picture: list,
    network: str = "vae",
    dimension: int = 0,
    values: list[float] = [-3, -2, -1, 0, 1, 2, 3],  # noqa: B006
) -> dict:
    """Set one coordinate of a picture's code to each of `values`, all others at the mean, and decode.

    Returns {"values": [...], "pictures": [28 x 28, ...], "mu": [...]}.

    Args:
        picture: (H, W) nested list in [0, 1], light ink on dark.
        network: name of a checkpoint that encodes and decodes.
        dimension: which coordinate, counted from 0.
        values: 1 to 64 numbers from -1,000,000 to 1,000,000.
    """
    net = autoencoder(network)
    dimension = checks.whole(dimension, "dimension", 0, net.latent_dim - 1)
    if not isinstance(values, (list, tuple)) or not 1 <= len(values) <= MOST_STEPS:
        raise ValueError(f"values must be a list of 1 to {MOST_STEPS} numbers, not {checks.show(values)}")
    values = checks.code(values, "values", len(values))
    mu = net.code(batch(picture))
    z = mu.repeat(len(values), 1)
    z[:, dimension] = torch.tensor(values).to(z)
    return {"values": values, "pictures": as_list(pictures(net, z)), "mu": mu[0].tolist()}


def arithmetic(a: list, b: list, c: list, network: str = "vae") -> dict:
    """a - b + c on the codes of three pictures, decoded: {"z": [...], "picture": 28 x 28}.

    Args:
        a: (H, W) nested list in [0, 1], light ink on dark.
        b: (H, W) nested list in [0, 1], what is taken away.
        c: (H, W) nested list in [0, 1], what is added.
        network: name of a checkpoint that encodes and decodes.
    """
    net = autoencoder(network)
    mu = net.code(batch(a, b, c))
    z = mu[0] - mu[1] + mu[2]
    return {"z": z.tolist(), "picture": as_list(pictures(net, z[None])[0])}


# ---- the ledger ----------------------------------------------------------------------------------------------------
@torch.inference_mode()
def elbo(picture: list, network: str = "vae", seed: int = 0) -> dict:
    """The negative ELBO of one picture, in nats: {"reconstruction", "kl" (per dimension), "total"}.

    total = reconstruction + sum of kl, whatever beta the network was trained with; z = mu + sigma * eps by the seed.

    Args:
        picture: (H, W) nested list in [0, 1], light ink on dark.
        network: name of a variational checkpoint.
        seed: whole number from 0, for eps.
    """
    net = vae(network)
    images, generator = batch(picture), torch.Generator().manual_seed(checks.seed(seed))
    mu, log_var = net.encode(images)
    logits = net.decode(reparameterise(mu, log_var, generator))
    reconstruction = float(bernoulli_nats(logits, images))
    kl = kl_per_dimension(mu, log_var)[0].double()
    return {"reconstruction": reconstruction, "kl": kl.tolist(), "total": reconstruction + float(kl.sum())}
