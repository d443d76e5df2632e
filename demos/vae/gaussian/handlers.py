"""One dimension by hand (lecture, part B1): the view computes it all; here is the code that it stands for."""

from demos.kit.room import Room
from training.models.vae import kl_per_dimension, reparameterise

ROOM = Room(code=(reparameterise, kl_per_dimension))
