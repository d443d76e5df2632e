"""Put trained networks on the Hugging Face Hub, byte for byte as they stand in weights/.

    hf auth login                                         # once; or set HF_TOKEN to a token with write access
    python -m training.push vae --namespace USER --dry-run
    python -m training.push vae vae-2d --namespace USER

Each checkpoint becomes the repository USER/<name>. The commit is written into weights/catalogue.json, so that
`training.checkpoints.load` finds these very bytes where weights/<name> is not beside the code. Pushing again without a
change makes no commit. No git is needed.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from training import cards
from training.store import checkpoints, files, hub

TRIES = 4
FIRST_WAIT = 2.0  # seconds, doubled from try to try, unless the Hub names its own
LONGEST_WAIT = 60.0  # seconds; a Hub that asks for more is asked again by the user
HIDDEN = [".*", "*/.*"]  # half-written files and what the system leaves


def push(name: str, namespace: str) -> tuple[str, str]:
    """Upload weights/<name> to `namespace`/<name>; return the repository and the commit that now hold it.

    Raises ValueError or FileNotFoundError when the checkpoint is damaged, ConnectionError in one sentence when the Hub
    refuses or cannot be reached; nothing but a whole commit ever becomes visible there.
    """
    checkpoints.load(name)  # a damaged checkpoint stays at home
    folder, repository = _folder(name), f"{namespace}/{name}"
    api = HfApi()
    message = checkpoints.metrics(name).get("command") or f"Add {name}"
    with_retries(lambda: api.create_repo(repository, exist_ok=True), repository)

    def upload() -> str:
        commit = api.upload_folder(
            repo_id=repository, folder_path=folder, commit_message=message, ignore_patterns=HIDDEN
        )
        return commit.oid

    commit = with_retries(upload, repository)
    checkpoints.update_entry(name, repository=repository, revision=commit)
    return repository, commit


def show(name: str, namespace: str) -> None:
    """Print what push() would upload: the files with their sizes, and the card."""
    folder = _folder(name)
    print(f"{namespace}/{name}")
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
        content = path.read_bytes()
        print(
            f"  {path.relative_to(folder).as_posix():28} {len(content):>10,} bytes  sha256 {files.sha256(content)[:12]}"
        )
    print((folder / checkpoints.CARD).read_text("utf-8"))


def _folder(name: str) -> Path:
    folder = checkpoints.folder(name)
    if not (folder / checkpoints.CONFIG).exists():
        known = ", ".join(checkpoints.names()) or "none yet"
        raise FileNotFoundError(f"there is no checkpoint {name!r} in {checkpoints.WEIGHTS}; there: {known}")
    if not (folder / checkpoints.CARD).exists():
        cards.write(name)
    return folder


def with_retries(action: Callable[[], Any], what: str) -> Any:
    """The result of `action`, tried again after a pause when the Hub is busy, broken or out of reach."""
    for attempt in range(1, TRIES + 1):
        try:
            return action()
        except Exception as error:
            code = hub.status(error)
            passing = code is None or code == 429 or code >= 500
            wait = _asked_wait(error) or FIRST_WAIT * 2 ** (attempt - 1)
            if not passing or attempt == TRIES or wait > LONGEST_WAIT:
                raise ConnectionError(hub.explain(error, what)) from error
            print(f"{hub.explain(error, what)}; next try in {wait:g} s", file=sys.stderr)
            time.sleep(wait)


def _asked_wait(error: BaseException) -> float | None:
    """The seconds that the Hub asks us to wait (Retry-After), if it names them."""
    response = getattr(error, "response", None)
    text = response.headers.get("Retry-After", "") if response is not None else ""
    return float(text) if text.isdigit() else None


def main(argv: list[str] | None = None) -> None:
    """Push the checkpoints named, or show what would be pushed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", metavar="NAME", help="a folder of weights/")
    parser.add_argument("--namespace", required=True, metavar="USER", help="your name on the Hub, or an organisation's")
    parser.add_argument("--dry-run", action="store_true", help="show the files and the card, send nothing")
    options = parser.parse_args(argv)
    for name in options.names:
        try:
            if options.dry_run:
                show(name, options.namespace)
            else:
                print("{} is at commit {}".format(*push(name, options.namespace)))
        except (OSError, ValueError) as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()
