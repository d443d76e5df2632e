"""The film between two pictures (lecture, part B5): both codes, the walk between them, the cross-fade beside it, a GIF.

An end of the film is {"picture": what the pad sends}, {"class": k, "index": i} (a test picture by its stored code, so
that no data set is needed) or {"seed": s} (a sample of the prior).
"""

import base64
import io

import numpy as np
import torch

from demos import checks
from demos.drawing import as_input
from demos.vae import codes
from demos.vae.atlas import latents
from demos.vae.wire import pack
from training import checkpoints


def end(source: dict, network: str) -> tuple[torch.Tensor, np.ndarray | None]:
    """One end of a film: its code (d,) and, where it was drawn, the picture (28, 28) that the network saw."""
    net = codes.coder(network)
    if not isinstance(source, dict):
        raise ValueError(f"an end of the film must be a picture, a class or a seed, not {checks.show(source)}")
    if "picture" in source:
        seen = as_input(source["picture"])
        return codes.means(net, codes.batch(seen))[0][0].cpu(), seen
    if "seed" in source:
        return codes.prior(1, net.latent_dim, checks.seed(source["seed"]))[0], None
    stored = latents(checks.choice(network, "network", codes.coders()))
    label = checks.whole(source.get("class"), "class", 0, 9)
    members = np.flatnonzero(stored["classes"] == label)
    index = checks.whole(source.get("index", 0), "index", 0, len(members) - 1)
    return torch.from_numpy(stored["points"][members[index]].astype(np.float32)), None


def film(first: dict, second: dict, steps: int = 16, network: str = "vae") -> dict:
    """Everything the film strip shows, decoded in one batch: both walks, the cross-fade, the codes, their lengths."""
    net = codes.coder(network)
    checks.whole(steps, "steps", 2, codes.MOST_STEPS)
    (a, seen_a), (b, seen_b) = end(first, network), end(second, network)
    walks = {kind: codes.path(a, b, steps, kind) for kind in codes.KINDS}
    frames = codes.pictures(net, torch.cat(list(walks.values()))).reshape(len(walks), steps, 28, 28)
    ends = [frames[0, 0] if seen_a is None else seen_a, frames[0, -1] if seen_b is None else seen_b]
    t = np.linspace(0, 1, steps)[:, None, None]
    fade = (1 - t) * ends[0] + t * ends[1]  # in pixel space: two ghosts, never a digit between them
    cosine = torch.nn.functional.cosine_similarity(a, b, dim=0, eps=1e-9)
    return {
        "steps": steps,
        "line": pack(frames[0]),
        "great-circle": pack(frames[1]),
        "fade": pack(fade),
        "ends": [pack(ends[0]), pack(ends[1])],
        "lengths": {kind: walk.norm(dim=1).tolist() for kind, walk in walks.items()},
        "paths": {kind: walk.tolist() for kind, walk in walks.items()} if net.latent_dim == 2 else None,
        "typical": float(np.sqrt(net.latent_dim)),  # of most samples of N(0, I): in many dimensions a thin shell
        "angle": float(torch.rad2deg(torch.acos(cosine.clamp(-1, 1)))),
    }


def gif(first: dict, second: dict, steps: int = 16, network: str = "vae", kind: str = "line") -> dict:
    """The film there and back as an endless GIF of 196 x 196 pixels: {"gif": base64}."""
    from PIL import Image

    net = codes.coder(network)
    walk = codes.path(end(first, network)[0], end(second, network)[0], steps, kind)
    frames = np.rint(255 * codes.pictures(net, walk)).astype(np.uint8)
    there = [Image.fromarray(frame).resize((196, 196), Image.Resampling.BICUBIC) for frame in frames]
    loop = there + there[-2:0:-1]
    file = io.BytesIO()
    loop[0].save(file, "GIF", save_all=True, append_images=loop[1:], duration=80, loop=0)
    return {"gif": base64.b64encode(file.getvalue()).decode()}


def walkable() -> list[str]:
    """The networks with stored test codes, so that a class can be picked without a data set."""
    return [name for name in codes.coders() if (checkpoints.WEIGHTS / name / "latents.npz").exists()]
