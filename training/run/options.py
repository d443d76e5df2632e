"""A dataclass of hyperparameters becomes the command line of a training script: one flag for each field."""

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from training.data import datasets, strokes


def setting(default: Any, reason: str) -> Any:
    """A field of a settings dataclass with its unit or reason, which --help shows too."""
    return dataclasses.field(default=default, metadata={"reason": reason})


def number_or_blind(text: str) -> float | str:
    """The value of --noise: a standard deviation, or "blind" for one drawn from U(0, 1) for each picture."""
    return text if text == "blind" else float(text)


def parse(settings_class: type, argv: Sequence[str] | None, doc: str) -> tuple[Any, argparse.Namespace]:
    """Read `argv`: (the settings, the options that every script has and that change no result but where it goes)."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    for field in dataclasses.fields(settings_class):
        flag, reason = "--" + field.name.replace("_", "-"), f"{field.metadata.get('reason', '')} (default %(default)s)"
        if field.name == "name":
            parser.add_argument("--out", dest="name", default=field.default, help=reason)
        elif isinstance(field.default, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=field.default, help=reason)
        else:
            kind = number_or_blind if field.name == "noise" else type(field.default)
            parser.add_argument(flag, type=kind, default=field.default, help=reason)
    parser.add_argument("--data-dir", help="folder of the data sets (default: $DATA_DIR, else a cache folder)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute")
    parser.add_argument("--smoke", action="store_true", help="seconds on made digits; never touches weights/")
    parser.add_argument("--resume", action="store_true", help="continue a run that was interrupted")
    options = parser.parse_args(argv)
    names = [field.name for field in dataclasses.fields(settings_class)]
    return settings_class(**{name: getattr(options, name) for name in names}), options


def device(choice: str) -> str:
    """ "auto" -> "cuda" when there is one, else "cpu"; anything else stays. Ends the program where there is no CUDA.

    It also keeps the CPU to one thread: two networks side by side on two cores are made faster than one after the
    other on both, and the same seed gives the same bits only for the same number of threads.
    """
    torch.set_num_threads(1)
    if choice == "cuda" and not torch.cuda.is_available():
        sys.exit("torch finds no CUDA here; use --device cpu")
    return ("cuda" if torch.cuda.is_available() else "cpu") if choice == "auto" else choice


def precision(device: str) -> torch.dtype:
    """The dtype of the matrix products in training: bfloat16 where `device` ("cpu" or "cuda") computes in it.

    Where it is only emulated it is four times slower than float32 instead of up to twice as fast (measured on Xeons).
    """
    if device == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        native = torch.cpu._is_avx512_bf16_supported()  # also true where there are AMX tiles
    return torch.bfloat16 if native else torch.float32


def autocast(device: str) -> torch.autocast:
    """The context of a forward pass in training, in the precision of `device`; parameters and loss stay in float32."""
    return torch.autocast(device, torch.bfloat16, enabled=precision(device) == torch.bfloat16)


def data_sets(dataset: str, chosen: argparse.Namespace, *splits: str) -> list[list[Tensor]]:
    """[images, labels] of each split, resident on the chosen device; with --smoke the same 96 made digits for each.

    Ends the program with a sentence where a file is missing or damaged and cannot be downloaded.
    """
    where = device(chosen.device)
    try:
        made = strokes.made_digits(96) if chosen.smoke else None
        pairs = [made or datasets.load(dataset, split, chosen.data_dir) for split in splits]
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    return [[part.to(where) for part in pair] for pair in pairs]


def command(module: str, settings: Any) -> str:
    """The command that makes this checkpoint again: only what differs from the defaults is named."""
    words = ["python", "-m", module]
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if value == field.default:
            continue
        flag = "--out" if field.name == "name" else "--" + field.name.replace("_", "-")
        if isinstance(field.default, bool):
            words.append(flag if value else flag.replace("--", "--no-", 1))
        else:
            words += [flag, f"{value}"]
    return " ".join(words)
