"""What is missing or damaged of the networks that a room stands on: said where it stands, when it is opened."""

from collections.abc import Iterator

from training import checkpoints
from training.store import encoded
from training.store.shipped import ENTRIES

CLASSIFIERS = ("SoftmaxRegression", "SmallCNN", "DigitJudge")


def of_networks(asked: set[str], props: dict) -> list[str]:
    """A sentence for each network that cannot be had, of those that the room `asked` for or that its props name.

    A room that lists what it finds is told, too, of what is of the same sort and had to be left out.
    """
    codes = {place.partition("/")[0] for place in asked if "/" in place}  # of which a room wants the stored codes
    asked = {name for name in asked if "/" not in name}
    here, out = {one.name: one for one in checkpoints.all()}, checkpoints.left_out()
    named = set(_texts(props))
    shown = [one for name, one in here.items() if name in named - asked]
    listed = {_sort(one.architecture, bool(one.noise), one.kind == "sparse-autoencoder") for one in shown}
    sentences = [str(out[name]) for name in out if name in asked | named or _sort_of(name) in listed]
    if missing := sorted(asked - here.keys() - out.keys()):
        make = f"python -m training.catalogue {' '.join(name for name in missing if name in ENTRIES)}"
        what = f"not in weights/: {', '.join(missing)}"
        sentences.append(f"{what}; take them from the repository again or make them: {make}")
    return sentences + [sentence for name in sorted(codes & here.keys()) for sentence in _of_codes(name)]


def _of_codes(name: str) -> list[str]:
    """A sentence where the stored codes of a network are damaged."""
    try:
        encoded.check(name)
        return []
    except (OSError, ValueError) as error:
        return [str(error)]


def _sort_of(name: str) -> str:
    """The sort of a network that was left out, by what the catalogue knows of it."""
    entry = checkpoints.catalogue().get(name, {})
    command = str(entry.get("command"))
    return _sort(str(entry.get("class")), "--noise" in command, "--active" in command)


def _sort(architecture: str, noise: bool, sparse: bool) -> str:
    """What is listed together: classifiers, denoisers, plain autoencoders, and the others with a code."""
    if architecture in CLASSIFIERS:
        return "classifier"
    if noise or architecture in ("UNet", "LinearDenoiser"):
        return "denoiser"
    return "autoencoder" if architecture == "ConvAutoencoder" and not sparse else "code"


def _texts(value) -> Iterator[str]:
    """Every text in nested lists and dictionaries, their keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
