"""What a crowd costs, in ratios and counts; the times, which are the machine's, `python -m tests.load` measures."""

import random

import pytest

from demos.kit import turns
from tests import load
from tests.loops import run


@pytest.fixture(scope="module")
def served():
    """An app of its own, whose processor and memory can be seen."""
    with load.serving() as one:
        yield one


def test_events_in_the_same_instant_are_all_answered(served):
    counts = run(load.press(served, 60, within=0))
    assert (len(counts.seconds), counts.errors) == (60, [])


def test_new_visitors_in_the_same_instant_are_all_answered(served):
    counts = run(load.press(served, 60, within=0, new=True))
    assert (len(counts.seconds), counts.errors) == (60, [])


@pytest.mark.parametrize("kind", load.EVENTS)
def test_an_event_costs_the_server_no_more_when_many_ask(served, kind):
    """Threads that fight for the interpreter once tripled it. The least of three: others use this processor, too."""

    def least(clients: int) -> float:
        counts = [run(load.events(served, kind, clients, 1)) for _ in range(3)]
        assert not [error for one in counts for error in one.errors]
        return min(one.cpu for one in counts)

    alone = least(1)
    assert least(16) <= 1.5 * alone


def test_nobody_is_refused_while_others_train(served):
    counts = run(load.while_training(served, trainings=3, students=3, seconds=2))
    assert counts.seconds
    assert not counts.errors


def test_memory_does_not_grow_with_the_visitors(served):
    run(load.come_and_go(served, 100))
    before = served.memory()
    counts = run(load.come_and_go(served, 200))
    assert (len(counts.seconds), counts.errors) == (200, [])
    assert served.memory() - before < 200 * 0.02  # MB


def test_who_draws_faster_than_answers_come_gets_the_newest(monkeypatch):
    """One call in flight; of the moves meanwhile the newest is sent, and its time counts from that move."""
    clock = [0.0]
    counts = load.Counts()

    class Slow:
        async def ask(self, *_):
            clock[0] += 2.5 / load.RATE

    Slow.timed = load.Visitor.timed
    slow = Slow()
    slow.counts = counts

    async def at(moment):
        clock[0] = max(clock[0], moment)

    monkeypatch.setattr(load, "now", lambda: clock[0])
    monkeypatch.setattr(load, "at", at)
    monkeypatch.setattr(random, "random", lambda: 0.0)
    run(load.student(slow, counts, 1.0, "bench"))
    assert counts.asked == load.RATE
    assert len(counts.seconds) == 7  # moves 0, 2, 5, 7, 10, 12 and the last, 14
    assert max(counts.seconds) == pytest.approx(3.5 / load.RATE)  # made at 14, sent at 15, answered at 17.5


def test_a_step_of_a_training_waits_while_visitors_play_but_not_for_ever(monkeypatch):
    clock, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds
        if playing:
            turns.live_event()

    monkeypatch.setattr(turns.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(turns.time, "sleep", sleep)
    monkeypatch.setattr(turns, "_last", 0.0)
    playing = False
    turns.give_way()
    assert not slept
    turns.live_event()
    turns.give_way()
    assert turns.QUIET <= sum(slept) < 2 * turns.QUIET
    slept.clear()
    playing = True
    turns.live_event()
    turns.give_way()
    assert turns.LONGEST <= sum(slept) < turns.LONGEST + turns.QUIET


def test_the_table_takes_its_place_in_the_readme_again_and_again(tmp_path):
    copy = tmp_path / "README.md"
    copy.write_text((load.ROOT / "README.md").read_text("utf-8"), "utf-8")
    table = load.Table()
    table.note("page opens", "12 ms", "<= 300 ms", True)
    table.note("errors", "3", "0", False)
    for _ in range(2):
        load.write_readme(table.markdown(), copy)
    text = copy.read_text("utf-8")
    assert text.count("| page opens | 12 ms | <= 300 ms | yes |") == 1
    assert text.count("| errors | 3 | 0 | no |") == 1
    assert text.count("\n## ") == (load.ROOT / "README.md").read_text("utf-8").count("\n## ")
