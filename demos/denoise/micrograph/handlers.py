"""A simulated electron micrograph, denoised patch by patch, and its vacancies counted before and after."""

import torch
import torch.nn.functional as F

from demos.kit import checks, networks
from demos.kit.encoding import grey
from demos.kit.room import Room
from training import checkpoints
from training.data.micrographs import LATTICES, Specimen, best_blur, count, inside, simulate, vacancies_in
from training.models.micrograph import denoise_by_patches

NAME = "micrograph-denoiser"
SIZE = 128


@torch.inference_mode()
def micrograph(
    lattice: str,
    spacing: float,
    width: float,
    angle: float,
    vacancies: float,
    background: float,
    dose: float,
    seed: int,
) -> dict:
    """Simulate, count and denoise; the pictures as bytes, PSNR (dB), and the vacancies found in each of them.

    Lengths in pixels, `vacancies` a share of the columns, `dose` in electrons per white pixel.
    """
    specimen = Specimen(
        lattice=checks.choice(lattice, "lattice", LATTICES),
        spacing=checks.number(spacing, "spacing", 7, 16),
        width=checks.number(width, "width", 1.4, 3),
        angle=checks.number(angle, "angle", 0, 90),
        vacancies=checks.number(vacancies, "vacancies", 0, 0.3),
        background=checks.number(background, "background", 0, 0.25),
    )
    dose = checks.number(dose, "dose", 0.05, 100)
    generator = torch.Generator().manual_seed(checks.seed(seed))
    clean, places, vacant = simulate(specimen, SIZE, generator)
    noisy = count(clean, dose, generator)
    blurred, sigma = best_blur(noisy, clean)
    images = {"noisy": noisy, "blur": blurred}
    if networks.available(NAME):
        images["network"] = denoise_by_patches(networks.network(NAME), noisy.to(networks.device())).cpu()

    kept = inside(places, SIZE)
    places, vacant = places[kept], vacant[kept]
    views = {"clean": {"picture": grey(clean.numpy()), **_verdict(clean, clean, places, vacant, specimen)}}
    for name, image in images.items():
        views[name] = {"picture": grey(image.numpy()), **_verdict(image, clean, places, vacant, specimen)}
    return {
        "views": views,
        "sigma": sigma,
        "columns": len(places),
        "vacant": int(vacant.sum()),
        "electrons": float(clean.mean() * dose),
    }


def _verdict(image, clean, places, vacant, specimen) -> dict:
    """PSNR of an image, and each site's verdict: found vacancies, missed ones and false alarms with their places."""
    found = vacancies_in(image, places, specimen.background)
    error = float(F.mse_loss(image, clean))
    return {
        "psnr": None if error == 0 else -10 * float(torch.log10(torch.tensor(error))),
        "found": _points(places[found & vacant]),
        "missed": _points(places[vacant & ~found]),
        "false": _points(places[found & ~vacant]),
    }


def _points(places) -> list[list[float]]:
    return [[round(x, 1), round(y, 1)] for x, y in places.tolist()]


def micrograph_numbers(dose: str = "0.5") -> dict:
    """The numbers of the micrograph's lesson, from its checkpoint's metrics."""
    metrics = checkpoints.metrics(NAME)
    table = metrics["by_dose"]
    gains = [table["network"][d]["psnr"] - table["blur"][d]["psnr"] for d in table["network"]]
    return {
        "parameters": f"{metrics['parameters']:,}",
        "gain_low": f"{min(gains):.1f}",
        "gain_high": f"{max(gains):.1f}",
        "at_dose": dose,
        **{name: f"{100 * table[name][dose]['balanced']:.0f} %" for name in ("noisy", "blur", "network")},
    }


def props() -> dict:
    """The lattices and the size of the picture. FileNotFoundError where the network is missing."""
    checkpoints.metrics(NAME)
    return {"lattices": list(LATTICES), "size": SIZE}


ROOM = Room(calls=(micrograph,), props=props, numbers=micrograph_numbers)
