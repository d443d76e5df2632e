"""The convolutional autoencoder (lecture, part A2), its loss, and its sparse variation (part A4).

    784 pixels -> 14 x 14 -> 7 x 7 -> a code of 64 numbers -> 7 x 7 -> 14 x 14 -> 784 pixels

Train it: `python -m training.train_autoencoder`. The denoising autoencoder is this very network trained with
`--noise 0.3`: only the data change.
"""

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn


class ConvAutoencoder(
    nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["autoencoder", "mnist"]
):
    """The lecture's autoencoder: three convolutions down to `latent_dim` numbers and three back up.

    With `sparse=True` the code passes through a ReLU, so it is non-negative and an L1 penalty can switch codes off.
    With `active` = k as well only the k largest numbers of each code stay (Makhzani and Frey, "k-sparse autoencoders",
    2013); they compete on equal terms, each standardised over the training pictures: none dies and none always wins.
    """

    def __init__(self, latent_dim: int = 64, sparse: bool = False, active: int = 0):
        super().__init__()
        self.latent_dim = latent_dim
        self.sparse = sparse
        self.active = active
        self.encoder = nn.Sequential(  # (B, 1, 28, 28)
            nn.Conv2d(1, 16, 3, stride=2, padding=1),  # (B, 16, 14, 14)
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),  # (B, 32, 7, 7)
            nn.ReLU(),
            nn.Conv2d(32, latent_dim, 7),  # (B, latent_dim, 1, 1)
        )
        self.decoder = nn.Sequential(  # (B, latent_dim, 1, 1)
            nn.ConvTranspose2d(latent_dim, 32, 7),  # (B, 32, 7, 7)
            nn.ReLU(),
            nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1),  # (B, 16, 14, 14)
            nn.ReLU(),
            nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),  # (B, 1, 28, 28)
        )

        if active:
            self.standardise = nn.BatchNorm1d(latent_dim, affine=False)

    def encode(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28) in [0, 1] -> code z of shape (B, latent_dim)."""
        z = self.encoder(images).flatten(1)
        if self.active:
            z = F.relu(self.standardise(z.float()))
            return z * (z >= z.topk(self.active, dim=1).values[:, -1:])
        return F.relu(z) if self.sparse else z

    def code(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28) in [0, 1] -> code z (B, latent_dim): what `encode` gives."""
        return self.encode(images)

    def decode(self, z: Tensor) -> Tensor:
        """(B, latent_dim) -> logits (B, 1, 28, 28); their sigmoid is the picture."""
        return self.decoder(z[:, :, None, None])

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28) in [0, 1] -> logits (B, 1, 28, 28) of the reconstruction."""
        return self.decode(self.encode(images))


def reconstruction_mse(logits: Tensor, images: Tensor) -> Tensor:
    """Mean squared error of the picture sigmoid(logits) against `images`, mean over pixels and batch: a scalar."""
    return F.mse_loss(torch.sigmoid(logits), images)


def reconstruction_bce(logits: Tensor, images: Tensor) -> Tensor:
    """The autoencoder's other loss: binary cross-entropy, mean over pixels and batch, in nats: a scalar."""
    return F.binary_cross_entropy_with_logits(logits, images)


def sparsity(z: Tensor) -> Tensor:
    """L1 penalty of a code z (B, latent_dim): the mean of |z|, a scalar. Multiply it by its weight."""
    return z.abs().mean()
