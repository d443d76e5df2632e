"""The trained networks, by name: load them, list them, ask what they are.

python -m training.checkpoints                  # the list
python -m training.checkpoints --register vae   # take the weights that stand in weights/vae as the right ones
python -m training.checkpoints --register analysis   # and these analyses
python -m training.checkpoints fetch user/vae --out their-vae  # another person's from the Hub; the tabs then show it

from training import checkpoints
checkpoints.load("vae")           # the network, in eval mode
checkpoints.describe("vae").beta  # what it is, read from its config and its metrics
"""

import argparse
import sys

from training.store import analysis
from training.store.checkpoints import (
    WEIGHTS,
    catalogue,
    check,
    config,
    fetch,
    folder,
    known,
    load,
    metrics,
    names,
    read,
    register,
    remedy,
    save,
    sha256,
    trust,
)
from training.store.describe import KINDS, Checkpoint, all, denoisers, describe, left_out

__all__ = ["KINDS", "WEIGHTS", "Checkpoint", "all", "catalogue", "config", "denoisers", "describe", "folder", "load"]
__all__ += [
    "check",
    "fetch",
    "known",
    "left_out",
    "metrics",
    "names",
    "read",
    "register",
    "remedy",
    "save",
    "sha256",
    "trust",
]


def main(argv: list[str] | None = None) -> None:
    """List the catalogue, register weights that stand in weights/, or bring in another person's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--register", nargs="+", metavar="NAME", default=[], help="trust these weights")
    other = parser.add_subparsers(dest="command").add_parser("fetch", help="bring in another person's from the Hub")
    other.add_argument("repository", metavar="USER/REPOSITORY")
    other.add_argument("--out", required=True, metavar="NAME", help="what it is called here: weights/NAME")
    other.add_argument("--revision", help="branch, tag or commit; the newest unless given")
    chosen = parser.parse_args(argv)
    try:
        for name in chosen.register:
            (trust if name == analysis.FOLDER else register)(name)
        if chosen.command == "fetch":
            where = fetch(chosen.repository, chosen.out, chosen.revision)
            print(f"saved in {where}; the tabs show it when the app is started anew: python app.py")
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    for name, entry in catalogue().items():
        place = entry["repository"] or "not on the Hub"
        print(f"{name:28} {entry['class']:20} {entry['dataset'] or '-':12} {str(entry.get('sha256'))[:12]}  {place}")


if __name__ == "__main__":
    main()
