"""What the tab latents shows."""

import gradio as gr


def build() -> None:
    """Wire the tab; call it inside a gr.Blocks."""
    gr.Markdown("latents")
