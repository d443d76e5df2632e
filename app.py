"""The app: four tabs on networks that were really trained.

    python app.py [--device auto|cpu|cuda] [--host HOST] [--port PORT] [--root-url URL] [--fetch]

This file only assembles: what a tab does is in demos/<tab>, what a network is in training/models.
"""

import argparse
import contextlib
import os
import sys

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # no request leaves this machine
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")  # else past events are counted anew at each event

with contextlib.suppress(ImportError):  # on ZeroGPU it must come before CUDA is touched; elsewhere it is not needed
    import spaces  # noqa: F401  # pyright: ignore[reportMissingImports]

import torch

from demos import denoise, latents, softmax, vae
from demos.kit import networks, page
from training.data import fetch

TITLE = "Autoencoders, VAEs and softmax, to play with"
TABS = (denoise.TAB, vae.TAB, latents.TAB, softmax.TAB)


def main(argv: list[str] | None = None) -> int:
    """Parse the arguments and serve the app until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--host", help="address to listen on (default: GRADIO_SERVER_NAME, else 127.0.0.1)")
    parser.add_argument(
        "--port", type=port, help="port (default: GRADIO_SERVER_PORT, else the first free from 7860)", metavar="PORT"
    )
    parser.add_argument("--root-url", default="", help="the app's address where a proxy shows it under another one")
    parser.add_argument("--fetch", action="store_true", help="load the test pictures (6 MB), as a Space does by itself")
    options = parser.parse_args(argv)
    torch.set_num_threads(1)  # for one picture one thread is faster than two, and visitors do not wait for each other
    sys.setswitchinterval(0.0005)  # seconds (default 0.005) that a live event waits for the interpreter beside a job
    try:
        device = networks.choose_device(options.device)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Networks on {device}.")
    if options.fetch or os.environ.get("SPACE_ID"):
        fetch.start()  # beside everything else
    try:
        page.launch(TABS, TITLE, options.root_url, server_name=options.host, server_port=options.port)
    except OSError:
        asked = f"Port {options.port} is" if options.port else "All ports from 7860 are"
        print(f"{asked} taken or not allowed: stop what listens there, or choose another --port.", file=sys.stderr)
        return 2


def port(text: str) -> int:
    """A port as it is written on the command line."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 65535, not {text}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
