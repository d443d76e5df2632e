"""Whether the prettier micrograph finds more vacancies: raw counts, the best blur and the network, verdict by verdict.

    python -m training.analyse.micrographs    # two minutes; writes weights/analysis/micrographs.json

For each lattice and dose the mean over simulated specimens, with half the width of its interval of 95 %, of the PSNR
(dB) and of the share of right verdicts: the mean over vacancies and full columns, 0.5 is guessing. All three judge the
same specimens, so the difference between network and blur is measured in pairs.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training import checkpoints
from training.data.micrographs import LATTICES, best_blur, count, inside, simulate, vacancies_in
from training.measures.spread import NINETY_FIVE
from training.models.micrograph import denoise_by_patches
from training.store import analysis
from training.train_micrograph import specimen

WAYS = ("noisy", "blur", "network")


@dataclass
class Settings:
    doses: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0)  # electrons per white pixel
    fields: int = 100  # specimens of each lattice at each dose, other ones at every dose
    size: int = 128  # pixels of their sides
    vacancies: float = 0.1  # share of the columns that are missing
    network: str = "micrograph-denoiser"
    seed: int = 1_000  # of the specimens and of the counts; training began with others


@torch.no_grad()
def verdicts(network: nn.Module, settings: Settings, lattice: str, dose: float) -> Tensor:
    """(fields, 3, 2): PSNR (dB) and share of right verdicts of raw counts, best blur and network."""
    generator = torch.Generator().manual_seed(settings.seed + round(1_000 * dose))
    rows = []
    while len(rows) < settings.fields:
        thing = specimen(generator)
        thing.lattice, thing.vacancies = lattice, settings.vacancies
        clean, places, vacant = simulate(thing, settings.size, generator)
        noisy = count(clean, dose, generator)
        kept = inside(places, settings.size)
        places, vacant = places[kept], vacant[kept]
        if not vacant.any():
            continue  # nothing to find
        images = (noisy, best_blur(noisy, clean)[0], denoise_by_patches(network, noisy))
        rows.append([[-10 * float(F.mse_loss(image, clean).log10()), right(image, places, vacant, thing.background)]
                     for image in images])  # fmt: skip
    return torch.tensor(rows)


def right(image: Tensor, places: Tensor, vacant: Tensor, background: float) -> float:
    """The share of right verdicts on sites: the mean over the vacant ones and over the full ones."""
    found = vacancies_in(image, places, background)
    return 0.5 * float(found[vacant].float().mean() + (~found[~vacant]).float().mean())


def mean_and_spread(values: Tensor) -> list[float]:
    """[mean, half the width of its interval of 95 %] of independent values (N,)."""
    half = NINETY_FIVE * float(values.std()) / len(values) ** 0.5 if len(values) > 1 else float("inf")
    return [round(float(values.mean()), 4), round(half, 4)]


def cell(rows: Tensor) -> dict:
    """What is told of specimens (N, 3, 2): for each way psnr and right, and network minus blur in pairs."""
    told: dict = {way: {"psnr": mean_and_spread(rows[:, i, 0]), "right": mean_and_spread(rows[:, i, 1])}
                  for i, way in enumerate(WAYS)}  # fmt: skip
    return told | {"network - blur": mean_and_spread(rows[:, 2, 1] - rows[:, 1, 1]), "specimens": len(rows)}


def analyse(settings: Settings, network: nn.Module) -> dict:
    """All lattices together, and each alone, by dose."""
    rows = {lattice: {f"{dose:g}": verdicts(network, settings, lattice, dose) for dose in settings.doses}
            for lattice in LATTICES}  # fmt: skip
    doses = [f"{dose:g}" for dose in settings.doses]
    return {
        "command": "python -m training.analyse.micrographs",
        **{key: value for key, value in asdict(settings).items() if key != "doses"},
        "all": {dose: cell(torch.cat([rows[lattice][dose] for lattice in LATTICES])) for dose in doses},
        "lattices": {lattice: {dose: cell(rows[lattice][dose]) for dose in doses} for lattice in LATTICES},
    }


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="seconds on few specimens; never touches weights/")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)
    settings = Settings(doses=(0.5, 5.0), fields=2, size=64) if options.smoke else Settings()
    sums = {settings.network: checkpoints.sha256(settings.network)}  # before it is read
    result = analyse(settings, checkpoints.load(settings.network)) | {"sha256": sums}
    if options.smoke:
        print(f"smoke: {len(result['all'])} doses, nothing written")
        return
    print(f"wrote {analysis.save('micrographs', result)}")


if __name__ == "__main__":
    main()
