"""What ONNX Runtime saves in live events: a forward pass of one picture and of two, as a ratio.

    python -m tests.forward [NAME ...]

Prints, for each network, the processor's time of the app's network over that of the same one as torch runs it: the
median of RUNS ratios, measured by turns. A benchmark: nothing is asserted.
"""

import statistics
import sys
import time

import torch

from demos.kit import networks
from training import checkpoints
from training.models import Network

RUNS = 200
NAMES = ("denoising-autoencoder", "unet-denoiser", "vae", "vae-deep", "vae-deep-2d", "digit-judge", "cnn-fashion")


def seconds(network: Network, pictures: torch.Tensor) -> float:
    """Of the processor, for one pass: through the code at the mean where the network has one."""
    began = time.thread_time()
    network.decode(network.code(pictures)) if hasattr(network, "decode") else network(pictures)
    return time.thread_time() - began


@torch.inference_mode()
def main(names: list[str]) -> None:
    """Measure each network by turns with itself."""
    torch.set_num_threads(1)
    networks.choose_device("cpu")
    for name in names or NAMES:
        plain = networks.folded(checkpoints.load(name)).to(memory_format=torch.channels_last)
        ours = networks.network(name)
        words = []
        for count in (1, 2):
            pictures = torch.rand(count, 1, 28, 28)
            pairs = [(seconds(plain, pictures), seconds(ours, pictures)) for _ in range(RUNS)][RUNS // 10 :]
            before, after = (1e3 * statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(after / before for before, after in pairs)
            words.append(f"{count} picture{'s' * (count > 1)}: {ratio:.2f} ({before:.2f} -> {after:.2f} ms)")
        print(f"{name:24}{'; '.join(words)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
