"""Train the lecture's convolutional autoencoder (part A) and its relatives.

    python -m training.train_autoencoder                                                 # autoencoder: 64 numbers
    python -m training.train_autoencoder --out autoencoder-16d --latent-dim 16           # a narrower code
    python -m training.train_autoencoder --out denoising-autoencoder --noise 0.3         # only the input changes
    python -m training.train_autoencoder --out denoising-autoencoder-blind --noise blind  # any noise from 0 to 1
    python -m training.train_autoencoder --out sparse-autoencoder --active 10            # ten numbers at a time
    python -m training.train_autoencoder --out autoencoder-bce --loss bce                # the loss is a choice

The loop is the lecture's: noise on the picture if there is any, reconstruct, compare with the clean picture, step.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from training.data.datasets import DATASETS
from training.measures import units
from training.measures.pictures import psnr, ssim
from training.models.autoencoder import ConvAutoencoder, reconstruction_bce, reconstruction_mse, sparsity
from training.models.noise import add_noise
from training.run import options, record, runs
from training.run.loop import Keeper, Loop, autocast, on_device, one_cycle
from training.run.options import setting

CRITERIA = {"mse": reconstruction_mse, "bce": reconstruction_bce}
STRENGTHS = (0.1, 0.2, 0.3, 0.5, 0.8, 1.0)  # noise at which every denoiser is measured


@dataclass
class Settings:
    name: str = setting("autoencoder", "name of the checkpoint: weights/<name>")
    dataset: str = setting("digits", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    latent_dim: int = setting(64, "numbers in the code")
    noise: float | str = setting(0.0, "standard deviation of the input's noise in grey units, or blind: U(0, 1)")
    sparsity: float = setting(0.0, "weight of the L1 penalty on the code, which is then non-negative; 0: none")
    active: int = setting(
        0, "numbers of the code that may differ from zero, the largest of each picture; 0: all", least=0
    )
    loss: str = setting("mse", "mse or bce: what a reconstruction is judged by", choices=("mse", "bce"))
    epochs: int = setting(16, "passes over the 55,000 training pictures")
    batch_size: int = setting(128, "pictures a step")
    learning_rate: float = setting(4e-3, "peak of the one cycle of Adam; the lecture's constant 1e-3 needs more epochs")
    warm_up: float = setting(0.3, "share of the steps in which the learning rate rises", most=1)
    second_moment: float = setting(0.99, "Adam's beta_2: a shorter memory than 0.999 suits the few steps we take")
    seed: int = setting(0, "of the initial weights, the order of the pictures and the noise", least=0)


def make(settings: Settings) -> ConvAutoencoder:
    """The untrained network: the same numbers for the same seed."""
    torch.manual_seed(settings.seed)
    sparse = settings.sparsity > 0 or settings.active > 0
    return ConvAutoencoder(settings.latent_dim, sparse=sparse, active=settings.active)


@torch.no_grad()
def normalise_columns(network: ConvAutoencoder) -> None:
    """Give the decoder's weights of each code unit norm: else it would shrink the code and grow them, at no loss."""
    weight = next(network.decoder.parameters())  # (latent_dim, 32, 7, 7)
    weight /= weight.flatten(1).norm(dim=1)[:, None, None, None]


def train(settings: Settings, images: Tensor, held_out: Tensor, run: Keeper) -> tuple[ConvAutoencoder, dict]:
    """Fit an autoencoder to images (N, 1, 28, 28) on their device; return it and its curves of the loss, by epoch."""
    network = on_device(make(settings), images.device)
    generator = torch.Generator(images.device).manual_seed(settings.seed)
    optimizer = torch.optim.Adam(network.parameters(), betas=(0.9, settings.second_moment), fused=True)
    schedule = one_cycle(optimizer, settings, len(images))
    loop = Loop(run, settings, network=network, optimizer=optimizer, schedule=schedule, generator=generator)
    criterion = CRITERIA[settings.loss]

    for _ in loop.epochs():
        network.train()
        for batch in loop.batches(len(images)):
            clean = images[batch]
            noisy = add_noise(clean, settings.noise, generator)
            with autocast(images.device):  # half the bytes, twice the speed; the loss stays in float32
                z = network.encode(noisy)
                logits = network.decode(z)
            loss = criterion(logits.float(), clean)  # the output is compared with the clean picture
            if settings.sparsity:
                loss = loss + settings.sparsity * sparsity(z.float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if network.sparse:
                normalise_columns(network)
            loop.count(loss)
        loop.record(held_out=held_out_loss(network, settings, held_out))
    return network, loop.curves


def reconstruct(network: ConvAutoencoder, images: Tensor, noise: float | str, seed: int) -> tuple[Tensor, Tensor]:
    """Logits (N, 1, 28, 28) and codes (N, latent_dim) of images with noise, drawn with `seed`."""
    generator = torch.Generator(images.device).manual_seed(seed)
    codes = torch.cat([network.code(add_noise(clean, noise, generator)) for clean in images.split(500)])
    return torch.cat([network.decode(z) for z in codes.split(500)]), codes


@torch.no_grad()
def held_out_loss(network: ConvAutoencoder, settings: Settings, images: Tensor) -> float:
    """The loss of `images`, with the sparsity term where there is one."""
    network.eval()
    logits, z = reconstruct(network, images, settings.noise, settings.seed)
    return float(CRITERIA[settings.loss](logits, images) + settings.sparsity * sparsity(z))


@torch.no_grad()
def evaluate(network: ConvAutoencoder, settings: Settings, images: Tensor, labels: Tensor | None = None) -> dict:
    """The numbers of metrics.json on `images`; everything random is drawn with the seed of the settings.

    mse and bce are means over pixels and pictures (bce in nats), psnr (dB) and ssim means over the pictures. A
    denoising network sees the noise it was made for, the blind one 0.3.
    """
    network = network.float().to(images.device).eval()
    own = 0.3 if settings.noise == "blind" else settings.noise
    logits, z = reconstruct(network, images, own, settings.seed)
    pictures = torch.sigmoid(logits)
    result: dict = {
        "mse": float(reconstruction_mse(logits, images)),
        "bce": float(reconstruction_bce(logits, images)),
        "psnr": float(psnr(pictures, images).mean()),
        "ssim": float(ssim(pictures, images).mean()),
    }
    if network.sparse:
        fires = units.firing(z)
        result["active_codes"] = float(fires.sum(1).float().mean())
        result["firing_rate"] = fires.float().mean(0).tolist()
        result["largest_piece"] = units.largest_piece(units.drawings(network, z)).tolist()
    if settings.noise:
        result["psnr_by_noise"] = {}
        for strength in STRENGTHS:
            logits, _ = reconstruct(network, images, strength, settings.seed)
            result["psnr_by_noise"][f"{strength:g}"] = float(psnr(torch.sigmoid(logits), images).mean())
    return result


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.epochs, settings.batch_size = 1, 32
    with runs.begin(settings, chosen) as run:
        (images, _), (held_out, _), (test, labels) = options.data_sets(
            settings.dataset, chosen, "train", "held-out", "test"
        )
        network, curves = train(settings, images, held_out, run)
        numbers = evaluate(record.as_stored(network), settings, test)
        metrics = record.metrics(network, settings, "training.train_autoencoder", numbers, curves, chosen)
        # the page compares the codes of the lecture's two, and draws maps of two numbers
        compared = settings.noise in (0, 0.3) or settings.latent_dim == 2
        codes = record.stored_codes(network, test, labels) if compared else {}
        run.finish(network, metrics, half=True, extras=codes)


if __name__ == "__main__":
    main()
