"""A small convolutional classifier: what a network that sees neighbourhoods adds to softmax regression.

It also judges digits that a VAE made: is a sample a digit, and which one? Train it: `python -m training.train_cnn`.
"""

from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn


class SmallCNN(nn.Module, PyTorchModelHubMixin, library_name="pytorch", license="mit", tags=["classifier", "mnist"]):
    """Three convolutions and one affine map to 10 logits: about 0.1 M parameters, 4 M multiply-adds a picture."""

    def __init__(self, classes: int = 10, width: int = 24):
        super().__init__()
        self.classes, self.width = classes, width
        self.features = nn.Sequential(  # (B, 1, 28, 28)
            nn.Conv2d(1, width, 5, stride=2, padding=2, bias=False),  # (B, 24, 14, 14)
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, 2 * width, 3, padding=1, bias=False),  # (B, 48, 14, 14)
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, 48, 7, 7)
            nn.Conv2d(2 * width, 4 * width, 3, padding=1, bias=False),  # (B, 96, 7, 7)
            nn.BatchNorm2d(4 * width),
            nn.ReLU(),
            nn.Flatten(),  # (B, 4704)
        )
        self.dropout = nn.Dropout(0.2)  # acts in training only
        self.head = nn.Linear(4 * width * 7 * 7, classes)

    def forward(self, images: Tensor) -> Tensor:
        """(B, 1, 28, 28) in [0, 1] -> logits (B, classes); their softmax is the probabilities."""
        return self.head(self.dropout(self.features(images)))
