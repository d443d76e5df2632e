"""A clock that is set back: nothing waits for a time that has passed, and what is newer is not taken for older."""

import os
import re

from tests.conftest import ROOT
from training.store import analysis, checkpoints

CLOCK = re.compile(r"time\.time\(|time\.time_ns|datetime|Date\.now|new Date")


def test_no_code_that_serves_or_trains_reads_the_clock_on_the_wall():
    """Caches, locks, the pace of a training and the queues count on a clock that never goes back, or on none.

    The analyses say how long they took; nothing depends on it. The sweep reads the dates of files, which are of no
    other clock: one set back leaves a file there for longer.
    """
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in ("demos", "training")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".js") and CLOCK.search(path.read_text("utf-8"))
    ]
    assert {name for name in found if not name.startswith("training/analyse/")} == {"demos/kit/sweep.py"}


def test_what_was_measured_anew_is_read_anew_also_with_an_older_date(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "WEIGHTS", tmp_path)
    analysis.save("made", {"share": 0.1})
    assert analysis.load("made") == {"share": 0.1}
    file = analysis.save("made", {"share": 0.9})
    os.utime(file, (1, 1))
    assert analysis.load("made") == {"share": 0.9}
