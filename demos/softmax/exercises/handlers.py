"""The exercises of the softmax tab (lecture, part C7): words alone."""

from demos.kit.room import Room

ROOM = Room()
