"""A house of one tab for tests: rooms that are made up, in a folder of their own, served by the real routes."""

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path

from demos.kit.room import Room, Step, Tab


@dataclass(frozen=True)
class MadeUpTab(Tab):
    """A tab whose rooms are given instead of imported, and whose lessons lie in `home`."""

    home: Path = Path()
    made: dict[str, Room] = field(default_factory=dict)

    def room(self, name: str) -> Room:
        """The made-up room; a BaseException in its place is raised, as a broken handlers.py would."""
        if isinstance(self.made[name], BaseException):
            raise self.made[name]
        return self.made[name]

    def folder(self, name: str) -> Path:
        """Where the lesson of the room lies."""
        return self.home / name


def tab_of(home: Path, **rooms: Room) -> MadeUpTab:
    """A tab with these rooms; the first is its start."""
    start, *steps = rooms
    for name in rooms:
        (home / name).mkdir(parents=True, exist_ok=True)
    return MadeUpTab("made", "Made up", "A lead.", start, tuple(Step(name, f"{name}?") for name in steps), home, rooms)


def packed(call: str, *pictures: bytes, **keywords) -> bytes:
    """A request as the page's script packs it."""
    line = json.dumps({"call": call, **keywords}).encode()
    return line + b"\n" + b"".join(struct.pack("<I", len(picture)) + picture for picture in pictures)
