"""A room: what one instrument computes, what its view starts with, what its lesson says. A tab: a path of rooms.

Nothing here is computed when a module is imported or when the page is built: a room's props, numbers and code are asked
for when a visitor opens it (demos/kit/routes.py).
"""

import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

DEMOS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Room:
    """What handlers.py of one instrument offers; every function takes keywords and returns what JSON can hold.

    calls: what the view may ask for, as server.<name>({keyword: value}); it must answer within milliseconds.
    heavy: the same for batches that take longer: they wait for each other and never stand in the way of `calls`.
    props: what the view starts with.
    numbers: what stands for the {placeholders} of lesson.en.md.
    code: the functions whose source the page shows as "the code that ran".
    endpoints: what programs may call, by name.
    """

    calls: Sequence[Callable] = ()
    heavy: Sequence[Callable] = ()
    props: Callable[[], dict] = dict
    numbers: Callable[[], dict] = dict
    code: Sequence[Callable] = ()
    endpoints: Mapping[str, Callable] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step of a path: its room and the question that it answers; `bench`: it obeys the tab's first instrument."""

    room: str
    question: str
    bench: bool = False


@dataclass(frozen=True)
class Tab:
    """One idea of the lecture: the instrument that the tab opens with, and the path of steps below it."""

    key: str
    title: str
    lead: str
    start: str
    steps: Sequence[Step]

    @cached_property
    def rooms(self) -> tuple[str, ...]:
        """The names of its rooms: the first instrument's, then the steps' in their order."""
        return (self.start, *(step.room for step in self.steps))

    def room(self, name: str) -> Room:
        """The room `name` of this tab, its module imported now. KeyError for a name that is not on the path."""
        if name not in self.rooms:
            raise KeyError(name)
        return importlib.import_module(f"demos.{self.key}.{name}.handlers").ROOM

    def folder(self, name: str) -> Path:
        """The folder of the room `name`."""
        return DEMOS / self.key / name

    def described(self) -> dict:
        """What the page needs of this tab before any of its rooms is opened."""
        steps = [{"room": step.room, "question": step.question, "bench": step.bench} for step in self.steps]
        return {"key": self.key, "title": self.title, "lead": self.lead, "start": self.start, "steps": steps}


def source_of(function: Callable) -> dict:
    """{"name", "source"}: the very text of a function or class that ran, from its file."""
    return {"name": f"{function.__module__}.{function.__qualname__}", "source": inspect.getsource(function)}
