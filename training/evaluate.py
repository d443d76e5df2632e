"""Recompute every number of the checkpoints' metrics.json from the weights and the test set.

    python -m training.evaluate            # all checkpoints
    python -m training.evaluate vae pca    # these

Prints a table and ends with status 1 where a number is off by more than 0.1%, or where a model card tells another
number than metrics.json. Whatever is sampled is sampled anew with the stored seed.
"""

import argparse
import dataclasses
import importlib
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from training import cards
from training.data import datasets
from training.run import options
from training.store import checkpoints

TOLERANCE = 1e-3  # relative
SMALLEST = 1e-3  # numbers below it are compared with it: 0.1% of a hundredth of a nat is nothing


def recompute(name: str, folder: str | None = None, device: str = "cpu", every: int = 1) -> dict:
    """The "test" numbers of checkpoint `name`, measured now; on each `every`-th test picture."""
    stored = checkpoints.metrics(name)
    module = importlib.import_module(stored["command"].split()[2])  # python -m training.train_... ...
    network = checkpoints.load(name, device)
    known = {field.name for field in dataclasses.fields(module.Settings)}
    settings = module.Settings(**{key: value for key, value in stored["recipe"].items() if key in known})
    if "by_dose" in stored:  # made data: the script makes its own test set from the seed
        return {"by_dose": module.evaluate(network, settings.seed)}
    images, labels = datasets.load(settings.dataset, "test", folder)
    return module.evaluate(network, settings, images[::every].to(device), labels[::every].to(device))


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """All numbers in nested dictionaries and lists, each with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from numbers(inner, f"{path}[{index}]")
    elif isinstance(value, int | float):
        yield path, float(value)


def differences(stored: dict, now: dict, unit: float = 0.0) -> list[tuple[str, float | None, float | None, bool]]:
    """Rows (path, stored, now, agrees) of everything that either of the two holds; `unit`: of the last digit kept."""
    old, new = dict(numbers(stored)), dict(numbers(now))
    rows = []
    for path in {**old, **new}:
        a, b = old.get(path), new.get(path)
        agrees = a is not None and b is not None and abs(a - b) <= 1.01 * unit + TOLERANCE * max(abs(a), SMALLEST)
        rows.append((path, a, b, agrees))
    return rows


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--data-dir")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--all", action="store_true", help="show the long lists too, number by number")
    chosen = parser.parse_args(argv)
    device = options.device(chosen.device)
    wrong = 0
    print(f"{'checkpoint':30} {'number':34} {'stored':>12} {'now':>12}")
    for name in chosen.names or checkpoints.names():
        try:
            stored = checkpoints.metrics(name)
            now = recompute(name, chosen.data_dir, device)
        except (OSError, ValueError, KeyError) as error:
            print(f"{name:30} {error}")
            wrong += 1
            continue
        made = "by_dose" in now  # kept to three digits behind the point
        kept = {"by_dose": stored["by_dose"]} if made else stored["test"]
        for path, before, after, agrees in differences(kept, now, unit=1e-3 if made else 0.0):
            wrong += not agrees
            if chosen.all or not agrees or "[" not in path:
                cells = ["-" if value is None else f"{value:.6g}" for value in (before, after)]
                print(f"{name:30} {path:34} {cells[0]:>12} {cells[1]:>12}{'' if agrees else '   WRONG'}", flush=True)
        wrong += check_card(name, stored)
    print("every number holds" if not wrong else f"{wrong} numbers do not hold")
    sys.exit(1 if wrong else 0)


def check_card(name: str, stored: dict) -> int:
    """1 when the model card of `name` is another than its metrics make, else 0."""
    path = checkpoints.folder(name) / checkpoints.CARD
    text = path.read_text("utf-8") if path.exists() else ""
    made = [cards.card(name, stored, checkpoints.config(name), picture=picture) for picture in (False, True)]
    if text.strip() in [card.strip() for card in made]:
        return 0
    print(f"{name:30} README.md is not the card that metrics.json makes: python -m training.cards {name}")
    return 1


if __name__ == "__main__":
    main()
