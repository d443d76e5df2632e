"""What a training leaves beside the weights: the metrics, the codes of test pictures, the map of a 2-d code."""

import dataclasses
import hashlib
import subprocess
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from training.data import datasets
from training.models import Network
from training.run import options
from training.store import files
from training.store.analysis import npz

HISTORY_EPOCHS = (0, 1, 2, 5, 10)  # and the last: early epochs change most
STORED = 5_000  # test pictures whose codes are kept with a checkpoint; of one that is not compared by them a fifth
Stored = TypeVar("Stored", bound=nn.Module)
GRID = 20  # a map of the 2-d code has 20 x 20 decoded points


def as_stored(network: Stored) -> Stored:
    """Round all weights to float16, as they are stored, so that what is measured is what is loaded again."""
    with torch.no_grad():
        for tensor in [*network.parameters(), *network.buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(tensor.half())
    return network.eval()


def metrics(network: nn.Module, settings: Any, module: str, test: dict, curves: dict, chosen: Any) -> dict:
    """metrics.json of a checkpoint: how it was made (command, seed, recipe, data) and what it reached."""
    from_files = not chosen.smoke and datasets.at_hand(settings.dataset, chosen.data_dir)
    own = from_files and settings.dataset not in datasets.DATASETS
    about = datasets.about(settings.dataset, chosen.data_dir) if own else {}
    return {
        "name": settings.name,
        "architecture": type(network).__name__,
        "dataset": settings.dataset,
        "seed": settings.seed,
        "command": options.command(module, settings),
        "parameters": sum(p.numel() for p in network.parameters()),
        "recipe": dataclasses.asdict(settings),
        "test": rounded(test),
        "curves": rounded(curves),
        "data_sha256": datasets.sha256(settings.dataset, chosen.data_dir) if from_files else {},
        **about,
    }


def commit() -> str:
    """The commit of the code, with "-dirty" where training/ differs from it; "unknown" without a git checkout."""
    try:
        head, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--", "training")
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return f"{head}-dirty" if changes else head


def _git(*words: str) -> str:
    here = Path(__file__).resolve().parents[2]
    done = subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout.strip()


def rounded(value: Any, digits: int = 6) -> Any:
    """Numbers in nested lists and dictionaries rounded to `digits` significant digits."""
    if isinstance(value, dict):
        return {key: rounded(inner, digits) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner, digits) for inner in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def keys(images: Tensor) -> np.ndarray:
    """The key of each picture: the first 8 bytes of the SHA-256 of its 784 bytes, as uint64 (N,).

    Copies of a data set differ in their order, so nothing is ever found by position.
    """
    pixels = (images * 255).round().byte().flatten(1).numpy()
    digests = (hashlib.sha256(picture.tobytes()).digest() for picture in pixels)
    return np.array([int.from_bytes(digest[:8], "big") for digest in digests], np.uint64)


@torch.no_grad()
def codes(network: Network, images: Tensor) -> dict[str, np.ndarray]:
    """What the encoder says of `images`: points (N, d) float16 and, for a VAE, log_var (N, d) float16."""
    chunks = images.split(1000)
    found = {"points": torch.cat([network.code(chunk) for chunk in chunks])}
    if getattr(network, "deterministic", None) is False:
        found["log_var"] = torch.cat([network.encode(chunk)[1] for chunk in chunks])
    return {key: value.half().numpy() for key, value in found.items()}


class History:
    """Keeps, of a network with a 2-d code, a snapshot at epochs 0, 1, 2, 5, 10 and the last in `folder`/history."""

    def __init__(self, folder: Path, images: Tensor, labels: Tensor, epochs: int):
        self.folder, self.images, self.labels, self.epochs = folder / "history", images, labels, epochs

    def watch(self, epoch: int, network: Network) -> None:
        """Called by the training at `epoch`, 0 before the first."""
        if epoch in HISTORY_EPOCHS or epoch == self.epochs:
            files.write(self.folder / f"epoch-{epoch:03}.npz", snapshot(network, self.images, self.labels))

    def files(self) -> list[Path]:
        """The snapshots of this run, in order; those of a longer earlier run are left out."""
        wanted = {f"epoch-{epoch:03}.npz" for epoch in {*HISTORY_EPOCHS, self.epochs} if epoch <= self.epochs}
        return sorted(path for path in self.folder.glob("epoch-*.npz") if path.name in wanted)


def stored_codes(
    network: Network, images: Tensor, labels: Tensor, history: History | None = None, count: int = STORED
) -> dict[str, bytes]:
    """What stands beside the weights, by file name: latents.npz, of the first `count` of `images`, and history/."""
    images, labels = images[:count].cpu(), labels[:count].cpu()
    arrays = codes(network.cpu().eval(), images)
    latents = npz(keys=keys(images), classes=labels.numpy().astype(np.uint8), **arrays)
    return {"latents.npz": latents} | {
        f"history/{path.name}": path.read_bytes() for path in (history.files() if history else [])
    }


def summary(test: dict) -> str:
    """The test numbers in one line, without the lists."""
    return ", ".join(f"{key} {value:.5g}" for key, value in test.items() if isinstance(value, int | float))


@torch.no_grad()
def snapshot(network: Network, images: Tensor, labels: Tensor) -> bytes:
    """One file of history/: where a 2-d network puts 2,000 pictures and what it draws on a grid of codes.

    keys (N,), points (N, 2), classes (N,); extent (4,) = x0, x1, y0, y1; sprite (20, 20, 28, 28) uint8: row 0 is the
    top, y = y1, column 0 is x = x0. The extent is [-3, 3] for a VAE, and holds 98% of the points of an autoencoder.
    """
    images, labels = images[:2000].cpu(), labels[:2000].cpu()
    device = next(network.parameters()).device
    training = network.training
    network.eval()
    mu = network.code(images.to(device)).cpu()
    if network.deterministic:
        low, high = mu.quantile(0.01, dim=0).tolist(), mu.quantile(0.99, dim=0).tolist()
        margin = [0.1 * (b - a) + 1e-3 for a, b in zip(low, high, strict=True)]
        extent = (low[0] - margin[0], high[0] + margin[0], low[1] - margin[1], high[1] + margin[1])
    else:
        extent = (-3.0, 3.0, -3.0, 3.0)
    x, y = torch.linspace(extent[0], extent[1], GRID), torch.linspace(extent[3], extent[2], GRID)
    z = torch.stack(torch.meshgrid(y, x, indexing="ij")[::-1], -1).view(-1, 2)  # row by row from the top left
    pictures = torch.sigmoid(network.decode(z.to(device))).cpu().view(GRID, GRID, 28, 28)
    network.train(training)
    return npz(
        keys=keys(images),
        points=mu.half().numpy(),
        classes=labels.numpy().astype(np.uint8),
        extent=np.array(extent, np.float32),
        sprite=(pictures * 255).round().byte().numpy(),
    )
