"""The app: four tabs on networks that were really trained.

    python app.py [--device auto|cpu|cuda] [--host HOST] [--port PORT]

This file only assembles: what a tab does is in demos/<tab>, what a network is in training/models.
"""

import argparse
import contextlib
import os
import sys

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # no request leaves this machine
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")  # else past events are counted anew at each event

with contextlib.suppress(ImportError):
    import spaces  # noqa: F401  (on ZeroGPU it must be imported before CUDA is touched; elsewhere it is not needed)

import gradio as gr
import torch

from demos import denoise, latents, softmax, vae
from demos.kit import networks, page
from demos.kit.instrument import Instrument

TITLE = "Autoencoders, VAEs and softmax, to play with"
TABS = (
    ("Denoise", "denoise", denoise.build),
    ("Sample", "vae", vae.build),
    ("AE vs VAE", "latents", latents.build),
    ("Classify", "softmax", softmax.build),
)


def build() -> gr.Blocks:
    """Assemble the four tabs."""
    with gr.Blocks(title=TITLE, delete_cache=(60, 600), analytics_enabled=False) as blocks:
        Instrument("kit_masthead", title=TITLE)
        with gr.Tabs(selected="denoise") as tabs:
            for label, key, build_tab in TABS:
                with gr.Tab(label, id=key, elem_id=key):
                    try:
                        build_tab()
                    except (FileNotFoundError, ValueError) as error:  # one bad file must not close the other tabs
                        gr.Markdown(f"**The rest of this tab cannot be shown.** {error}")
        blocks.load(tab_of_link, None, tabs, queue=False, show_progress="hidden", api_visibility="private")
    blocks.queue(api_open=True, default_concurrency_limit=8, max_size=400, status_update_rate=5)
    return blocks


def tab_of_link(request: gr.Request):
    """Open the tab that the link names with ?tab=<key>; any other link opens the first."""
    wanted = request.query_params.get("tab")
    return gr.Tabs(selected=wanted) if wanted in {key for _, key, _ in TABS} else gr.skip()


def main(argv: list[str] | None = None) -> int:
    """Parse the arguments and serve the app until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--host", help="address to listen on (default: GRADIO_SERVER_NAME, else 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (default: GRADIO_SERVER_PORT, else the first free from 7860)")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)  # for one picture one thread is faster than two, and visitors do not wait for each other
    try:
        device = networks.choose_device(options.device)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Networks on {device}.")
    page.launch(build(), server_name=options.host, server_port=options.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
