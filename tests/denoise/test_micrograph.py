"""The simulated micrograph: its geometry, its counts, its denoiser, its vacancies."""

import pytest
import torch

from demos.denoise.micrograph.handlers import SIZE, micrograph
from training import checkpoints
from training.data.micrographs import (
    BLURS,
    Specimen,
    best_blur,
    blur_matrices,
    count,
    inside,
    simulate,
    sites,
    vacancies_in,
)
from training.models.micrograph import MicrographDenoiser, denoise_by_patches

STANDARD = {
    "lattice": "hexagonal", "spacing": 11, "width": 2.2, "angle": 15, "vacancies": 0.06, "background": 0.08,
    "dose": 1.0, "seed": 0,
}  # fmt: skip


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("lattice", "neighbours"), [("square", 4), ("hexagonal", 6)])
def test_every_column_has_its_neighbours_at_the_spacing(lattice, neighbours):
    places = sites(Specimen(lattice=lattice, spacing=12.0), 128)
    middle = places[(places - 64).norm(dim=1).argmin()]
    distances = (places - middle).norm(dim=1).sort().values[1 : neighbours + 1]
    assert torch.allclose(distances, torch.full((neighbours,), 12.0), atol=1e-3)


def test_counts_are_poisson_numbers_of_the_dose():
    clean = torch.full((200, 200), 0.5)
    electrons = count(clean, 4.0, seeded()) * 4.0
    assert torch.allclose(electrons, electrons.round(), atol=1e-4)
    assert electrons.mean() == pytest.approx(2, rel=0.02)
    assert electrons.var() == pytest.approx(2, rel=0.03)


def test_the_image_has_its_background_and_its_vacancies():
    specimen = Specimen(vacancies=0.1, drift=0.0, background=0.1, width=1.5)
    clean, places, vacant = simulate(specimen, 128, seeded())
    kept = inside(places, 128)
    assert torch.equal(vacancies_in(clean, places[kept], 0.1), vacant[kept])  # without noise none is missed
    assert clean.min() == pytest.approx(0.1, abs=0.01)
    assert vacant.float().mean() == pytest.approx(0.1, abs=0.05)


def test_the_best_blur_is_the_best_and_a_blur_keeps_the_mean():
    clean, _, _ = simulate(Specimen(), 64, seeded())
    noisy = count(clean, 2.0, seeded())
    blurred, sigma = best_blur(noisy, clean)
    errors = [float((m @ noisy @ m.T - clean).square().mean()) for m in blur_matrices(64)]
    assert min(errors) == pytest.approx(float((blurred - clean).square().mean()))
    assert sigma == BLURS[errors.index(min(errors))]
    assert torch.allclose(blur_matrices(64).sum(2), torch.ones(len(BLURS), 64), atol=1e-4)


def test_patches_are_put_together_without_a_seam():
    class Half(torch.nn.Module):
        def forward(self, patches):
            return torch.logit((0.5 * patches).clamp(1e-4, 1 - 1e-4))

    image = torch.rand(64, 96)
    assert torch.allclose(denoise_by_patches(Half(), image), 0.5 * image, atol=1e-3)


def test_the_network_is_tiny_and_beats_every_blur_in_psnr_at_every_dose():
    network = checkpoints.load("micrograph-denoiser")
    assert isinstance(network, MicrographDenoiser)
    assert sum(p.numel() for p in network.parameters()) < 50_000
    for dose in (0.3, 1.0, 5.0, 20.0):
        answer = micrograph(**STANDARD | {"dose": dose})["views"]
        assert answer["network"]["psnr"] > answer["blur"]["psnr"] > answer["noisy"]["psnr"]


def test_every_column_gets_one_verdict():
    answer = micrograph(**STANDARD)
    for view in answer["views"].values():
        assert len(view["found"]) + len(view["missed"]) == answer["vacant"]
        assert len(view["false"]) <= answer["columns"] - answer["vacant"]
    assert not answer["views"]["clean"]["missed"]
    assert answer == micrograph(**STANDARD)
    assert len(answer["views"]["clean"]["picture"]) * 3 // 4 - SIZE**2 < 3


@pytest.mark.parametrize(
    "changes",
    [{"dose": 0}, {"dose": float("nan")}, {"spacing": 1}, {"lattice": "cubic"}, {"vacancies": 2}, {"seed": -1}],
)
def test_what_cannot_be_simulated_is_refused(changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        micrograph(**STANDARD | changes)
