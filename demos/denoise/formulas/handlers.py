"""Formulas, code and exercises of the denoising tab (lecture, parts A2, A5 and A6)."""

from demos.denoise.bench.handlers import denoise, denoisers
from demos.denoise.compare.handlers import analysis, listed
from demos.denoise.grid.handlers import psnr_at, signed
from demos.kit.room import Room
from training import checkpoints, train_autoencoder
from training.data.corruptions import corrupt
from training.measures.denoisers import by_network
from training.models.autoencoder import ConvAutoencoder

GAINS = (0.1, 0.2, 0.3, 0.5, 1.0)  # strengths at which the plain autoencoder's gain is told


def bench_numbers() -> dict:
    """The numbers of the tab's lesson, from the table of all denoisers."""
    table = analysis()
    before = dict(zip(table["strengths"], table["noisy"]["psnr"], strict=True))
    spread = {row["network"]: row.get("psnr_spread") for row in table["rows"]}["denoising-autoencoder"]
    plain = {at: psnr_at("autoencoder", at) - before[at] for at in GAINS}
    return {
        "code": checkpoints.metrics("denoising-autoencoder")["recipe"]["latent_dim"],
        "pictures": f"{max(row['pictures'] for row in table['rows']):,}",
        "before": f"{before[0.3]:.1f}",
        "after": f"{psnr_at('denoising-autoencoder', 0.3):.1f}",
        "spread": f" \u00b1 {spread[table['strengths'].index(0.3)]:.2f}" if spread else "",
        "clean": f"{psnr_at('denoising-autoencoder', 0.0):.1f}",
        "plain": f"{psnr_at('autoencoder', 0.0):.1f}",
        "plain_noisy": f"{psnr_at('autoencoder', 0.3):.1f}",
        "unet": unet(),
        "plain_gains": listed([f"{signed(gain)} dB at {at}" for at, gain in plain.items()]),
        "harm": harm(plain),
        "patch": patch(),
    }


def unet() -> str:
    """What a network without a bottleneck reaches, where there is one."""
    own = [one.name for one in denoisers().values() if one.kind == "unet" and not one.yours]
    if not own:
        return ""
    return f" The U-Net has no bottleneck at all, saw the same target, and reaches {psnr_at(own[0], 0.3):.1f} dB."


def harm(gains: dict[float, float]) -> str:
    """At which of these strengths the plain autoencoder does harm, in a sentence."""
    bad, good = [at for at, gain in gains.items() if gain < 0], [at for at, gain in gains.items() if gain > 0]
    if not bad or not good or max(bad) > min(good):
        return ""
    return f"It does harm where the noise is weak (at {listed([str(at) for at in bad])}), not where it is strong."


def patch() -> str:
    """Who repairs a missing patch best on the test set, and by how much."""
    table = analysis()
    nets = [row for row in table["rows"] if row["network"] in denoisers()]
    best = max(nets, key=lambda row: row["kinds"]["missing-patch"])
    gain = best["kinds"]["missing-patch"] - table["noisy"]["kinds"]["missing-patch"]
    one = denoisers()[best["network"]]
    noise = "blind" if one.noise == "blind" else f"at noise {one.noise:g}"
    return f"the {checkpoints.KINDS[one.kind]} trained {noise}, which gains {gain:.1f} dB"


ROOM = Room(
    numbers=bench_numbers,
    code=(corrupt, ConvAutoencoder, train_autoencoder.train, by_network, denoise),
)
