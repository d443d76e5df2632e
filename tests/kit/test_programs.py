"""What programs send: looked at by the signature on each way, one job at a time, and never kept, fetched or logged."""

import asyncio
import threading
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest
from starlette.applications import Starlette

from demos.kit import programs, routes
from demos.kit.limits import Limits
from demos.kit.programs import Page, Programs
from tests.loops import run

PICTURE = [[0, 0.5], [1, 0]]
FILE = {"path": "digit.png", "url": "http://127.0.0.1:9/x", "meta": {"_type": "gradio.FileData"}}


def mean(picture: list, scale: float = 1.0, names: list[str] | None = None) -> dict:
    """The mean grey of a picture, times `scale`.

    Args:
        picture: rows of numbers in [0, 1].
        scale: any number,
            or none.

    Returns {"mean"}.
    """
    return {"mean": scale * sum(map(sum, picture)) / 4, "names": names}


def leaks(text: str) -> dict:
    """Fails, and says what it was told."""
    raise RuntimeError(f"no such key: {text}")


def missing() -> dict:
    """A file that is not there."""
    raise FileNotFoundError(f"{routes.ROOT}/weights/x is missing")


ENDPOINTS = {"mean": mean, "leaks": leaks, "missing": missing}


def served(found: Programs) -> httpx.ASGITransport:
    """The way that is answered here, behind the outermost layer."""
    return httpx.ASGITransport(Limits(Starlette(routes=found.routes()), programs=found))


def ask(*requests: tuple[str, object], endpoints=None):
    """The answers to POST gradio_api/<path> with these bodies."""

    async def go():
        transport = served(Programs(endpoints or ENDPOINTS))
        async with httpx.AsyncClient(transport=transport, base_url="http://here:7860") as client:
            return [await client.post(f"/gradio_api/{path}", json=body) for path, body in requests]

    answers = run(go())
    return answers[0] if len(answers) == 1 else answers


def test_an_endpoint_is_answered_with_its_defaults():
    two, one = ask(("run/mean", {"data": [PICTURE, 2]}), ("run/mean", {"data": [PICTURE]}))
    assert two.json()["data"] == [{"mean": 0.75, "names": None}]
    assert one.json()["data"] == [{"mean": 0.375, "names": None}]


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("run/other", {"data": []}, 404, "There is no such endpoint"),
        ("run/mean", {"data": []}, 400, "picture is missing: mean takes picture, scale, names"),
        (
            "run/mean",
            {"data": [PICTURE, 1, [], 4, 5]},
            400,
            "mean takes at most 3 values: picture, scale, names; 5 came",
        ),
        ("run/mean", {"data": [PICTURE, "wide"]}, 400, "scale must be a number, not 'wide'"),
        ("run/mean", {"data": [PICTURE, [1]]}, 400, "scale must be a number, not [1]"),
        ("run/mean", {"data": [PICTURE, 1, "x"]}, 400, "names must be a list or null, not 'x'"),
        ("run/mean", {"data": [FILE]}, 400, "picture must be a list, not {'meta'"),
        ("run/mean", {"data": {"picture": PICTURE}}, 400, programs.NO_DATA),
        ("run/mean", {}, 400, programs.NO_DATA),
        ("run/missing", {"data": []}, 400, "weights/x is missing"),
        ("call/other", {"data": []}, 404, "There is no such endpoint"),
        ("call/mean", {"data": None}, 400, programs.NO_DATA),
        ("call/v2/other", {}, 404, "There is no such endpoint"),
        ("call/v2/mean", {"scale": 1}, 400, "picture is missing"),
        ("call/v2/mean", {"picture": PICTURE, "unheard": 1}, 400, "'unheard' is no argument of mean"),
        ("queue/join", {"data": [], "fn_index": 77, "session_hash": "a"}, 404, "There is no such endpoint"),
        ("queue/join", {"data": [], "fn_index": [1], "session_hash": "a"}, 404, "There is no such endpoint"),
        ("queue/join", {"data": [], "fn_index": True, "session_hash": "a"}, 404, "There is no such endpoint"),
    ],
)
def test_what_does_not_fit_is_refused_by_a_sentence(path, body, status, sentence):
    answer = ask((path, body))
    assert answer.status_code == status
    assert answer.json()["error"].startswith(sentence)


def test_a_fault_shows_and_logs_no_word_of_what_was_sent(caplog):
    answer = ask(("run/leaks", {"data": ["my secret"]}))
    assert (answer.status_code, answer.json()) == (500, {"error": routes.BROKEN})
    assert "leaks failed: RuntimeError at" in caplog.text
    assert "my secret" not in caplog.text


def test_jobs_of_programs_wait_for_each_other_and_a_full_queue_says_so_and_recovers():
    started, go_on, running, most = threading.Event(), threading.Event(), [], []

    def job() -> dict:
        running.append(1)
        most.append(len(running))
        started.set()
        go_on.wait(20)
        running.pop()
        return {}

    async def crowd():
        transport = served(Programs({"job": job}))
        async with httpx.AsyncClient(transport=transport, base_url="http://here:7860") as client:
            send = lambda: client.post("/gradio_api/run/job", json={"data": []})  # noqa: E731
            jobs = [asyncio.create_task(send()) for _ in range(1 + programs.WAITING)]
            await asyncio.to_thread(started.wait, 20)
            refused = await send()
            go_on.set()
            return refused, await asyncio.gather(*jobs), await send()

    refused, answers, later = run(crowd())
    assert (refused.status_code, refused.json()) == (503, {"error": routes.BUSY})
    assert {answer.status_code for answer in answers} == {200}
    assert later.status_code == 200
    assert max(most) == 1


# ---- Gradio's own ways -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page():
    """Gradio's app with these endpoints: (programs, blocks)."""
    found = Programs(ENDPOINTS)
    with Page() as blocks:
        found.register(blocks)
    return found, blocks


def process(page, name: str, values: list, session: str | None = None) -> dict:
    """What Gradio makes of a job from its queue."""
    found, blocks = page
    function = blocks.fns[next(number for number, one in found.numbers.items() if one == name)]
    state = blocks.state_holder[session] if session else None
    return run(blocks.process_api(function, values, state=state))


def test_gradio_is_told_types_defaults_and_descriptions(page):
    told = page[1].get_api_info()["named_endpoints"]["/mean"]["parameters"]
    assert [one["parameter_name"] for one in told] == ["picture", "scale", "names"]
    assert [one["parameter_has_default"] for one in told] == [False, True, True]
    assert [one["type"]["description"] for one in told][:2] == ["rows of numbers in [0, 1].", "any number, or none."]


def test_a_job_of_the_queue_is_answered(page):
    assert process(page, "mean", [PICTURE, 2.0])["data"] == [{"mean": 0.75, "names": None}]


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("mean", [], "picture is missing"),
        ("mean", [FILE], "picture must be a list"),
        ("mean", [PICTURE, float("nan")], "scale must be a number that fits"),
        ("leaks", ["my secret"], routes.BROKEN),
        ("missing", [], "weights/x is missing"),
    ],
)
def test_what_goes_wrong_in_the_queue_is_a_sentence_without_a_traceback(page, name, values, sentence, caplog, capsys):
    with pytest.raises(gr.Error, match=sentence) as refused:
        process(page, name, values)
    assert refused.value.print_exception is False
    assert "my secret" not in caplog.text + "".join(capsys.readouterr())


def test_nothing_of_a_file_is_fetched(page, monkeypatch):
    """Gradio would download what an object with an address names, and copy it to its folder."""
    from gradio import processing_utils

    monkeypatch.setattr(
        processing_utils, "async_move_files_to_cache", lambda *_, **__: pytest.fail("a file was looked for")
    )
    with pytest.raises(gr.Error, match="picture must be a list"):
        process(page, "mean", [FILE])
    assert process(page, "mean", [PICTURE, 1.0, ["http://127.0.0.1:9/x"]])["data"][0]["names"]


def test_nothing_that_was_sent_is_kept_with_the_session(page):
    blocks = page[1]
    blocks.state_holder.set_blocks(blocks)
    process(page, "mean", [[[0.123, 0], [0, 0]]], session="visitor")
    assert "0.123" not in str(blocks.state_holder["visitor"].config_values)


def after(monkeypatch, seconds: float, jobs: list[str], waiting: dict[str, set[str]]) -> dict:
    """The answers that still wait, by session, after these jobs have ended and those tasks that end at once."""
    monkeypatch.setattr(programs, "UNREAD", seconds)
    cleaned = []

    async def clean_events(session_hash: str):
        cleaned.append(session_hash)

    answers = dict.fromkeys(waiting, "answers")
    queue = SimpleNamespace(
        pending_event_ids_session=dict(waiting), pending_messages_per_session=answers, clean_events=clean_events
    )

    async def go():
        found = Programs({})
        found.blocks = SimpleNamespace(_queue=queue)
        for job in jobs:
            found._forget_later(job, 5_000_000)
        _, patient = await asyncio.wait(found._forgetting, timeout=0.2)
        for task in patient:
            task.cancel()

    run(go())
    assert set(queue.pending_event_ids_session) == set(answers) == set(waiting) - set(cleaned)
    return answers


@pytest.mark.parametrize(("waiting", "left"), [({"job"}, set()), ({"other"}, {"me"})])
def test_an_answer_that_nobody_fetched_in_time_is_forgotten(monkeypatch, waiting, left):
    assert set(after(monkeypatch, 0, ["job"], {"me": waiting})) == left


def test_of_answers_that_nobody_fetches_the_last_few_are_kept(monkeypatch):
    jobs = [f"job{number}" for number in range(40)]
    assert list(after(monkeypatch, 600, jobs, {job: {job} for job in jobs})) == jobs[-12:]
