"""One straight path between two digits, walked in each space (lecture, part B5 and B7): what does each decode on it?

The lecture's slide walks from the second picture to the first; here step 0 is the first picture.
"""

import torch

from demos.kit import checks, networks, questions
from demos.kit.encoding import floats, grey, numbers
from demos.kit.room import Room
from demos.latents import measured, spaces
from training.measures import latent_space

MOST_STEPS = 64


def walk(first, second, network: str, steps: int) -> dict:
    """The path in one space: points (steps, 2), pictures (steps, 28, 28), and for every step what the judge says (its
    class, that class's probability, its doubt that it is a digit, whether it is one) and the distance to the nearest
    code of a test digit (in units of the cloud's spread)."""
    network = networks.choice(network, spaces.known())
    steps = checks.whole(steps, "steps", 2, MOST_STEPS)
    ends = [spaces.code_of(value, network, name) for value, name in ((first, "first"), (second, "second"))]
    points = latent_space.straight(torch.as_tensor(ends[0]), torch.as_tensor(ends[1]), steps)
    pictures = spaces.decode(network, points)
    seen = questions.judged(pictures)
    codes = spaces.codes(network)
    distance = latent_space.nearest_code(points, codes) / latent_space.spread(codes)
    return {
        "points": points.numpy(),
        "pictures": pictures,
        "confidence": seen["probability"],
        "class": seen["class"],
        "doubt": seen["distance"],
        "digits": seen["is_digit"],
        "distance": distance.numpy(),
    }


def walk_all(first: int, second: int, steps: int = 17, twins: str = "lecture") -> dict:
    """The same path through all spaces of `twins`, for the page; `worst` is the step of most doubt."""
    answer = {}
    for name in spaces.chosen(twins):
        way = walk(first, second, name, steps)
        answer[name] = {
            "points": floats(way["points"]),
            "pictures": grey(way["pictures"].reshape(-1, 28)),
            "confidence": way["confidence"].tolist(),
            "class": way["class"].tolist(),
            "doubt": way["doubt"].tolist(),
            "digits": way["digits"].tolist(),
            "distance": way["distance"].tolist(),
            "worst": int(way["doubt"].argmax()),
            "share": float(way["digits"].mean()),
        }
    return {"steps": steps, "spaces": answer}


def path(first: list | int = 0, second: list | int = 1, network: str = "vae-2d", steps: int = 11) -> dict:
    """The straight path between two digits in one 2-d space, decoded and judged.

    Args:
        first: where it starts: a picture (rows of numbers in [0, 1]) or the position of a test digit in /latents.
        second: where it ends, likewise.
        network: one of pca, autoencoder-2d, vae-2d, autoencoder-deep-2d, vae-deep-2d, or one's own of two dimensions.
        steps: number of points on the path, both ends included: 2 to 64.
    """
    way = walk(first, second, network, steps)
    return {
        "points": numbers(way["points"]),
        "pictures": numbers(way["pictures"]),
        "confidence": numbers(way["confidence"]),
        "classes": way["class"].tolist(),
        "doubt": numbers(way["doubt"]),
        "digits": way["digits"].tolist(),
        "distance": numbers(way["distance"]),
    }


def measured_paths(twins: str = "lecture") -> dict[str, dict]:
    """What was measured along straight paths, by the keys of the spaces."""
    return {key: measured.numbers()["spaces"][key]["paths"] for key in measured.measured_spaces(2, twins)}


def findings() -> dict:
    """What the reveal says: the share of digits along straight paths in each space, over so many pairs."""
    told = {"judge": questions.judge_in_words()}
    for twins, words in (("lecture", ""), ("deep", "In the deeper networks it is ")):
        found = measured_paths(twins)
        told["answer" if twins == "lecture" else "deep"] = in_words(found, words) if len(found) > 1 else ""
    return told | {"answer": told["answer"] or "It is not measured yet."}


def most(paths: dict[str, dict]) -> str | None:
    """The key of the space with the most digits along its paths; None where it is not clearly ahead of the second."""
    best, second = sorted(paths, key=lambda key: -paths[key]["recognised"])[:2]
    error = (
        2 * (paths[best]["error"] ** 2 + paths[second]["error"] ** 2) ** 0.5
    )  # two standard errors of the difference
    return best if paths[best]["recognised"] - paths[second]["recognised"] > error else None


def in_words(paths: dict[str, dict], start: str = "") -> str:
    """The shares of digits along the paths of some spaces, and which has most, where the spread lets one say so."""
    listed = ", ".join(
        f"{measured.title(key)} {100 * one['recognised']:.0f} % (± {200 * one['error']:.0f})"
        for key, one in paths.items()
    )
    names = [measured.title(key) for key in sorted(paths, key=lambda key: -paths[key]["recognised"])]
    verdict = f"most of them in {names[0]}" if most(paths) else f"{names[0]} and {names[1]} do not differ clearly"
    pairs, ends = next(iter(paths.values()))["pairs"], {measured.title(k): one["of_an_end"] for k, one in paths.items()}
    if start:
        return f"{start}{listed}; {verdict}."
    return (
        f"Along straight paths between {pairs} random pairs of test digits of two classes the judge sees a digit in so "
        f"many of the pictures: {listed}; {verdict}. And in so many, digit or not, the class of one of the two ends: "
        f"{', '.join(f'{title} {100 * share:.0f} %' for title, share in ends.items())}; the rest look like others."
    )


def own_paths(name: str) -> str:
    """What was measured along straight paths in one's own space, or the command that measures it."""
    if f"{name}/2" not in measured.own_spaces(2):
        return measured.unmeasured([name], 2)
    one = measured.numbers()["spaces"][f"{name}/2"]["paths"]
    return (
        f"Along straight paths between {one['pairs']} random pairs {100 * one['recognised']:.0f} % "
        f"(± {200 * one['error']:.0f}) of its pictures are digits."
    )


FIRST, SECOND = 3, 2  # test digits of the path that the tab opens with: a 0 and a 1


def props() -> dict:
    """The ends of the path that the tab opens with, the pairs of twins and own networks that can be shown, each with
    what there is to say of it, and what a prediction is held against: the method with clearly most digits along its
    paths, or "same"."""
    found, paths = findings(), measured_paths()
    best = most(paths) if len(paths) > 1 else None
    return {
        "first": FIRST,
        "second": SECOND,
        "twins": [
            [twins, words, f"{note} {own_paths(twins)}" if note else ""] for twins, words, note in spaces.choices()
        ],
        "truth": None if len(paths) < 2 else measured.method_of(best.split("/")[0]) if best else "same",
        "answer": f"{found['answer']} {found['deep']}",
    }


ROOM = Room(
    calls=(spaces.atlas, spaces.digit, spaces.look_up, spaces.decode_at, walk_all),
    props=props,
    numbers=findings,
    endpoints={"latents": spaces.latents, "path": path},
)
