"""Model cards: the README.md of each checkpoint, made from its metrics.json, so that no number is typed by hand.

The pictures show our own drawn digits and the network's own samples; no picture of a data set is published.
"""

import io
from pathlib import Path

import torch
from huggingface_hub import EvalResult, ModelCardData
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image
from torch import Tensor, nn

from training.data import strokes
from training.models import ARCHITECTURES, Network
from training.models.noise import add_gaussian_noise
from training.store import checkpoints

PICTURE = "pictures.png"
TEMPLATE = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
).get_template("card.md.j2")
DATASETS = {  # the name in metrics.json -> (name on the Hub, what it is called, what its pictures are)
    "digits": ("ylecun/mnist", "MNIST", "digits of 28 x 28 pixels, light on dark, centred by their mass"),
    "fashion": ("zalando-datasets/fashion_mnist", "Fashion-MNIST", "garments of 28 x 28 pixels, light on dark"),
    "simulated-micrographs": (None, "simulated micrographs", "counted electrons of a made scene, no real microscope"),
}
VAE = "Its samples are smoother than real pictures: the decoder gives the mean of what the code leaves open."
CODES = "Its codes follow no known distribution: decoding a random code gives a picture of nothing."
PIXELS = "It is linear in the pixels: a picture moved by two pixels is another picture to it."
GAUSSIAN = "It knows the noise it was trained on and no other: Gaussian, added to each pixel, cut at black and white."
KINDS = {  # class -> (what it is, tags, limits)
    "ConvVAE": ("variational autoencoder", ["vae", "image-generation"], [VAE]),
    "ResidualVAE": ("variational autoencoder of residual blocks", ["vae", "image-generation"], [VAE]),
    "ConvAutoencoder": ("convolutional autoencoder", ["autoencoder"], [CODES]),
    "UNet": ("U-Net", ["u-net"], [GAUSSIAN]),
    "MicrographDenoiser": (
        "convolutional denoiser",
        ["denoising", "electron-microscopy"],
        ["It expects Poisson noise."],
    ),
    "PCA": ("principal component analysis", ["pca"], ["It is linear: a digit is a weighted sum of fixed pictures."]),
    "LinearDenoiser": (
        "linear denoiser",
        ["linear", "denoising"],
        [GAUSSIAN, "It is linear: it cannot tell an edge from noise."],
    ),
    "SoftmaxRegression": ("linear classifier", ["image-classification", "softmax-regression"], [PIXELS]),
    "SmallCNN": ("convolutional classifier", ["image-classification"], ["It is sure of itself on any picture at all."]),
}
TASKS = {  # tag -> the task under which the Hub lists it, the most special first
    "image-classification": "image-classification",
    "denoising": "image-to-image",
    "image-generation": "unconditional-image-generation",
    "autoencoder": "image-feature-extraction",
}
LABELS = {
    "nats": "negative ELBO: reconstruction + KL (nats per picture)",
    "reconstruction": "reconstruction: binary cross-entropy (nats per picture)",
    "floor": "the least that a reconstruction can cost: the entropy of the pictures' greys (nats per picture)",
    "excess": "what it costs above that floor (nats per picture)",
    "kl": "KL to the prior (nats per picture)",
    "mse": "mean squared error per pixel",
    "bce": "binary cross-entropy (nats per pixel)",
    "psnr": "PSNR (dB, mean over pictures)",
    "ssim": "SSIM",
    "accuracy": "accuracy",
    "cross_entropy": "cross-entropy (nats)",
    "active_dimensions": "dimensions in use (KL above 0.01 nats)",
}


def made(network: Network, name: str, metrics: dict) -> dict[str, bytes]:
    """The card of a network as it is stored, and its pictures where it makes any: {file name: content}."""
    image = picture(network, metrics)
    text = card(name, metrics, checkpoints.arguments(network), picture=bool(image))
    return {checkpoints.CARD: text.encode()} | ({PICTURE: image} if image else {})


def card(name: str, metrics: dict, config: dict, picture: bool = False) -> str:
    """The model card: front matter with the model-index, then prose and tables. `picture`: show PICTURE as well."""
    dataset, test, commit = metrics.get("dataset"), metrics.get("test", {}), metrics.get("commit") or ""
    what, tags, limits = kind(name, metrics, config)
    own = f"pictures of one's own as greys of 28 x 28 pixels: {', '.join(metrics.get('classes') or ['made'])}"
    on_hub, called, pictures = DATASETS.get(dataset or "", (None, dataset or "made data", own))
    scores = numbers(test)
    results = [
        EvalResult(
            task_type="image-classification" if "image-classification" in tags else "image-to-image",
            dataset_type=on_hub or called.replace(" ", "-").lower(),
            dataset_name=called,
            dataset_split="test",
            metric_type=key.split()[0],
            metric_name=LABELS.get(key, _spaced(key)),
            metric_value=value,
        )
        for key, value in scores.items()
    ]
    data = ModelCardData(
        model_name=name,
        license="mit",
        library_name="pytorch",
        pipeline_tag=next((task for tag, task in TASKS.items() if tag in tags), "image-feature-extraction"),
        tags=[*tags, *([dataset] if dataset else []), "education"],
        datasets=[on_hub] if on_hub else None,
        eval_results=results or None,
    )
    arguments = ", ".join(f"{key}={value!r}" for key, value in config.items() if key != "architecture")
    rows = ["drawn digits", "what the network makes of them"] if dataset == "digits" else []
    rows += ["samples: codes from N(0, I), decoded"] if "kl" in test else []
    facts = {"seed": metrics.get("seed")}
    facts |= {_spaced(key): value for key, value in metrics.get("recipe", {}).items() if key not in ("name", "seed")}
    facts |= {f"pictures, {part}": count for part, count in metrics.get("pictures", {}).items()}
    facts |= {f"sha256 of {file}": digest for file, digest in (metrics.get("data_sha256") or {}).items()}
    return TEMPLATE.render(
        front_matter=data.to_yaml(),
        name=name,
        what=what,
        call=f"{config['architecture']}({arguments})",
        called=called,
        pictures=pictures,
        picture=PICTURE,
        rows=rows if picture else [],
        scores=[(LABELS.get(key, _spaced(key)), f"{value:.5g}") for key, value in scores.items()],
        forward=_forward(config["architecture"]),
        limits=limits,
        command=metrics.get("command"),
        begun=metrics.get("begun"),  # of a file that went on from an earlier run's: its epochs, command and commit
        commit=commit,
        dirty=commit.endswith("-dirty"),
        facts=[(key, str(value)) for key, value in facts.items() if value is not None],
        table=table,
    )


def kind(name: str, metrics: dict, config: dict) -> tuple[str, list[str], list[str]]:
    """What the network is in a few words, its tags, its limits."""
    what, tags, limits = KINDS.get(config["architecture"], (_spaced(config["architecture"]), [], []))
    if config.get("deterministic"):
        what, tags, limits = f"{what} without noise and KL (z = mu)", ["autoencoder"], [CODES]
    if config.get("sparse"):
        what = f"sparse {what}"
    if metrics.get("recipe", {}).get("noise"):
        what, tags, limits = f"denoising {what}", [*tags, "denoising"], [*limits, GAUSSIAN]
    return what, tags, limits


def _forward(architecture: str) -> str:
    """What the network takes and gives, in the words of its own forward()."""
    forward = getattr(ARCHITECTURES.get(architecture), "forward", None)
    return f"In and out: {forward.__doc__.splitlines()[0].rstrip('.')}. " if forward and forward.__doc__ else ""


def numbers(test: dict, prefix: str = "") -> dict[str, float]:
    """The single numbers among the test metrics, those of a nested table under "name of the table, key"."""
    found = {}
    for key, value in test.items():
        if isinstance(value, dict):
            found |= numbers(value, f"{prefix}{key} ")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found[prefix + key] = value
    return found


def picture(network: Network, metrics: dict) -> bytes | None:
    """A PNG of three rows: drawn digits (with noise for a denoiser), what the network makes of them, samples of it.

    None for networks that return no pictures. Deterministic: the same network gives the same bytes.
    """
    if "image-classification" in KINDS.get(type(network).__name__, ("", [], []))[1]:
        return None
    generator = torch.Generator().manual_seed(0)
    drawn, _ = strokes.made_digits(10, seed=0)
    noise = metrics.get("recipe", {}).get("noise")
    seen = add_gaussian_noise(drawn, 0.3 if noise == "blind" else noise, generator) if noise else drawn
    rows = []
    with torch.inference_mode():
        output = network(seen)
        output = output[0] if isinstance(output, tuple) else output
        if output.shape != drawn.shape:
            return None
        if metrics.get("dataset") == "digits":
            rows += [seen, torch.sigmoid(output)]
        if "kl" in metrics.get("test", {}):
            z = torch.randn(10, network.latent_dim, generator=generator)
            rows.append(torch.sigmoid(network.decode(z)))
    if not rows:
        return None
    sheet = (torch.cat([_row(row) for row in rows]) * 255).round().byte().numpy()
    file = io.BytesIO()
    Image.fromarray(sheet).resize((2 * sheet.shape[1], 2 * sheet.shape[0]), Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def table(head: tuple, rows: list[tuple]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) if rows else "None were recorded."


def _row(pictures: Tensor) -> Tensor:
    """Ten pictures (10, 1, 28, 28) -> one strip (30, 300), with two dark pixels between them."""
    return torch.cat([nn.functional.pad(picture[0], (1, 1, 1, 1)) for picture in pictures.clamp(0, 1)], dim=1)


def _spaced(key: str) -> str:
    return key.replace("_", " ").replace("-", " ")
