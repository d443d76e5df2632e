"""Traversals (lecture, part B4): every dimension of a code from -3 to 3, all others held, sorted by what they carry."""

import numpy as np
import torch

from demos.kit import checks, networks
from demos.kit.encoding import grey, png
from demos.kit.room import Room
from demos.vae import codes
from demos.vae.map.handlers import point
from demos.vae.sources import latents, resolve
from training import checkpoints
from training.measures.handwriting import slant, thickness
from training.models.vae import kl_per_dimension

COLLAPSED = 0.01  # nats on average: below, a dimension has nothing to say
FRAMES, REACH = 9, 3.0  # of a strip
MEASURED = 1_000  # stored codes whose pictures are measured
ROTATIONS = 20
MEASURES = {"slant": slant, "thickness": thickness}


def strips(source: dict, network: str = "vae", frames: int = FRAMES, reach: float = REACH) -> dict:
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


# ---- do dimensions have names, and may the axes be turned? -----------------------------------------------------------
def explained(code: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Shares of the variance of what was measured (N,) that each number of the codes (N, d) explains alone: (d,)."""
    code, measured = code - code.mean(0), measured - measured.mean()
    return (code.T @ measured) ** 2 / np.maximum((code**2).sum(0) * (measured**2).sum(), 1e-12)


def explained_together(code: np.ndarray, measured: np.ndarray) -> float:
    """The share of the variance of what was measured (N,) that a line through all numbers of the codes explains."""
    code, measured = code - code.mean(0), measured - measured.mean()
    rest = measured - code @ np.linalg.lstsq(code, measured, rcond=None)[0]
    return float(1 - (rest**2).sum() / (measured**2).sum())


@networks.remembered()
def named(network: str = "vae") -> dict | None:
    """Which dimension follows the slant and the thickness best, measured on decoded test codes drawn at random.

    {"network", "pictures", "measures": [{"what", "dimension", "alone", "together"}]}, the last two shares of the
    variance; None where the network has no stored codes.
    """
    if network not in codes.vaes() or not networks.has_codes(network):
        return None
    points = latents(network)["points"]
    chosen = np.random.default_rng(0).choice(len(points), min(MEASURED, len(points)), replace=False)
    code = points[chosen].astype(np.float64)
    made = torch.from_numpy(codes.pictures(codes.vae(network), torch.from_numpy(points[chosen])))
    measures = []
    for what, measure in MEASURES.items():
        values = measure(made).double().numpy()
        alone = explained(code, values)
        best = int(alone.argmax())
        together = explained_together(code, values)
        measures.append({"what": what, "dimension": best, "alone": float(alone[best]), "together": together})
    return {"network": network, "pictures": len(chosen), "measures": measures}


def rotation_cost(log_var: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Nats (N,) that N(mu, diag(exp(log_var))) costs when its axes are turned and q must stay diagonal.

    The posterior becomes N(R mu, R S R^T), whose best diagonal stand-in q has the precisions of its diagonal; then
    KL(q || posterior) = 1/2 (sum_j log P_jj - log det P) with P = R S^-1 R^T (Bishop 2006, section 10.1.2).
    """
    precision = np.exp(-log_var.astype(np.float64))
    turned = (rotation**2 @ precision.T).T  # P_jj = sum_k R_jk^2 / s_k^2
    return 0.5 * (np.log(turned).sum(1) - np.log(precision).sum(1))


def random_rotation(dimensions: int, generator: np.random.Generator) -> np.ndarray:
    """A rotation of all axes, none preferred: Q of a Gaussian matrix, its signs made unique (Mezzadri 2007)."""
    q, r = np.linalg.qr(generator.standard_normal((dimensions, dimensions)))
    return q * np.sign(np.diag(r))


@networks.remembered()
def rotations(network: str = "vae") -> tuple[float, float] | None:
    """The least and the largest mean cost in nats of ROTATIONS random rotations, over all stored test posteriors."""
    if network not in codes.vaes() or not networks.has_codes(network):
        return None
    log_var = latents(network)["log_var"]
    generator = np.random.default_rng(0)
    costs = [rotation_cost(log_var, random_rotation(log_var.shape[1], generator)).mean() for _ in range(ROTATIONS)]
    return float(min(costs)), float(max(costs))


def numbers() -> dict:
    """What the lesson says of turning the axes."""
    found = rotations() if "vae" in codes.vaes() else None
    if found is None:
        return {"turning": "a diagonal posterior costs extra nats"}
    count = len(latents("vae")["log_var"])
    return {
        "turning": f"it costs {found[0]:.1f} to {found[1]:.1f} nats a picture "
        f"({ROTATIONS} random rotations, {count:,} test posteriors of the lecture's VAE)"
    }


def props() -> dict:
    """The variational networks, the example digits, the names of the classes, and whether dimensions have names."""
    shown = {"frames": FRAMES, "reach": REACH, "named": named() if "vae" in codes.vaes() else None}
    return {"networks": codes.named(codes.vaes()), **codes.examples(), **shown}


ROOM = Room(
    calls=(strips, point),
    props=props,
    numbers=numbers,
    code=(codes.traverse,),
    endpoints={"traverse": codes.traverse},
)
