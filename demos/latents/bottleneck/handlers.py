"""The bottleneck, layer by layer, on one's own digit (lecture, parts A1 and A2): 784 -> 14 x 14 -> 7 x 7 -> 64 -> 784.

The very layers of the trained network, one after the other; nothing is drawn by hand. The same autoencoder trained
under MSE and under BCE stands beside it: the loss is a choice.
"""

import numpy as np
import torch
from torch import nn

from demos.kit import checks, networks
from demos.kit.drawing import as_input
from demos.kit.encoding import floats, grey
from demos.kit.room import Room
from training import checkpoints
from training.data.strokes import example_strokes, rasterise
from training.models.autoencoder import ConvAutoencoder, reconstruction_bce, reconstruction_mse

NETWORKS = ("autoencoder", "autoencoder-bce", "sparse-autoencoder", "denoising-autoencoder")
MOST = 64  # numbers of the widest code that is shown
REACH = 100.0  # how far a number of the code may be moved


@networks.remembered()  # no look at the disk for each stroke
def available() -> list[str]:
    """The lecture's autoencoders that are here, the plain one first, and those of your own."""
    own = [one.name for one in checkpoints.all() if one.yours and one.architecture == ConvAutoencoder.__name__]
    return networks.available(
        *NETWORKS, *(name for name in own if (checkpoints.describe(name).latent_dim or 0) <= MOST)
    )


def layers(network: ConvAutoencoder, images: torch.Tensor) -> list[torch.Tensor]:
    """What each stage hands on: 16 maps of 14 x 14, 32 of 7 x 7, then the code (1, latent_dim)."""
    stages, x = [], images
    for layer in network.encoder:
        x = layer(x)
        if isinstance(layer, nn.ReLU):
            stages.append(x)
    return [*stages, network.encode(images)]


def unfold(network: ConvAutoencoder, z: torch.Tensor) -> list[torch.Tensor]:
    """The way back: 32 maps of 7 x 7, 16 of 14 x 14, then the picture (1, 1, 28, 28) in [0, 1]."""
    stages, x = [], z[:, :, None, None]
    for layer in network.decoder:
        x = layer(x)
        if isinstance(layer, nn.ReLU):
            stages.append(x)
    return [*stages, torch.sigmoid(x)]


def shown(maps: torch.Tensor) -> str:
    """Feature maps (1, C, H, W), brightest = 1 -> bytes, map after map."""
    return grey((maps / maps.amax().clamp_min(1e-9))[0].cpu().numpy())


@torch.inference_mode()
def squeeze(picture, network: str = "autoencoder", changes: dict | None = None) -> dict:
    """A drawing through every layer; `changes` {position: value} replaces numbers of the code before it is decoded."""
    name = networks.choice(network, available())
    net = networks.network(name)
    images = torch.from_numpy(np.array(as_input(picture)))[None, None].to(networks.device())
    wide, narrow, z = layers(net, images)
    moved = z.clone()
    for where, value in (changes or {}).items():
        at = checks.whole(int(where) if str(where).isdigit() else where, "position in the code", 0, net.latent_dim - 1)
        moved[0, at] = checks.number(value, f"code[{at}]", -REACH, REACH)
    small, large, made = unfold(net, moved)
    both = {}
    for other in networks.available("autoencoder", "autoencoder-bce"):
        logits = networks.network(other)(images)
        both[other] = {
            "picture": grey(torch.sigmoid(logits)[0, 0].cpu().numpy()),
            "mse": float(reconstruction_mse(logits, images)),
            "bce": float(reconstruction_bce(logits, images)),
        }
    return {
        "seen": grey(images[0, 0].cpu().numpy()),
        "wide": shown(wide),
        "narrow": shown(narrow),
        "code": [round(float(value), 4) for value in z[0]],
        "moved": [round(float(value), 4) for value in moved[0]],
        "small": shown(small),
        "large": shown(large),
        "picture": grey(made[0, 0].cpu().numpy()),
        "mse": float((made - images).square().mean()),
        "losses": both,
    }


@torch.inference_mode()
def strokes_of(picture, network: str = "sparse-autoencoder", count: int = 8) -> dict:
    """The largest numbers of a code, and what each of them draws by itself: the change it makes to the picture."""
    name = networks.choice(network, available())
    net = networks.network(name)
    images = torch.from_numpy(np.array(as_input(picture)))[None, None].to(networks.device())
    z = net.encode(images)
    biggest = z[0].abs().argsort(descending=True)[: checks.whole(count, "count", 1, 64)]
    without = z.repeat(len(biggest), 1)
    without[torch.arange(len(biggest)), biggest] = 0
    full, less = torch.sigmoid(net.decode(z)), torch.sigmoid(net.decode(without))
    return {
        "code": [round(float(value), 4) for value in z[0]],
        "active": int((z[0].abs() > 0.01 * z.abs().max()).sum()),
        "units": biggest.tolist(),
        "difference": floats((full - less).cpu().numpy()),
        "picture": grey(full[0, 0].cpu().numpy()),
        "mse": float((full - images).square().mean()),
    }


def winner(loss: str, name: str) -> str:
    """Which of the two networks has the smaller `loss` on the test set, in a sentence."""
    found = {one: checkpoints.metrics(one)["test"][loss] for one in ("autoencoder", "autoencoder-bce")}
    best = "MSE" if found["autoencoder"] < found["autoencoder-bce"] else "BCE"
    digits = ", ".join(f"{value:.5f}" for value in found.values())
    return f"by {name} the network trained under {best} ({digits})"


def findings() -> dict:
    """Which loss wins by which measure: on the test set, and on the ten examples of this page."""
    both = networks.available("autoencoder", "autoencoder-bce")
    if len(both) < 2:
        return {"losses": ""}
    rows = [squeeze(rasterise(example_strokes(digit)))["losses"] for digit in range(10)]
    mse, bce = (sum(row[both[0]][loss] < row[both[1]][loss] for row in rows) for loss in ("mse", "bce"))
    return {
        "losses": f"On the 10,000 test digits the better is {winner('mse', 'MSE')} and {winner('bce', 'BCE')}, each "
        "given for MSE training, then BCE training. On single pictures it need not be so: of this page's ten examples "
        f"the network trained under MSE has the smaller MSE on {mse} and the smaller BCE on {bce}."
    }


HOUSE = [[[0.2, 0.5], [0.5, 0.15], [0.8, 0.5], [0.8, 0.9], [0.2, 0.9], [0.2, 0.5], [0.8, 0.5]]]  # strokes of no digit


def house() -> dict:
    """A drawn house through the lecture's autoencoder: its strokes, its MSE, what an empty picture in its place would
    have ("nothing"), and the mean MSE of the ten example digits; {} without that network."""
    if not networks.available("autoencoder"):
        return {}
    picture = rasterise(HOUSE)
    digits = [squeeze(rasterise(example_strokes(digit)))["mse"] for digit in range(10)]
    return {
        "strokes": HOUSE,
        "mse": squeeze(picture)["mse"],
        "nothing": float(np.square(as_input(picture)).mean()),
        "digits": sum(digits) / len(digits),
    }


NAMES = {
    "autoencoder": "autoencoder, MSE",
    "autoencoder-bce": "autoencoder, BCE",
    "sparse-autoencoder": "sparse autoencoder",
    "denoising-autoencoder": "denoising autoencoder",
}


def words(name: str) -> str:
    """What the page calls a network: one's own by what it is."""
    one = checkpoints.describe(name)
    if not one.yours:
        return NAMES[name]
    pictures = {"digits": "", "fashion": " of garments"}.get(one.dataset, f" of {one.dataset}")
    return f"{checkpoints.KINDS[one.kind]}{pictures}, {one.latent_dim} numbers, yours: {name}"


def props() -> dict:
    """The autoencoders that can be opened, the example digits, and what becomes of a house."""
    return {
        "networks": [[name, words(name)] for name in available()],
        "examples": [example_strokes(digit) for digit in range(10)],
        "start": 4,
        "house": house(),
    }


ROOM = Room(calls=(squeeze,), props=props, numbers=findings, code=(layers,))
