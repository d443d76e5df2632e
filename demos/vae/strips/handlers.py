"""Traversals (lecture, part B4): every dimension of a code from -3 to 3, all others held, sorted by what they carry."""

import numpy as np
import torch

from demos.kit import checks
from demos.kit.encoding import grey, png
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.map.handlers import point
from demos.vae.sources import resolve
from training import checkpoints
from training.models.vae import kl_per_dimension

COLLAPSED = 0.01  # nats on average: below, a dimension has nothing to say


def strips(source: dict, network: str = "vae", frames: int = 9, reach: float = 3.0) -> dict:
    """For each dimension, sorted by its KL on the test set, `frames` pictures with it going from -reach to reach."""
    net = codes.vae(network)
    frames = checks.whole(frames, "frames", 2, 33)
    reach = checks.number(reach, "reach", 0.1, 10)
    code, seen = resolve(source, network)
    carried = checkpoints.metrics(network).get("test", {}).get("kl_per_dimension")
    if carried is None:  # a network without metrics: what this very picture costs
        mu, log_var = net.encode(codes.batch(codes.pictures(net, code[None])[0]))
        carried = kl_per_dimension(mu, log_var)[0].tolist()
    order = np.argsort(carried)[::-1]
    z = code.repeat(len(order), frames, 1)
    for row, dimension in enumerate(order):
        z[row, :, dimension] = torch.linspace(-reach, reach, frames)
    made = codes.pictures(net, torch.cat([code[None], z.flatten(0, 1)]))
    return {
        "z": code.tolist(),
        "order": order.tolist(),
        "kl": [carried[d] for d in order],
        "collapsed": [carried[d] < COLLAPSED for d in order],
        "frames": frames,
        "reach": reach,
        "seen": grey(made[0] if seen is None else seen),
        "picture": grey(made[0]),
        "strips": png(made[1:].reshape(-1, 784)),  # a line for each frame
    }


def props() -> dict:
    """The variational networks, the example digits and the names of the classes."""
    return {"networks": codes.named(codes.vaes()), **codes.examples()}


ROOM = Room(calls=(strips, point), props=props, code=(codes.traverse,), endpoints={"traverse": codes.traverse})
