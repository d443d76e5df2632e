"""Training noise against test noise (lecture, part A5): every denoiser at every strength, as it was measured."""

from demos.denoise.bench.handlers import names
from demos.denoise.compare.handlers import analysis, labels, noise_grid
from demos.kit.room import Room
from training import checkpoints
from training.measures.denoisers import FILTERS


def grid_numbers() -> dict:
    """What the lesson of the table says, read from the table: who wins where, and what being blind costs."""
    table = analysis()
    psnr = {row["network"]: row["psnr"] for row in table["rows"]}
    autoencoders = {one.name for one in checkpoints.all() if one.kind in ("autoencoder", "denoising-autoencoder")}
    trained = {
        row["network"]: row["trained_on"]
        for row in table["rows"]
        if row["network"] in autoencoders and row["trained_on"] != "blind"
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
    own = max(psnr[name][weak] for name in psnr if name in autoencoders)
    weakly = (
        "A bottleneck costs detail that weak noise never hid: at 0.1 the best of all is "
        f"{labels()[best]} with {psnr[best][weak]:.1f} dB, the best autoencoder reaches {own:.1f}."
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
        "weak": "" if best in autoencoders else weakly,
        "blind": blindly,
    }


def props() -> dict:
    """What the denoisers are called, which learned nothing, and which are networks of ours."""
    return {"labels": labels(), "classical": list(FILTERS), "names": list(names())}


ROOM = Room(calls=(noise_grid,), props=props, numbers=grid_numbers, endpoints={"noise_grid": noise_grid})
