"""Beyond the lecture: a VAE with residual blocks (He et al., 2016). Same ELBO, same methods, sharper digits.

The lecture's ConvVAE has no non-linearity behind its Linear layers; here every layer is followed by one, and most of
the work is done on the 7 x 7 grid. Train it: `python -m training.train_vae --deep`.
"""

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from training.models.vae import reparameterise


class ResidualBlock(nn.Module):
    """x + convolutions(x): a block starts close to the identity, so that gradients pass through many of them."""

    def __init__(self, channels: int):
        super().__init__()
        first = nn.Conv2d(channels, channels, 3, padding=1)
        last = nn.Conv2d(channels, channels, 3, padding=1)
        self.layers = nn.Sequential(nn.SiLU(), first, nn.SiLU(), last)
        for parameter in last.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, H, W) -> the same shape."""
        return x + self.layers(x)


class ResidualVAE(nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["vae", "mnist"]):
    """A deeper VAE: 0.7 M parameters, 12 M multiply-adds a picture. `deterministic=True`: z = mu, as in ConvVAE.

    A 1 x 1 convolution squeezes the 64 channels to 16 before the grid is flattened (and widens them behind it), so that
    fewer of the parameters lie in the large Linear layers than in the lecture's network. `layers` hidden layers lie
    between the code and the grid: two bend a plane into digits better than one (the twins of two numbers have three),
    but with 32 dimensions a second one makes half of them collapse (109 nats instead of 101 after two epochs).
    """

    def __init__(
        self,
        latent_dim: int = 32,
        deterministic: bool = False,
        channels: int = 64,
        squeezed: int = 16,
        hidden: int = 256,
        layers: int = 1,
    ):
        super().__init__()
        self.latent_dim, self.deterministic = latent_dim, deterministic
        self.channels, self.squeezed, self.hidden, self.layers = channels, squeezed, hidden, layers
        self.encoder = nn.Sequential(  # (B, 1, 28, 28)
            nn.Conv2d(1, channels // 2, 4, stride=2, padding=1),  # (B, 32, 14, 14)
            nn.SiLU(),
            nn.Conv2d(channels // 2, channels, 4, stride=2, padding=1),  # (B, 64, 7, 7)
            ResidualBlock(channels),
            nn.SiLU(),
            nn.Conv2d(channels, squeezed, 1),  # (B, 16, 7, 7)
            nn.SiLU(),
            nn.Flatten(),  # (B, 784)
            nn.Linear(squeezed * 7 * 7, hidden),  # (B, 256)
            nn.SiLU(),
        )
        self.to_mu = nn.Linear(hidden, latent_dim)
        self.to_log_var = nn.Linear(hidden, latent_dim)
        self.decoder = nn.Sequential(  # (B, latent_dim)
            nn.Linear(latent_dim, hidden),  # (B, 256)
            nn.SiLU(),
            *(layer for _ in range(layers - 1) for layer in (nn.Linear(hidden, hidden), nn.SiLU())),
            nn.Linear(hidden, squeezed * 7 * 7),  # (B, 784)
            nn.Unflatten(1, (squeezed, 7, 7)),  # (B, 16, 7, 7)
            nn.SiLU(),
            nn.Conv2d(squeezed, channels, 1),  # (B, 64, 7, 7)
            ResidualBlock(channels),
            nn.SiLU(),
            nn.ConvTranspose2d(channels, channels // 2, 4, stride=2, padding=1),  # (B, 32, 14, 14)
            nn.SiLU(),
            nn.ConvTranspose2d(channels // 2, 1, 4, stride=2, padding=1),  # (B, 1, 28, 28)
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
