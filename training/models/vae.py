"""The convolutional variational autoencoder (lecture, part B3), the reparameterisation and the ELBO.

Kingma and Welling, "Auto-Encoding Variational Bayes" (2014); beta: Higgins et al., "beta-VAE" (2017). Train it with
`python -m training.train_vae`. The denoising VAE and the beta-VAE are no classes of their own: they are this network
trained with another `--noise` or another `--beta`.
"""

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from training.models.noise import normal_like


class ConvVAE(nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["vae", "mnist"]):
    """The lecture's VAE: an encoder to the mean and log-variance of q(z | x), a decoder to the logits of p(x | z).

    With `deterministic=True` the code is the mean itself, z = mu: the same layers as a plain autoencoder, the VAE's
    twin that differs in nothing but the missing KL term.
    """

    def __init__(self, latent_dim: int = 32, deterministic: bool = False):
        super().__init__()
        self.latent_dim = latent_dim  # the slide reads latent_dim and forgets to store it
        self.deterministic = deterministic
        self.encoder = nn.Sequential(  # (B, 1, 28, 28)
            nn.Conv2d(1, 32, 3, stride=2, padding=1),  # (B, 32, 14, 14)
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),  # (B, 64, 7, 7)
            nn.ReLU(),
            nn.Flatten(),  # (B, 3136)
            nn.Linear(64 * 7 * 7, 256),  # (B, 256)
        )
        self.to_mu = nn.Linear(256, latent_dim)
        self.to_log_var = nn.Linear(256, latent_dim)
        self.decoder = nn.Sequential(  # (B, latent_dim)
            nn.Linear(latent_dim, 64 * 7 * 7),
            nn.Unflatten(1, (64, 7, 7)),  # (B, 64, 7, 7)
            nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1),  # (B, 32, 14, 14)
            nn.ReLU(),
            nn.ConvTranspose2d(32, 1, 3, stride=2, padding=1, output_padding=1),  # (B, 1, 28, 28)
        )

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 1, 28, 28) in [0, 1] -> mu and log_var of q(z | x), each (B, latent_dim)."""
        hidden = self.encoder(images)
        return self.to_mu(hidden), self.to_log_var(hidden)

    def code(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28) in [0, 1] -> the code (B, latent_dim) that stands for each picture: the mean of q(z | x)."""
        return self.encode(images)[0]

    def decode(self, z: Tensor) -> Tensor:
        """(B, latent_dim) -> logits (B, 1, 28, 28); their sigmoid is the picture."""
        return self.decoder(z)

    def forward(self, images: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 1, 28, 28) in [0, 1] -> logits (B, 1, 28, 28), mu and log_var, each (B, latent_dim)."""
        mu, log_var = self.encode(images)
        z = mu if self.deterministic else reparameterise(mu, log_var, generator)
        return self.decode(z), mu, log_var


def reparameterise(mu: Tensor, log_var: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Return z = mu + sigma * eps with eps ~ N(0, I): a sample of q(z | x) through which gradients flow."""
    return mu + torch.exp(0.5 * log_var) * normal_like(mu, generator)


def kl_per_dimension(mu: Tensor, log_var: Tensor) -> Tensor:
    """KL( N(mu, sigma^2) || N(0, 1) ) of every dimension, in nats, same shape as `mu`.

    1/2 (mu^2 + sigma^2 - log sigma^2 - 1), Kingma and Welling (2014), appendix B.
    """
    return 0.5 * (mu.square() + log_var.exp() - log_var - 1)


def bernoulli_nats(logits: Tensor, images: Tensor) -> Tensor:
    """Binary cross-entropy of every picture, summed over its pixels, in nats: shape (B,)."""
    return F.binary_cross_entropy_with_logits(logits, images, reduction="none").flatten(1).sum(1)


def grey_entropy(images: Tensor) -> Tensor:
    """The least that `bernoulli_nats` can be for each of `images` in [0, 1], in nats: shape (B,).

    The entropy of the pixels taken as probabilities of white: black and white cost nothing, grey costs up to log 2.
    """
    return (torch.special.entr(images) + torch.special.entr(1 - images)).flatten(1).sum(1)


def negative_elbo(
    logits: Tensor, images: Tensor, mu: Tensor, log_var: Tensor, beta: float = 1.0
) -> tuple[Tensor, Tensor, Tensor]:
    """Return (loss, reconstruction, kl), scalars in nats per picture; loss = reconstruction + beta * kl.

    Sum over pixels and over latent dimensions, mean over the batch: otherwise beta would change its meaning with the
    size of the picture or of the code.
    """
    reconstruction = bernoulli_nats(logits, images).mean()
    kl = kl_per_dimension(mu, log_var).sum(1).mean()
    return reconstruction + beta * kl, reconstruction, kl
