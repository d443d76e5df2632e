"""Pictures that are no digits, made here: what a judge of digits must refuse (`python -m training.train_judge`).

Each maker takes pictures of digits (B, 1, 28, 28) in [0, 1], their labels (B,) and a generator on their device, and
returns as many pictures that are none. Half a 1 is still a 1, so ones are halved by nobody.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.data.strokes import to_mnist

LETTERS = "ABCDEFGHJKMNPQRTUVWXYadefhkmnrtwxyv"  # those that no one takes for a digit in capitals or small
FONTS = "DejaVu*.ttf"  # of matplotlib, which the project needs anyway
TRIED_ON = "*Serif*"  # the fonts that only the test uses: the judge has not seen these letters
SIDE = 112  # pixels of a letter before it is brought to 28 x 28 as a drawing is


@cache
def letters(tried: bool = False) -> Tensor:
    """Letters (N, 1, 28, 28) in many fonts, brought to MNIST's form as a drawing is; `tried`: in the test's fonts."""
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    pictures = []
    for path in sorted((Path(matplotlib.get_data_path()) / "fonts" / "ttf").glob(FONTS)):
        if path.match(TRIED_ON) != tried or "Display" in path.name:
            continue
        font = ImageFont.truetype(str(path), 76)
        for letter in LETTERS:
            page = Image.new("L", (SIDE, SIDE))
            ImageDraw.Draw(page).text((SIDE // 2, SIDE // 2), letter, fill=255, font=font, anchor="mm")
            pictures.append(to_mnist(np.asarray(page, np.float32) / 255))
    return torch.from_numpy(np.stack(pictures))[:, None]


def drawn_letters(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Letters of the fonts for training."""
    bank = letters().to(images)
    return bank[torch.randint(len(bank), (len(images),), generator=generator, device=images.device)]


def halves(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """The upper, lower, left or right half of a digit; of a 1, which halved is a 1, noise."""
    place = torch.arange(28, device=images.device)
    cut = torch.randint(11, 17, (len(images), 1, 1, 1), generator=generator, device=images.device)
    side = torch.randint(4, (len(images), 1, 1, 1), generator=generator, device=images.device)
    rows, columns = place[None, None, :, None], place[None, None, None, :]
    kept = torch.where(side < 2, rows < cut, columns < cut) ^ (side % 2 == 1)
    return torch.where((labels == 1)[:, None, None, None], noise(images, labels, generator), images * kept)


def blends(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Two digits of different classes on one another, each at 35 to 65 percent; of one class, noise."""
    other = torch.randperm(len(images), generator=generator, device=images.device)
    share = 0.35 + 0.3 * torch.rand(len(images), 1, 1, 1, generator=generator, device=images.device)
    alike = (labels == labels[other])[:, None, None, None]
    mixed = share * images + (1 - share) * images[other]
    return torch.where(alike, noise(images, labels, generator), mixed)


def means(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """The mean of eight or more digits of one class: what a network draws that cannot decide."""
    alike = (labels[:, None] == labels[None]).float()
    chosen = alike * (torch.rand(alike.shape, generator=generator, device=images.device) < 0.7)
    chosen += torch.eye(len(images), device=images.device)
    few = (chosen.sum(1) < 8)[:, None, None, None]
    mean = (chosen / chosen.sum(1, keepdim=True)) @ images.flatten(1)
    return torch.where(few, noise(images, labels, generator), mean.view_as(images))


def smears(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Digits of which only 2 to 8 principal components of this batch are kept."""
    kept = int(torch.randint(2, 9, (), generator=generator, device=images.device))
    flat = images.flatten(1)
    middle = flat.mean(0)
    _, _, axes = torch.linalg.svd(flat - middle, full_matrices=False)
    return (middle + (flat - middle) @ axes[:kept].T @ axes[:kept]).clamp(0, 1).view_as(images)


def noise(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Noise of any coarseness and strength, or an empty page."""
    count, device = len(images), images.device
    coarse = int(torch.tensor([28, 28, 14, 7, 4])[torch.randint(5, (), generator=generator, device=device).cpu()])
    grains = torch.rand(count, 1, coarse, coarse, generator=generator, device=device)
    grains = torch.nn.functional.interpolate(grains, 28, mode="bilinear" if coarse < 28 else "nearest")
    low = torch.rand(count, 1, 1, 1, generator=generator, device=device)
    return ((grains - low) * 2 * torch.rand(count, 1, 1, 1, generator=generator, device=device)).clamp(0, 1)


def shuffled(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """The sixteen tiles of each digit in another order: its strokes, but nowhere its shape."""
    tiles = images.unfold(2, 7, 7).unfold(3, 7, 7).flatten(2, 3)  # (B, 1, 16, 7, 7)
    order = torch.rand(len(images), 16, generator=generator, device=images.device).argsort(1)
    tiles = tiles.gather(2, order[:, None, :, None, None].expand_as(tiles))
    return tiles.unflatten(2, (4, 4)).permute(0, 1, 2, 4, 3, 5).reshape(images.shape)


MAKERS: dict[str, Callable[[Tensor, Tensor, torch.Generator], Tensor]] = {
    "letters": drawn_letters,
    "halves": halves,
    "blends": blends,
    "means": means,
    "smears": smears,
    "noise": noise,
    "shuffled": shuffled,
}


def no_digits(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """As many pictures that are no digits as there are images, of all kinds alike."""
    parts = zip(MAKERS.values(), images.tensor_split(len(MAKERS)), labels.tensor_split(len(MAKERS)), strict=True)
    return torch.cat([maker(some, theirs, generator) for maker, some, theirs in parts])
