"""Every denoiser on the same noisy picture, learned or not, and the table of training noise against test noise."""

import time

import numpy as np

from demos.denoise.bench.handlers import (
    FILTER_LABELS,
    KIND_LABELS,
    MEASURES,
    Picture,
    add_noise,
    choices,
    errors,
    names,
    network_named,
    reconstruct,
)
from demos.denoise.bench.handlers import labels as learned_labels
from demos.kit import checks
from demos.kit.encoding import grey, numbers
from demos.kit.networks import choice as choose
from demos.kit.room import Room
from training import checkpoints
from training.data.corruptions import KINDS
from training.data.strokes import example_strokes
from training.measures.denoisers import FILTERS, by_filter
from training.store import analysis as analyses


def labels() -> dict[str, str]:
    """Every denoiser, learned or not, in words."""
    return learned_labels() | FILTER_LABELS


def analysis() -> dict:
    """weights/analysis/denoising.json: the table, the filters' knobs, the meter's scale."""
    return analyses.load("denoising")


def tuned(name: str, kind: str, strength: float) -> list[float]:
    """[knob, gain, offset] of a classical filter, tuned on training pictures for the nearest strength of that noise."""
    tables = analysis()
    nearest = int(np.argmin(np.abs(np.array(tables["knob_strengths"]) - strength)))
    return [FILTERS[name][1][0], 1.0, 0.0] if strength == 0 else tables["knobs"][name][kind][nearest]


def all_denoisers(seen: np.ndarray, noisy: np.ndarray, kind: str, strength: float, wanted: list[str]) -> list[dict]:
    """One dictionary for each denoiser: network, picture (28, 28), mse, psnr, ssim, milliseconds."""
    if any(name in FILTERS for name in wanted):
        from skimage.restoration import denoise_nl_means, denoise_tv_chambolle  # noqa: F401  (the import must not count)

    results = []
    for name in wanted:
        network = None if name in FILTERS else network_named(name)
        knob = [] if network else tuned(name, kind, strength)
        times = []
        for _ in range(2):  # the first run of a network warms it up; the quicker one counts
            start = time.perf_counter()
            picture = reconstruct(network, noisy, strength) if network else by_filter(name, noisy, *knob)
            times.append(time.perf_counter() - start)
        measured = errors(picture, seen, tuple(MEASURES))
        results.append({"network": name, "picture": picture, **measured, "milliseconds": round(1e3 * min(times), 3)})
    return results


def compare(
    picture: list[list[float]],
    noise_kind: str = "gaussian",
    strength: float = 0.3,
    seed: int = 0,
    networks: list[str] = (),  # pyright: ignore[reportArgumentType]  (a default that nobody can change)
) -> list:
    """Let several denoisers, learned and classical, work on the same noisy picture.

    Args:
        picture: rows of numbers in [0, 1], light ink on dark; 28 x 28 is taken as it is, other sizes are brought to it
        noise_kind: gaussian, salt-and-pepper, missing-pixels, missing-patch, blur or poisson
        strength: strength of the noise, from 0 (none) to 1
        seed: whole number; the same seed gives the same noise
        networks: names of checkpoints and of gaussian-blur, median, total-variation, non-local-means; [] means all
    """
    wanted = _wanted(networks)
    seen, noisy = add_noise(picture, noise_kind, strength, seed)
    results = all_denoisers(seen, noisy, noise_kind, strength, wanted)
    return [result | {"picture": numbers(result["picture"])} for result in results]


def compare_live(picture: Picture, kind: str, strength: float, seed: int, learned: bool) -> dict:
    """The same for the page: pictures as base64 bytes, with the noisy one and its errors.

    The learned denoisers are asked for apart from the classical ones, which take longer: scikit-image to be loaded.
    """
    seen, noisy = add_noise(picture, kind, strength, seed)
    wanted = [name for name, _ in choices()] if learned else list(FILTERS)
    results = all_denoisers(seen, noisy, kind, strength, wanted)
    return {
        "seen": grey(seen),
        "noisy": {"picture": grey(noisy), **errors(noisy, seen, tuple(MEASURES))},
        "results": [result | {"picture": grey(result["picture"])} for result in results],
    }


def noise_grid() -> dict:
    """The table of training noise against test noise, measured on the test set: mean PSNR (dB) and SSIM by strength.

    Each row has the network, what it was trained on, how many test pictures were measured, and one number a strength.
    """
    table = analysis()
    return {key: table[key] for key in ("strengths", "noisy", "rows", "seed")}


def _wanted(chosen) -> list[str]:
    known = [*names(), *FILTERS]
    if not isinstance(chosen, (list, tuple)):
        raise ValueError(f"networks must be a list of names, not {checks.show(chosen)}")
    if len(chosen) > len(known):
        raise ValueError(f"networks must be at most {len(known)} names, not {len(chosen)}")
    return [choose(name, known, "networks") for name in chosen] or known


def few() -> int:
    """How many test digits the slow filters, the other kinds of noise and the drift were measured on."""
    return next(row["pictures"] for row in analysis()["rows"] if row["network"] in FILTERS)


def kind_numbers() -> dict:
    """All denoisers against all kinds of noise, as a table in Markdown, for the lesson of the comparison."""
    table = analysis()
    measured = [row for row in table["rows"] if row["network"] in labels()]
    best = {kind: max(row["kinds"][kind] for row in measured) for kind in KINDS}
    rows = [["Nothing done", *(f"{table['noisy']['kinds'][kind]:.1f}" for kind in KINDS)]]
    for row in measured:
        cells = ((row["kinds"][kind], row["kinds"][kind] == best[kind]) for kind in KINDS)
        label = labels()[row["network"]].replace("autoencoder", "AE")  # the table is wide
        rows.append([label, *(f"**{db:.1f}**" if top else f"{db:.1f}" for db, top in cells)])
    heads = ["Denoiser", *(KIND_LABELS[kind].split(" (")[0].replace(" counts", "") for kind in KINDS)]
    networks = {row["network"] for row in measured if row["network"] not in (*FILTERS, "linear-denoiser")}
    led = [
        kind
        for kind in KINDS
        if any(row["kinds"][kind] == best[kind] and row["network"] in networks for row in measured)
    ]
    return {
        "few": f"{few():,}",
        "at": table["kinds_strength"],
        "table": markdown(heads, rows),
        "rank_cost": f"{checkpoints.metrics('linear-denoiser')['recipe']['tolerance']:g}",
        "led": listed([KIND_LABELS[kind].split(" (")[0].lower() for kind in led]),
        "lost": listed([KIND_LABELS[kind].split(" (")[0].lower() for kind in KINDS if kind not in led]),
        "patch": f"{best['missing-patch'] - table['noisy']['kinds']['missing-patch']:.1f}",
    }


def listed(words: list[str]) -> str:
    """Words as a list in a sentence: "a", "a and b", "a, b and c"; "none"."""
    if len(words) < 2:
        return words[0] if words else "none"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def markdown(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, the first column to the left, the others to the right."""
    lines = [heads, [":--"] + ["--:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def measured() -> dict:
    """What the test set says of each denoiser: PSNR (dB) by strength of Gaussian noise, and by kind at one strength."""
    table = analysis()
    rows = {row["network"]: {"psnr": row["psnr"], "kinds": row["kinds"]} for row in table["rows"]}
    counts = {row["network"]: row["pictures"] for row in table["rows"]}
    return {
        "strengths": table["strengths"], "kinds_strength": table["kinds_strength"], "noisy": table["noisy"]["kinds"],
        "rows": {name: row for name, row in rows.items() if name in labels()}, "pictures": counts,
    }  # fmt: skip


def props() -> dict:
    """What the denoisers are called, which of them learned nothing, and the order of the test set."""
    return {
        "labels": labels(),
        "classical": list(FILTERS),
        "examples": [example_strokes(digit) for digit in range(10)],
        "kinds": KIND_LABELS,
        "measured": measured(),
    }


ROOM = Room(calls=(compare_live,), props=props, numbers=kind_numbers, code=(by_filter,), endpoints={"compare": compare})
