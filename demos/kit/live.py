"""What the page's script asks a room for: one request, its arguments checked, its answer as JSON.

What programs send (programs.py) is read and checked by the same rules: types and ranges of every function that a
visitor can reach come from its signature, and this is the one place where they are looked at.

A request is a line of JSON, {"call": name, ...keywords}, a newline, and the pictures that stand in the keywords as
"@0", "@1" and so on, at any depth. Of each picture, in this order: 4 bytes, its length (little-endian), and its bytes:

    784 bytes      28 x 28 greys 0 to 255, row by row  -> uint8 array (28, 28)
    12,544 bytes   112 x 112 greys                     -> uint8 array (112, 112)
    else           a PNG                               -> float32 array (H, W) in [0, 1]

An answer is the function's own, in which NaN and the infinities stand as "nan", "inf" and "-inf"; where it was refused,
{"error": sentence} with a status of 4xx or 5xx.
"""

import functools
import inspect
import json
import math
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson

from demos.kit.checks import show
from demos.kit.drawing import decode_png
from demos.kit.encoding import finite

SQUARES = {28 * 28: 28, 112 * 112: 112}
MOST_PIXELS = 2 * 2_000**2  # of all pictures of a request
DEEPEST = 12  # lists and objects within each other
LARGEST = 2**53  # beyond it a number of JavaScript is no exact whole number
LONGEST_LINE = 400_000  # bytes of the line of JSON: pictures travel beside it, and a network's 7,850 weights fit
SURROGATE = re.compile("[\ud800-\udfff]")
PICTURE = re.compile(r"@(\d{1,3})")
KINDS = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", list: "a list",
         dict: "an object", type(None): "null", np.ndarray: "a picture"}  # fmt: skip


class Refused(ValueError):
    """A request that cannot be understood; the text is the sentence for whoever sent it."""


@dataclass(frozen=True)
class Request:
    """A request as it was read; `large`: one of its pictures must be unpacked, which takes its time."""

    call: str
    arguments: dict
    pictures: list[bytes]

    @property
    def large(self) -> bool:
        return any(len(picture) not in SQUARES for picture in self.pictures)


def read(body: bytes) -> Request:
    """The parts of a request; nothing is decoded yet. Refused, a sentence, where it is not of the form above."""
    line, _, rest = body.partition(b"\n")
    if len(line) > LONGEST_LINE:
        raise Refused(f"the line of JSON must have at most {LONGEST_LINE:,} bytes, not {len(line):,}")
    arguments = parse(line)
    if arguments is None or not isinstance(arguments.get("call"), str):
        raise Refused('the request must begin with a line of JSON: {"call": name, ...}')
    call = arguments.pop("call")
    return Request(call, arguments, list(_pictures(rest)))


def parse(text: bytes) -> dict | None:
    """The JSON object in `text`; None where it is none. Refused for NaN and the infinities, which are no JSON."""
    try:
        found = DECODER.decode(text.decode())
    except Refused:
        raise
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        return None
    return found if isinstance(found, dict) else None


def arguments_for(function: Callable, request: Request) -> dict:
    """The keywords for `function`, checked against its signature, with the pictures in their places."""
    pictures, pixels = [], 0
    for data in request.pictures:
        pictures.append(_picture(data))
        pixels += pictures[-1].size
        if pixels > MOST_PIXELS:  # a few thousand bytes of PNG unpack to a picture of the largest size
            raise Refused(f"the pictures of a request must have at most {MOST_PIXELS:,} pixels together")
    return checked(function, request.arguments, pictures)


def checked(function: Callable, arguments: Mapping[str, typing.Any], pictures: Sequence[np.ndarray] = ()) -> dict:
    """Keywords that fit the signature of `function`, pictures in their places; Refused by name where one does not."""
    signature, kinds = _signature(function)
    for name in arguments:
        if name not in signature.parameters:
            raise Refused(f"{show(name)} is no argument of {function.__name__}; it takes {_names(signature)}")
    for name, parameter in signature.parameters.items():
        if parameter.default is parameter.empty and name not in arguments:
            raise Refused(f"{name} is missing: {function.__name__} takes {_names(signature)}")
    found = {}
    for name, value in arguments.items():
        found[name] = sane(value, name, pictures)
        kind = kinds.get(name, typing.Any)
        if not _fits(found[name], kind):
            raise Refused(f"{name} must be {_words(kind)}, not {show(value)}")
    return found


@functools.lru_cache(maxsize=256)
def _signature(function: Callable) -> tuple[inspect.Signature, dict]:
    """The parameters of a function and the kinds that they are annotated with: read once, not for each stroke."""
    return inspect.signature(function), typing.get_type_hints(function)


def in_order(function: Callable, values: Sequence) -> dict:
    """As `checked`, for values in the order of the signature; those that are left out take their defaults."""
    parameters = inspect.signature(function).parameters
    if len(values) > len(parameters):
        taken = f"{len(parameters)} values: {', '.join(parameters)}" if parameters else "no values"
        raise Refused(f"{function.__name__} takes at most {taken}; {len(values)} came")
    found = checked(function, dict(zip(parameters, values, strict=False)))
    return {name: found.get(name, parameter.default) for name, parameter in parameters.items()}


def as_json(answer) -> bytes:
    """An answer as JSON; NaN and infinities as texts."""
    packed = orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
    if b"null" not in packed:  # orjson writes null for what JSON cannot say
        return packed
    return orjson.dumps(_finite(answer), option=orjson.OPT_SERIALIZE_NUMPY)


def _pictures(rest: bytes):
    at = 0
    while at < len(rest):
        size = int.from_bytes(rest[at : at + 4], "little")
        if at + 4 + size > len(rest):
            raise Refused("a picture ends before its length: the request is cut off")
        yield rest[at + 4 : at + 4 + size]
        at += 4 + size


def _picture(data: bytes) -> np.ndarray:
    if side := SQUARES.get(len(data)):
        return np.frombuffer(data, np.uint8).reshape(side, side)
    return decode_png(data)


def sane(value, name: str, pictures: Sequence[np.ndarray] = (), depth: int = 0):
    """`value` with its pictures in their places; Refused unless every number is finite and every text printable."""
    if isinstance(value, str):
        if SURROGATE.search(value):
            raise Refused(f"{name} holds half a character (a lone surrogate)")
        if match := PICTURE.fullmatch(value):
            if int(match[1]) >= len(pictures):
                raise Refused(f"{name} is {value}, but the request carries {len(pictures)} pictures")
            return pictures[int(match[1])]
        return value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        if not math.isfinite(value) or (isinstance(value, int) and abs(value) > LARGEST):
            raise Refused(f"{name} must be a number that fits, not {show(value)}")
        return value
    if depth >= DEEPEST:
        raise Refused(f"{name} holds more than {DEEPEST} lists or objects within each other")
    if isinstance(value, list):
        if _plain(value):
            return value
        return [sane(item, f"{name}[{index}]", pictures, depth + 1) for index, item in enumerate(value)]
    return {
        sane(key, f"a key of {name}", []): sane(item, f"{name}.{show(key)[1:-1]}", pictures, depth + 1)
        for key, item in value.items()
    }


def _plain(values: list) -> bool:
    """Whether these are numbers alone, and all fit: told in one go, for a picture has many."""
    return (
        set(map(type, values)) <= {int, float}
        and all(map(math.isfinite, values))
        and max(map(abs, values), default=0) <= LARGEST
    )


def _fits(value, kind) -> bool:
    """Whether a value of JSON, or a picture, is of the annotated kind. A picture stands wherever a text or list may."""
    origin = typing.get_origin(kind) or kind
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, one) for one in typing.get_args(kind))
    if origin is typing.Literal:
        return value in typing.get_args(kind)
    if isinstance(value, np.ndarray):
        return origin in (np.ndarray, str, list, Sequence, typing.Any, object)
    if origin is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if origin is int:
        return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value % 1 == 0))
    if origin in (list, tuple, Sequence):
        return isinstance(value, list)
    if origin in (dict, Mapping):
        return isinstance(value, dict)
    if origin in (str, bool, type(None)):
        return isinstance(value, origin)
    return origin is not np.ndarray  # Any, and kinds that the function itself judges


def _words(kind) -> str:
    origin = typing.get_origin(kind) or kind
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_words(one) for one in typing.get_args(kind))
    if origin is typing.Literal:
        return "one of " + ", ".join(map(str, typing.get_args(kind)))
    if origin in (tuple, Sequence):
        return KINDS[list]
    return KINDS.get(origin, "an object" if origin is Mapping else getattr(origin, "__name__", str(origin)))


def _names(signature: inspect.Signature) -> str:
    return ", ".join(signature.parameters) or "no arguments"


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= 20 else math.inf  # refused below, where the argument's name is known


def _no_constant(name: str):
    raise Refused(f"{name} is no number of JSON")


DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_int=_whole)


def _finite(value):
    if isinstance(value, float):
        return finite(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, np.ndarray | np.floating):
        return _finite(value.tolist())
    return value
