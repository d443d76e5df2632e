"""Formulas, code and exercises of the denoising tab (lecture, parts A2, A5 and A6)."""

from demos.denoise.bench.handlers import denoise
from demos.denoise.compare.handlers import analysis
from demos.kit.room import Room
from training import checkpoints
from training.data.corruptions import corrupt
from training.measures.denoisers import by_network


def bench_numbers() -> dict:
    """The numbers of the bench's lesson, from the table of all denoisers."""
    table = analysis()
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


ROOM = Room(numbers=bench_numbers, code=(corrupt, by_network, denoise))
