"""A simulated electron micrograph, denoised patch by patch, and its vacancies counted before and after."""

import torch
import torch.nn.functional as F

from demos.denoise.compare.handlers import listed
from demos.kit import checks, networks
from demos.kit.encoding import grey
from demos.kit.room import Room
from training import checkpoints
from training.data.micrographs import LATTICES, Specimen, best_blur, count, inside, simulate, vacancies_in
from training.models.micrograph import denoise_by_patches
from training.store import analysis as analyses

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


ASKED = "0.5"  # the dose that the question and the lesson are about, electrons per white pixel
WAYS = {"noisy": "the raw counts", "blur": "the best blur", "network": "the network"}


def best_way(cell: dict) -> str:
    """Who judges best in a cell of the analysis: "noisy", "blur", "network" or, within the spread, "alike"."""
    difference, spread = cell["network - blur"]
    best = max(WAYS, key=lambda way: cell[way]["right"][0])
    return "alike" if best != "noisy" and abs(difference) <= spread else best


def where(better: str) -> str:
    """The doses and lattices at which "network" or "blur" judges better than the other by more than the spread."""
    table = analyses.load("micrographs")
    sign = 1 if better == "network" else -1
    found = []
    for lattice, cells in table["lattices"].items():
        doses = [dose for dose, cell in cells.items() if sign * cell["network - blur"][0] > cell["network - blur"][1]]
        if doses:
            found.append(f"on {lattice} lattices at {listed(doses)}")
    return listed(found) if found else "nowhere"


def micrograph_numbers() -> dict:
    """The numbers of the micrograph's lesson, from its checkpoint's metrics and from the analysis of the verdicts."""
    table = analyses.load("micrographs")
    cells = table["all"]
    gains = [cell["network"]["psnr"][0] - cell["blur"]["psnr"][0] for cell in cells.values()]
    shares = {way: f"{100 * mean:.1f} \u00b1 {100 * spread:.1f} %"
              for way in WAYS for mean, spread in [cells[ASKED][way]["right"]]}  # fmt: skip
    return {
        "parameters": f"{checkpoints.metrics(NAME)['parameters']:,}",
        "gain_low": f"{min(gains):.1f}",
        "gain_high": f"{max(gains):.1f}",
        "at_dose": ASKED,
        "specimens": cells[ASKED]["specimens"],
        "each": table["fields"],
        "blur_better": where("blur"),
        "network_better": where("network"),
        **shares,
    }


def asked() -> dict | None:
    """What the question of the step is answered with; None where it was not measured."""
    if not analyses.exists("micrographs"):
        return None
    cell = analyses.load("micrographs")["all"][ASKED]
    shares = {way: {"right": cell[way]["right"][0], "spread": cell[way]["right"][1]} for way in WAYS}
    return {"dose": float(ASKED), "fields": cell["specimens"], "shares": shares, "best": best_way(cell)}


def props() -> dict:
    """The lattices, the size of the picture, whether the network is there, and what was measured of the verdicts."""
    return {
        "lattices": list(LATTICES),
        "size": SIZE,
        "network": bool(networks.available(NAME)),
        "asked": asked(),
    }


ROOM = Room(
    calls=(micrograph,), props=props, numbers=micrograph_numbers, code=(vacancies_in, count, denoise_by_patches)
)
