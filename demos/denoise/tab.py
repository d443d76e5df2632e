"""Tab 1 on the page: the bench, then the steps of the path."""

from collections.abc import Callable

import gradio as gr

from demos.denoise.again import handlers as again
from demos.denoise.bench import handlers as laboratory
from demos.denoise.bench import sources
from demos.denoise.compare import handlers as compare
from demos.denoise.figure import handlers as figure
from demos.denoise.micrograph import handlers as micrograph
from demos.denoise.normalise import handlers as normalise
from demos.denoise.unlike import handlers as unlike
from demos.kit import networks, page
from demos.kit.instrument import Instrument
from training import checkpoints
from training.data import datasets
from training.data.corruptions import KINDS, corrupt
from training.data.micrographs import LATTICES
from training.data.strokes import STROKE, example_strokes
from training.measures.denoisers import FILTERS, by_network

KIND_LABELS = {
    "gaussian": "Gaussian (the lecture's)",
    "salt-and-pepper": "Salt and pepper",
    "missing-pixels": "Missing pixels",
    "missing-patch": "Missing patch",
    "blur": "Blur",
    "poisson": "Poisson counts (electrons)",
}


def build() -> None:
    """Build tab 1 inside the current gr.Blocks."""
    choices = [[name, laboratory.NETWORKS[name]] for name in laboratory.names()]
    Instrument(
        "denoise_bench",
        [laboratory.bench, sources.test_digit, sources.photo],
        label="Denoising bench",
        examples=[example_strokes(digit) for digit in range(10)],
        networks=choices,
        kinds=[[kind, KIND_LABELS[kind]] for kind in KINDS],
        has_test_digits=datasets.at_hand("digits"),
    )
    with page.step(1, "How does a drawing become data?"):
        Instrument("denoise_normalise", [normalise.normalise_live], label="From drawing to data", labels=compare.LABELS)
        page.lesson("denoise/normalise/lesson", stroke=STROKE)
    with page.step(2, "What does each denoiser make of the same noise, learned or not?"):
        Instrument(
            "denoise_compare",
            [compare.compare_live],
            label="Comparison",
            labels=compare.LABELS,
            classical=list(FILTERS),
        )
        or_say(lambda: page.lesson("denoise/compare/lesson", **kind_numbers()))
    with page.step(3, "Why must the noise in training match the noise in the test?"):
        or_say(grid_step)
    with page.step(4, "What if it is fed its own output, again and again?"):
        Instrument("denoise_again", [again.again_live], label="Apply it again", networks=choices, times=again.TIMES)
        or_say(lambda: page.lesson("denoise/again/lesson", **drift_numbers()))
    with page.step(5, "What does it see in a picture that is no digit?"):
        or_say(unlike_step)
    with page.step(6, "How does the lecture's own figure look?"):
        Instrument("denoise_figure", [figure.figure], label="The lecture's figure")
    if networks.available(micrograph.NAME):
        with page.step(7, "What has this to do with electron microscopes?"):
            Instrument(
                "denoise_micrograph", [micrograph.micrograph], label="Electron micrograph",
                lattices=list(LATTICES), size=micrograph.SIZE,
            )  # fmt: skip
            page.lesson("denoise/micrograph/lesson", **micrograph_numbers())
    with page.step(8, "Formulas, code and exercises"):
        or_say(lambda: page.lesson("denoise/formulas/lesson", **bench_numbers()))
        gr.Markdown("**The code that ran**")
        page.code(corrupt)
        page.code(by_network)
        page.code(laboratory.denoise)
        gr.Markdown("**Exercises**")
        page.lesson("denoise/formulas/exercises")
    page.endpoint(laboratory.denoise, "denoise")
    page.endpoint(compare.compare, "compare")
    page.endpoint(normalise.normalise, "normalise")
    page.endpoint(compare.noise_grid, "noise_grid")


def grid_step() -> None:
    """Step 3: the table of training noise against test noise."""
    Instrument(
        "denoise_grid", [compare.noise_grid], label="Training noise against test noise",
        labels=compare.LABELS, classical=list(FILTERS), names=list(laboratory.names()),
    )  # fmt: skip
    page.lesson("denoise/grid/lesson", **grid_numbers())


def unlike_step() -> None:
    """Step 5: pictures that are no digits."""
    meter = compare.analysis()["meter"]
    shown = {name: f"{share:.0f}" for name, share in unlike.verdicts().items()}
    Instrument(
        "denoise_unlike", [unlike.unlike_live], label="Leave the data", strangers=unlike.strangers(),
        labels=unlike.labels(), quantiles=meter["quantiles"],
    )  # fmt: skip
    page.lesson(
        "denoise/unlike/lesson", meter=meter["network"].upper(), letter=shown["letter A"], empty=shown["empty page"],
        scribble=shown["scribble"],
    )  # fmt: skip


def or_say(build_part: Callable[[], None]) -> None:
    """Build a part of the tab; where a file that it stands on is missing or damaged, say so in its place."""
    try:
        build_part()
    except (FileNotFoundError, ValueError) as error:
        gr.Markdown(f"*{error}*")
    except KeyError as error:
        again = "python -m training.analyse.denoising --changed"
        gr.Markdown(f"*weights/analysis/denoising.json has no {error}: it is older than this page; run `{again}`*")


def grid_numbers() -> dict:
    """What the lesson of the table says, read from the table: who wins where, and what being blind costs."""
    table = compare.analysis()
    psnr = {row["network"]: row["psnr"] for row in table["rows"]}
    trained = {
        row["network"]: row["trained_on"]
        for row in table["rows"]
        if "autoencoder" in row["network"] and row["trained_on"] != "blind"
    }
    winners, costs = [], []
    for strength in sorted({noise for noise in trained.values() if noise > 0}):
        column = table["strengths"].index(strength)
        best = max(trained, key=lambda name: psnr[name][column])
        winners.append(f"at {strength} the one trained at {trained[best]} ({psnr[best][column]:.1f} dB)")
        if "denoising-autoencoder-blind" in psnr:
            costs.append(psnr[best][column] - psnr["denoising-autoencoder-blind"][column])
    weak = table["strengths"].index(0.1)
    best = max(psnr, key=lambda name: psnr[name][weak])
    own = max(psnr[name][weak] for name in psnr if "autoencoder" in name)
    weakly = (
        "A bottleneck costs detail that weak noise never hid: at 0.1 the best of all is "
        f"{compare.LABELS[best].lower()} with {psnr[best][weak]:.1f} dB, the best autoencoder reaches {own:.1f}."
    )
    blindly = (
        f"The one trained blind, with any strength from 0 to 1, loses at most {max(0.0, *costs):.1f} dB "
        "to the specialist of each of these strengths."
        if costs
        else ""
    )
    counts = {row["pictures"] for row in table["rows"]}
    return {
        "pictures": f"{max(counts):,}",
        "few": f"{min(counts):,}",
        "seed": table["seed"],
        "winners": "Among the autoencoders trained at one strength, the best is " + ", ".join(winners) + ".",
        "weak": "" if "autoencoder" in best else weakly,
        "blind": blindly,
    }


def kind_numbers() -> dict:
    """All denoisers against all kinds of noise, as a table in Markdown, for the lesson of the comparison."""
    table = compare.analysis()
    best = {kind: max(row["kinds"][kind] for row in table["rows"]) for kind in KINDS}
    rows = [["Nothing done", *(f"{table['noisy']['kinds'][kind]:.1f}" for kind in KINDS)]]
    for row in table["rows"]:
        cells = ((row["kinds"][kind], row["kinds"][kind] == best[kind]) for kind in KINDS)
        label = compare.LABELS[row["network"]].replace("autoencoder", "AE")  # the table is wide
        rows.append([label, *(f"**{db:.1f}**" if top else f"{db:.1f}" for db, top in cells)])
    heads = ["Denoiser", *(KIND_LABELS[kind].split(" (")[0].replace(" counts", "") for kind in KINDS)]
    return {"few": grid_numbers()["few"], "at": table["kinds_strength"], "table": markdown(heads, rows)}


def drift_numbers() -> dict:
    """How many digits are read right after 1, 5 and all times, as a table in Markdown."""
    table = compare.analysis()
    shares = {name: share for name, share in table["drift"].items() if name in laboratory.NETWORKS}
    times = len(next(iter(shares.values())))
    rows = [
        [laboratory.NETWORKS[name], *(f"{100 * share[n - 1]:.0f} %" for n in (1, 5, times))]
        for name, share in shares.items()
    ]
    numbers = {"count": grid_numbers()["few"], "at": table["kinds_strength"], "times": times}
    return numbers | {"table": markdown(["Network", "1", "5", str(times)], rows)}


def markdown(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, the first column to the left, the others to the right."""
    lines = [heads, [":--"] + ["--:"] * (len(heads) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def bench_numbers() -> dict:
    """The numbers of the bench's lesson, from the table of all denoisers."""
    table = compare.analysis()
    at = {strength: i for i, strength in enumerate(table["strengths"])}
    psnr = {row["network"]: row["psnr"] for row in table["rows"]}
    return {
        "code": checkpoints.metrics("denoising-autoencoder")["recipe"]["latent_dim"],
        "before": f"{table['noisy']['psnr'][at[0.3]]:.1f}",
        "after": f"{psnr['denoising-autoencoder'][at[0.3]]:.1f}",
        "clean": f"{psnr['denoising-autoencoder'][at[0.0]]:.1f}",
        "plain": f"{psnr['autoencoder'][at[0.0]]:.1f}",
        "plain_noisy": f"{psnr['autoencoder'][at[0.3]]:.1f}",
    }


def micrograph_numbers(dose: str = "0.5") -> dict:
    """The numbers of the micrograph's lesson, from its checkpoint's metrics."""
    metrics = checkpoints.metrics(micrograph.NAME)
    table = metrics["by_dose"]
    gains = [table["network"][d]["psnr"] - table["blur"][d]["psnr"] for d in table["network"]]
    return {
        "parameters": f"{metrics['parameters']:,}",
        "gain_low": f"{min(gains):.1f}",
        "gain_high": f"{max(gains):.1f}",
        "at_dose": dose,
        **{name: f"{100 * table[name][dose]['balanced']:.0f} %" for name in ("noisy", "blur", "network")},
    }
