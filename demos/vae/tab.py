"""What the tab shows: the network in one line with its latent map, then the steps of the path."""

import re

from demos.kit import page
from demos.kit.instrument import Instrument
from demos.vae import codes, sources
from demos.vae.equations import handlers as equations
from demos.vae.film import handlers as film
from demos.vae.ladder import handlers as ladder
from demos.vae.ledger import handlers as ledger
from demos.vae.map import handlers as atlas
from demos.vae.samples import handlers as samples
from demos.vae.strips import handlers as strips
from training.data.datasets import CLASSES
from training.data.strokes import example_strokes
from training.models.vae import kl_per_dimension, negative_elbo, reparameterise

WORDS = {  # what a visitor reads; the well-known ones first
    "vae": "VAE",
    "vae-fashion": "VAE of garments",
    "vae-deep": "deeper VAE",
    "autoencoder-deep": "deeper autoencoder (z = μ)",
    "denoising-vae": "denoising VAE",
    "autoencoder": "autoencoder",
    "denoising-autoencoder": "denoising autoencoder",
    "sparse-autoencoder": "sparse autoencoder",
    "pca": "PCA",
}
ENDPOINTS = (
    codes.encode, codes.decode, codes.sample, codes.interpolate, codes.elbo, codes.traverse, codes.arithmetic,
)  # fmt: skip


def build() -> None:
    """Wire the tab; call it inside a gr.Blocks."""
    shared = {"examples": [example_strokes(digit) for digit in range(10)], "classes": CLASSES}
    variational = named(codes.vaes())
    Instrument(
        "vae_map",
        [atlas.atlas, atlas.posterior, atlas.point, atlas.draw_epsilon],
        networks=named(atlas.maps()),
        **shared,
    )
    page.lesson("vae/map/lesson")
    with page.step(1, "What is the prior for? Sample it"):
        real, noise = (measured(what).get("digits", {}) for what in ("real", "noise"))
        quality = {"quality": measured("quality"), "real": measured("real")}
        Instrument("vae_samples", [samples.grid], networks=named(codes.coders()), **quality, **shared)
        page.lesson("vae/samples/lesson", real=percent(real), noise=percent(noise))
        page.code(codes.sample)
    with page.step(2, "Why does a walk between two codes stay among digits?"):
        walkers = named(sources.walkable())
        Instrument("vae_film", [film.film, film.gif, atlas.atlas], networks=walkers, **shared)
        page.lesson("vae/film/lesson")
        page.code(codes.great_circle)
    with page.step(3, "What does one picture cost, and where? The ELBO's ledger"):
        Instrument("vae_ledger", [ledger.ledger], networks=variational, **shared)
        page.lesson("vae/ledger/lesson")
        page.code(negative_elbo)
    with page.step(4, "What does β trade? Climb the ladder"):
        families = [name for name in ladder.BASES if name in codes.vaes()]
        rungs = [
            [name, [{"network": rung, "beta": codes.beta(rung)} for rung in ladder.rungs(name)]] for name in families
        ]
        said = {name: words(name) for name in families}
        Instrument("vae_ladder", [ladder.rung], families=rungs, words=said, curve=ladder.curve())
        page.lesson("vae/ladder/lesson")
    with page.step(5, "What does each dimension of the code mean?"):
        Instrument("vae_strips", [strips.strips, atlas.point], networks=variational, **shared)
        page.lesson("vae/strips/lesson")
        page.code(codes.traverse)
    with page.step(6, "Can one calculate with digits?"):
        digits = [name for name in sources.walkable() if codes.dataset(name) == "digits"]
        asked = {"thicker": 1.0, "leaning": 15.0} | measured("asked")
        Instrument(
            "vae_equations", [equations.equation], networks=named(digits), bench=measured("bench"), asked=asked,
            directed=list(measured("directions")), **shared,
        )  # fmt: skip
        page.lesson("vae/equations/lesson")
        page.code(codes.arithmetic)
    with page.step(7, "One dimension by hand: why z = μ + σ ε?"):
        Instrument("vae_gaussian")
        page.lesson("vae/gaussian/lesson")
        page.code(reparameterise)
        page.code(kl_per_dimension)
    for function in ENDPOINTS:
        page.endpoint(function, function.__name__)


def measured(what: str) -> dict:
    """One part of what `python -m training.analyse.generation` measured; empty where it was not run."""
    return ledger.generation().get(what, {})


def percent(quality: dict) -> str:
    """The share that the classifier was sure of, in words."""
    return f"{100 * quality['share']:.0f}%" if quality else "an unmeasured share"


def named(names: list[str]) -> list[list[str]]:
    """[name, words] for a choice of networks, the well-known ones first."""
    order = list(WORDS)

    def rank(name: str) -> tuple:
        return (
            order.index(base(name)) if base(name) in order else len(order),
            "-beta-" in name,
            codes.beta(name),
            name,
        )

    return [[name, words(name)] for name in sorted(names, key=rank)]


def base(name: str) -> str:
    """vae-2d-beta-4 -> vae: a checkpoint's name without its dimensions and its beta."""
    return re.sub(r"(-\d+d)?(-beta-.*)?$", "", name)


def words(name: str) -> str:
    """What a visitor reads for a checkpoint's name: "VAE, 2 dimensions, β = 4"."""
    trained = f", β = {codes.beta(name):g}" if "-beta-" in name else ""
    return f"{WORDS.get(base(name), base(name).replace('-', ' '))}, {codes.dimensions(name)} dimensions{trained}"
