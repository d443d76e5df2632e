"""Softmax regression from scratch (lecture, part C5): own W and b, own softmax, own cross-entropy, own gradient.

Nothing of `nn.Linear`, `nn.CrossEntropyLoss` or autograd is used; the tests compare every line with them. Train it
with `python -m training.train_softmax`.
"""

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn


def softmax(logits: Tensor) -> Tensor:
    """Probabilities exp(o_i) / sum_j exp(o_j) along the last dimension: same shape, rows sum to 1.

    The largest logit of each row is subtracted first: it changes nothing and exp never overflows (exercise 7a).
    """
    exponentials = torch.exp(logits - logits.amax(-1, keepdim=True))
    return exponentials / exponentials.sum(-1, keepdim=True)


def log_softmax(logits: Tensor) -> Tensor:
    """log softmax(logits) along the last dimension, without ever taking the logarithm of a vanishing number."""
    shifted = logits - logits.amax(-1, keepdim=True)
    return shifted - shifted.exp().sum(-1, keepdim=True).log()


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """-log of the probability of the true class, in nats: logits (B, C) and integer labels (B,) -> (B,)."""
    return -log_softmax(logits).gather(-1, labels[:, None]).squeeze(-1)


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Integer labels (B,) -> (B, classes) of zeros with a one at each label."""
    return (labels[:, None] == torch.arange(classes, device=labels.device)).float()


class SoftmaxRegression(
    nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["softmax-regression", "mnist"]
):
    """o = x W + b: one affine map from 784 pixels to 10 logits. W is 784 x 10, b has 10 numbers."""

    def __init__(self, inputs: int = 784, classes: int = 10, sigma: float = 0.01):
        super().__init__()
        self.inputs, self.classes, self.sigma = inputs, classes, sigma
        self.W = nn.Parameter(torch.zeros(inputs, classes), requires_grad=False)  # the gradient is written by hand
        self.b = nn.Parameter(torch.zeros(classes), requires_grad=False)

    def initialise(self, generator: torch.Generator | None = None) -> None:
        """W ~ N(0, sigma^2), b = 0: the lecture's start. A fresh network has W = 0 until this is called."""
        self.W.copy_(self.sigma * torch.randn(self.W.shape, generator=generator))
        self.b.zero_()

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28), or any (B, ...) with `inputs` numbers a picture -> logits (B, classes)."""
        return images.flatten(1) @ self.W + self.b

    def gradients(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Mean cross-entropy of a minibatch and its gradients: (loss, dloss/dW (784, 10), dloss/db (10,)).

        With p = softmax(o) and y one-hot, dloss/do = (p - y) / B; the chain rule through o = x W + b does the rest.
        """
        x = images.flatten(1)
        logits = (self.W.T @ x.T).T + self.b  # x W + b; for so narrow a W a CPU does it four times faster this way
        loss = cross_entropy(logits, labels).mean()
        error = (softmax(logits) - one_hot(labels, self.classes)) / len(labels)  # (B, 10)
        return loss, (error.T @ x).T.contiguous(), error.sum(0)  # x^T error, the fast way again

    def sgd_step(self, images: Tensor, labels: Tensor, learning_rate: float, l2: float = 0.0) -> float:
        """One step of plain minibatch SGD, W <- W - learning_rate * (gradient + 2 * l2 * W); return the loss before."""
        loss, gradient_W, gradient_b = self.gradients(images, labels)
        self.W -= learning_rate * (gradient_W + 2 * l2 * self.W)
        self.b -= learning_rate * gradient_b
        return float(loss)
