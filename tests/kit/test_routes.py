"""The page's own routes: versioned files, rooms that fail alone, live calls and who may make them."""

import asyncio
import gzip
import json
import os
import threading

import brotli
import httpx
import numpy as np
import pytest
from starlette.applications import Starlette

from demos.kit import live, routes
from demos.kit.files import Files
from demos.kit.room import Room
from tests.kit.house import packed, tab_of
from tests.loops import run

BYTES = {"content-type": "application/octet-stream"}


def mean(picture: str, scale: float = 1.0) -> dict:
    """The mean grey of a picture, times `scale`."""
    return {"mean": scale * float(np.mean(picture))}


def fails(kind: str) -> dict:
    """Raises what it is told."""
    raise {"value": ValueError, "missing": FileNotFoundError, "other": RuntimeError}[kind](
        f"{routes.ROOT}/weights/x gone"
    )


def visit(tabs, *requests: httpx.Request | tuple, files=None, root_path: str = ""):
    """The answers to requests, sent one after the other to the routes of `tabs`."""

    async def go():
        app = Starlette(routes=routes.routes(tabs, files or Files()))
        transport = httpx.ASGITransport(app, root_path=root_path)
        async with httpx.AsyncClient(transport=transport, base_url="http://here:7860") as client:
            return [await client.request(method, path, **options) for method, path, options in requests]

    answers = run(go())
    return answers[0] if len(answers) == 1 else answers


def get(path: str, **headers):
    return "GET", path, {"headers": {name.replace("_", "-"): value for name, value in headers.items()}}


def post(path: str, body: bytes, **headers):
    return (
        "POST",
        path,
        {"content": body, "headers": BYTES | {name.replace("_", "-"): v for name, v in headers.items()}},
    )


# ---- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path):
    """A small repository with what may be read and what may not."""
    for name, text in {
        "demos/kit/shell.js": 'import { a } from "./a.js";\n' + "// long\n" * 500,
        "demos/kit/a.js": "export const a = 1;",
        "demos/kit/room.py": "secret",
        "demos/kit/.hidden.js": "secret",
        "demos/.git/x.js": "secret",
        "demos/vae/film/view.css": "a {}",
        "demos/vae/film/lesson.en.md": "secret",
        "weights/vae/config.json": "{}",
        "weights/vae/metrics.json": "{}",
        "weights/vae/model.safetensors": "weights",
        "weights/vae/README.md": "secret",
        "weights/catalogue.json": "secret",
        "secret.js": "secret",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "demos/kit/link.js").symlink_to(tmp_path / "secret.js")
    (tmp_path / "demos/out").symlink_to(tmp_path, target_is_directory=True)
    return tmp_path


def test_only_scripts_styles_drawings_and_checkpoints_are_listed(tree):
    assert sorted(Files(tree).files) == [
        "demos/kit/a.js", "demos/kit/shell.js", "demos/vae/film/view.css",
        "weights/vae/config.json", "weights/vae/metrics.json", "weights/vae/model.safetensors",
    ]  # fmt: skip


def test_nothing_of_the_real_tree_is_listed_but_those_kinds():
    assert {os.path.splitext(address)[1] for address in Files().files} <= {
        ".js",
        ".css",
        ".svg",
        ".json",
        ".safetensors",
    }


def test_an_allowed_file_is_kept_for_ever(tree):
    files = Files(tree)
    answer = visit((), get(f"/static/{files.version}/demos/kit/a.js"), files=files)
    assert answer.text == "export const a = 1;"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_a_text_travels_packed_for_those_who_accept_it(tree, encoding, unpack):
    files = Files(tree)
    script = (tree / "demos/kit/shell.js").read_bytes()
    answer = visit((), get(f"/static/{files.version}/demos/kit/shell.js", accept_encoding=encoding), files=files)
    assert answer.headers["content-encoding"] == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) < len(script) / 10
    assert unpack(files.files["demos/kit/shell.js"].packed[encoding]) == script
    plain = visit(
        (), get(f"/static/{files.version}/demos/kit/shell.js", accept_encoding=f"{encoding};q=0"), files=files
    )
    assert "content-encoding" not in plain.headers


def test_weights_come_from_the_disk_unless_they_changed_since_the_start(tree):
    files = Files(tree)
    address = f"/static/{files.version}/weights/vae/model.safetensors"
    assert visit((), get(address), files=files).content == b"weights"
    (tree / "weights/vae/model.safetensors").write_text("other weights")
    answer = visit((), get(address), files=files)
    assert answer.status_code == 404
    assert "start the app anew" in answer.json()["error"]


@pytest.mark.parametrize(
    "path",
    ["demos/kit/room.py", "demos/../secret.js", "demos/kit/..%2f..%2fsecret.js", "demos/kit/link.js",
     "demos/out/secret.js", "demos/kit/.hidden.js", "demos/vae/film/lesson.en.md", "weights/vae/README.md",
     "demos//etc/passwd", "demos/"],
)  # fmt: skip
def test_whatever_is_not_listed_is_not_there(tree, path):
    files = Files(tree)
    assert visit((), get(f"/static/{files.version}/{path}"), files=files).status_code == 404


def test_another_version_is_not_there_and_every_change_is_another_version(tree):
    files = Files(tree)
    assert visit((), get("/static/0123456789abcdef/demos/kit/a.js"), files=files).status_code == 404
    (tree / "demos/kit/a.js").write_text("export const a = 2;")
    assert Files(tree).version != files.version


def test_the_modules_that_the_page_begins_with_are_those_imported_by_shell(tree):
    assert Files(tree).started_by("shell.js") == ["shell.js", "a.js"]
    assert "state.js" in Files().started_by("shell.js")


# ---- rooms -----------------------------------------------------------------------------------------------------------


def test_a_room_is_described_by_its_props_its_lesson_and_its_code(tmp_path):
    tab = tab_of(tmp_path, one=Room(props=lambda: {"a": [1]}, numbers=lambda: {"digits": "97 %"}, code=(mean,)))
    (tmp_path / "one/lesson.en.md").write_text("It reads {digits} of $x_1$.")
    told = visit((tab,), get("/room/made/one")).json()
    assert told["props"] == {"a": [1]}
    assert "It reads 97 % of <" in told["lesson"]
    assert "<msub>" in told["lesson"]
    assert told["code"][0]["name"] == f"{__name__}.mean"
    assert "mean grey" in told["code"][0]["html"]


def test_a_room_is_computed_once_and_then_only_compared(tmp_path):
    asked = []
    tab = tab_of(tmp_path, one=Room(props=lambda: asked.append(1) or {"a": 1}))
    tag = '"' + routes.describe(tab, "one").tag.strip('"') + '"'
    asked.clear()
    first, second, third = visit(
        (tab,), get("/room/made/one"), get("/room/made/one", if_none_match=f'"x", W/{tag}'), get("/room/made/one")
    )
    assert (first.status_code, second.status_code, third.status_code) == (200, 304, 200)
    assert first.headers["etag"] == tag
    assert first.headers["cache-control"] == "no-cache"
    assert second.content == b""
    assert len(asked) == 1


def broken(error: BaseException):
    def props():
        raise error

    return props


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FileNotFoundError(f"{routes.ROOT}/weights/vae is missing: run it"), "weights/vae is missing: run it"),
        (ValueError("beta must be a number"), "beta must be a number"),
        (KeyError("quality"), "'quality' is missing in what was measured"),
        (RuntimeError("password"), routes.BROKEN),
    ],
)
def test_what_fails_in_a_room_is_a_sentence_and_the_next_visitor_tries_again(tmp_path, error, sentence):
    asked = []
    tab = tab_of(tmp_path, one=Room(props=lambda: asked.append(1) or broken(error)()), two=Room(props=lambda: {"b": 2}))
    first, again, other = visit((tab,), *map(get, ("/room/made/one", "/room/made/one", "/room/made/two")))
    assert first.status_code == 200
    assert first.json() == again.json() == {"error": sentence}
    assert first.headers["cache-control"] == "no-store"
    assert len(asked) == 2
    assert other.json()["props"] == {"b": 2}


def test_a_handlers_module_that_cannot_be_imported_spoils_its_room_alone(tmp_path):
    tab = tab_of(tmp_path, one=SyntaxError("oh"), two=Room())
    one, two = visit((tab,), get("/room/made/one"), get("/room/made/two"))
    assert one.json() == {"error": routes.BROKEN}
    assert two.json() == {"props": {}, "lesson": "", "code": []}


def test_missing_numbers_leave_the_instrument_and_stand_in_the_lesson(tmp_path):
    tab = tab_of(tmp_path, one=Room(props=lambda: {"a": 1}, numbers=broken(FileNotFoundError("run <this>"))))
    told = visit((tab,), get("/room/made/one")).json()
    assert told["props"] == {"a": 1}
    assert "run &lt;this&gt;" in told["lesson"]


def test_a_room_that_does_not_exist_is_not_there(tmp_path):
    tab = tab_of(tmp_path, one=Room())
    for answer in visit((tab,), get("/room/made/two"), get("/room/other/one"), get("/room/made/one%2f..%2fone")):
        assert answer.status_code == 404


# ---- live ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tab(tmp_path):
    """A tab whose room takes the mean of a picture and fails on demand."""
    return tab_of(tmp_path, one=Room(calls=(mean, fails)), other=Room(heavy=(mean,)))


@pytest.mark.parametrize("room", ["one", "other"])
def test_a_call_is_answered(tab, room):
    body = packed("mean", bytes([10] * 784), picture="@0", scale=2)
    assert visit((tab,), post(f"/live/made/{room}", body)).json() == {"mean": 20}


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [("value", 400, "weights/x gone"), ("missing", 400, "weights/x gone"), ("other", 500, routes.BROKEN)],
)
def test_what_a_function_raises_becomes_a_sentence(tab, kind, status, sentence):
    answer = visit((tab,), post("/live/made/one", packed("fails", kind=kind)))
    assert (answer.status_code, answer.json()) == (status, {"error": sentence})


def test_a_fault_is_logged_without_what_the_visitor_sent(tmp_path, caplog):
    def leak(text: str) -> dict:
        raise RuntimeError(text)

    visit((tab_of(tmp_path, one=Room(calls=(leak,))),), post("/live/made/one", packed("leak", text="my secret")))
    assert "leak failed: RuntimeError at" in caplog.text
    assert "my secret" not in caplog.text


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("/live/made/one", packed("other"), 404, "This room answers mean, fails, not 'other'."),
        ("/live/made/other", packed("fails", kind="value"), 404, "This room answers mean"),
        ("/live/made/three", packed("mean"), 404, "no such room"),
        ("/live/made/one", packed("__import__"), 404, "This room answers"),
        ("/live/made/one", packed("mean", scale="wide", picture=[]), 400, "scale must be a number, not 'wide'"),
        ("/live/made/one", b"nonsense", 400, "line of JSON"),
    ],
)
def test_what_is_not_offered_is_refused(tab, path, body, status, sentence):
    answer = visit((tab,), post(path, body))
    assert answer.status_code == status
    assert sentence in answer.json()["error"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("text/plain", 415), ("application/json", 415), ("", 415), ("application/octet-stream; x=y", 200)],
)
def test_a_body_of_another_type_is_refused(tab, kind, status):
    answer = visit((tab,), post("/live/made/one", packed("mean", bytes(784), picture="@0"), content_type=kind))
    assert answer.status_code == status


def where(network: str = "vae", steps: int = 1) -> dict:
    """Whether it is answered in the event loop ("loop"), else the name of its thread."""
    try:
        asyncio.get_running_loop()
        return {"thread": "loop"}
    except RuntimeError:
        return {"thread": threading.current_thread().name.partition("_")[0]}


def threads(tab, *requests) -> list[str]:
    return [answer.json()["thread"] for answer in visit((tab,), *requests)]


def test_the_first_call_of_a_kind_leaves_the_loop_and_quick_ones_after_it_stay(tmp_path):
    """The first loads its network; another network is another kind, another number of steps is not."""
    tab = tab_of(tmp_path, one=Room(calls=(where,)))
    asked = ({}, {}, {"steps": 2}, {"network": "pca"}, {"network": "pca"})
    found = threads(tab, *(post("/live/made/one", packed("where", **keywords)) for keywords in asked))
    assert found == ["slow", "loop", "loop", "slow", "loop"]


def test_a_call_that_was_slow_the_last_time_leaves_the_loop(tmp_path, monkeypatch):
    monkeypatch.setattr(routes, "SLOW", 0)
    tab = tab_of(tmp_path, one=Room(calls=(where,)))
    assert threads(tab, *[post("/live/made/one", packed("where"))] * 3) == ["slow"] * 3


def test_heavy_calls_have_a_thread_of_their_own(tmp_path):
    tab = tab_of(tmp_path, one=Room(heavy=(where,)))
    assert threads(tab, *[post("/live/made/one", packed("where"))] * 2) == ["heavy"] * 2


def test_the_kinds_that_are_remembered_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(routes, "KINDS", 3)
    rooms = routes.Rooms((tab_of(tmp_path, one=Room(calls=(where,))),))
    for number in range(9):
        rooms.timed((where, number), where, live.read(packed("where")))
    assert len(rooms.took) <= 4


def test_a_light_call_that_brings_a_png_leaves_the_loop(tmp_path):
    def look(picture: str) -> dict:
        return {"thread": threading.current_thread().name, "sides": picture.shape}

    from tests.kit.test_live import png

    tab = tab_of(tmp_path, one=Room(calls=(look,)))
    body = packed("look", png(np.zeros((30, 40), np.uint8)), picture="@0")
    told = visit((tab,), post("/live/made/one", body)).json()
    assert told["sides"] == [30, 40]
    assert told["thread"].startswith("heavy")


def test_heavy_jobs_wait_for_each_other_and_light_calls_for_none(tmp_path):
    """One job runs, eight wait, the tenth is refused at once; a light call is answered meanwhile."""
    started, go_on, running, most = threading.Event(), threading.Event(), [], []

    def heavy() -> dict:
        running.append(1)
        most.append(len(running))
        started.set()
        go_on.wait(20)
        running.pop()
        return {}

    def light() -> dict:
        return {"quick": True}

    tab = tab_of(tmp_path, one=Room(calls=(light,), heavy=(heavy,)))

    async def crowd():
        app = Starlette(routes=routes.routes((tab,)))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            send = lambda name: client.post("/live/made/one", content=packed(name), headers=BYTES)  # noqa: E731
            jobs = [asyncio.create_task(send("heavy")) for _ in range(1 + routes.WAITING)]
            await asyncio.to_thread(started.wait, 20)
            refused, quick = await send("heavy"), await send("light")
            go_on.set()
            return refused, quick, await asyncio.gather(*jobs), await send("heavy")

    refused, quick, answers, later = run(crowd())
    assert (refused.status_code, refused.json()) == (503, {"error": routes.BUSY})
    assert quick.json() == {"quick": True}
    assert [answer.status_code for answer in answers] == [200] * 9
    assert later.status_code == 200
    assert max(most) == 1


def test_a_visitor_who_leaves_takes_the_waiting_job_along(tmp_path):
    started, go_on, ran = threading.Event(), threading.Event(), []

    def heavy(number: int) -> dict:
        ran.append(number)
        started.set()
        go_on.wait(20)
        return {}

    jobs = routes.Jobs("heavy", waiting=8)
    tab = tab_of(tmp_path, one=Room(heavy=(heavy,)))

    async def leave():
        rooms = routes.Rooms((tab,))
        rooms.heavy = jobs

        def request(number: int, gone: asyncio.Event):
            sent = []

            async def receive():
                if not sent:
                    sent.append(1)
                    return {"type": "http.request", "body": packed("heavy", number=number)}
                await gone.wait()
                return {"type": "http.disconnect"}

            scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"",
                     "headers": [(b"content-type", b"application/octet-stream")],
                     "path_params": {"tab": "made", "room": "one"}}  # fmt: skip
            return routes.Request(scope, receive)

        stays, leaves = asyncio.Event(), asyncio.Event()
        first = asyncio.create_task(rooms.answer(request(1, stays)))
        await asyncio.to_thread(started.wait, 20)
        second = asyncio.create_task(rooms.answer(request(2, leaves)))
        leaves.set()
        await second
        go_on.set()
        await first
        await rooms.answer(request(3, stays))

    run(leave())
    assert ran == [1, 3]
    assert jobs.waiting == 0


def test_the_routes_hold_under_a_root_path(tab):
    files = Files()
    answers = visit(
        (tab,), get("/room/made/one"), post("/live/made/one", packed("mean", bytes(784), picture="@0")),
        get(f"/static/{files.version}/demos/kit/shell.js"), files=files, root_path="/space",
    )  # fmt: skip
    assert [answer.status_code for answer in answers] == [200] * 3


def test_every_sentence_of_a_refusal_is_valid_json():
    assert json.loads(routes.refusal(400, "half \ud800").body)["error"].startswith("half")
    assert issubclass(live.Refused, ValueError)
