"""One dimension by hand (lecture, part B1): the view computes it all; here is the code that it stands for."""

import math

from demos.kit.room import Room
from training.models.vae import kl_per_dimension, reparameterise


def numbers() -> dict:
    """What the lesson says: how much noisier the score function's gradient is at least, at the loss's own target."""
    return {"least": f"{math.sqrt(15) / 2:.2f}"}


ROOM = Room(numbers=numbers, code=(reparameterise, kl_per_dimension))
