"""The live instruments of the app, as a visitor meets them: where each is, what is moved, what answers."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Live:
    """One live instrument: open it, move it, look at `output` (a CSS selector of a canvas or of numbers).

    `goal` is in milliseconds from input to pixels: 40 for what the server answers, 16 for what the browser draws.
    """

    name: str
    tab: str
    step: int  # 0 is the tab's main instrument
    source: str
    move: Callable
    output: str
    goal: float = 40.0

    def open(self, page):
        """Show the instrument and return what is to be moved."""
        page.locator(f"#{self.tab}-button").click()
        if self.step:
            header = page.locator(f"#{self.tab} .step > button").nth(self.step - 1)
            if "open" not in (header.get_attribute("class") or "").split():
                header.click()
        source = page.locator(f"#{self.tab} {self.source}").locator("visible=true").first
        source.wait_for(timeout=15_000)
        source.scroll_into_view_if_needed()
        page.wait_for_timeout(700)
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


def nudged(page, cell, turn: int) -> None:
    """Press an arrow key on a slider of our own: four times down, four times up."""
    cell.press("ArrowDown" if (turn // 4) % 2 == 0 else "ArrowUp")


def pointed(page, canvas, turn: int) -> None:
    """Move the pointer over the picture, a new place each time."""
    box = canvas.bounding_box()
    x = box["x"] + box["width"] * (0.25 + 0.5 * ((turn * 13) % 41) / 41)
    y = box["y"] + box["height"] * (0.25 + 0.5 * ((turn * 29) % 43) / 43)
    page.mouse.move(x, y)


def slider(label: str) -> str:
    """The range input behind a label."""
    return f'.slider:has(label:text-is("{label}")) input'


def canvas(tab: str, label: str) -> str:
    """The picture with this label on this tab."""
    return f'#{tab} canvas[aria-label="{label}"]'


INSTRUMENTS = (
    Live("denoise: stroke to what the network sees", "denoise", 0, ".pad-canvas", drawn,
         canvas("denoise", "What the network sees")),
    Live("denoise: stroke to reconstruction", "denoise", 0, ".pad-canvas", drawn, canvas("denoise", "Reconstruction")),
    Live("denoise: noise strength to reconstruction", "denoise", 0, slider("Strength"), slid,
         canvas("denoise", "Reconstruction")),
    Live("denoise: pen width to the steps", "denoise", 1, slider("Pen, share of the pad"), slid,
         canvas("denoise", "The drawing, moved and resized")),
    Live("denoise: times applied", "denoise", 4, slider("Times applied"), slid,
         '#denoise .denoise-again canvas.picture', 16),
    Live("sample: map to decoded digit", "vae", 0, ".map-top", pointed, canvas("vae", "decoded from z"), 16),
    Live("sample: epsilon to decoded digit", "vae", 0, slider("ε₁"), slid, canvas("vae", "decoded from z"), 16),
    Live("sample: stroke to posterior", "vae", 0, ".pad-canvas", drawn, canvas("vae", "what the network sees")),
    Live("sample: scrub the film", "vae", 2, slider("From first to second"), slid,
         "#vae .vae-film .screen canvas", 16),
    Live("ae vs vae: map to decoded digit", "latents", 0, ".map-top", pointed,
         "#latents .latents-maps .made canvas >> nth=1", 16),
    Live("ae vs vae: number of the code to output", "latents", 1, ".latents-bottleneck .slider input", slid,
         canvas("latents", "784 out")),
    Live("classify: stroke to x", "softmax", 0, ".pad-canvas", drawn, '#softmax .softmax-real .source canvas.picture'),
    Live("classify: 2 x 2 pixel to numbers", "softmax", 1, '[role="slider"].cell', nudged,
         "#softmax .softmax-chain .numbers", 16),
    Live("classify: logits by temperature", "softmax", 2, slider("Temperature T"), slid,
         "#softmax .softmax-logits .facts", 16),
)  # fmt: skip
