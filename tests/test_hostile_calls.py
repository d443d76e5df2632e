"""Thousands of calls that no page makes, to everything that a visitor can reach: a sentence each, and nothing breaks.

The arguments are drawn by the signatures: half of them fit, so that the calls come as far as the networks.
"""

import inspect
import json
import logging
import math
import random
import types
import typing

import httpx
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from app import TABS
from demos.kit import limits, page, programs, routes
from tests.kit.house import packed
from tests.loops import run
from training import checkpoints

ROOMS = [(tab.key, name, function) for tab in TABS for name in tab.rooms
         for function in (*tab.room(name).calls, *tab.room(name).heavy)]  # fmt: skip
ENDPOINTS = page.endpoints(TABS)
PICTURES = [bytes(784), bytes(range(256)) * 49, b"", b"\x89PNG\r\n\x1a\n"]
LISTED = [np.zeros((28, 28)).tolist(), np.eye(30).tolist(), [[0.5, 1], [0, 0]], [], [[]], [[0] * 600] * 2, [1, 2]]
WORDS = ["digits", "fashion", "line", "great-circle", "gaussian", "float32", "prior", "", "x", "../../etc/passwd",
         "__class__", "\x00", "é" * 300, "<script>", "data:image/png;base64,AAAA", "@0", "@1", "@2", "@9"]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 7, 0.5, 1.0, -1, -0.0, 1e-300, 1e300, 2**31, 2**53, 2**53 + 1, 1.5]
SOURCES = [{"seed": 3}, {"class": 4, "index": 0}, {"mean": 2}, {"class": -1}, {"class": "x"}, {"seed": math.pi},
           {"picture": "@0"}, {"picture": "@2"}, {"picture": []}, {"mean": [1]}, {}, {"seed": 1, "mean": 2},
           {"path": "x", "url": "http://127.0.0.1:9/", "meta": {"_type": "gradio.FileData"}}]  # fmt: skip
JUNK = [None, True, False, "x", [], {}, [[[[]]]], {"a": {"b": [1]}}, 1e400, -math.inf, math.nan, 10**400, "\ud800",
        ["\udfff"], {"\ud800": 1}, *NUMBERS, *SOURCES]  # fmt: skip


def fitting(kind, draw: random.Random, networks: list[str]):
    """A value of the annotated kind, of a reasonable size or not."""
    origin = typing.get_origin(kind) or kind
    if origin in (typing.Union, types.UnionType):
        return fitting(draw.choice(typing.get_args(kind)), draw, networks)
    if origin is typing.Literal:
        return draw.choice(typing.get_args(kind))
    if origin is bool:
        return draw.random() < 0.5
    if origin in (int, float):
        return draw.choice(NUMBERS)
    if origin is str:
        return draw.choice(networks if draw.random() < 0.6 else WORDS)
    if origin is dict:
        return draw.choice(SOURCES)
    if origin in (list, tuple):
        some = [[draw.choice(NUMBERS) for _ in range(draw.choice((2, 10, 32)))], [0.1] * 32, [0.1] * 10, [0.1, 0.2],
                draw.choices(networks, k=2), draw.choices(SOURCES, k=2), *LISTED]  # fmt: skip
        return draw.choice(some)
    return draw.choice(JUNK)


def keywords(function, draw: random.Random) -> dict:
    """Arguments for a function: most fit, some do not, some are missing or unheard of."""
    kinds, networks = typing.get_type_hints(function), checkpoints.names()
    made = {
        name: fitting(kinds.get(name), draw, networks) if draw.random() < 0.85 else draw.choice(JUNK)
        for name in inspect.signature(function).parameters
        if draw.random() < 0.9
    }
    return {**made, "unheard": 1} if draw.random() < 0.03 else made


def request(draw: random.Random) -> tuple[str, str, bytes]:
    """(address, type of the body, body) of one call."""
    if draw.random() < 0.6:
        tab, room, function = draw.choice(ROOMS)
        pictures = draw.choices(PICTURES[:2], k=2) + draw.choices(PICTURES, k=draw.choice((0, 1)))
        body = packed(function.__name__, *pictures, **keywords(function, draw))
        return f"/live/{tab}/{room}", "application/octet-stream", body
    name, function = draw.choice(list(ENDPOINTS.items()))
    parameters = inspect.signature(function).parameters
    values = {name: fitting(None, draw, ["vae"]) for name in parameters} | keywords(function, draw)
    data = [values[name] for name in parameters][: draw.choice((len(parameters), len(parameters), 1, 0))]
    data = data if draw.random() < 0.95 else draw.choice(JUNK)
    return f"/gradio_api/run/{name}", "application/json", json.dumps({"data": data}).encode()


@pytest.fixture(scope="module")
def calls():
    """A function that sends many requests to the app's own routes, behind the outermost layer."""
    asked = programs.Programs(ENDPOINTS)
    app = limits.Limits(Starlette(routes=[*routes.routes(TABS), *asked.routes()]), programs=asked)

    async def send(requests: list) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here:7860", timeout=None) as client:
            return [
                await client.post(path, content=body, headers={"content-type": kind}) for path, kind, body in requests
            ]

    return lambda requests: run(send(requests))


def judge(requests: list, answers: list, caplog) -> None:
    """Each is answered, or refused by a sentence; nothing stands in the log."""
    broken = [
        (*asked[:2], asked[2][:300], answer.status_code, answer.text[:200])
        for asked, answer in zip(requests, answers, strict=True)
        if answer.status_code >= 500
    ]
    assert not broken, (broken[0], caplog.messages[:1])
    for answer in answers:
        told = answer.json()
        assert answer.status_code == 200 or len(told["error"].split()) > 2
        assert str(routes.ROOT) not in answer.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


QUIET = {
    "deadline": None, "derandomize": True, "phases": [Phase.generate],
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}  # fmt: skip


@settings(max_examples=10, **QUIET)
@given(st.integers(0, 2**32))
def test_whatever_is_asked_is_answered_or_refused_by_a_sentence(calls, caplog, seed):
    draw = random.Random(seed)
    requests = [request(draw) for _ in range(20)]
    judge(requests, calls(requests), caplog)


@pytest.mark.slow
def test_five_thousand_calls_are_answered_or_refused_by_a_sentence(calls, caplog):
    draw = random.Random(0)
    requests = [request(draw) for _ in range(5_000)]
    answers = calls(requests)
    judge(requests, answers, caplog)
    answered = sum(answer.status_code == 200 for answer in answers)
    assert 500 < answered < 4_500  # else nothing was tried


def test_every_call_is_among_them():
    draw = random.Random(0)
    addresses = {f"/live/{tab}/{room}" for tab, room, _ in ROOMS} | {f"/gradio_api/run/{name}" for name in ENDPOINTS}
    assert {request(draw)[0] for _ in range(3_000)} == addresses
