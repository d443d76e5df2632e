"""Tab 1 on the page: the bench, then the steps of the path."""

from demos import page
from demos.denoise import laboratory
from demos.widgets import Instrument
from training.corruptions import KINDS
from training.strokes import example_strokes

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
    Instrument(
        "denoise_bench",
        [laboratory.bench],
        label="Denoising bench",
        examples=[example_strokes(digit) for digit in range(10)],
        networks=[[name, laboratory.NETWORKS[name]] for name in laboratory.names()],
        kinds=[[kind, KIND_LABELS[kind]] for kind in KINDS],
    )
    page.endpoint(laboratory.denoise, "denoise")
