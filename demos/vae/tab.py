"""What the tab shows: the network in one line with its latent map, then the steps of the path."""

from demos import page
from demos.vae import atlas, codes, film, samples
from demos.widgets import Instrument
from training.data import CLASSES
from training.strokes import example_strokes

WORDS = {
    "vae": "VAE, 32 dimensions",
    "vae-2d": "VAE, 2 dimensions",
    "vae-fashion": "VAE of garments, 32 dimensions",
    "vae-fashion-2d": "VAE of garments, 2 dimensions",
    "denoising-vae": "denoising VAE, 32 dimensions",
    "autoencoder": "autoencoder, 64 dimensions",
    "autoencoder-2d": "autoencoder, 2 dimensions",
    "autoencoder-16": "autoencoder, 16 dimensions",
}


def build() -> None:
    """Wire the tab; call it inside a gr.Blocks."""
    examples = [example_strokes(digit) for digit in range(10)]
    shared = {"examples": examples, "classes": CLASSES}
    Instrument(
        "vae_map",
        [atlas.atlas, atlas.posterior, atlas.point, atlas.draw_epsilon],
        networks=named(atlas.maps()),
        **shared,
    )
    with page.step(1, "What is the prior for? Sample it"):
        Instrument("vae_samples", [samples.grid], networks=named(codes.coders()), quality=samples.quality(), **shared)
        page.lesson("vae_samples")
        page.code(codes.sample)
    with page.step(2, "Why does a walk between two codes stay among digits?"):
        Instrument("vae_film", [film.film, film.gif, atlas.atlas], networks=named(film.walkable()), **shared)
        page.lesson("vae_film")
        page.code(codes.great_circle)
    for function in (
        codes.encode,
        codes.decode,
        codes.sample,
        codes.interpolate,
        codes.elbo,
        codes.traverse,
        codes.arithmetic,
    ):
        page.endpoint(function, function.__name__)


def named(names: list[str]) -> list[list[str]]:
    """[name, words] for a choice of networks, the well-known ones first."""
    order = list(WORDS)
    known = sorted(names, key=lambda name: (order.index(name) if name in order else len(order), codes.beta(name), name))
    return [[name, words(name)] for name in known]


def words(name: str) -> str:
    """What a visitor reads for a checkpoint's name."""
    if "-beta-" in name:
        return f"{words(name.partition('-beta-')[0])}, β = {codes.beta(name):g}"
    return WORDS.get(name, name.replace("-", " "))
