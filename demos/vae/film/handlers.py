"""The film between two pictures (lecture, part B5): both codes, the walk between them, the cross-fade, a GIF."""

import base64
import io

import numpy as np
import torch

from demos.kit import checks
from demos.kit.encoding import grey
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.map.handlers import atlas
from demos.vae.sources import resolve, with_stored_codes


def film(first: dict, second: dict, steps: int = 16, network: str = "vae") -> dict:
    """Everything the film strip shows, decoded in one batch: both walks, the cross-fade, the codes, their lengths."""
    net = codes.autoencoder(network)
    checks.whole(steps, "steps", 2, codes.MOST_STEPS)
    (a, seen_a), (b, seen_b) = resolve(first, network), resolve(second, network)
    walks = {kind: codes.path(a, b, steps, kind) for kind in codes.KINDS}
    frames = codes.pictures(net, torch.cat(list(walks.values()))).reshape(len(walks), steps, 28, 28)
    ends = [frames[0, 0] if seen_a is None else seen_a, frames[0, -1] if seen_b is None else seen_b]
    t = np.linspace(0, 1, steps)[:, None, None]
    fade = (1 - t) * ends[0] + t * ends[1]  # in pixel space: two ghosts, never a digit between them
    cosine = torch.nn.functional.cosine_similarity(a, b, dim=0, eps=1e-9)
    return {
        "steps": steps,
        "line": grey(frames[0]),
        "great-circle": grey(frames[1]),
        "fade": grey(fade),
        "ends": [grey(ends[0]), grey(ends[1])],
        "lengths": {kind: walk.norm(dim=1).tolist() for kind, walk in walks.items()},
        "paths": {kind: walk.tolist() for kind, walk in walks.items()} if net.latent_dim == 2 else None,
        "typical": float(np.sqrt(net.latent_dim)),  # of most samples of N(0, I): in many dimensions a thin shell
        "angle": float(torch.rad2deg(torch.acos(cosine.clamp(-1, 1)))),
    }


def gif(first: dict, second: dict, steps: int = 16, network: str = "vae", kind: str = "line") -> dict:
    """The film there and back as an endless GIF of 196 x 196 pixels: {"gif": base64}."""
    from PIL import Image

    net = codes.autoencoder(network)
    walk = codes.path(resolve(first, network)[0], resolve(second, network)[0], steps, kind)
    frames = np.rint(255 * codes.pictures(net, walk)).astype(np.uint8)
    there = [Image.fromarray(frame).resize((196, 196), Image.Resampling.BICUBIC) for frame in frames]
    loop = there + there[-2:0:-1]
    file = io.BytesIO()
    loop[0].save(file, "GIF", save_all=True, append_images=loop[1:], duration=80, loop=0)
    return {"gif": base64.b64encode(file.getvalue()).decode()}


def props() -> dict:
    """The networks that have two codes to walk between, the example digits and the names of the classes."""
    return {"networks": codes.named(with_stored_codes()), **codes.examples()}


ROOM = Room(
    calls=(film, atlas),
    heavy=(gif,),
    props=props,
    code=(codes.great_circle,),
    endpoints={"interpolate": codes.interpolate},
)
