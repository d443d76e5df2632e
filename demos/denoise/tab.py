"""What the tab denoise shows."""

import gradio as gr


def build() -> None:
    """Wire the tab; call it inside a gr.Blocks."""
    gr.Markdown("denoise")
