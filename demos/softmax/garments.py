"""Pictures for the tab: test images where the data set is at hand, else samples or silhouettes of our own."""

import functools

import numpy as np
import torch

from demos.kit import checks, networks
from training.data import datasets


@functools.lru_cache(maxsize=2)
def test_set(dataset: str) -> tuple[np.ndarray, np.ndarray]:
    """The test set as bytes, (10000, 28, 28) uint8 and labels (10000,); FileNotFoundError says the remedy."""
    if not datasets.at_hand(dataset, split="test"):
        raise FileNotFoundError(
            f"The {dataset} test images are not on this machine. Set DATA_DIR to the folder that holds them, or run "
            "`python -m training.train_softmax` once, which downloads them; then start the app again."
        )
    return datasets.as_bytes(dataset, "test")


@functools.lru_cache(maxsize=1)
def vae_garments() -> np.ndarray:
    """40 samples of the Fashion VAE, (40, 28, 28) uint8, always the same: garments where there is no data set."""
    vae = networks.network("vae-fashion")
    z = torch.randn(40, vae.latent_dim, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        pictures = torch.sigmoid(vae.decode(z.to(networks.device())))
    return (pictures[:, 0] * 255).round().byte().cpu().numpy()


# Outlines on a 28 x 28 grid, one per class of Fashion-MNIST; mirrored at the middle where a list ends on None.
OUTLINES = (
    [(10, 4), (5, 6), (2, 11), (6, 14), (8, 12), (8, 24), None],
    [(9, 2), (8, 26), (12, 26), (13, 9), None],
    [(10, 3), (6, 5), (2, 22), (6, 23), (8, 13), (8, 25), None],
    [(11, 2), (10, 6), (11, 12), (8, 26), None],
    [(10, 2), (6, 5), (3, 24), (7, 24), (8, 14), (8, 26), (13, 26), (13, 6), None],
    [(2, 20), (4, 15), (8, 18), (14, 15), (20, 9), (25, 18), (26, 21), (2, 22)],
    [(10, 3), (6, 4), (3, 17), (6, 18), (8, 12), (8, 25), (13, 25), (13, 5), None],
    [(2, 16), (8, 15), (13, 11), (16, 14), (22, 15), (26, 18), (26, 21), (2, 21)],
    [(3, 11), (8, 11), (9, 5), (18, 5), (19, 11), (17, 11), (16, 7), (11, 7), (10, 11), (24, 11), (23, 25), (4, 25)],
    [(6, 4), (14, 4), (15, 13), (24, 17), (25, 22), (5, 22), (5, 12)],
)


def silhouette(class_index: int) -> np.ndarray:
    """A plain grey shape of a garment, (28, 28) uint8, from its hand-made outline."""
    from PIL import Image, ImageDraw

    outline = OUTLINES[class_index]
    if None in outline:
        gap = next(place for place, point in enumerate(outline) if point is None)
        half, low = outline[:gap], outline[gap + 1 :]
        points = half + [(27 - x, y) for x, y in reversed(half + low)] + low
    else:
        points = outline
    scale = 4  # drawn four times too large and averaged, so that edges are smooth
    canvas = Image.new("L", (28 * scale, 28 * scale))
    ImageDraw.Draw(canvas).polygon([(scale * (x + 0.5), scale * (y + 0.5)) for x, y in points], fill=190)
    return np.asarray(canvas.resize((28, 28), Image.Resampling.BOX))


def source(dataset: str) -> str:
    """Where pictures come from here: "test", else "samples" (Fashion VAE), else "silhouettes" or "strokes"."""
    if datasets.at_hand(dataset, split="test"):
        return "test"
    if dataset == "fashion":
        return "samples" if networks.available("vae-fashion") else "silhouettes"
    return "strokes"


def picture(dataset: str, index: int) -> tuple[np.ndarray, int | None]:
    """Picture number `index` (0 to 9999) of the source at hand: ((28, 28) uint8, its true class or None if unknown)."""
    checks.choice(dataset, "dataset", datasets.DATASETS)
    index = checks.whole(index, "index", 0, 9_999)
    kind = source(dataset)
    if kind == "test":
        images, labels = test_set(dataset)
        return images[index], int(labels[index])
    if kind == "samples":
        return vae_garments()[index % 40], None
    if kind == "silhouettes":
        return silhouette(index % 10), index % 10
    from training.data.strokes import made_digits

    images, labels = made_digits(1, seed=index)
    return (images[0, 0] * 255).round().byte().numpy(), int(labels[0])
