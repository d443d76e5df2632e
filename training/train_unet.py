"""Train the small U-Net to denoise digits at any strength of noise: what the autoencoder's bottleneck costs.

    python -m training.train_unet       # unet-denoiser, blind: it is told no strength

The loop is train_autoencoder's; the network is another one, and the last part of the steps minimises what is measured.
A decibel is worth the same in every picture, whatever its noise; with these steps pictures with weak noise gained most
(half a decibel and more at noise 0.1) and those with strong noise lost a hundredth or two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training.data.datasets import DATASETS
from training.measures.pictures import mse_per_picture, psnr, ssim
from training.models.autoencoder import reconstruction_bce
from training.models.noise import add_noise
from training.models.unet import UNet
from training.run import options, record, runs
from training.run.loop import Keeper, Loop, autocast, on_device, steps_in, two_slopes
from training.run.options import setting

STRENGTHS = (0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 1.0)  # noise at which every denoiser is measured


@dataclass
class Settings:
    name: str = setting("unet-denoiser", "name of the checkpoint: weights/<name>")
    dataset: str = setting("digits", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    noise: float | str = setting("blind", "standard deviation of the input's noise in grey units, or blind: U(0, 1)")
    width: int = setting(32, "channels on the 14 x 14 grid")
    middle: int = setting(96, "channels on the 7 x 7 grid")
    blocks: int = setting(2, "residual blocks on the 7 x 7 grid, where a convolution sees most of a digit")
    epochs: int = setting(48, "passes over the 55,000 training pictures")
    decibels: float = setting(
        0.25, "share of the steps, at the end, that minimise minus the PSNR instead of the cross-entropy", most=1
    )
    batch_size: int = setting(128, "pictures a step")
    learning_rate: float = setting(3e-3, "peak of the learning rate of Adam; the decibels begin with half of it")
    warm_up: float = setting(0.3, "share of the steps of the cross-entropy in which the learning rate rises", most=1)
    second_moment: float = setting(0.99, "Adam's beta_2: a shorter memory than 0.999 suits the few steps we take")
    seed: int = setting(0, "of the initial weights, the order of the pictures and the noise", least=0)


def make(settings: Settings) -> UNet:
    """The untrained network: the same numbers for the same seed."""
    torch.manual_seed(settings.seed)
    return UNet(settings.width, settings.middle, settings.blocks)


def rates(settings: Settings, steps: int) -> tuple[int, Callable[[int], float]]:
    """The first of `steps` that minimises decibels, and the share of the peak that each step's learning rate is.

    One cycle for the cross-entropy, then a second slope for the decibels.
    """
    turn = round((1 - settings.decibels) * steps)
    return turn, two_slopes(steps, turn, settings.warm_up)


def train(settings: Settings, images: Tensor, held_out: Tensor, run: Keeper) -> tuple[UNet, dict]:
    """Fit the U-Net to images (N, 1, 28, 28) on their device; return it and the cross-entropy of each epoch."""
    network = on_device(make(settings), images.device)
    generator = torch.Generator(images.device).manual_seed(settings.seed)
    betas = 0.9, settings.second_moment
    optimizer = torch.optim.Adam(network.parameters(), settings.learning_rate, betas, fused=True)
    turn, share = rates(settings, settings.epochs * steps_in(settings, len(images)))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    loop = Loop(run, settings, network=network, optimizer=optimizer, schedule=schedule, generator=generator)

    for _ in loop.epochs():
        for batch in loop.batches(len(images)):
            clean = images[batch]
            noisy = add_noise(clean, settings.noise, generator)
            with autocast(images.device):  # half the bytes, twice the speed; the loss stays in float32
                logits = network(noisy)
            loss = entropy = reconstruction_bce(logits.float(), clean)  # no dead start in black, as squared errors have
            if loop.step >= turn:
                loss = -psnr(torch.sigmoid(logits.float()), clean).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loop.count(entropy)
        logits = denoise(network, held_out, settings.noise, settings.seed)
        loop.record(held_out=float(reconstruction_bce(logits, held_out)))
    return network, loop.curves


@torch.no_grad()
def denoise(network: UNet, images: Tensor, noise: float | str, seed: int) -> Tensor:
    """Logits (N, 1, 28, 28) of images with noise, drawn with `seed`."""
    generator = torch.Generator(images.device).manual_seed(seed)
    return torch.cat([network(add_noise(clean, noise, generator)) for clean in images.split(500)])


@torch.no_grad()
def evaluate(network: UNet, settings: Settings, images: Tensor, labels: Tensor | None = None) -> dict:
    """The numbers of metrics.json on `images`, noise drawn with the seed: psnr (dB) and ssim as means over pictures.

    mse, psnr and ssim are those at noise 0.3 where the network is blind, else at its own.
    """
    network = network.float().to(images.device).eval()
    own = 0.3 if settings.noise == "blind" else settings.noise
    pictures = torch.sigmoid(denoise(network, images, own, settings.seed))
    result: dict = {
        "mse": float(mse_per_picture(pictures, images).mean()),
        "psnr": float(psnr(pictures, images).mean()),
        "ssim": float(ssim(pictures, images).mean()),
        "psnr_by_noise": {},
    }
    for strength in STRENGTHS:
        pictures = torch.sigmoid(denoise(network, images, strength, settings.seed))
        result["psnr_by_noise"][f"{strength:g}"] = float(psnr(pictures, images).mean())
    return result


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.epochs, settings.batch_size = 1, 32
    with runs.begin(settings, chosen) as run:
        (images, _), (held_out, _), (test, _) = options.data_sets(settings.dataset, chosen, "train", "held-out", "test")
        network, curves = train(settings, images, held_out, run)
        numbers = evaluate(record.as_stored(network), settings, test)
        metrics = record.metrics(network, settings, "training.train_unet", numbers, curves, chosen)
        run.finish(network, metrics, half=True)


if __name__ == "__main__":
    main()
