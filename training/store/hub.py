"""The Hugging Face Hub as we use it: files into its cache, within a deadline, and its errors in sentences."""

import threading
import time
from pathlib import Path

from huggingface_hub import hf_hub_download
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
    RevisionNotFoundError,
)

DEADLINE = 30.0  # seconds for one file: with an empty cache a server that hangs would hold the client for minutes
PATIENCE = DEADLINE  # seconds that a caller waits for it; the app, whose visitors must not wait for each other, sets 0
HELD = 10.0  # seconds in which a failure is told to all who ask, before the Hub is asked again


class Loading(TimeoutError):
    """The file is on its way from the Hub; ask again in a moment."""


class Download(threading.Thread):
    """A file on its way into the cache, one for all who want it; what came of it is told to all until `end`."""

    def __init__(self, where: dict, anew: bool):
        super().__init__(daemon=True)
        self.where, self.anew = where, anew
        self.outcome: Path | Exception | None = None
        self.again()

    def again(self) -> None:
        """The clock starts (anew)."""
        self.began = time.monotonic()
        self.end = self.began + DEADLINE + _held()

    def run(self) -> None:
        try:
            self.outcome = Path(hf_hub_download(**self.where, force_download=self.anew))
        except Exception as error:
            self.outcome = error
        self.end = time.monotonic() + _held()


_downloads: dict[tuple, Download] = {}
_lock = threading.Lock()


def fetch(repository: str, filename: str, revision: str | None = None, anew: bool = False) -> Path:
    """The path of `filename` of the model `repository` in the Hub's cache, downloaded with a progress bar if need be.

    The cache is asked first, without any network; with `anew` the file is downloaded even so. Raises OSError in one
    sentence: FileNotFoundError where there is no such thing, PermissionError, ConnectionError, TimeoutError, and of
    these Loading where it is not there after PATIENCE but may still come.
    """
    where = {"repo_id": repository, "filename": filename, "revision": revision}
    what = f"{repository}/{filename}"
    try:
        if not anew:
            return Path(hf_hub_download(**where, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    except HFValidationError as error:
        raise FileNotFoundError(explain(error, repository)) from None
    download = _download(where, anew)
    # The client's own timeouts count from one byte to the next and are tried again: only a clock outside of it holds.
    download.join(max(0.0, min(PATIENCE, download.began + DEADLINE - time.monotonic())))
    if download.outcome is None:
        waited = time.monotonic() - download.began
        if waited < DEADLINE:
            raise Loading(f"{what} is being loaded from the Hub, for {waited:.0f} s so far (at most {DEADLINE:g} s)")
        raise TimeoutError(f"{what}: the Hub did not deliver in {DEADLINE:g} s; try again later")
    if isinstance(download.outcome, Path):
        return download.outcome
    kinds = {401: PermissionError, 403: PermissionError, 404: FileNotFoundError}
    kind = kinds.get(status(download.outcome) or 0, ConnectionError)
    raise kind(explain(download.outcome, what)) from None


def _download(where: dict, anew: bool) -> Download:
    """The download of this file that is under way or has just failed; else a new one."""
    key = tuple(where.values())
    with _lock:
        found = _downloads.get(key)
        if found is None or (time.monotonic() > found.end and not found.is_alive()):
            found = _downloads[key] = Download(where, anew)
            found.start()
        elif time.monotonic() > found.end:
            found.again()
        return found


def loading() -> bool:
    """True while a file is on its way."""
    with _lock:
        return any(one.outcome is None and time.monotonic() < one.began + DEADLINE for one in _downloads.values())


def try_again() -> None:
    """Failures are no longer told: whoever asks from now on asks the Hub."""
    with _lock:
        for download in _downloads.values():
            if download.outcome or time.monotonic() > download.began + DEADLINE:
                download.end = 0.0


def _held() -> float:
    return 0.0 if PATIENCE else HELD


def status(error: BaseException | None) -> int | None:
    """The HTTP status behind an error of the Hub's client, or None when no answer came."""
    while error is not None and not isinstance(error, HfHubHTTPError):
        error = error.__cause__
    return None if error is None else error.response.status_code


def explain(error: BaseException, what: str) -> str:
    """An error of the Hub's client in one sentence with its remedy; `what` is the repository or file in question."""
    code = status(error)
    if isinstance(error, HFValidationError):
        return f"{what} is no name of a repository: it reads user/repository, in letters, digits, '-', '_' and '.'"
    if isinstance(error, RevisionNotFoundError):
        return f"{what}: the Hub has the repository, but not this revision"
    if isinstance(error, RemoteEntryNotFoundError):
        return f"{what}: the Hub has the repository, but not this file"
    if code == 401:
        return f"{what}: the Hub does not know the token or the repository (401); log in again: hf auth login"
    if code == 403:
        return f"{what}: the token may not do this (403); make one with write access at huggingface.co/settings/tokens"
    if code == 404:
        return f"{what}: there is no such repository on the Hub, or it is private (404)"
    if code == 429:
        return f"{what}: the Hub asks for fewer requests (429); try again in a few minutes"
    if code is not None and code >= 500:
        return f"{what}: the Hub has trouble of its own ({code}); try again later"
    if code is not None:
        return f"{what}: the Hub refused ({code}): {error}"
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return f"{what}: the Hub cannot be reached ({str(cause).splitlines()[0] if str(cause) else type(cause).__name__})"
