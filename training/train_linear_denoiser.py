"""The best linear denoiser at each of ten strengths of noise, in closed form: what no matrix can do better.

python -m training.train_linear_denoiser    # linear-denoiser: one map for each strength, told which to take
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from tqdm import tqdm

from training.data.datasets import DATASETS
from training.measures.pictures import psnr, ssim
from training.models.linear import LinearDenoiser, best_linear_map
from training.models.noise import add_gaussian_noise
from training.run import options, record, runs
from training.run.options import setting


@dataclass
class Settings:
    name: str = setting("linear-denoiser", "name of the checkpoint: weights/<name>")
    dataset: str = setting("digits", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    strengths: str = setting("0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1.0", "standard deviations of the noise, in greys")
    tolerance: float = setting(0.2, "dB that a map may lose to be stored at a lower rank")
    seed: int = setting(0, "of the noise", least=0)


def fit(settings: Settings, images: Tensor) -> LinearDenoiser:
    """The best linear map from noisy to clean images (N, 1, 28, 28) at each strength."""
    generator = torch.Generator(images.device).manual_seed(settings.seed)
    strengths = options.numbers(settings.strengths)
    maps = []
    for strength in tqdm(strengths, settings.name, leave=False):
        maps.append(best_linear_map(add_gaussian_noise(images, strength, generator), images, settings.tolerance))
    network = LinearDenoiser(strengths, [len(up) for _, _, up in maps]).to(images.device)
    network.clean_mean.copy_(images.flatten(1).mean(0))
    network.seen_mean.copy_(torch.stack([mean for mean, _, _ in maps]))
    network.down.copy_(torch.cat([down for _, down, _ in maps], 1))
    network.up.copy_(torch.cat([up for _, _, up in maps]))
    return network


@torch.no_grad()
def evaluate(network: LinearDenoiser, settings: Settings, images: Tensor, labels: Tensor | None = None) -> dict:
    """The numbers of metrics.json on `images`, noise drawn with the seed: PSNR (dB) as means over pictures.

    pooled_psnr_by_noise is the PSNR of the mean error of all; mse, psnr and ssim are those at the default strength.
    """
    network = network.float().to(images.device).eval()
    result: dict = {"psnr_by_noise": {}, "pooled_psnr_by_noise": {}}
    for strength in network.strengths:
        generator = torch.Generator(images.device).manual_seed(settings.seed)
        pictures = torch.sigmoid(network(add_gaussian_noise(images, strength, generator), strength))
        error = (pictures - images).square().mean()
        result["psnr_by_noise"][f"{strength:g}"] = float(psnr(pictures, images).mean())
        result["pooled_psnr_by_noise"][f"{strength:g}"] = float(-10 * error.log10())
        if strength == network.default:
            result |= {"mse": float(error), "psnr": float(psnr(pictures, images).mean())}
            result["ssim"] = float(ssim(pictures, images).mean())
    return result


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.strengths = "0.3"
    with runs.begin(settings, chosen) as run:
        (images, _), test = options.data_sets(settings.dataset, chosen, "train", "test")
        network = fit(settings, images)
        numbers = evaluate(record.as_stored(network), settings, *test)
        metrics = record.metrics(network, settings, "training.train_linear_denoiser", numbers, {}, chosen)
        run.finish(network, metrics, half=True)


if __name__ == "__main__":
    main()
