"""Tab 3: autoencoder against VAE, latent space by latent space (lecture, part B7): shown, not told.

The tab opens on the linked maps and the path between two digits; the steps below each answer one question.
"""

import gradio as gr

from demos import page
from demos.latents import paths, spaces
from demos.widgets import Instrument

FIRST, SECOND = 3, 2  # test digits of the path that the tab opens with: a 0 and a 1


def build() -> None:
    """Wire the tab; call it inside a gr.Blocks."""
    gr.Markdown(
        "Each dot is a test digit, squeezed into two numbers by three methods that saw the same pictures. "
        "**Point at one: where do the others keep it?**",
        elem_classes=["lesson"],
    )
    Instrument(
        "latents_maps",
        [spaces.atlas, spaces.digit, spaces.look_up, spaces.decode_at, paths.walk_all],
        label="Linked latent maps and the path between two digits",
        first=FIRST,
        second=SECOND,
    )
    page.endpoint(spaces.latents, "latents")
    page.endpoint(paths.path, "path")
