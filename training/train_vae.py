"""Train the variational autoencoder (lecture, part B) and all of its relatives.

    python -m training.train_vae                                        # vae: 32 dimensions, beta 1
    python -m training.train_vae --out vae-2d --latent-dim 2            # a code that can be drawn as a map
    python -m training.train_vae --out my-vae --noise 0.3 --kl-warm-up 0.9   # it denoises: the worked example
    python -m training.train_vae --out vae-beta-4 --beta 4              # beta-VAE: the same network, another weight
    python -m training.train_vae --out autoencoder-2d --latent-dim 2 --deterministic --beta 0   # the twin without KL
    python -m training.train_vae --out my-vae --deep                    # beyond the lecture: residual blocks

What made each shipped network stands in store/shipped.py.
Kingma and Welling, "Auto-Encoding Variational Bayes" (2014).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from training.data.datasets import DATASETS
from training.measures.pictures import mse_per_picture, psnr, ssim
from training.models.noise import add_noise
from training.models.residual_vae import ResidualVAE
from training.models.vae import (
    ConvVAE,
    bernoulli_nats,
    grey_entropy,
    kl_per_dimension,
    negative_elbo,
    reparameterise,
)
from training.run import options, record, runs
from training.run.loop import Keeper, Loop, autocast, on_device, one_cycle, steps_in, two_slopes
from training.run.options import setting

VAE: TypeAlias = ConvVAE | ResidualVAE


@dataclass
class Settings:
    name: str = setting("vae", "name of the checkpoint: weights/<name>")
    dataset: str = setting("digits", "digits, fashion, or the path of your own pictures", choices=DATASETS)
    latent_dim: int = setting(32, "numbers in the code; 2 can be drawn as a map")
    beta: float = setting(1.0, "weight of the KL term; 1 is the ELBO")
    noise: float | str = setting(0.0, "standard deviation of the input's noise in grey units, or blind: U(0, 1)")
    deterministic: bool = setting(False, "z = mu: an autoencoder of the same layers")
    deep: bool = setting(False, "residual blocks: ResidualVAE instead of the lecture's ConvVAE")
    layers: int = setting(1, "hidden layers between the code and the grid of the deep network; 3 for a 2-d code")
    hidden: int = setting(256, "units of those layers")
    squeezed: int = setting(16, "channels of the deep network's 7 x 7 grid where it is flattened")
    epochs: int = setting(16, "passes over the 55,000 training pictures; from 16 to 20 a little is left")
    batch_size: int = setting(64, "pictures a step; the lecture's 128, with a peak of 4e-3, ended 0.3 nats higher")
    learning_rate: float = setting(3e-3, "peak of the one cycle of Adam; the lecture's constant 1e-3 needs more epochs")
    warm_up: float = setting(0.5, "share of the steps in which the learning rate rises", most=1)
    kl_warm_up: float = setting(
        0.0, "share of the steps in which the KL's weight rises from 0 to beta: no early collapse", most=1
    )
    again: float = setting(
        0.0, "share of the steps, at the end, in which the learning rate falls once more, from half its peak", most=1
    )
    second_moment: float = setting(0.99, "Adam's beta_2: a shorter memory than 0.999 suits the few steps we take")
    importance_samples: int = setting(
        0, "samples of the bound on binarised test digits (Burda et al.); 0: none", least=0
    )
    seed: int = setting(0, "of the initial weights, the order of the pictures, the noise and the sampling", least=0)


def make(settings: Settings) -> VAE:
    """The untrained network: the same numbers for the same seed."""
    torch.manual_seed(settings.seed)
    if settings.deep:
        width = {"squeezed": settings.squeezed, "hidden": settings.hidden, "layers": settings.layers}
        return ResidualVAE(settings.latent_dim, settings.deterministic, **width)
    return ConvVAE(settings.latent_dim, settings.deterministic)


def train(
    settings: Settings, images: Tensor, held_out: Tensor, run: Keeper, history: record.History | None = None
) -> tuple[VAE, dict]:
    """Fit a VAE to images (N, 1, 28, 28) on their device; return it and its curves, in nats per picture and epoch.

    A `history` looks at the network before the first epoch and after each.
    """
    network = on_device(make(settings), images.device)
    generator = torch.Generator(images.device).manual_seed(settings.seed)
    betas, steps = (0.9, settings.second_moment), settings.epochs * steps_in(settings, len(images))
    optimizer = torch.optim.Adam(network.parameters(), settings.learning_rate, betas, fused=True)
    if settings.again:
        slopes = two_slopes(steps, round((1 - settings.again) * steps), settings.warm_up)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, slopes)
    else:
        schedule = one_cycle(optimizer, settings, len(images))
    loop = Loop(run, settings, network=network, optimizer=optimizer, schedule=schedule, generator=generator)
    rising = settings.kl_warm_up * steps  # steps in which the KL's weight rises
    if history and not loop.done:
        history.watch(0, network)

    for epoch in loop.epochs():
        for batch in loop.batches(len(images)):
            clean = images[batch]
            noisy = add_noise(clean, settings.noise, generator)
            with autocast(images.device):  # half the bytes, twice the speed; the loss stays in float32
                logits, mu, log_var = network(noisy, generator)
            beta = settings.beta * min(1, (loop.step + 1) / (rising or 1))
            loss, reconstruction, kl = negative_elbo(logits.float(), clean, mu.float(), log_var.float(), beta)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            loop.count(loss, reconstruction=reconstruction, kl=kl)
        reconstruction, kl = losses(network, settings, held_out)
        loop.record(held_out=reconstruction + settings.beta * kl, reconstruction=reconstruction, kl=kl)
        if history:
            history.watch(epoch, network)
    return network, loop.curves


@torch.no_grad()
def passes(network: VAE, settings: Settings, images: Tensor) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """(clean pictures, logits of a sampled code, mu, log_var) of each 500 of `images`: the same draws at every call."""
    generator = torch.Generator(images.device).manual_seed(settings.seed)
    for clean in images.split(500):
        yield clean, *network(add_noise(clean, settings.noise, generator), generator)


def losses(network: VAE, settings: Settings, images: Tensor) -> tuple[float, float]:
    """Reconstruction and KL of `images`, in nats per picture, one sample of z each; (0 for the KL where z = mu)."""
    parts = []
    for clean, logits, mu, log_var in passes(network, settings, images):
        kl = torch.zeros(len(clean)) if settings.deterministic else kl_per_dimension(mu, log_var).sum(1)
        parts.append(torch.stack([bernoulli_nats(logits, clean).sum().cpu(), kl.sum().cpu()]))
    reconstruction, kl = (torch.stack(parts).sum(0) / len(images)).tolist()
    return reconstruction, kl


@torch.no_grad()
def evaluate(network: VAE, settings: Settings, images: Tensor, labels: Tensor | None = None) -> dict:
    """The numbers of metrics.json on `images`; everything random is drawn with the seed of the settings.

    nats = reconstruction + kl (grey pixels, one sample of z a picture); floor = the entropy of the greys themselves,
    excess = what the network costs above it; mse, psnr and ssim are of decode(mu) against the clean picture, psnr and
    ssim as means over the pictures. A denoising network sees the noise it was made for.
    """
    network = network.float().to(images.device).eval()
    reconstruction, kl = losses(network, settings, images)
    decoded, kls = [], []
    for _, _, mu, log_var in passes(network, settings, images):  # of the very pictures that the nats are of
        kls.append(kl_per_dimension(mu, log_var))
        decoded.append(torch.sigmoid(network.decode(mu)))
    pictures, floor = torch.cat(decoded), float(grey_entropy(images).mean())
    result = {
        "reconstruction": reconstruction,
        "floor": floor,
        "excess": reconstruction + kl - floor,
        "bce": reconstruction / images[0].numel(),
        "mse": float(mse_per_picture(pictures, images).mean()),
        "psnr": float(psnr(pictures, images).mean()),
        "ssim": float(ssim(pictures, images).mean()),
    }
    if not settings.deterministic:
        per_dimension = torch.cat(kls).mean(0)
        result |= {
            "nats": reconstruction + kl,
            "kl": kl,
            "active_dimensions": int((per_dimension > 0.01).sum()),  # nats; below, a dimension has collapsed
            "kl_per_dimension": per_dimension.tolist(),
        }
    if settings.importance_samples:
        generator = torch.Generator(images.device).manual_seed(settings.seed)
        binarised = torch.bernoulli(images, generator=generator)
        result["importance_weighted_nats_binarised"] = importance_weighted(
            network, binarised, settings.importance_samples, generator
        )
    return result


@torch.no_grad()
def importance_weighted(network: VAE, images: Tensor, samples: int, generator: torch.Generator) -> float:
    """The bound of Burda et al. (2016) on -log p(x), in nats per picture: -log 1/K sum_k p(x, z_k) / q(z_k | x).

    On binarised pictures it is a true likelihood bound; it tightens as K = `samples` grows.
    """
    total = 0.0
    for batch in images.split(20):
        mu, log_var = (part.expand(samples, *part.shape) for part in network.encode(batch))  # (K, B, latent_dim)
        z = reparameterise(mu, log_var, generator)
        squares = (z - mu).square() / log_var.exp()
        log_q = -0.5 * (squares + log_var + math.log(2 * math.pi)).sum(-1)  # (K, B)
        log_prior = -0.5 * (z.square() + math.log(2 * math.pi)).sum(-1)
        truth = batch.expand(samples, *batch.shape).flatten(0, 1)
        log_likelihood = -bernoulli_nats(network.decode(z.flatten(0, 1)), truth).view(samples, -1)
        total -= float(((log_likelihood + log_prior - log_q).logsumexp(0) - math.log(samples)).sum())
    return total / len(images)


def main(argv: Sequence[str] | None = None) -> None:
    settings, chosen = options.parse(Settings, argv, __doc__)
    if chosen.smoke:
        settings.epochs, settings.batch_size, settings.importance_samples = 1, 32, 0
    with runs.begin(settings, chosen) as run:
        (images, _), (held_out, _), (test, labels) = options.data_sets(
            settings.dataset, chosen, "train", "held-out", "test"
        )
        lectures = settings.dataset == "digits" and not settings.deep and not settings.noise
        # the page scrubs through the training of the twins alone, a VAE and its autoencoder
        twin = lectures and settings.latent_dim == 2 and settings.beta in (0, 1)
        history = record.History(run.folder, test, labels, settings.epochs) if twin else None
        network, curves = train(settings, images, held_out, run, history)
        numbers = evaluate(record.as_stored(network), settings, test)
        metrics = record.metrics(network, settings, "training.train_vae", numbers, curves, chosen)
        # maps and the comparison of widths show 5,000 codes; a wide code of another network need not fill the disk
        compared = lectures and (settings.beta == 1 or settings.deterministic)
        many = settings.latent_dim == 2 or compared
        codes = record.stored_codes(network, test, labels, history, record.STORED if many else record.STORED // 5)
        run.finish(network, metrics, half=True, extras=codes)


if __name__ == "__main__":
    main()
