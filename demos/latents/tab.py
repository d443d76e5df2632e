"""Tab 3: autoencoder against VAE, latent space by latent space (lecture, part B7): shown, not told.

The tab opens on the linked maps and the path between two digits; the steps below each answer one question.
"""

import gradio as gr

from demos.kit import networks, page
from demos.kit.instrument import Instrument
from demos.latents import measured, spaces
from demos.latents.bottleneck import handlers as bottleneck
from demos.latents.disturb import handlers as disturb
from demos.latents.history import handlers as history
from demos.latents.maps import handlers as paths
from demos.latents.probes import handlers as probes
from demos.latents.samples import handlers as samples
from demos.latents.summary import handlers as summary
from demos.latents.widths import handlers as widths
from training.analyse.probes import neighbours
from training.data.strokes import example_strokes
from training.measures import latent_space

FIRST, SECOND = 3, 2  # test digits of the path that the tab opens with: a 0 and a 1
DISTURBED = 1  # the test digit whose code is disturbed first: a 2

TWINS = {"lecture": "the lecture's networks", "deep": "deeper ones (residual blocks)"}
NAMES = {
    "autoencoder": "autoencoder, MSE",
    "autoencoder-bce": "autoencoder, BCE",
    "sparse-autoencoder": "sparse autoencoder",
    "denoising-autoencoder": "denoising autoencoder",
}


def build() -> None:
    """Wire the tab; call it inside a gr.Blocks."""
    gr.Markdown(
        "Each dot is a test digit squeezed into two numbers, by methods that saw the same pictures. "
        "**Point at one: where do the others keep it?**",
        elem_classes=["lesson", "wide-table"],
    )
    Instrument(
        "latents_maps",
        [spaces.atlas, spaces.digit, spaces.look_up, spaces.decode_at, paths.walk_all],
        label="Linked latent maps and the path between two digits",
        first=FIRST,
        second=SECOND,
        twins=[[twins, TWINS[twins]] for twins in spaces.pairs()],
    )
    page.lesson("latents/maps/lesson")
    with page.step(1, "What does the bottleneck keep of your digit?"):
        Instrument(
            "latents_bottleneck",
            [bottleneck.squeeze],
            label="The autoencoder layer by layer",
            networks=[[name, NAMES[name]] for name in bottleneck.available()],
            examples=[example_strokes(digit) for digit in range(10)],
            start=4,
        )
        page.lesson("latents/bottleneck/lesson")
        page.code(bottleneck.layers)
    with page.step(2, "Where does a decoder not know what to draw?"):
        Instrument("latents_holes", [spaces.atlas, measured.holes], label="Holes in the latent spaces")
        page.lesson("latents/holes/lesson")
        page.code(latent_space.return_distance)
    with page.step(3, "Can each of them make new digits?"):
        Instrument(
            "latents_samples",
            [spaces.atlas, samples.draw],
            label="Sampling every space the same way",
            samplers=[[kind, words] for kind, words in samples.SAMPLERS.items()],
        )
        page.lesson("latents/samples/lesson")
        page.code(latent_space.draw)
    with page.step(4, "What if the code is disturbed?"):
        Instrument(
            "latents_disturb",
            [disturb.disturb],
            label="Noise on the code",
            index=DISTURBED,
            units=[[unit, words] for unit, words in disturb.UNITS.items()],
        )
        page.lesson("latents/disturb/lesson")
        page.code(disturb.disturb)
    drawn = [example_strokes(digit) for digit in range(10)]
    with page.step(5, "What do more numbers in the code buy?"):
        Instrument(
            "latents_widths",
            [widths.rebuild, widths.curves, widths.views],
            label="Reconstruction against the width of the code",
            titles=widths.TITLES,
            examples=drawn,
            start=5,
        )
        page.lesson("latents/widths/lesson", **widths.active())
    with page.step(6, "Are the codes useful for anything else?"):
        Instrument(
            "latents_probes",
            [probes.probe, bottleneck.strokes_of],
            label="Feature learning and the sparse code",
            networks=[[name, NAMES[name]] for name in networks.available("sparse-autoencoder", "autoencoder")],
            examples=drawn,
            start=2,
        )
        page.lesson("latents/probes/lesson")
        page.code(neighbours)
    with page.step(7, "How do the maps come to be?"):
        Instrument(
            "latents_history",
            [history.moment],
            label="The twins while they learn",
            epochs=history.shared(),
            curves=history.curves(),
            seeds=history.seeds(),
        )
        page.lesson("latents/history/lesson")
    with page.step(8, "So: autoencoder or VAE?"):
        gr.Markdown(summary.markdown(), elem_classes=["lesson", "wide-table"])
        page.lesson("latents/summary/lesson")
        page.code(paths.walk)
    page.endpoint(probes.probe, "probe")
    page.endpoint(spaces.latents, "latents")
    page.endpoint(paths.path, "path")
