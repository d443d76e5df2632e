"""The 2-d latent map (lecture, part B1): test digits as points, decoded pictures behind them, a posterior before them.

The page gets a sprite of 40 x 40 decoded points once and blends its neighbours while the pointer moves; the exact
decode is asked for when the pointer rests.
"""

import functools

import numpy as np
import torch

from demos.kit import checks, networks
from demos.kit.encoding import floats, grey, png
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.sources import latents, stored_posterior, with_stored_codes
from training.models.vae import kl_per_dimension

SIDE = 40  # decoded points along each axis of the sprite
REACH = 4.0  # the map shows z from -4 to 4 at least: the prior puts 99.99% of its weight there


def maps() -> list[str]:
    """The variational networks of two dimensions with stored test points, the digits' own at beta = 1 first."""
    flat = [name for name in with_stored_codes(codes.vaes()) if codes.dimensions(name) == 2]
    return sorted(flat, key=lambda name: (name != "vae-2d", codes.dataset(name) != "digits", codes.beta(name)))


def grid(extent: list[float], side: int = SIDE) -> torch.Tensor:
    """The centres (side * side, 2) of the cells that tile `extent` [x0, x1, y0, y1], row by row from the top down."""
    x0, x1, y0, y1 = extent
    middle = (torch.arange(side) + 0.5) / side
    x, y = x0 + (x1 - x0) * middle, y1 - (y1 - y0) * middle
    return torch.stack([x.repeat(side), y.repeat_interleave(side)], 1)


@functools.lru_cache(maxsize=16)
def atlas(network: str = "vae-2d") -> dict:
    """All that the map of one 2-d network needs, once: its points, their classes, the extent and the sprite (a PNG)."""
    net = codes.vae(network)
    if net.latent_dim != 2:
        raise ValueError(f"the map needs a network of 2 dimensions, and {network!r} has {net.latent_dim}")
    stored = latents(network)
    points = stored["points"].astype(np.float32)
    reach = max(REACH, float(np.ceil(np.quantile(np.abs(points), 0.998))))
    extent = [-reach, reach, -reach, reach]
    tiles = codes.pictures(net, grid(extent))
    return {
        "network": network,
        "dataset": codes.dataset(network),
        "points": floats(points),
        "classes": grey(stored["classes"]),
        "extent": extent,
        "columns": SIDE,
        "rows": SIDE,
        "sprite": png(tiles.reshape(SIDE * SIDE, 784)),  # a line for each point: neighbours are alike and pack well
    }


def posterior(source: dict, network: str = "vae-2d", epsilon: list | None = None) -> dict:
    """A drawing, or a test picture by its stored posterior -> N(mu, sigma^2), and z = mu + sigma * epsilon decoded.

    "seen" is what the network saw; of a test picture, without the data set, it is the reconstruction at the mean.
    """
    net = codes.vae(network)
    if "class" in source:
        mu, log_var = (part[None].to(networks.device()) for part in stored_posterior(source, network))
        seen = codes.pictures(net, mu)
    else:
        seen = codes.batch(source.get("picture"))
        mu, log_var = net.encode(seen)
    epsilon = checks.numbers(epsilon or [0.0] * net.latent_dim, "epsilon", net.latent_dim, -10, 10)
    sigma = torch.exp(0.5 * log_var)
    z = mu + sigma * torch.tensor(epsilon).to(mu)
    return {
        "seen": grey(seen),
        "mu": mu[0].tolist(),
        "sigma": sigma[0].tolist(),
        "kl": kl_per_dimension(mu, log_var)[0].tolist(),
        "z": z[0].tolist(),
        "picture": grey(codes.pictures(net, z)),
    }


def point(z: list, network: str = "vae-2d") -> dict:
    """The exact picture of one point of the map."""
    net = codes.autoencoder(network)
    return {"z": z, "picture": grey(codes.pictures(net, codes.code(z, net)[None]))}


def draw_epsilon(seed: int, count: int = 1) -> dict:
    """`count` draws of eps ~ N(0, I) in two dimensions by the seed: the same list on every visit."""
    count = checks.whole(count, "count", 1, 1000)
    generator = torch.Generator().manual_seed(checks.seed(seed))
    return {"epsilon": torch.randn(count, 2, generator=generator).tolist()}


def props() -> dict:
    """The networks that the map can show, the example digits and the names of the classes."""
    return {"networks": codes.named(maps()), **codes.examples()}


ROOM = Room(
    calls=(atlas, posterior, point, draw_epsilon),
    props=props,
    endpoints={"encode": codes.encode, "decode": codes.decode},
)
