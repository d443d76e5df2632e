"""What a network is, as data: read from its config.json and its metrics.json, never from its name."""

import functools
import inspect
import os
from dataclasses import dataclass, field
from typing import Any

from training.data.datasets import CLASSES
from training.models import ARCHITECTURES
from training.store import checkpoints
from training.store.shipped import ENTRIES

KINDS = {  # what `Checkpoint.kind` can be -> in words
    "autoencoder": "autoencoder",
    "sparse-autoencoder": "sparse autoencoder",
    "denoising-autoencoder": "denoising autoencoder",
    "vae": "VAE",
    "denoising-vae": "denoising VAE",
    "pca": "PCA",
    "softmax": "softmax regression",
    "double-softmax": "softmax regression with softmax applied twice",
    "least-squares": "least squares on one-hot labels",
    "sigmoid-pairs": "ten sigmoids for two garments",
    "cnn": "convolutional classifier",
    "unet": "U-Net",
    "linear-denoiser": "linear denoiser",
    "micrograph-denoiser": "denoiser of micrographs",
    "judge": "judge of digits",
}
BY_CLASS = {
    "PCA": "pca",
    "SmallCNN": "cnn",
    "DigitJudge": "judge",
    "UNet": "unet",
    "LinearDenoiser": "linear-denoiser",
    "MicrographDenoiser": "micrograph-denoiser",
}
BY_SCRIPT = {  # one class, W and b, under four losses
    "train_double_softmax": "double-softmax",
    "train_least_squares": "least-squares",
    "train_sigmoid_pairs": "sigmoid-pairs",
}


@dataclass(frozen=True)
class Checkpoint:
    """One trained network: what it is and what it reached."""

    name: str  # of the folder weights/<name>
    kind: str  # a key of KINDS
    architecture: str  # its class, a key of ARCHITECTURES
    dataset: str  # "digits", "fashion", "simulated-micrographs", or as the folder of one's own pictures is called
    classes: tuple[str, ...]  # the names of the classes of its pictures; () where they have none
    latent_dim: int | None  # numbers in its code; None where it has none
    beta: float  # weight of the KL term in its loss; 0 where there is none
    noise: float | str  # of its training pictures, a standard deviation, or "blind": any; 0: none
    deterministic: bool  # z = mu: the layers of a VAE without its noise and, with beta 0, without its KL
    script: str  # the module of training/ that made it, as "train_vae"
    yours: bool  # made here, not one of those that came with the code
    recipe: dict[str, Any] = field(repr=False)  # the settings of its training
    test: dict[str, Any] = field(repr=False)  # its numbers on the test set

    @property
    def has_code(self) -> bool:
        """It encodes pictures to a code of `latent_dim` numbers and decodes it."""
        return self.latent_dim is not None

    @property
    def variational(self) -> bool:
        """It has a posterior q(z | x) = N(mu, sigma^2), and so a KL term."""
        return self.kind in ("vae", "denoising-vae")

    @property
    def classifies(self) -> bool:
        """It returns logits of classes, not of pictures."""
        return self.architecture in ("SoftmaxRegression", "SmallCNN")

    @property
    def deep(self) -> bool:
        """Residual blocks instead of the lecture's layers."""
        return self.architecture == "ResidualVAE"

    def differs_from(self, other: "Checkpoint") -> set[str]:
        """The settings in which two trainings differ, but for name and seed; a setting that one lacks counts not."""
        both = self.recipe.keys() & other.recipe.keys() - {"name", "seed", "importance_samples"}
        found = {key for key in both if self.recipe[key] != other.recipe[key]}
        return found if self.architecture == other.architecture else found | {"architecture"}


def describe(name: str) -> Checkpoint:
    """What the network `name` is. FileNotFoundError where there is none, ValueError where its files are damaged."""
    folder = str(checkpoints.folder(name))  # texts, not paths: this is asked for with each stroke
    return _describe(name, folder, _stamp(f"{folder}/config.json"), _stamp(f"{folder}/metrics.json"))


def all() -> list[Checkpoint]:
    """Every network beside the code or on the Hub whose files are as they were saved, in the order of their names."""
    return _looked_at()[0]


def left_out() -> dict[str, OSError | ValueError]:
    """Why the others are not among all(), by name: files are missing, damaged, or still on their way from the Hub."""
    return _looked_at()[1]


def _looked_at() -> tuple[list[Checkpoint], dict[str, OSError | ValueError]]:
    """all() and left_out()."""
    found, refused = [], {}
    for name in checkpoints.known():
        try:
            one = describe(name)
            checkpoints.check(name)
            found.append(one)
        except (OSError, ValueError) as error:  # the others are none the worse for it
            refused[name] = error
    return found, refused


def denoisers(dataset: str | None = "digits") -> list[Checkpoint]:
    """Every denoiser of digits there is: the lecture's first, then by kind and strength of training noise, yours last.

    Those that were trained with noise, the U-Net, the linear one, and the plain autoencoder, their twin without noise.
    Or those of another `dataset`; with None those of all pictures, of digits first.
    """
    kinds = ("denoising-autoencoder", "denoising-vae", "autoencoder", "unet", "linear-denoiser")

    def place(one: Checkpoint) -> tuple:
        blind = one.noise == "blind"
        place = one.yours, kinds.index(one.kind), one.noise != 0.3, blind, 0.0 if blind else one.noise, one.name
        return one.dataset != "digits", *place

    found = [one for one in all() if one.kind in kinds and dataset in (None, one.dataset)]
    return sorted((one for one in found if one.kind != "autoencoder" or _plain_twin(one)), key=place)


def _plain_twin(one: Checkpoint) -> bool:
    """An autoencoder as the denoising ones are: 64 numbers, judged by the mean squared error."""
    return one.architecture == "ConvAutoencoder" and one.latent_dim == 64 and one.recipe.get("loss", "mse") == "mse"


def _stamp(file: str) -> int:
    """When the file was written, in nanoseconds; 0 where there is none."""
    try:
        return os.stat(file).st_mtime_ns
    except FileNotFoundError:
        return 0


@functools.lru_cache(maxsize=256)
def _describe(name: str, folder: str, config_stamp: int, metrics_stamp: int) -> Checkpoint:
    """As describe(); the stamps are those of the files, so that a network trained anew is read anew."""
    config, metrics = checkpoints.config(name), checkpoints.metrics(name) if metrics_stamp else {}
    architecture, recipe = config.get("architecture"), metrics.get("recipe") or {}
    if architecture not in ARCHITECTURES:
        raise ValueError(
            f'weights/{name}/config.json: "architecture": {architecture!r} is not one of {", ".join(ARCHITECTURES)}'
        )

    def argument(key: str) -> Any:  # of the network: as config.json has it, else its default
        parameter = inspect.signature(ARCHITECTURES[architecture]).parameters.get(key)
        return config.get(key, parameter.default if parameter else None)

    modules = [word for word in metrics.get("command", "").split() if word.startswith("training.")]
    script = modules[0].removeprefix("training.") if modules else ""
    noise = recipe.get("noise", 0.0)
    if architecture in BY_CLASS:
        kind = BY_CLASS[architecture]
    elif architecture == "SoftmaxRegression":
        kind = BY_SCRIPT.get(script, "softmax")
    else:
        kind = "vae" if argument("deterministic") is False else "autoencoder"
        kind = f"denoising-{kind}" if noise else f"sparse-{kind}" if argument("sparse") else kind
    return Checkpoint(
        name=name,
        kind=kind,
        architecture=architecture,
        dataset=metrics.get("dataset") or "digits",
        classes=tuple(metrics.get("classes") or CLASSES.get(metrics.get("dataset") or "digits", ())),
        latent_dim=argument("latent_dim"),
        beta=float(recipe.get("beta", 1.0 if kind.endswith("vae") else 0.0)),
        noise=noise,
        deterministic=bool(argument("deterministic")),
        script=script,
        yours=name not in ENTRIES,
        recipe=recipe,
        test=metrics.get("test") or {},
    )
