"""The live instruments of the app, as a visitor meets them: where each is, what is moved, what answers."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.frame import visit


@dataclass(frozen=True)
class Live:
    """One live instrument: open it, move it, look at `output` (a CSS selector of a canvas or of numbers).

    `goal` is in milliseconds from input to pixels: 40 for what the server answers, 16 for what the browser draws.
    """

    name: str
    tab: str
    room: str
    source: str
    move: Callable
    output: str
    goal: float = 40.0

    def open(self, page, url: str):
        """Show the instrument and return what is to be moved."""
        visit(page, url, self.tab, self.room)
        source = page.locator(self.source).locator("visible=true").first
        source.wait_for(timeout=15_000)
        source.scroll_into_view_if_needed()
        return source

    def leave(self, page) -> None:
        """Lift the pen."""
        page.mouse.up()


def drawn(page, pad, turn: int) -> None:
    """Go on with one long stroke, the pen staying down: a zigzag over the pad."""
    box = pad.bounding_box()
    x = box["x"] + box["width"] * (0.2 + 0.6 * (turn % 2) + 0.003 * turn)
    y = box["y"] + box["height"] * (0.1 + 0.8 * ((turn * 7) % 45) / 45)
    if turn == 0:
        page.mouse.move(x, y)
        page.mouse.down()
    else:
        page.mouse.move(x, y)


def slid(page, slider, turn: int) -> None:
    """Move the slider by a tenth of its range, by key: four times down, four times up."""
    slider.press("PageDown" if (turn // 4) % 2 == 0 else "PageUp")


def pointed(page, canvas, turn: int) -> None:
    """Move the pointer over the picture, a new place each time."""
    box = canvas.bounding_box()
    x = box["x"] + box["width"] * (0.25 + 0.5 * ((turn * 13) % 41) / 41)
    y = box["y"] + box["height"] * (0.25 + 0.5 * ((turn * 29) % 43) / 43)
    page.mouse.move(x, y)


def slider(label: str) -> str:
    """The range input behind a label."""
    return f'.slider:has(label:text-is("{label}")) input'


def picture(label: str) -> str:
    """The picture whose name begins so."""
    return f'.page canvas[aria-label^="{label}"]'


INSTRUMENTS = (
    Live("denoise: stroke to what the network sees", "denoise", "bench", ".pad-canvas", drawn,
         picture("What the network sees")),
    Live("denoise: stroke to reconstruction", "denoise", "bench", ".pad-canvas", drawn, picture("Reconstruction")),
    Live("denoise: noise strength to reconstruction", "denoise", "bench", slider("Strength"), slid,
         picture("Reconstruction")),
    Live("denoise: pen width to the steps", "denoise", "normalise", slider("Pen width"), slid,
         picture("The drawing, moved and resized")),
    Live("denoise: times applied", "denoise", "again", slider("Times applied"), slid,
         ".denoise-again canvas.picture", 16),
    Live("sample: map to decoded digit", "vae", "map", ".map-top", pointed, picture("decoded from z"), 16),
    Live("sample: scrub the film", "vae", "film", slider("From first to second"), slid, ".vae-film .screen canvas", 16),
    Live("ae vs vae: map to decoded digit", "latents", "maps", ".map-top", pointed,
         ".latents-maps .made canvas >> nth=1", 16),
    Live("classify: stroke to x", "softmax", "classify", ".pad-canvas", drawn, ".softmax-classify canvas.picture"),
    Live("classify: logits by temperature", "softmax", "logits", slider("Temperature T"), slid,
         ".softmax-logits .facts", 16),
)  # fmt: skip
