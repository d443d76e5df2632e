"""The app: four tabs on networks that were really trained.

    python app.py [--device auto|cpu|cuda] [--host HOST] [--port PORT] [--root-url URL] [--fetch]
                  [--workers N]

This file only assembles: what a tab does is in demos/<tab>, what a network is in training/models.
"""

import argparse
import contextlib
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading

os.environ.setdefault("GRADIO_TEMP_DIR", os.path.join(tempfile.gettempdir(), "autoencoders-vaes-softmax"))  # ours alone
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # no request leaves this machine
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")  # else past events are counted anew at each event

with contextlib.suppress(ImportError):  # on ZeroGPU it must come before CUDA is touched; elsewhere it is not needed
    import spaces  # noqa: F401  # pyright: ignore[reportMissingImports]

import torch
import uvicorn

from demos import denoise, latents, softmax, vae
from demos.kit import networks, page

TITLE = "Autoencoders, VAEs and softmax, to play with"
MOST_WORKERS = 64  # each holds the networks and 0.7 GB
TABS = (denoise.TAB, vae.TAB, latents.TAB, softmax.TAB)


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--host", help="address to listen on (default: GRADIO_SERVER_NAME, else 127.0.0.1)")
    parser.add_argument(
        "--port", type=port, help="port (default: GRADIO_SERVER_PORT, else the first free from 7860)", metavar="PORT"
    )
    parser.add_argument("--root-url", default="", help="the app's address where a proxy shows it under another one")
    parser.add_argument("--fetch", action="store_true", help="load the test pictures (6 MB), as a Space does by itself")
    parser.add_argument(
        "--workers", type=workers, default=os.environ.get("WORKERS", "1"), metavar="N",
        help="processes that serve, one for each core (default: WORKERS, else 1)",
    )  # fmt: skip
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Parse the arguments and serve the app until it is stopped."""
    options = arguments(argv)
    try:
        device = settle(options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Networks on {device}.", flush=True)
    if options.fetch or os.environ.get("SPACE_ID"):
        page.fetch_test_pictures()  # beside everything else
    try:
        if options.workers > 1:
            return several(options)
        page.launch(TABS, TITLE, options.root_url, server_name=options.host, server_port=options.port)
    except OSError:
        asked = f"Port {options.port} is" if options.port else "All ports from 7860 are"
        print(f"{asked} taken or not allowed: stop what listens there, or choose another --port.", file=sys.stderr)
        return 2


def settle(options: argparse.Namespace) -> str:
    """Settle how this process computes; the device. ValueError where it is not there."""
    torch.set_num_threads(1)  # for one picture one thread is faster than two, and visitors do not wait for each other
    sys.setswitchinterval(0.0005)  # seconds (default 0.005) that a live event waits for the interpreter beside a job
    return networks.choose_device(options.device)


def several(options: argparse.Namespace) -> int:
    """Serve by several processes on one port; one that dies is replaced. OSError where the port is taken."""
    host = options.host or os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    wanted = options.port or int(os.environ.get("GRADIO_SERVER_PORT", "0"))
    uvicorn.run(
        "app:worker", factory=True, workers=options.workers, host=host, port=free(host, wanted),
        app_dir=os.path.dirname(os.path.abspath(__file__)), access_log=False, timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=120,  # seconds; a worker that still imports torch on a busy machine is not dead
    )  # fmt: skip
    return 0


def worker():
    """One of the processes, as uvicorn makes it: by the same command line."""
    threading.Thread(target=end_with_the_parent, name="parent", daemon=True).start()
    options = arguments()
    settle(options)
    return page.worker(TABS, TITLE, options.root_url)


def end_with_the_parent() -> None:
    """Wait for the end of the process that started this one; then end as on SIGTERM, and leave the port."""
    if parent := multiprocessing.parent_process():
        parent.join()  # however it ended: its end of a pipe is closed
        os.kill(os.getpid(), signal.SIGTERM)


def free(host: str, wanted: int = 0) -> int:
    """The port `wanted`, else the first free one from 7860; OSError where it is taken."""
    for port in [wanted] if wanted else range(7860, 7960):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return port
            except OSError:
                continue
    raise OSError("the port is taken")


def port(text: str) -> int:
    """A port as it is written on the command line."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 65535, not {text}")
    return int(text)


def workers(text: str) -> int:
    """A number of processes as it is written on the command line."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_WORKERS}, not {text}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
