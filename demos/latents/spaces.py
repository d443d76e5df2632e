"""The two-dimensional spaces that this tab compares: where the test digits lie in each, and what each decodes where.

PCA, the autoencoder and the VAE saw the same training digits. The autoencoder is the VAE's twin: the same layers, the
same seed, the same recipe; only the KL term (and the noise that goes with it) is missing. A visitor's own network of
two numbers is shown beside the pair that has its layers.
"""

import base64
import functools
import threading
from collections.abc import Sequence

import numpy as np
import torch

from demos.kit import checks, networks, questions
from demos.kit.drawing import as_input
from demos.kit.encoding import GREYS, floats, grey, numbers, png
from demos.latents import measured
from training import checkpoints
from training.data import datasets
from training.measures import latent_space
from training.run import record
from training.store import encoded

TWINS = {  # PCA beside a pair of networks that differ in nothing but the KL term
    "lecture": ("pca", "autoencoder-2d", "vae-2d"),
    "deep": ("pca", "autoencoder-deep-2d", "vae-deep-2d"),
}
PAIRS = {"lecture": "the lecture's networks", "deep": "deeper ones (residual blocks)"}  # in words
TITLES = {
    "pca": "PCA",
    "autoencoder-2d": "Autoencoder",
    "vae-2d": "VAE",
    "autoencoder-deep-2d": "Autoencoder",
    "vae-deep-2d": "VAE",
}
CELLS = 30  # decoded points along each side of a map's background


@networks.remembered()  # no look at the disk for each point
def own() -> list[str]:
    """A visitor's own spaces of two dimensions: networks of digits whose codes of the same test digits are stored."""
    ours = available("lecture")
    found = [one.name for one in checkpoints.all() if one.yours and one.dataset == "digits" and one.latent_dim == 2]
    stands = [name for name in found if ours and networks.has_codes(name)]
    return [name for name in stands if np.array_equal(encoded.load(name)["keys"], encoded.load(ours[0])["keys"])]


def twins_beside(name: str) -> str:
    """The pair of twins with the layers of one's own network `name`, which it is shown beside."""
    return "deep" if checkpoints.describe(name).deep and "deep" in pairs() else "lecture"


def available(twins: str = "lecture") -> list[str]:
    """The spaces of `twins` ("lecture", "deep" or one's own network) whose network and stored codes exist."""
    members = TWINS.get(twins) or (*TWINS[twins_beside(twins)], twins)
    return [name for name in networks.available(*members) if networks.has_codes(name)]


def known() -> list[str]:
    """All spaces of two dimensions: the lecture's first, one's own last."""
    return list(dict.fromkeys([*(name for twins in TWINS for name in available(twins)), *own()]))


def pairs() -> list[str]:
    """Which twins can be shown: all three spaces of them exist."""
    return [twins for twins, names in TWINS.items() if len(available(twins)) == len(names)]


def choices() -> list[list[str]]:
    """[value, words, note] for the choice of spaces: the pairs of twins, then one's own networks beside a pair."""
    yours = ([name, measured.title(f"{name}/2"), beside(name)] for name in own())
    return [*([twins, PAIRS[twins], ""] for twins in pairs()), *yours]


def beside(name: str, ours: Sequence[str] = ()) -> str:
    """What sets one's own network apart from that of its method among `ours`, those of its pair, in a sentence."""
    method, kind = measured.method_of(name), measured.kind_in_words(name)
    ours = ours or TWINS[twins_beside(name)]
    other = next((one for one in ours if measured.method_of(one) == method), None)
    apart = sorted(checkpoints.describe(name).differs_from(checkpoints.describe(other))) if other else []
    words = ", ".join(setting.replace("_", " ") for setting in apart) or "nothing but chance"
    return f"{name} differs from the {kind if kind.isupper() else kind.lower()} beside it in {words}."


def chosen(twins: str) -> list[str]:
    """The spaces of `twins`: "lecture" (as many as there are), "deep", or the name of one's own network beside a pair.

    FileNotFoundError where there is none.
    """
    found = available(checks.choice(twins, "twins", list(dict.fromkeys(["lecture", *pairs(), *own()]))))
    if not found:
        make = "python -m training.catalogue " + " ".join(TWINS[twins])
        raise FileNotFoundError(f"no network of two dimensions with stored codes in weights/; make them: {make}")
    return found


@functools.lru_cache(maxsize=32)
def stored(name: str) -> dict[str, np.ndarray]:
    """The stored codes of 5,000 test digits: points (5000, 2) float32, classes (5000,) uint8, keys (5000,) uint64."""
    found = encoded.load(networks.choice(name, known()))
    return found | {"points": np.ascontiguousarray(found["points"][:, :2])}


def codes(name: str) -> torch.Tensor:
    """The stored codes (5000, 2) as a tensor on the CPU."""
    return torch.from_numpy(stored(name)["points"])


@torch.inference_mode()
def decode(name: str, z: torch.Tensor) -> np.ndarray:
    """Codes (B, 2) -> pictures (B, 28, 28) in [0, 1], in one batch on the network's device."""
    return latent_space.picture(networks.network(name), z.float().to(networks.device()))[:, 0].cpu().numpy()


@torch.inference_mode()
def encode(name: str, pictures: np.ndarray) -> np.ndarray:
    """Pictures (B, 28, 28) in [0, 1] -> codes (B, 2)."""
    images = torch.as_tensor(pictures)[:, None].float().to(networks.device())
    return networks.network(name).code(images)[:, :2].cpu().numpy()


@functools.lru_cache(maxsize=32)
def space(name: str) -> dict:
    """What the page needs of one map, made once: points, extent and the background of decoded pictures."""
    region = latent_space.region(codes(name))
    return {
        "name": name,
        "title": measured.heading(name),
        "method": measured.method_of(name),
        "points": floats(codes(name)),
        "extent": region,
        "spread": latent_space.spread(codes(name)),
        "columns": CELLS,
        "rows": CELLS,
        "sprite": png(decode(name, latent_space.grid(region, CELLS)).reshape(CELLS * CELLS, 784), GREYS),
        "mse": mse(name),
    }


def mse(name: str) -> float | None:
    """The reconstruction error on the whole test set, from the checkpoint's metrics; for PCA that of its first two."""
    test = checkpoints.metrics(name).get("test", {})
    return test.get("mse_by_width", {}).get("2", test.get("mse"))


def atlas(twins: str = "lecture") -> dict:
    """All maps at once: the same test digits in the same order, and their classes."""
    names = chosen(twins)
    first = stored(names[0])
    threading.Thread(target=originals, daemon=True).start()  # asked for next: reading the data set takes a second
    return {
        "classes": base64.b64encode(first["classes"].tobytes()).decode(),
        "names": list(datasets.CLASSES["digits"]),
        "spaces": [space(name) for name in names],
        "originals": datasets.at_hand("digits", split="test"),
    }


_reading = threading.Lock()  # the data set is read once, not by each of the first visitors


def originals() -> np.ndarray | None:
    """The 5,000 test digits (5000, 28, 28) uint8 in the order of the stored codes, or None if not at hand."""
    if not datasets.at_hand("digits", split="test"):  # they may be fetched while the app runs
        return None
    with _reading:
        return _originals()


@networks.remembered()
def _originals() -> np.ndarray | None:
    images, _ = datasets.load("digits", "test")
    place = {int(key): index for index, key in enumerate(record.keys(images))}
    wanted = [place.get(int(key)) for key in stored(chosen("lecture")[0])["keys"]]
    if None in wanted:
        return None  # another copy of the data set, without these digits
    return (images[wanted, 0] * 255).round().byte().numpy()


def position(value, name: str = "index") -> int:
    """A checked position among the stored test digits."""
    return checks.whole(value, name, 0, len(stored(chosen("lecture")[0])["classes"]) - 1)


def look_up(indices: list) -> dict:
    """The originals of a few test digits, as they are stored: nothing is computed here."""
    if not isinstance(indices, list) or len(indices) > 64:
        raise ValueError("indices must be a list of at most 64 whole numbers")
    pictures = originals()
    chosen = [position(i) for i in indices]
    return {"indices": chosen, "pictures": [grey(pictures[i]) for i in chosen] if pictures is not None else None}


def digit(index: int, twins: str = "lecture") -> dict:
    """One test digit, exactly: the original where it is at hand, and what each network makes of its code."""
    index = position(index)
    pictures = originals()
    rebuilt = {}
    for name in chosen(twins):
        made = decode(name, torch.from_numpy(stored(name)["points"][index : index + 1]))[0]
        error = None if pictures is None else float(np.square(made - pictures[index] / 255).mean())
        rebuilt[name] = {"picture": grey(made), "mse": error}
    return {
        "index": index,
        "class": int(stored(chosen(twins)[0])["classes"][index]),
        "original": None if pictures is None else grey(pictures[index]),
        "rebuilt": rebuilt,
    }


def decode_at(network: str, z: list) -> dict:
    """The exact picture that `network` decodes at z, and what the judge makes of it."""
    name = networks.choice(network, known())
    point = torch.tensor([checks.code(z, "z", 2)])
    made = decode(name, point)
    seen = questions.judged(made)
    return {
        "network": name,
        "z": z,
        "picture": grey(made[0]),
        "confidence": float(seen["probability"][0]),
        "class": int(seen["class"][0]),
        "doubt": float(seen["distance"][0]),
        "digit": bool(seen["is_digit"][0]),
        "distance": float(latent_space.nearest_code(point, codes(name))[0]) / latent_space.spread(codes(name)),
    }


def latents(network: str = "vae-2d") -> dict:
    """The codes of 5,000 test digits in one 2-d space, the same digits in the same order for every network.

    Args:
        network: one of pca, autoencoder-2d, vae-2d, autoencoder-deep-2d, vae-deep-2d, or one's own of two dimensions.
    """
    of = stored(network)
    return {"points": numbers(of["points"]), "classes": of["classes"].tolist()}


def code_of(value, network: str, name: str) -> np.ndarray:
    """A test digit's position, or a picture (the pad's data URL or rows of numbers) -> its code (2,) in `network`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return stored(network)["points"][position(value, name)]
    return encode(network, as_input(value)[None])[0]
