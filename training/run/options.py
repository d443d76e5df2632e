"""A dataclass of hyperparameters becomes the command line of a training script: one flag for each field."""

import argparse
import dataclasses
import math
import re
import sys
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from training.data import datasets, strokes


def setting(
    default: Any, reason: str, *, least: float | None = None, most: float = math.inf, choices: Sequence[str] = ()
) -> Any:
    """A field of a settings dataclass with its unit or reason, which --help shows too, and what it may be.

    A whole number is at least 1 and any other at least 0 unless `least` says otherwise; a text is one of `choices`.
    """
    whole = isinstance(default, int) and not isinstance(default, bool)
    limits = {"least": (1 if whole else 0) if least is None else least, "most": most, "choices": tuple(choices)}
    return dataclasses.field(default=default, metadata={"reason": reason, **limits})


def flag(field: dataclasses.Field) -> str:
    """The flag of a field: --latent-dim for latent_dim, and --out for the name of the checkpoint."""
    return "--out" if field.name == "name" else "--" + field.name.replace("_", "-")


def check(settings: Any, own: bool = False) -> None:
    """ValueError with a sentence where a setting is not what it may be: before any work. `own`: the data set is."""
    for field in dataclasses.fields(settings):
        value, allowed = getattr(settings, field.name), field.metadata
        if field.name == "name" and (not re.fullmatch(r"[A-Za-z0-9][\w.-]{0,95}", value) or value == "analysis"):
            raise ValueError(f"--out names one folder of weights/: letters, digits, '-', '_' and '.', not {value!r}")
        if isinstance(value, str):
            if allowed["choices"] and value not in allowed["choices"] and not (own and field.name == "dataset"):
                some = "is one of" if len(allowed["choices"]) > 1 else "can only be"
                any_pictures = ", nor the path of a folder or .npz of your own" if _takes_any(field) else ""
                raise ValueError(f"{flag(field)} {some} {', '.join(allowed['choices'])}, not {value!r}{any_pictures}")
        elif not (math.isfinite(value) and allowed["least"] <= value <= allowed["most"]):
            limit = f"from {allowed['least']:g} to {allowed['most']:g}"
            limit = limit if math.isfinite(allowed["most"]) else f"at least {allowed['least']:g}"
            raise ValueError(f"{flag(field)} must be {limit}, not {value:g}")


def _takes_any(field: dataclasses.Field) -> bool:
    """A script that learns from either data set learns from any pictures."""
    return field.name == "dataset" and field.metadata["choices"] == datasets.DATASETS


def number_or_blind(text: str) -> float | str:
    """The value of --noise: a standard deviation, or "blind" for one drawn from U(0, 1) for each picture."""
    try:
        return text if text == "blind" else float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a number or the word blind, not {text!r}") from None


def numbers(text: str) -> list[float]:
    """The value of a setting that is a list: "0.1,0.2" -> [0.1, 0.2]. Ends the program where it is none."""
    try:
        return [float(word) for word in text.split(",")]
    except ValueError:
        sys.exit(f"{text!r} is no list of numbers; it reads 0.1,0.2,0.3")


def parse(
    settings_class: type, argv: Sequence[str] | None, doc: str | None, names: str = ""
) -> tuple[Any, argparse.Namespace]:
    """Read `argv`: (the settings, the options that every script has and that change no result but where it goes).

    Where `names` says what they are, the second has the words that belong to no flag as its list `names`.

    Ends the program with a sentence where a setting is not what it may be.
    """
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, usage="%(prog)s [--setting VALUE ...]"
    )
    fields = dataclasses.fields(settings_class)
    for field in fields:
        reason, default = f"{field.metadata.get('reason', '')} (default %(default)s)", field.default
        if isinstance(default, bool):
            parser.add_argument(flag(field), action=argparse.BooleanOptionalAction, default=default, help=reason)
        else:
            kind = number_or_blind if field.name == "noise" else type(default)
            parser.add_argument(flag(field), dest=field.name, type=kind, default=default, help=reason)
    parser.add_argument("--data-dir", help="folder of the data sets (default: $DATA_DIR, else a cache folder)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute")
    parser.add_argument("--smoke", action="store_true", help="seconds on made digits; never touches weights/")
    if names:
        parser.add_argument("names", nargs="*", metavar="NAME", help=names)
    if "name" in [field.name for field in fields]:  # it makes a checkpoint
        parser.add_argument("--resume", action="store_true", help="continue a run that was interrupted")
        parser.add_argument("--overwrite", action="store_true", help="replace a checkpoint that came with the code")
    chosen = parser.parse_args(argv)
    settings = settings_class(**{field.name: getattr(chosen, field.name) for field in fields})
    try:
        # --dataset path/to/leaves means --data-dir path/to --dataset leaves: no path enters a checkpoint
        own = datasets.locate(settings.dataset, chosen.data_dir) if any(map(_takes_any, fields)) else None
        if own:
            settings.dataset, chosen.data_dir = datasets.name_of(own), str(own.parent)
        check(settings, own is not None)
    except ValueError as error:
        parser.error(str(error))
    return settings, chosen


def device(choice: str) -> str:
    """ "auto" -> "cuda" when there is one, else "cpu"; anything else stays. Ends the program where there is no CUDA.

    It also keeps the CPU to one thread: two networks side by side on two cores are made faster than one after the
    other on both, and the same seed gives the same bits only for the same number of threads.
    """
    torch.set_num_threads(1)
    if choice == "cuda" and not torch.cuda.is_available():
        sys.exit("torch finds no CUDA here; use --device cpu")
    return ("cuda" if torch.cuda.is_available() else "cpu") if choice == "auto" else choice


def data_sets(dataset: str, chosen: argparse.Namespace, *splits: str) -> list[tuple[Tensor, Tensor]]:
    """(images, labels) of each split, resident on the chosen device; with --smoke the same 96 made digits for each.

    Ends the program with a sentence where a file is missing or damaged and cannot be downloaded.
    """
    where = device(chosen.device)
    try:
        made = strokes.made_digits(96) if chosen.smoke else None
        pairs = [made or datasets.load(dataset, split, chosen.data_dir) for split in splits]
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    return [(images.to(where), labels.to(where)) for images, labels in pairs]


def classes(dataset: str, chosen: argparse.Namespace) -> int:
    """How many classes a classifier of the data set tells apart. Ends the program where there is but one."""
    names = datasets.CLASSES["digits"] if chosen.smoke else datasets.classes(dataset, chosen.data_dir)
    if len(names) < 2:
        sys.exit(f"{dataset} has one class, {', '.join(names)}: a classifier needs a folder for each of two or more")
    return len(names)


def command(module: str, settings: Any) -> str:
    """The command that makes this checkpoint again: only what differs from the defaults is named."""
    words = ["python", "-m", module]
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if value == field.default:
            continue
        if isinstance(field.default, bool):
            words.append(flag(field) if value else flag(field).replace("--", "--no-", 1))
        else:
            words += [flag(field), f"{value}"]
    return " ".join(words)
