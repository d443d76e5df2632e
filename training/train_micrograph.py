"""Train the small denoiser of simulated micrographs (beyond the lecture's digits, where the lecture comes from).

    python -m training.train_micrograph

Nothing but the simulation is needed: each step draws lattices, vacancies and doses of its own, so no picture is ever
seen twice and nothing can be overfitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from training.data.micrographs import LATTICES, Specimen, best_blur, count, inside, simulate, vacancies_in
from training.measures.denoisers import total_variation
from training.models.micrograph import PATCH, MicrographDenoiser, denoise_by_patches
from training.run import options, record, runs
from training.run.loop import Keeper, Loop
from training.run.options import setting

MADE = "simulated-micrographs"


@dataclass
class Settings:
    name: str = setting("micrograph-denoiser", "name of the checkpoint: weights/<name>")
    dataset: str = setting(MADE, "made by training/data/micrographs.py: there are no files", choices=[MADE])
    width: int = setting(32, "channels of the code")
    epochs: int = setting(10, "there is no data set to pass over: parts of the training, with a number each")
    steps: int = setting(400, "minibatches an epoch")
    fields: int = setting(8, "simulated fields a step, each 64 x 64 pixels cut into four patches")
    learning_rate: float = setting(3e-3, "peak of the one cycle of Adam")
    lowest_dose: float = setting(0.1, "electrons per white pixel; the logarithm of the dose is uniform")
    highest_dose: float = setting(50.0, "electrons per white pixel")
    seed: int = setting(0, "of the weights and of the simulation", least=0)


def specimen(generator: torch.Generator) -> Specimen:
    """Any specimen of the kind that the tab's sliders can make."""
    share = torch.rand(7, generator=generator).tolist()
    return Specimen(
        lattice=LATTICES[int(share[0] < 0.5)],
        spacing=7 + 9 * share[1],
        width=1.4 + 1.6 * share[2],
        angle=90 * share[3],
        vacancies=0.15 * share[4],
        background=0.25 * share[5],
        drift=0.6 * share[6],
    )


def batch(settings: Settings, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Noisy and clean patches, (4 * fields, 1, 32, 32) each."""
    clean = torch.stack([simulate(specimen(generator), 2 * PATCH, generator)[0] for _ in range(settings.fields)])
    span = torch.log(torch.tensor([settings.lowest_dose, settings.highest_dose]))
    dose = torch.exp(span[0] + (span[1] - span[0]) * torch.rand(settings.fields, 1, 1, generator=generator))
    noisy = count(clean, dose, generator)
    pair = torch.stack([noisy, clean], 1)  # (fields, 2, 64, 64)
    patches = pair.unfold(2, PATCH, PATCH).unfold(3, PATCH, PATCH).permute(0, 2, 3, 1, 4, 5).flatten(0, 2)
    return patches[:, :1], patches[:, 1:]


def train(settings: Settings, run: Keeper) -> tuple[MicrographDenoiser, dict]:
    """Fit the denoiser; return it and its curve of the MSE by epoch. Every picture is new: it is held out as well."""
    torch.manual_seed(settings.seed)
    network = MicrographDenoiser(settings.width)
    generator = torch.Generator().manual_seed(settings.seed)
    optimizer = torch.optim.Adam(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, settings.epochs * settings.steps, pct_start=0.1
    )
    loop = Loop(run, settings, network=network, optimizer=optimizer, schedule=schedule, generator=generator)

    for _ in loop.epochs():
        for _ in loop.steps(range(settings.steps)):
            noisy, clean = batch(settings, generator)
            loss = F.mse_loss(torch.sigmoid(network(noisy)), clean)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loop.count(loss)
        loop.record()
    return network, loop.curves


def best_variation(noisy: Tensor, clean: Tensor) -> Tensor:
    """Total variation denoising (H, W) with the weight that comes nearest to the clean image, which it should not know.

    The weights tried grow by factors of two up to the noise that a tenth of an electron makes.
    """
    tried = [torch.from_numpy(total_variation(noisy.numpy(), 0.1 * 2**k)) for k in range(8)]
    return min(tried, key=lambda image: float(F.mse_loss(image, clean)))


@torch.no_grad()
def evaluate(network: MicrographDenoiser, seed: int, fields: int = 40) -> dict:
    """PSNR (dB) and the share of right verdicts on sites, by dose, on specimens that training has not seen.

    `balanced` is the mean of the shares of vacancies found and of full columns left alone; 0.5 is guessing. Blur and
    total variation have the knob that is best for each image, chosen knowing the truth; the network has none.
    """
    result = {}
    for dose in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0):
        generator = torch.Generator().manual_seed(1_000_003 + seed)
        totals = {"noisy": [], "blur": [], "total-variation": [], "network": []}
        for _ in range(fields):
            thing = specimen(generator)
            thing.vacancies = 0.1
            clean, places, vacant = simulate(thing, 128, generator)
            noisy = count(clean, dose, generator)
            kept = inside(places, 128)
            images = {
                "noisy": noisy,
                "blur": best_blur(noisy, clean)[0],
                "total-variation": best_variation(noisy, clean),
                "network": denoise_by_patches(network, noisy),
            }
            for name, image in images.items():
                error = float(F.mse_loss(image, clean))
                found = vacancies_in(image, places[kept], thing.background)
                right = 0.5 * (found[vacant[kept]].float().mean() + (~found[~vacant[kept]]).float().mean())
                totals[name].append((-10 * torch.log10(torch.tensor(error)).item(), float(right)))
        for name, pairs in totals.items():
            psnr, right = torch.tensor(pairs).nanmean(0).tolist()
            result.setdefault(name, {})[f"{dose:g}"] = {"psnr": round(psnr, 2), "balanced": round(right, 3)}
    return result


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    options.device("cpu")  # the simulation is most of the work, and it is done there
    if chosen.smoke:
        settings.epochs, settings.steps, settings.fields = 1, 4, 2
    with runs.begin(settings, chosen) as run:
        network, curves = train(settings, run)
        by_dose = evaluate(record.as_stored(network), settings.seed, fields=1 if chosen.smoke else 40)
        for name, row in by_dose.items():
            print(f"{settings.name} {name}: " + ", ".join(f"{dose}: {cell['psnr']} dB" for dose, cell in row.items()))
        test = {"psnr": by_dose["network"]["5"]["psnr"]}  # at 5 electrons per white pixel
        metrics = record.metrics(network, settings, "training.train_micrograph", test, curves, chosen)
        run.finish(network, metrics | {"by_dose": by_dose}, half=True)


if __name__ == "__main__":
    main()
