"""The digit pad as a plain Gradio component: the value is the drawing, light ink on dark."""

import gradio as gr
import numpy as np

from demos.drawing import read_picture
from training.strokes import example_strokes

SCRIPT = """
const pad = kit.pad({
  label: props.label, width: 224, strokes: props.strokes, examples: props.examples,
  onInput: (value) => { props.value = value; trigger('input'); trigger('change'); },
});
element.querySelector('.instrument').append(pad.element);
if (!props.value) { props.value = pad.value; trigger('change'); }
watch('value', () => { if (props.value === null || props.value === '') pad.set([]); });
"""


class DigitPad(gr.HTML):
    """A pad to draw on. Python receives the drawing as (112, 112) float32 in [0, 1]; None from Python clears it.

    `strokes` is what stands on it at first: a list of strokes, each a list of [x, y] in [0, 1]. A listener with
    `trigger_mode="always_last"` follows the stroke while it is drawn.
    """

    def __init__(self, label: str = "Draw a digit", strokes: list | None = None, **options):
        super().__init__(
            value=None,
            label=label,
            html_template='<div class="instrument digit-pad"></div>',
            js_on_load=SCRIPT,
            apply_default_css=False,
            strokes=example_strokes(3) if strokes is None else strokes,
            examples=[example_strokes(digit) for digit in range(10)],
            **options,
        )

    def get_block_name(self) -> str:
        return "html"

    def preprocess(self, payload: str | None) -> np.ndarray | None:
        """What the page sent, checked: a PNG data URL -> (H, W) in [0, 1]. gr.Error, a sentence, for anything else."""
        if not payload:
            return None
        try:
            return read_picture(payload)
        except ValueError as error:
            raise gr.Error(str(error), print_exception=False) from None

    def postprocess(self, value) -> str | None:
        """None clears the pad; a PNG data URL stays as it is."""
        if value is None or isinstance(value, str):
            return value
        raise ValueError("a DigitPad takes None (to clear it) or a PNG data URL")

    def api_info(self) -> dict:
        return {"type": "string", "description": "PNG data URL of the drawing, light ink on dark"}

    def example_payload(self) -> None:
        return None

    def example_value(self) -> None:
        return None
