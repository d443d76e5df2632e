"""What straight lines can do: principal components, the best linear denoiser, and three more linear classifiers.

The yardsticks of the lecture's networks. All of them but the last two classifiers are closed forms, no descent:
`python -m training.train_pca`, `train_linear_denoiser`, `train_least_squares`, `train_double_softmax` and
`train_sigmoid_pairs`.

A picture made by a linear map can leave [0, 1]. These networks clip it there, as anyone would who displays it, and
return its logit, so that they answer like all the others: sigmoid(logits) is the picture.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

EDGE = 1e-4  # logit(0) is infinite: pictures are clipped to [EDGE, 1 - EDGE], which moves an MSE by less than 1e-8


def picture_logits(pictures: Tensor) -> Tensor:
    """Any pictures (B, 784) -> logits (B, 1, 28, 28) of the pictures clipped to [0, 1]."""
    return torch.logit(pictures.clamp(EDGE, 1 - EDGE)).view(-1, 1, 28, 28)


class PCA(nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["pca", "mnist"]):
    """Mean and principal components: the best linear autoencoder, here with an autoencoder's methods.

    The components are sorted by variance, so the first k numbers of a code are the PCA of k components.
    """

    mean: Tensor
    components: Tensor
    variances: Tensor

    def __init__(self, latent_dim: int = 64):
        super().__init__()
        self.latent_dim = latent_dim
        self.register_buffer("mean", torch.zeros(784))
        self.register_buffer("components", torch.zeros(latent_dim, 784))  # orthonormal rows
        self.register_buffer("variances", torch.zeros(latent_dim))  # of the training codes

    @torch.no_grad()
    def fit(self, images: Tensor) -> "PCA":
        """Set mean and components from images (N, 1, 28, 28): eigenvectors of their covariance, largest first."""
        flat = images.flatten(1).double()
        self.mean.copy_(flat.mean(0))
        values, vectors = torch.linalg.eigh((flat - flat.mean(0)).T @ (flat - flat.mean(0)) / len(flat))
        components = vectors.T.flip(0)[: self.latent_dim]
        components *= components.sum(1, keepdim=True).sign()  # an eigenvector has no sign: more ink is positive
        self.components.copy_(components)
        self.variances.copy_(values.flip(0)[: self.latent_dim])
        return self

    def encode(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28) in [0, 1] -> code z (B, latent_dim): projections on the components."""
        return (images.flatten(1) - self.mean) @ self.components.T

    def code(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28) in [0, 1] -> code z (B, latent_dim): what `encode` gives."""
        return self.encode(images)

    def decode(self, z: Tensor) -> Tensor:
        """(B, k) with any k <= latent_dim -> logits (B, 1, 28, 28) of mean + z components, clipped to [0, 1]."""
        return picture_logits(self.mean + z @ self.components[: z.shape[1]])

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28) in [0, 1] -> logits (B, 1, 28, 28) of the reconstruction."""
        return self.decode(self.encode(images))


class LinearDenoiser(nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["denoising"]):
    """The best linear denoiser at each of several noise strengths: x_hat = mean + (y - mean of y) down up.

    Wiener's filter learned from examples. It must be told the strength; the autoencoders need not.
    """

    seen_mean: Tensor
    clean_mean: Tensor
    down: Tensor
    up: Tensor

    def __init__(self, strengths: Sequence[float] = (0.3,), ranks: Sequence[int] = (64,), default: float = 0.3):
        super().__init__()
        self.strengths, self.ranks, self.default = list(strengths), list(ranks), default
        self.register_buffer("seen_mean", torch.zeros(len(strengths), 784))
        self.register_buffer("clean_mean", torch.zeros(784))
        self.register_buffer("down", torch.zeros(784, sum(ranks)))  # the maps of all strengths side by side
        self.register_buffer("up", torch.zeros(sum(ranks), 784))

    def map_for(self, strength: float) -> tuple[Tensor, Tensor, Tensor]:
        """(mean of y (784,), down (784, k), up (k, 784)) of the map made for the noise nearest to `strength`."""
        at = min(range(len(self.strengths)), key=lambda i: abs(self.strengths[i] - strength))
        part = slice(sum(self.ranks[:at]), sum(self.ranks[: at + 1]))
        return self.seen_mean[at], self.down[:, part], self.up[part]

    def forward(self, images: Tensor, strength: float | None = None) -> Tensor:
        """Noisy pictures (B, 1, 28, 28) in [0, 1] -> logits (B, 1, 28, 28); `strength` defaults to `default`."""
        mean, down, up = self.map_for(self.default if strength is None else strength)
        return picture_logits(self.clean_mean + (images.flatten(1) - mean) @ down @ up)


def best_linear_map(noisy: Tensor, clean: Tensor, tolerance: float = 0.2) -> tuple[Tensor, Tensor, Tensor]:
    """The affine map of least squared error from noisy to clean pictures, each (N, 1, 28, 28): (mean, down, up).

    Least squares, then cut to the smallest rank that costs at most `tolerance` dB: the best map of rank k projects
    the full map's outputs on their own k principal directions (reduced-rank regression, Izenman 1975).
    """
    seen, want = noisy.flatten(1), clean.flatten(1)
    mean = seen.mean(0)
    seen, want = seen - mean, want - want.mean(0)
    covariance, crossed = (seen.T @ seen).double() / len(seen), (seen.T @ want).double() / len(seen)
    full = torch.linalg.solve(covariance + 1e-6 * torch.eye(len(covariance)).to(covariance), crossed)
    values, directions = torch.linalg.eigh(full.T @ crossed)  # the covariance of the outputs
    least = want.square().sum(1).mean() - values.sum()  # the squared error at full rank
    lost = values.flip(0).sum() - values.flip(0).cumsum(0)  # what is added by stopping at rank 1, 2, ...
    rank = 1 + int((lost > (10 ** (tolerance / 10) - 1) * least).sum())
    directions = directions[:, -rank:]
    return mean, (full @ directions).float(), directions.T.float()


def double_softmax_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """The mistake: softmax in the network and again in the loss. For 10 classes it cannot fall below 1.46 nats."""
    return F.cross_entropy(logits.softmax(-1), labels)


def multi_label_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Several classes may be true at once: a sigmoid and a binary cross-entropy for each, summed over the classes.

    logits and targets (B, C), targets 0 or 1 -> a scalar, mean over the batch, in nats.
    """
    return F.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(1).mean()


def least_squares(images: Tensor, labels: Tensor, classes: int = 10) -> tuple[Tensor, Tensor]:
    """Regress one-hot labels on pixels: W (784, C) and b (C,) of least squared error, the closed form.

    The outputs are no probabilities: they need not sum to 1 by themselves, may be negative, and are unbounded.
    """
    flat, wanted = images.flatten(1).double(), F.one_hot(labels, classes).double()
    mean, target = flat.mean(0), wanted.mean(0)
    covariance = (flat - mean).T @ (flat - mean) + 1e-3 * torch.eye(flat.shape[1]).double()
    W = torch.linalg.lstsq(covariance, (flat - mean).T @ (wanted - target)).solution
    return W.float(), (target - mean @ W).float()
