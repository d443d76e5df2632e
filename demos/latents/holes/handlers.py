"""Where a decoder does not know what to draw (lecture, part B7): fields over the spaces, as they were measured."""

from demos.kit.room import Room
from demos.latents import measured, spaces
from training.measures import latent_space

ROOM = Room(calls=(spaces.atlas, measured.holes), code=(latent_space.return_distance,))
