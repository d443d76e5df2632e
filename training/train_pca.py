"""Principal component analysis: the best linear autoencoder, in closed form.

python -m training.train_pca    # pca: the mean and 64 principal components of the digits
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training.data.datasets import DATASETS
from training.measures.pictures import psnr
from training.models.autoencoder import reconstruction_bce, reconstruction_mse
from training.models.linear import PCA
from training.run import options, record, runs
from training.run.options import setting

WIDTHS = (2, 8, 16, 32, 64)  # components at which it is measured: those that it has


@dataclass
class Settings:
    name: str = setting("pca", "name of the checkpoint: weights/<name>")
    dataset: str = setting("digits", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    latent_dim: int = setting(64, "principal components", most=784)
    seed: int = setting(0, "of nothing: a closed form draws nothing at random", least=0)


@torch.no_grad()
def evaluate(network: PCA, settings: Settings, images: Tensor, labels: Tensor | None = None) -> dict:
    """The numbers of metrics.json on `images`: errors with all components and, by width, with the first of them."""
    network = network.float().to(images.device).eval()
    z = network.encode(images)
    logits = network.decode(z)
    widths = [k for k in WIDTHS if k < network.latent_dim] + [network.latent_dim]
    flat, components = images.flatten(1), network.components
    textbook = {k: (network.mean + z[:, :k] @ components[:k] - flat).square().mean() for k in widths}
    return {
        "mse": float(reconstruction_mse(logits, images)),
        "bce": float(reconstruction_bce(logits, images)),
        "psnr": float(psnr(torch.sigmoid(logits), images).mean()),
        "mse_by_width": {str(k): float(reconstruction_mse(network.decode(z[:, :k]), images)) for k in widths},
        "mse_by_width_unclipped": {str(k): float(error) for k, error in textbook.items()},  # pictures may leave [0, 1]
    }


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    with runs.begin(settings, chosen) as run:
        (images, _), test = options.data_sets(settings.dataset, chosen, "train", "test")
        network = PCA(settings.latent_dim).to(images.device).fit(images)
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_pca", numbers, {}, chosen)
        run.finish(network, metrics, half=True, extras=record.stored_codes(network, *test))


if __name__ == "__main__":
    main()
