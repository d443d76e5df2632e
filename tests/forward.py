"""What ONNX Runtime saves in live events: forward passes, and all that an event computes, as ratios to torch.

    python -m tests.forward

Prints the processor's time of the app's network over that of the same one as torch runs it, of one picture and of two,
and the same for what a live event computes besides (demos/kit/quick.py): the median of RUNS ratios, measured by turns.
A benchmark: nothing is asserted.
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from demos.denoise.bench.handlers import Denoised
from demos.kit import networks
from demos.vae.codes import Posterior
from demos.vae.map.handlers import Shown
from training import checkpoints
from training.models import Network

RUNS = 200
NAMES = ("denoising-autoencoder", "unet-denoiser", "vae", "vae-deep", "vae-deep-2d", "digit-judge", "cnn-fashion")
PICTURE, CODE = (1, 28, 28), (2,)  # of one input each
EVENTS: dict[str, tuple[Callable[..., nn.Module], list[str], list[tuple[int, ...]]]] = {
    "a drawing's posterior": (Posterior, ["vae-deep-2d"], [PICTURE, CODE]),
    "decoded and judged": (Shown, ["vae-deep-2d", "digit-judge"], [CODE, PICTURE]),
    "denoised": (Denoised, ["denoising-autoencoder"], [PICTURE]),
}


def seconds(job: Callable[[], object]) -> float:
    """Of the processor."""
    began = time.thread_time()
    job()
    return time.thread_time() - began


def compared(plain: Callable[[], object], ours: Callable[[], object]) -> str:
    """The median ratio of two jobs that take turns, and their median times."""
    pairs = [(seconds(plain), seconds(ours)) for _ in range(RUNS)][RUNS // 10 :]
    before, after = (1e3 * statistics.median(column) for column in zip(*pairs, strict=True))
    return f"{statistics.median(b / a for a, b in pairs):.2f} ({before:.2f} -> {after:.2f} ms)"


def through(network: Network, pictures: Tensor) -> object:
    """One pass, through the code at the mean where the network has one."""
    return network.decode(network.code(pictures)) if hasattr(network, "decode") else network(pictures)


def plain(name: str) -> Network:
    """The network as torch runs it best."""
    return networks.folded(checkpoints.load(name)).to(memory_format=torch.channels_last)


@torch.inference_mode()
def main() -> None:
    """Measure each network, and each event, by turns with itself."""
    torch.set_num_threads(1)
    networks.choose_device("cpu")
    for name in NAMES:
        theirs, ours, words = plain(name), networks.network(name), []
        for pictures in (torch.rand(1, *PICTURE), torch.rand(2, *PICTURE)):
            words.append(compared(partial(through, theirs, pictures), partial(through, ours, pictures)))
        print(f"{name:24}one picture: {words[0]}; two: {words[1]}", flush=True)
    for name, (kind, parts, shapes) in EVENTS.items():
        module, traced = kind(*map(plain, parts)).eval(), networks.traced(kind, *map(networks.network, parts))
        inputs = [torch.rand(1, *shape) for shape in shapes]
        arrays = [one.numpy() for one in inputs]
        print(f"{name:24}{compared(partial(module, *inputs), partial(traced, *arrays))}", flush=True)


if __name__ == "__main__":
    main()
