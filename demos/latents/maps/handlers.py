"""One straight path between two digits, walked in each space (lecture, part B5 and B7): what does each decode on it?

The lecture's slide walks from the second picture to the first; here step 0 is the first picture.
"""

import torch

from demos.kit import checks
from demos.kit.encoding import floats, grey, numbers
from demos.kit.room import Room
from demos.latents import measured, spaces
from training.measures import latent_space

MOST_STEPS = 64


def walk(first, second, network: str, steps: int) -> dict:
    """The path in one space: points (steps, 2), pictures (steps, 28, 28), and for every step the judge's confidence,
    its class, and the distance to the nearest code of a test digit (in units of the cloud's spread)."""
    network = checks.choice(network, "network", spaces.known())
    steps = checks.whole(steps, "steps", 2, MOST_STEPS)
    ends = [spaces.code_of(value, network, name) for value, name in ((first, "first"), (second, "second"))]
    points = latent_space.straight(torch.as_tensor(ends[0]), torch.as_tensor(ends[1]), steps)
    pictures = spaces.decode(network, points)
    best, which, digits = spaces.judge(pictures)
    codes = spaces.codes(network)
    distance = latent_space.nearest_code(points, codes) / latent_space.spread(codes)
    return {
        "points": points.numpy(),
        "pictures": pictures,
        "confidence": best,
        "class": which,
        "digits": digits,
        "distance": distance.numpy(),
    }


def walk_all(first: int, second: int, steps: int = 17, twins: str = "lecture") -> dict:
    """The same path through all spaces of `twins`, for the page; `worst` is the step of least confidence."""
    answer = {}
    for name in spaces.chosen(twins):
        way = walk(first, second, name, steps)
        answer[name] = {
            "points": floats(way["points"]),
            "pictures": grey(way["pictures"].reshape(-1, 28)),
            "confidence": way["confidence"].tolist(),
            "class": way["class"].tolist(),
            "digits": way["digits"].tolist(),
            "distance": way["distance"].tolist(),
            "worst": int(way["confidence"].argmin()),
            "share": float(way["digits"].mean()),
        }
    return {"steps": steps, "spaces": answer}


def path(first: list | int = 0, second: list | int = 1, network: str = "vae-2d", steps: int = 11) -> dict:
    """The straight path between two digits in one 2-d space, decoded and judged.

    Args:
        first: where it starts: a picture (rows of numbers in [0, 1]) or the position of a test digit in /latents.
        second: where it ends, likewise.
        network: one of pca, autoencoder-2d, vae-2d, autoencoder-deep-2d, vae-deep-2d.
        steps: number of points on the path, both ends included: 2 to 64.
    """
    way = walk(first, second, network, steps)
    return {
        "points": numbers(way["points"]),
        "pictures": numbers(way["pictures"]),
        "confidence": numbers(way["confidence"]),
        "classes": way["class"].tolist(),
        "digits": way["digits"].tolist(),
        "distance": numbers(way["distance"]),
    }


def findings() -> dict:
    """What the reveal says: the share of digits along straight paths in each space, over so many pairs."""
    shares, pairs = {}, 0
    for key in measured.measured_spaces(2):
        found = measured.numbers()["spaces"][key]["paths"]
        shares[measured.title(key)], pairs = found["recognised"], found["pairs"]
    if len(shares) < 2:
        return {"answer": "It is not measured yet."}
    listed = ", ".join(f"{title} {100 * share:.0f} %" for title, share in shares.items())
    best, second = sorted(shares, key=lambda title: -shares[title])[:2]
    error = 2 * sum(shares[title] * (1 - shares[title]) / pairs for title in (best, second)) ** 0.5  # of the difference
    alike = shares[best] - shares[second] <= error
    verdict = f"{best} and {second} do not differ clearly" if alike else f"the fewest that are none lie in {best}"
    return {
        "answer": f"Along straight paths between {pairs} random pairs of test digits the judge sees a digit in so many "
        f"of the pictures: {listed}; {verdict}."
    }


FIRST, SECOND = 3, 2  # test digits of the path that the tab opens with: a 0 and a 1
TWINS = {"lecture": "the lecture's networks", "deep": "deeper ones (residual blocks)"}


def props() -> dict:
    """The ends of the path that the tab opens with, and the pairs of twins that can be compared."""
    return {"first": FIRST, "second": SECOND, "twins": [[twins, TWINS[twins]] for twins in spaces.pairs()]}


ROOM = Room(
    calls=(spaces.atlas, spaces.digit, spaces.look_up, spaces.decode_at, walk_all),
    props=props,
    numbers=findings,
    endpoints={"latents": spaces.latents, "path": path},
)
