"""How many visitors one server carries: a crowd of raw clients that repeat what a browser asks for.

    python -m tests.load [--quick] [--readme] [--workers N] [--url URL]

Starts the app (or takes the one at URL, whose processor and memory are then not seen), plays a class of students who
draw, press at the same instant, open the page and train, and prints what each must reach. `--readme` writes the table
into README.md, `--quick` takes half a minute with a few visitors. Server and clients share this machine, and whatever
else it does counts against the server: the load average before each measurement stands beside it.

What a browser asks for is taken from a browser: Chromium opens the page once, and the crowd repeats its requests over
six connections for each visitor, as browsers have. Live events have the form that demos/kit/live.py describes.
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import aiohttp
import httptools
import psutil
import torch

from tests.conftest import CHROMIUM, FLAGS, ROOT, start_app
from tests.frame import stands
from tests.kit.house import packed
from training.data.strokes import made_digits

try:
    from uvloop import run  # what the crowd costs, the server lacks
except ImportError:  # there is none for Windows
    from asyncio import run

RATE = 15  # moves a second of somebody who draws
CONNECTIONS = 6  # of a browser to one host
BEAT = 0.15  # seconds from one step of a training in the page to the next: demos/softmax/train/view.js
TRAINING = "live/softmax/train"
RECIPE = {"dataset": "digits", "learning_rate": 0.1, "batch_size": 256, "epochs": 50, "sigma": 0.01, "l2": 0.0}
ALONE = "import torch, gradio, psutil; print(psutil.Process().memory_info().rss)"
DRAWINGS = [(255 * image).byte().numpy().tobytes() for image in made_digits(100, seed=0)[0]]
KIND = {"Content-Type": "application/octet-stream"}
now = time.perf_counter


def drawing() -> bytes:
    """One of a hundred drawings, 784 bytes, at random."""
    return random.choice(DRAWINGS)


EVENTS: dict[str, Callable[[], tuple[str, bytes]]] = {  # name -> (address, body) of one live event as the page sends it
    "bench": lambda: ("live/denoise/bench", packed("bench", drawing(), picture="@0", kind="gaussian", strength=0.3,
                                                   seed=0, network="denoising-autoencoder")),
    "map": lambda: ("live/vae/map", packed("point", z=[random.gauss(0, 1), random.gauss(0, 1)],
                                           network="vae-deep-2d")),
    "classify": lambda: ("live/softmax/classify", packed("look", drawing(), picture="@0", network="softmax-digits")),
    "posterior": lambda: ("live/vae/map", packed("posterior", drawing(), source={"picture": "@0"},
                                                 network="vae-deep-2d", epsilon=[0, 0])),
}  # fmt: skip


@dataclass
class Served:
    """The app under load: its address, and its processes where it was started here."""

    url: str
    process: psutil.Process | None = None
    files: Path | None = None

    def processes(self) -> list[psutil.Process]:
        """The server's processes: itself and its workers."""
        return [self.process, *self.process.children(recursive=True)] if self.process else []

    def cpu(self) -> float:
        """Seconds of the processor that the server has used so far; NaN where that cannot be seen."""
        used = [sum(one.cpu_times()[:2]) for one in self.processes()]
        return sum(used) if used else math.nan

    def memory(self) -> float:
        """MB that the server holds; NaN where that cannot be seen."""
        held = [one.memory_info().rss / 1e6 for one in self.processes()]
        return sum(held) if held else math.nan


@contextmanager
def serving(url: str | None = None, workers: int = 1) -> Iterator[Served]:
    """The app at `url`, or one started here with an empty folder for its temporary files."""
    if url:
        yield Served(url.rstrip("/"))
        return
    with tempfile.TemporaryDirectory() as folder:
        several = ("--workers", str(workers)) if workers > 1 else ()
        process, url = start_app(*several, GRADIO_TEMP_DIR=folder)
        try:
            yield Served(url, psutil.Process(process.pid), Path(folder))
        finally:
            process.terminate()
            process.wait(20)


@dataclass
class Counts:
    """What became of the requests of one measurement: seconds of each that was answered, and errors."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    asked: int = 0  # moves, also those that a newer one replaced
    cpu: float = math.nan  # milliseconds of the server's processor for each
    wall: float = math.nan

    def p(self, share: float) -> float:
        """The quantile of the answered requests in milliseconds; NaN where there is none."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan

    @property
    def answered(self) -> float:
        return len(self.seconds) / self.asked if self.asked else math.nan

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.wall


class Line(asyncio.Protocol):
    """A connection that stays open and carries one request at a time, as lean as can be."""

    def __init__(self):
        self.answer: asyncio.Future | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self.transport = cast(asyncio.Transport, transport)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer; ConnectionResetError where the server closes the connection instead."""
        self.answer, self.parser, self.parts = asyncio.Future(), httptools.HttpResponseParser(self), []
        self.transport.write(request)
        return await self.answer

    def data_received(self, data: bytes) -> None:
        """A part of an answer."""
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """The parser's: a part of its body."""
        self.parts.append(body)

    def on_message_complete(self) -> None:
        """The parser's: all of it is here."""
        if self.answer and not self.answer.done():
            self.answer.set_result((self.parser.get_status_code(), b"".join(self.parts)))

    def connection_lost(self, exc: Exception | None) -> None:
        """It ended, by whomever."""
        if self.answer and not self.answer.done():
            self.answer.set_exception(ConnectionResetError("the server closed the connection"))


class Visitor:
    """One visitor's browser: a few connections to the server that stay open between the requests."""

    def __init__(self, served: Served, counts: Counts):
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60)
        self.session = aiohttp.ClientSession(served.url + "/", connector=connector, auto_decompress=False)
        self.url = urlsplit(served.url)
        self.lines: list[Line] = []  # that wait for live calls
        self.counts = counts

    async def get(self, address: str, **headers: str) -> bytes:
        """A file, packed as it came."""
        async with self.session.get(address, headers={"Accept-Encoding": "br, gzip"} | headers) as answer:
            body = await answer.read()
            if answer.status != 200:
                self.counts.errors.append(f"{address}: {answer.status}")
            return body

    async def ask(self, address: str, body: bytes, again: bool = True) -> bytes:
        """A live call; once more, as browsers do, where the server had just closed the waiting connection."""
        line = self.lines.pop() if self.lines else await self.connected()
        head = (
            f"POST {self.url.path}/{address} HTTP/1.1\r\nHost: {self.url.netloc}\r\n"
            f"Content-Type: {KIND['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            status, told = await line.ask(head.encode() + body)
        except ConnectionResetError:
            if not again:
                raise
            return await self.ask(address, body, again=False)
        if not line.transport.is_closing():
            self.lines.append(line)
        if status != 200:
            self.counts.errors.append(f"{address}: {status} {told[:100]!r}")
        return told

    async def connected(self) -> Line:
        """A new connection."""
        port = self.url.port or {"http": 80, "https": 443}[self.url.scheme]
        loop, secure = asyncio.get_running_loop(), self.url.scheme == "https"
        return (await loop.create_connection(Line, self.url.hostname, port, ssl=secure or None))[1]

    async def close(self) -> None:
        """Leave."""
        for line in self.lines:
            line.transport.close()
        await self.session.close()

    async def timed(self, asked: Awaitable, since: float | None = None) -> None:
        """Wait for an answer and note how long it took."""
        start = now() if since is None else since
        try:
            await asked
            self.counts.seconds.append(now() - start)
        except (aiohttp.ClientError, OSError) as error:
            self.counts.errors.append(repr(error))


@asynccontextmanager
async def visitors(served: Served, count: int, counts: Counts) -> AsyncIterator[list[Visitor]]:
    """So many visitors, each with connections of their own."""
    crowd = [Visitor(served, counts) for _ in range(count)]
    try:
        yield crowd
    finally:
        for visitor in crowd:
            await visitor.close()


@contextmanager
def counting(served: Served, counts: Counts) -> Iterator[None]:
    """Note how long the block took, and the server's processor for each request in it."""
    start, used, before = now(), served.cpu(), len(counts.seconds)
    yield
    counts.wall = now() - start
    counts.cpu = 1000 * (served.cpu() - used) / max(1, len(counts.seconds) - before)


async def at(moment: float) -> None:
    """Wait until the clock says so: the loop's own may be a millisecond early."""
    while (left := moment - now()) > 0:
        await asyncio.sleep(max(left, 0.001))


# --- what the crowd does


async def draw(served: Served, students: int, seconds: float, kind: str = "bench") -> Counts:
    """Students who draw at once."""
    counts = Counts()
    async with visitors(served, students, counts) as crowd:
        with counting(served, counts):
            await asyncio.gather(*(student(one, counts, seconds, kind) for one in crowd))
    return counts


async def student(visitor: Visitor, counts: Counts, seconds: float, kind: str) -> None:
    """Somebody who draws: RATE moves a second, one call in flight, of the moves meanwhile only the newest waits."""
    await visitor.ask(*EVENTS[kind]())  # the connection stands
    start, sent, moves = now() + random.random() / RATE, -1, int(seconds * RATE)
    while sent < moves - 1:
        await at(start + (sent + 1) / RATE)
        sent = min(moves - 1, int((now() - start) * RATE + 1e-6))
        await visitor.timed(visitor.ask(*EVENTS[kind]()), since=start + sent / RATE)
    counts.asked += moves


async def events(served: Served, kind: str, clients: int, seconds: float) -> Counts:
    """Clients who each ask again as soon as they are answered."""
    counts = Counts()

    async def client(visitor: Visitor, end: float) -> None:
        while now() < end:
            await visitor.timed(visitor.ask(*EVENTS[kind]()))

    async with visitors(served, clients, counts) as crowd:
        await asyncio.gather(*(one.ask(*EVENTS[kind]()) for one in crowd))
        with counting(served, counts):
            await asyncio.gather(*(client(one, now() + seconds) for one in crowd))
    return counts


async def press(served: Served, count: int, within: float, new: bool = False) -> Counts:
    """So many visitors who each cause one event, all within so many seconds; new: who only opened the page before."""
    counts = Counts()

    async def event(visitor: Visitor, moment: float) -> None:
        await at(moment)
        await visitor.timed(visitor.ask(*EVENTS["bench"]()), since=moment)

    async with visitors(served, count, counts) as crowd:
        for visitor in crowd:  # one after the other: the rush comes later, of new visitors over new connections
            await (visitor.get("", Connection="close") if new else visitor.ask(*EVENTS["bench"]()))
        start = now() + 0.5
        with counting(served, counts):
            await asyncio.gather(*(event(one, start + within * random.random()) for one in crowd))
    return counts


async def opens(served: Served, addresses: list[str], count: int, seconds: float) -> Counts:
    """So many visitors who open the page with all that it loads, over so many seconds, nothing kept from before."""
    counts = Counts()

    async def page(visitor: Visitor) -> None:
        await visitor.get(addresses[0])
        await asyncio.gather(*map(visitor.get, addresses[1:]))  # CONNECTIONS at a time
        await visitor.ask(*EVENTS["bench"]())

    async def visit(moment: float) -> None:
        await at(moment)
        async with visitors(served, 1, counts) as crowd:
            await crowd[0].timed(page(crowd[0]), since=moment)

    with counting(served, counts):
        start = now()
        await asyncio.gather(*(visit(start + seconds * turn / count) for turn in range(count)))
    return counts


async def come_and_go(served: Served, count: int) -> Counts:
    """So many visitors, ten at a time, who open page and room and cause an event of each kind: does memory grow?"""
    counts = Counts()
    rooms = ["", "room/denoise/bench", "room/vae/map", "room/softmax/classify"]

    async def page(visitor: Visitor) -> None:
        for address in rooms:
            await visitor.get(address)
        for event in EVENTS.values():
            await visitor.ask(*event())

    async def some(many: int) -> None:
        for _ in range(many):
            async with visitors(served, 1, counts) as crowd:
                await crowd[0].timed(page(crowd[0]))

    await asyncio.gather(*(some(count // 10 + (turn < count % 10)) for turn in range(10)))
    return counts


async def stroll(served: Served, count: int, seconds: float, pause: float = 5) -> Counts:
    """Visitors who cause an event of some kind every `pause` seconds, each in their own rhythm."""
    counts = Counts()

    async def one(visitor: Visitor, start: float) -> None:
        for turn in range(int(seconds / pause)):
            await at(start + turn * pause)
            await visitor.timed(visitor.ask(*random.choice(list(EVENTS.values()))()), since=start + turn * pause)

    async with visitors(served, count, counts) as crowd:
        with counting(served, counts):
            await asyncio.gather(*(one(visitor, now() + pause * random.random()) for visitor in crowd))
    return counts


async def while_training(served: Served, trainings: int, students: int, seconds: float) -> Counts:
    """What `draw` measures while others train in the page: the training must yield to live events."""
    counts, ended = Counts(), asyncio.Event()

    async def train(visitor: Visitor, seed: int) -> None:
        kept = {"taken": 0, "W": "", "b": ""}  # what the page remembers of its training
        while not ended.is_set():
            beat = now() + BEAT
            told = json.loads(await visitor.ask(TRAINING, packed("train_more", **RECIPE, **kept, seed=seed, steps=100)))
            if "W" in told:
                kept = {"taken": told["step"], "W": told["W"], "b": told["b"]}
            if told.get("done"):
                kept = {"taken": 0, "W": "", "b": ""}
            await at(beat)

    async with visitors(served, trainings, counts) as crowd:
        await crowd[0].ask(TRAINING, packed("train_prepare", dataset="digits"))
        training = [asyncio.create_task(train(one, seed)) for seed, one in enumerate(crowd)]
        await asyncio.sleep(1)
        live = await draw(served, students, seconds)
        ended.set()
        await asyncio.gather(*training)
    busy = [error for error in counts.errors if ": 503 " not in error]  # the page asks again when it is told to wait
    return Counts(live.seconds, live.errors + busy, live.asked, live.cpu, live.wall)


def browsed(url: str) -> list[str]:
    """The addresses that a browser asks for when it opens the page, relative to it, the page first."""
    from playwright.sync_api import sync_playwright

    asked = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.on("request", lambda request: asked.append(request.url) if request.method == "GET" else None)
        page.goto(url)
        stands(page, "denoise", "bench")
        chromium.close()
    return [address.removeprefix(url).removeprefix("/") for address in asked if address.startswith(url)]


# --- what must hold


@dataclass
class Row:
    """One line of the table; met: None where there is nothing to be met or it could not be seen."""

    quantity: str
    measured: str
    must: str
    met: bool | None
    load: float


class Table:
    """The rows as they are measured, each printed at once."""

    def __init__(self):
        self.rows: list[Row] = []
        self.load = 0.0
        self.paces: list[float] = []  # what the machine itself gives, before each measurement

    def note(self, quantity: str, measured: str, must: str = "", met: bool | None = None) -> None:
        """Add a row, with the load average from before its measurement."""
        self.rows.append(Row(quantity, measured, must, met, self.load))
        print(f"{quantity:58} {measured:60} {must:32} {words(met):4} {self.load:5.1f}", flush=True)

    def measure(self, coroutine):
        """The result of a measurement; the load average and the machine's pace are read before it."""
        self.load = psutil.getloadavg()[0]
        self.paces.append(pace())
        return run(coroutine)

    def markdown(self) -> str:
        """The table as README.md shows it."""
        machine = f"{os.cpu_count()} cores ({processor()})"
        software = f"Python {platform.python_version()}, torch {torch.__version__}"
        lines = ["| quantity | measured | must | met | load average |", "| --- | --- | --- | --- | --- |"]
        lines += [f"| {r.quantity} | {r.measured} | {r.must} | {words(r.met)} | {r.load:.1f} |" for r in self.rows]
        low, high = (1000 * end(self.paces, default=0) for end in (min, max))
        paced = f"a fixed loop before each took {low:.0f} to {high:.0f} ms (of one's own machine it takes the same)"
        return f"Server and clients on one machine: {machine}, {software}; {paced}.\n\n" + "\n".join(lines)


def pace() -> float:
    """Seconds that a fixed loop takes: on a shared machine they change with its neighbours, which no load tells."""
    start = now()
    for _ in range(1_000_000):
        pass
    return now() - start


def words(met: bool | None) -> str:
    """Whether a goal is met, for the table."""
    return "" if met is None else "yes" if met else "no"


def processor() -> str:
    """What the machine calls its processor."""
    with contextlib.suppress(OSError):
        if found := re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()):
            return found[1].strip()
    return platform.processor() or platform.machine()


def ok(counts: Counts, held: bool) -> bool:
    """Whether a goal is met, with no error on the way."""
    return held and not counts.errors


def trouble(counts: Counts) -> str:
    """The errors for the table: nothing where there are none."""
    if counts.errors:
        print(f"  {len(counts.errors)} errors, such as {counts.errors[0]}", file=sys.stderr)
    return f", {len(counts.errors)} errors" if counts.errors else ""


def whole(table: Table, served: Served, workers: int) -> None:
    """Everything, in about six minutes."""
    memory(table, served, 1000)
    addresses = browsed(served.url)
    run(opens(served, addresses, 3, 1))  # what is made once is made
    for count, seconds, most in ((60, 10, 300), (150, 10, 1000), (300, 60, 500)):
        open_pages(table, served, addresses, count, seconds, most)
    drawing_together(table, served, workers, (10, 30, *((60,) if workers > 1 else ())), 12)
    for kind in EVENTS:
        live(table, served, kind, (1, 8, 64), 5)
    for name, within, new, most in (
        ("in the same instant", 0, False, 1000), ("in the same instant, of new visitors", 0, True, 1000),
        ("within one second", 1, False, 500),
    ):  # fmt: skip
        counts = table.measure(press(served, 300, within, new))
        table.note(f"300 events {name}: p95", f"{counts.p(0.95):.0f} ms{trouble(counts)}", f"<= {most} ms",
                   ok(counts, counts.p(0.95) <= most))  # fmt: skip
    counts = table.measure(stroll(served, 200, 30))
    figures = ", ".join(f"p{100 * share:g} {counts.p(share):.0f}" for share in (0.5, 0.95, 0.99))
    table.note("200 visitors, an event every 5 s each", f"{figures} ms{trouble(counts)}", "no error, p99 <= 100 ms",
               ok(counts, counts.p(0.99) <= 100))  # fmt: skip
    training(table, served, (5, 30), 12)
    left_over(table, served)


def quick(table: Table, served: Served, workers: int) -> None:
    """A few visitors, in half a minute."""
    memory(table, served, 200)
    addresses = browsed(served.url)
    open_pages(table, served, addresses, 10, 5, 1000)
    drawing_together(table, served, workers, (3,), 3)
    live(table, served, "bench", (1, 16), 2)
    training(table, served, (3,), 3)
    left_over(table, served)


def memory(table: Table, served: Served, visits: int) -> None:
    """What the server holds at its start beyond what it is made of, and how that grows from the first visitor on."""
    if not served.process:
        return
    table.load = psutil.getloadavg()[0]
    alone = int(subprocess.run([sys.executable, "-c", ALONE], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    above, each = served.memory() - alone / 1e6, len(served.processes())
    table.note("memory at the start, above that of `import torch, gradio`",
               f"{above:.0f} MB (above {alone / 1e6:.0f} MB)",
               "<= 100 MB", above <= 100 if each == 1 else None)  # fmt: skip
    table.measure(come_and_go(served, 1))
    first = served.memory()
    counts = table.measure(come_and_go(served, visits))
    grown = (served.memory() - first) * 1000 / visits
    table.note("memory for each 1,000 visitors, from the first on", f"{grown:.1f} MB{trouble(counts)}",
               f"< {20 * each} MB", ok(counts, grown < 20 * each))  # fmt: skip


def open_pages(table: Table, served: Served, addresses: list[str], count: int, seconds: float, most: float) -> None:
    """Page opens, with the processor for each."""
    counts = table.measure(opens(served, addresses, count, seconds))
    table.note(f"{count} page opens in {seconds} s, {len(addresses) + 1} requests each: p95; CPU",
               f"{counts.p(0.95):.0f} ms; {counts.cpu:.1f} ms each{trouble(counts)}", f"<= {most} ms; <= 40 ms",
               ok(counts, counts.p(0.95) <= most and not counts.cpu > 40))  # fmt: skip


def drawing_together(table: Table, served: Served, workers: int, classes: tuple[int, ...], seconds: float) -> None:
    """Students who draw at once."""
    shared = " (shared with the clients)" if served.process else ""
    where = f"; {workers} processes on {os.cpu_count()} cores{shared}" if workers > 1 else ""
    for students in classes:
        counts = table.measure(draw(served, students, seconds))
        figures = f"p95 {counts.p(0.95):.0f} ms, {100 * counts.answered:.1f}% answered, CPU {counts.cpu:.2f} ms each"
        table.note(f"{students} students draw at once, {RATE} moves/s each{where}", figures + trouble(counts),
                   "p95 <= 150 ms, every move answered",
                   ok(counts, counts.p(0.95) <= 150 and counts.answered == 1))  # fmt: skip


def live(table: Table, served: Served, kind: str, clients: tuple[int, ...], seconds: float) -> None:
    """Live events of one kind by any number of clients."""
    for count in clients:
        counts = table.measure(events(served, kind, count, seconds))
        table.note(f"live events, {kind}, {count} client{'s' if count > 1 else ''}",
                   f"{counts.rate:.0f}/s, CPU {counts.cpu:.2f} ms each, p95 {counts.p(0.95):.0f} ms{trouble(counts)}",
                   ">= 350/s, CPU <= 3 ms",
                   ok(counts, counts.rate >= 350 and not counts.cpu > 3))  # fmt: skip


def training(table: Table, served: Served, classes: tuple[int, ...], seconds: float) -> None:
    """How much longer live events take while others train in the page."""
    run(while_training(served, 1, 1, 1))  # the pictures are read
    before = table.measure(draw(served, 5, seconds))
    table.note("5 students draw, nobody trains: p95", f"{before.p(0.95):.1f} ms{trouble(before)}")
    for count in classes:
        counts = table.measure(while_training(served, count, 5, seconds))
        ratio = counts.p(0.95) / before.p(0.95)
        table.note(f"5 students draw while {count} visitors train in the page: p95",
                   f"{counts.p(0.95):.1f} ms, x {ratio:.1f}{trouble(counts)}", "<= x 2",
                   ok(counts, ratio <= 2))  # fmt: skip


def left_over(table: Table, served: Served) -> None:
    """The files that all of this has left."""
    if served.files:
        count = sum(path.is_file() for path in served.files.rglob("*"))
        table.note("temporary files after all of this", str(count), "0", count == 0)


def write_readme(table: str, path: Path = ROOT / "README.md") -> None:
    """Put the table into README.md, between its two marks."""
    text = path.read_text("utf-8")
    start = text.index("\n", text.index("<!-- load:")) + 1
    end = text.index("<!-- end -->", start)
    path.write_text(f"{text[:start]}{table}\n{text[end:]}", "utf-8")


def main(argv: list[str] | None = None) -> int:
    """Play the crowd and print the table; 1 where something that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="half a minute, a few visitors")
    parser.add_argument("--readme", action="store_true", help="write the table into README.md")
    parser.add_argument("--workers", type=int, default=1, help="start the app with so many processes")
    parser.add_argument("--url", help="the address of a running app (default: start one)")
    options = parser.parse_args(argv)
    random.seed(0)
    table, start = Table(), now()
    with serving(options.url, options.workers) as served:
        (quick if options.quick else whole)(table, served, options.workers)
    print(f"\n{table.markdown()}\n\nIn {now() - start:.0f} s.")
    if options.readme:
        write_readme(table.markdown())
    return 0 if all(row.met is not False for row in table.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
