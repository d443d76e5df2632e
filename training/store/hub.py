"""The Hugging Face Hub as we use it: files into its cache, within a deadline, and its errors in sentences."""

import threading
from pathlib import Path

from huggingface_hub import hf_hub_download
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RemoteEntryNotFoundError,
    RevisionNotFoundError,
)

DEADLINE = 60.0  # seconds for one file: with an empty cache a server that hangs would hold the client for minutes


def fetch(repository: str, filename: str, revision: str | None = None, anew: bool = False) -> Path:
    """The path of `filename` of the model `repository` in the Hub's cache, downloaded with a progress bar if need be.

    The cache is asked first, without any network; with `anew` the file is downloaded even so. Raises OSError in one
    sentence: FileNotFoundError where there is no such thing, PermissionError, ConnectionError, TimeoutError.
    """
    where = {"repo_id": repository, "filename": filename, "revision": revision}
    try:
        if not anew:
            return Path(hf_hub_download(**where, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    except HFValidationError as error:
        raise FileNotFoundError(explain(error, repository)) from None
    outcome = []

    def download() -> None:
        try:
            outcome.append(Path(hf_hub_download(**where, force_download=anew)))
        except Exception as error:
            outcome.append(error)

    # The client's own timeouts count from one byte to the next and are tried again: only a clock outside of it holds.
    thread = threading.Thread(target=download, daemon=True)
    thread.start()
    thread.join(DEADLINE)
    if not outcome:
        raise TimeoutError(f"{repository}/{filename}: the Hub did not deliver in {DEADLINE:g} s; try again later")
    if isinstance(outcome[0], Path):
        return outcome[0]
    kinds = {401: PermissionError, 403: PermissionError, 404: FileNotFoundError}
    kind = kinds.get(status(outcome[0]) or 0, ConnectionError)
    raise kind(explain(outcome[0], f"{repository}/{filename}")) from None


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
