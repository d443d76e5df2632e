"""Save and load trained networks: `weights/<name>/` with config.json, model.safetensors, README.md, metrics.json."""

import json
import os
from pathlib import Path

from torch import nn

from training.models.autoencoder import ConvAutoencoder
from training.models.softmax import SoftmaxRegression
from training.models.vae import ConvVAE

WEIGHTS = Path(os.environ.get("WEIGHTS_DIR") or Path(__file__).resolve().parent.parent / "weights")
ARCHITECTURES: dict[str, type[nn.Module]] = {
    cls.__name__: cls for cls in (ConvAutoencoder, ConvVAE, SoftmaxRegression)
}


def names() -> list[str]:
    """The names of all checkpoints beside the code, sorted."""
    return sorted(path.parent.name for path in WEIGHTS.glob("*/config.json"))


def load(name: str, device: str = "cpu") -> nn.Module:
    """The network of weights/<name>, in eval mode on `device`."""
    folder = WEIGHTS / name
    if not (folder / "config.json").exists():
        raise FileNotFoundError(f"no checkpoint {name!r} in {WEIGHTS}; there are {', '.join(names()) or 'none'}")
    cls = ARCHITECTURES[json.loads((folder / "config.json").read_text())["architecture"]]
    return cls.from_pretrained(folder, strict=True).to(device).eval().requires_grad_(False)


def metrics(name: str) -> dict:
    """What weights/<name>/metrics.json says of the checkpoint: test numbers, recipe, seed."""
    return json.loads((WEIGHTS / name / "metrics.json").read_text("utf-8"))


def save(network: nn.Module, name: str, metrics: dict) -> Path:
    """Write weights/<name>/ and return the folder."""
    folder = WEIGHTS / name
    network.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    config["architecture"] = type(network).__name__
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    return folder
