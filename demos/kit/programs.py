"""What programs may ask: every endpoint of the rooms, by the same rules on each of the ways to it.

    POST gradio_api/run/<name>           {"data": [values]} -> {"data": [answer]}, or {"error": sentence} with a 4xx
    gradio_api/call/..., queue/..., mcp  Gradio's own ways, in two steps: gradio_client and assistants (MCP) take them

The first is answered here. On the others Gradio keeps the queue and the events, and Page sees to it that nothing else
is kept: what came is looked at (live.py) before anything is done with it. All jobs of programs share one thread.
"""

import asyncio
import contextvars
import functools
import importlib.util
import inspect
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.context import LocalContext
from gradio.events import api
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from demos.kit import live
from demos.kit.answers import refusal
from demos.kit.routes import BROKEN, Jobs, log_fault, run, sentence

WAITING = 40  # jobs in each queue, ours and Gradio's; a sentence beyond them
UNREAD = 60  # seconds that an answer waits for whoever asked for it,
MOST_UNREAD = 64_000_000  # bytes of later answers until it is let go of as well
WAYS = re.compile(r"/gradio_api/(?:(?P<v2>call/v2)|(?P<call>call)|queue/join)(?:/(?P<name>\w+))?/?")
ANSWERS = re.compile(r"/gradio_api/(queue/data|call/\w+/(?P<event>[\w-]+))")
NO_ENDPOINT = "There is no such endpoint; /gradio_api/info lists those that there are."
NO_DATA = 'The body must be {"data": [...]}, a list with the values of the parameters in their order.'


class Programs:
    """The endpoints by name, and by the number that Gradio gives each."""

    def __init__(self, endpoints: Mapping[str, Callable]):
        self.endpoints = dict(endpoints)
        self.numbers: dict[int, str] = {}
        self.blocks: gr.Blocks | None = None
        self.jobs = Jobs("programs", WAITING)
        self.for_assistants = importlib.util.find_spec("mcp") is not None  # pip install "gradio[mcp]"
        self._finished: deque[tuple[str, int]] = deque(maxlen=2_000)  # the last jobs and their bytes, fetched or not
        self._forgetting: set[asyncio.Task] = set()

    def routes(self) -> list[Route]:
        """The way that is answered here."""
        return [Route("/gradio_api/run/{name}", self.run, methods=["POST"])]

    async def run(self, request: Request) -> Response:
        """POST gradio_api/run/<name>; its body is JSON of bounded length: limits.py."""
        function = self.endpoints.get(request.path_params["name"])
        if function is None:
            return refusal(404, NO_ENDPOINT)
        try:
            data = (live.parse(await request.body()) or {}).get("data")
        except ClientDisconnect:
            return Response(status_code=400)
        except live.Refused as error:
            return refusal(400, str(error))
        if not isinstance(data, list):
            return refusal(400, NO_DATA)

        @functools.wraps(function)
        def answer(**arguments):
            return {"data": [function(**arguments)], "is_generating": False}

        context = contextvars.copy_context()  # of this visitor alone
        arguments = functools.partial(live.in_order, function, data)
        return await self.jobs.wait_for(lambda: context.run(run, answer, arguments, request), request)

    def refusal(self, path: str, body: Mapping[str, Any]) -> Response | None:
        """Why a request on one of Gradio's ways is not let in; None where it is, and for all other addresses."""
        way = WAYS.fullmatch(path)
        if way is None:
            return None
        number = body.get("fn_index")
        name = way["name"] or (self.numbers.get(number) if type(number) is int else None)
        if name not in self.endpoints:
            return refusal(404, NO_ENDPOINT)
        if way["v2"]:
            try:
                live.checked(self.endpoints[name], body)
            except live.Refused as error:
                return refusal(400, str(error))
        elif not isinstance(body.get("data"), list):
            return refusal(400, NO_DATA)
        return None

    def knows_no_job(self, path: str, session: str) -> bool:
        """Whether an address asks for the answers of a session, or of a job, that Gradio does not have."""
        asked = ANSWERS.fullmatch(path)
        if asked is None or self.blocks is None:
            return False
        queue = self.blocks._queue
        if asked["event"]:
            return self._session_of(asked["event"]) is None
        return session not in queue.pending_messages_per_session

    def _session_of(self, event: str) -> str | None:
        """The session that waits for a job's answer."""
        waiting = self.blocks._queue.pending_event_ids_session if self.blocks else {}
        return next((session for session, events in waiting.items() if event in events), None)

    def register(self, blocks: "Page") -> None:
        """Give Gradio every endpoint: types and defaults from its signature, descriptions from its `Args:` section."""
        self.blocks = blocks
        for name, function in self.endpoints.items():
            dependency: dict = api(  # pyright: ignore[reportAssignmentType]
                self._guarded(function), api_name=name, queue=False, concurrency_limit=4, concurrency_id="programs"
            )
            self.numbers[dependency["id"]] = name
            described = _descriptions(function)
            inputs = blocks.fns[dependency["id"]].inputs
            for parameter, component in zip(inspect.signature(function).parameters, inputs, strict=True):
                told = getattr(component, "_api_info", {})
                setattr(component, "_api_info", {**told, "description": described.get(parameter, "")})  # noqa: B010

    def _guarded(self, function: Callable) -> Callable:
        """`function` as a job that waits its turn; what goes wrong reaches the program as a sentence."""

        @functools.wraps(function)
        async def guarded(*values):
            context, size = contextvars.copy_context(), 0

            def job():
                answer = context.run(function, *values)
                return answer, len(live.as_json(answer))

            try:
                answer, size = await asyncio.get_running_loop().run_in_executor(self.jobs.pool, job)
                return answer
            except (ValueError, TypeError, OSError) as error:
                raise refused(sentence(error)) from None
            except Exception as error:
                log_fault(f"{function.__module__}.{function.__name__}", error)
                raise refused(BROKEN) from None
            finally:
                self._forget_later(LocalContext.event_id.get(None), size)

        return guarded

    def _forget_later(self, event: str | None, size: int) -> None:
        """Let go of answers that nobody fetches: the largest takes 25 MB, and Gradio would keep 2,000 of them."""

        async def forget(queue, event: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            if session := self._session_of(event):
                queue.pending_messages_per_session.pop(session, None)
                await queue.clean_events(session_hash=session)
                queue.pending_event_ids_session.pop(session, None)

        if self.blocks is not None and event is not None:
            self._finished.append((event, size))
            ends = [(event, UNREAD)]
            while sum(size for _, size in self._finished) > MOST_UNREAD:
                ends.append((self._finished.popleft()[0], 0))
            for ended, seconds in ends:
                task = asyncio.get_running_loop().create_task(forget(self.blocks._queue, ended, seconds))
                self._forgetting.add(task)
                task.add_done_callback(self._forgetting.discard)


class Page(gr.Blocks):
    """Gradio's app, which looks at what a program sent before it does anything with it.

    Gradio itself would fetch the files that an object with an address names, keep every value for as long as the
    visitor's session, and write the values into the log where one is missing.
    """

    async def preprocess_data(self, block_fn, inputs: Sequence, state=None, explicit_call: bool = False) -> list:
        """The values for the function, in order, with its defaults; a sentence for what does not fit."""
        try:
            return list(live.in_order(inspect.unwrap(block_fn.fn or refused), inputs).values())
        except live.Refused as error:
            raise refused(str(error)) from None

    async def postprocess_data(self, block_fn, predictions, state=None) -> list:
        """The answer as it is."""
        return [predictions]


def refused(text: str) -> gr.Error:
    """A sentence for a program, and nothing for the log."""
    return gr.Error(text, print_exception=False)


def _descriptions(function: Callable) -> dict[str, str]:
    section = re.search(r"Args:\n(.*?)(?:\n\s*\n|\n\s*Returns:|\Z)", inspect.getdoc(function) or "", re.S)
    if not section:
        return {}
    return {
        name: " ".join(text.split()) for name, text in re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", section[1], re.M)
    }
