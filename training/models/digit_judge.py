"""A judge of digits: which of ten classes a picture is, and whether it is any of them at all.

A softmax over ten classes must answer something, and is sure of letters, of half digits and of noise. This network has
an eleventh output for "no digit", learned from pictures that are none (Hendrycks et al., "Deep anomaly detection with
outlier exposure", 2019). How much doubt a digit may leave is set for each class on held-out pictures: its radius.
Train it: `python -m training.train_judge`.
"""

import torch
from torch import Tensor

from training.models.cnn import SmallCNN

CLASSES = 10


class DigitJudge(SmallCNN, tags=["classifier", "out-of-distribution", "mnist"]):
    """SmallCNN with a "no digit" beside the ten classes, and a radius for each class."""

    radius: Tensor

    def __init__(self, width: int = 24):
        super().__init__(CLASSES + 1, width)
        self.register_buffer("radius", torch.full((CLASSES,), 0.5))  # (10,): the largest distance that is accepted

    def judge(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, 1, 28, 28) in [0, 1] -> the nearest class (B,), its probability among the ten (B,), the distance (B,).

        The distance is the share that "no digit" has of itself and that class, in [0, 1]: 0 is beyond doubt a digit.
        """
        logits = self(images)
        among = logits[:, :CLASSES]
        return among.argmax(1), among.softmax(1).amax(1), torch.sigmoid(logits[:, CLASSES] - among.amax(1))

    def accepts(self, which: Tensor, distance: Tensor) -> Tensor:
        """Whether pictures of these classes (B,) at these distances (B,) count as digits: (B,) bool."""
        return distance <= self.radius[which]
