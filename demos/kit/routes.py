"""The page's own routes, beside Gradio's and relative to the app's address:

    GET  static/<version>/<path>   scripts, styles, weights: read-only, kept by browsers for ever (files.py)
    GET  room/<tab>/<room>         what a room's view starts with, its lesson and its code: {"props", "lesson", "code"}
    POST test-pictures             how far the test pictures are (training/data/fetch.py); with the body "start": begin
    POST live/<tab>/<room>         what its view asks for while a visitor plays (live.py has the form of a request)
    GET  qr?text=<link>            a link as a QR code, for a room to scan

They go to launch(app_kwargs={"routes": routes(TABS)}) and thereby come before Gradio's own.
"""

import asyncio
import contextvars
import html
import io
import logging
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import brotli
import segno
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from demos.kit import lessons, live, networks, troubles, turns
from demos.kit.answers import Kept, refusal, tag_of
from demos.kit.files import ROOT, Files
from demos.kit.networks import on_zero_gpu
from demos.kit.room import Room, Tab
from training import checkpoints
from training.data import datasets, fetch
from training.store import hub

LONGEST_LINK = 2_900  # characters that a QR code of the least correction holds
SLOW = 0.05  # seconds of the processor: a light call that takes more must not stand in the way of the others
UNFINISHED = "no-store"  # Cache-Control of a room that lacks something
KINDS = 2_000  # of light calls whose time is remembered
WAITING = 8  # large jobs in the queue, beside the one that runs
BUSY = "The server is busy with other visitors' large jobs; try again in a few seconds."
BROKEN = "Something went wrong on the server; the log says what. Reload the page to start anew."
EXPECTED = (ValueError, TypeError, KeyError, OSError)  # a sentence for the page; anything else is our fault
log = logging.getLogger(__name__)


def routes(tabs: Sequence[Tab], files: Files | None = None) -> list[Route]:
    """All routes of the page for these tabs."""
    files = files or Files()
    rooms = Rooms(tabs)
    return [
        Route("/live/{tab}/{room}", rooms.answer, methods=["POST"]),  # tried first: the one that hurries
        Route("/static/{version}/demos/{path:path}", files.page, methods=["GET"]),
        Route("/static/{version}/weights/{path:path}", files.weights, methods=["GET"]),
        Route("/room/{tab}/{room}", rooms.describe, methods=["GET"]),
        Route("/test-pictures", test_pictures, methods=["POST"]),
        Route("/qr", qr, methods=["GET"]),
    ]


async def qr(request: Request) -> Response:
    """GET qr?text=: the text, at most LONGEST_LINK characters, as a QR code in SVG."""
    text = request.query_params.get("text", "")
    if not 0 < len(text) <= LONGEST_LINK:
        return refusal(400, f"text must have 1 to {LONGEST_LINK} characters, not {len(text)}")
    file = io.BytesIO()
    segno.make_qr(text, error="l").save(file, kind="svg", border=2, scale=4)
    return Response(file.getvalue(), headers={"Cache-Control": "public, max-age=86400"}, media_type="image/svg+xml")


async def test_pictures(request: Request) -> Response:
    """POST test-pictures: fetch.progress(); where the body is "start", a fetch has begun unless there is no need."""
    asked = fetch.start if await request.body() == b"start" else fetch.progress
    return json_answer(await asyncio.to_thread(asked), headers={"Cache-Control": "no-store"})


class Rooms:
    """The rooms of all tabs, as the page asks for them."""

    def __init__(self, tabs: Sequence[Tab]):
        self.tabs = {tab.key: tab for tab in tabs}
        self.described: dict[tuple, asyncio.Task] = {}
        self.troubled: set[tuple] = set()  # those that lack a file
        self.took: dict[tuple, float] = {}  # seconds of the processor, by kind of light call
        self.slow = Jobs("slow", waiting=200)  # a class opens a tab in the same minute
        self.heavy = Jobs("heavy", waiting=WAITING)

    def room(self, request: Request) -> tuple[Tab, str, Room]:
        """The room that a request names. KeyError where there is none."""
        tab = self.tabs[request.path_params["tab"]]
        name = request.path_params["room"]
        return tab, name, tab.room(name)

    async def describe(self, request: Request) -> Response:
        """GET room/<tab>/<room>: computed once, by one visitor's request while the others wait for it."""
        tab, name = self.tabs.get(request.path_params["tab"]), request.path_params["room"]
        if tab is None or name not in tab.rooms:
            return refusal(404, "There is no such room on this page.")
        language = lessons.language(tab.folder(name), request.query_params.get("lang", ""))
        key = (tab.key, name, language, fetch.at_hand())  # fetched pictures need no restart
        if "again" in request.query_params:
            hub.try_again()
        if key in self.troubled:
            networks.look_again()
        if key not in self.described:
            self.described[key] = asyncio.create_task(asyncio.to_thread(describe, tab, name, language))
        told = await asyncio.shield(self.described[key])
        if isinstance(told, str) or told.keep == UNFINISHED:  # it may be mended: the next visitor tries again
            self.described.pop(key, None)
            self.troubled.add(key)
        else:
            self.troubled.discard(key)
        if isinstance(told, str):
            loading = {"loading": True} if hub.loading() else {}
            return json_answer({"error": told} | loading, headers={"Cache-Control": UNFINISHED})
        return told.answer(request.headers)

    async def answer(self, request: Request) -> Response:
        """POST live/<tab>/<room>: one call of the room's view.

        Light calls are answered where they arrive, on the event loop: they take milliseconds, and threads would only
        fight for the processor. The first of a kind, which loads its network or fills a table, and those that were slow
        the last time, wait for a thread; so do heavy calls, and those that bring a PNG, for another one.
        """
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/octet-stream":
            return refusal(415, "The request must be of the type application/octet-stream.")
        try:
            body = await request.body()  # of bounded length: limits.py
        except ClientDisconnect:
            return Response(status_code=400)
        try:
            room = self.room(request)[2]
        except KeyError:
            return refusal(404, "There is no such room on this page.")
        except Exception as error:
            log_fault(request.url.path, error)
            return refusal(500, BROKEN)
        try:
            asked = live.read(body)
        except live.Refused as error:
            return refusal(400, str(error))
        light = {function.__name__: function for function in room.calls}
        heavy = {function.__name__: function for function in room.heavy}
        function = light.get(asked.call) or heavy.get(asked.call)
        if function is None:
            known = ", ".join([*light, *heavy]) or "nothing"
            return refusal(404, f"This room answers {known}, not {live.show(asked.call)}.")
        context = contextvars.copy_context()  # of this visitor alone
        if asked.call in heavy or asked.large:
            arguments = partial(live.arguments_for, function, asked)
            return await self.heavy.wait_for(lambda: context.run(run, function, arguments, request), request)
        kind = kind_of(function, asked)
        if self.took.get(kind, SLOW) < SLOW:
            turns.live_event()
            return self.timed(kind, function, asked)
        return await self.slow.wait_for(lambda: context.run(self.timed, kind, function, asked), request)

    def timed(self, kind: tuple, function: Callable, asked: live.Request) -> Response:
        """The answer to a light call; how much of the processor it took is remembered for the next of its kind."""
        start = time.thread_time()
        answer = run(function, partial(live.arguments_for, function, asked))
        if answer.status_code == 200:
            if len(self.took) > KINDS:
                self.took.clear()
            self.took[kind] = time.thread_time() - start
        return answer


def kind_of(function: Callable, asked: live.Request) -> tuple:
    """What a light call's time depends on: its function and whatever it names, such as a network."""
    named = [(name, value) for name, value in asked.arguments.items() if isinstance(value, str | bool)]
    return (function, *((name, value) for name, value in sorted(named) if len(str(value)) < 64))


class Jobs:
    """Jobs for one thread, in the order in which they came; who leaves takes a waiting job out of the queue."""

    def __init__(self, name: str, waiting: int):
        self.pool = ThreadPoolExecutor(1, name)
        self.most = waiting
        self.waiting = 0

    async def wait_for(self, job: Callable[[], Response], request: Request) -> Response:
        """The answer of `job`, or a refusal when too many wait already."""
        if self.waiting > self.most:
            return refusal(503, BUSY)
        self.waiting += 1
        running = asyncio.get_running_loop().run_in_executor(self.pool, job)
        running.add_done_callback(self._done)
        gone = asyncio.create_task(left(request))
        await asyncio.wait([running, gone], return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if running.done():
            return running.result()
        running.cancel()  # out of the queue, unless it has begun: then it runs to its end
        return Response(status_code=499)

    def _done(self, _):
        self.waiting -= 1


def run(function: Callable, arguments: Callable[[], dict], visitor: Request | None = None) -> Response:
    """Call `function` with what `arguments` reads; what goes wrong becomes a sentence. `visitor`: whose job it is."""
    try:
        if visitor is not None and on_zero_gpu():
            charge(visitor)
        return json_answer(function(**arguments()))
    except live.Refused as error:
        return refusal(400, str(error))
    except hub.Loading as error:
        return json_answer({"error": sentence(error), "loading": True}, 503)
    except OSError as error:
        return refusal(400 if isinstance(error, FileNotFoundError) else 503, sentence(error))
    except (ValueError, TypeError) as error:
        return refusal(400, sentence(error))
    except Exception as error:
        log_fault(f"{function.__module__}.{function.__name__}", error)
        return refusal(500, BROKEN)


def describe(tab: Tab, name: str, language: str = "en") -> Kept | str:
    """What the page shows of a room: props, lesson, code, and notes on networks that it lacks; or one sentence.

    Where only the lesson's numbers are missing, the sentence stands in its place and the instrument still comes.
    """
    keep = "no-cache"
    try:
        room = tab.room(name)
        with networks.asked() as asked:
            props = room.props()
        code = [lessons.code_html(function) for function in room.code]
    except EXPECTED as error:
        log.warning("room %s/%s: %s", tab.key, name, sentence(error))
        return sentence(error)
    except Exception as error:
        log_fault(f"room {tab.key}/{name}", error)
        return BROKEN
    try:
        with networks.asked() as asked_for_numbers:
            lesson = lessons.of_room(tab.folder(name), room.numbers(), language)
        asked |= asked_for_numbers
    except EXPECTED as error:
        keep = UNFINISHED
        lesson = f'<p class="notice">The rest of this lesson cannot be shown. {html.escape(sentence(error))}</p>'
    except Exception as error:
        keep = UNFINISHED
        log_fault(f"lesson {tab.key}/{name}", error)
        lesson = f'<p class="notice">{BROKEN}</p>'
    notes = [relative(note) for note in troubles.of_networks(asked, props)]
    told = {"props": props, "lesson": lesson, "code": code}
    if notes:
        keep = UNFINISHED
        told |= {"notes": notes, "loading": hub.loading()}
    content = live.as_json(told)
    bodies = {"": content, "br": brotli.compress(content, quality=6)}
    return Kept("application/json", bodies, tag_of(content), keep)


def sentence(error: Exception) -> str:
    """An error in words: files by their place in the project, a missing key by its name."""
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing in what was measured"
    if isinstance(error, OSError) and error.filename:  # the system's own words hold the whole path
        return f"{relative(str(error.filename)).rpartition(os.sep)[2]} cannot be read: {error.strerror}"
    return relative(str(error))


def relative(text: str) -> str:
    """A text in which no file is named by its place on this machine."""
    text = text.replace(str(checkpoints.WEIGHTS), "weights").replace(f"{ROOT}{os.sep}", "")
    return text.replace(str(datasets.data_dir()), "DATA_DIR").replace(f"{Path.home()}{os.sep}", "~/")


def json_answer(content, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`content` as JSON."""
    return Response(live.as_json(content), status, headers, "application/json")


async def left(request: Request) -> None:
    """Returns when the visitor has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def charge(visitor: Request) -> None:
    """Tell ZeroGPU, which reads Gradio's context, in whose quota the job of this thread counts."""
    import gradio as gr
    from gradio.context import LocalContext

    LocalContext.request.set(gr.Request(visitor))


def log_fault(what: str, error: Exception) -> None:
    """A fault of ours in the log: its kind and where it happened, without what the visitor sent."""
    places, trace = [], error.__traceback__
    while trace:
        places.append(f"{trace.tb_frame.f_code.co_filename.replace(f'{ROOT}{os.sep}', '')}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("%s failed: %s at %s", what, type(error).__name__, " < ".join(reversed(places[-6:])))
