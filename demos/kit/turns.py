"""Live events go first: work that takes long asks between its steps whether visitors are playing, and lets them.

Both run in one interpreter, where a thread that computes keeps the others waiting for milliseconds at a time.
"""

import time

QUIET = 0.004  # seconds without a live event after which nobody seems to be playing
LONGEST = 0.02  # seconds that a step waits at most: who trains gets on in a crowd, too

_last = 0.0


def live_event() -> None:
    """Say that a live event is being answered."""
    global _last
    _last = time.monotonic()


def give_way() -> None:
    """Wait until no live event has come for QUIET seconds; LONGEST at most."""
    end = time.monotonic() + LONGEST
    while (now := time.monotonic()) < end and now - _last < QUIET:
        time.sleep(QUIET / 4)
