"""The trained networks, by name: load them, list them, ask what they are.

python -m training.checkpoints                  # the list
python -m training.checkpoints --register vae   # take the weights that stand in weights/vae as the right ones
python -m training.checkpoints --register analysis   # and these analyses

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
__all__ += ["check", "known", "left_out", "metrics", "names", "read", "register", "remedy", "save", "sha256", "trust"]


def main(argv: list[str] | None = None) -> None:
    """List the catalogue, or register weights that stand in weights/."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--register", nargs="+", metavar="NAME", default=[], help="trust these weights")
    try:
        for name in parser.parse_args(argv).register:
            (trust if name == analysis.FOLDER else register)(name)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    for name, entry in catalogue().items():
        place = entry["repository"] or "not on the Hub"
        print(f"{name:28} {entry['class']:20} {entry['dataset'] or '-':12} {str(entry.get('sha256'))[:12]}  {place}")


if __name__ == "__main__":
    main()
