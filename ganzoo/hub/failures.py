"""What the Hub's client can raise, as one line that says what to do. The client's own names are used here alone."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from ganzoo.errors import GanzooError, NetworkError, UsageError
from ganzoo.hub.fields import shortened

__all__ = ["calling", "explained", "without_tokens"]

_LOCAL = {
    errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG
}  # fmt: skip


@contextmanager
def calling(doing: str, repo: str, revision: str = "") -> Iterator[None]:
    """Inside, the client is called; whatever it raises ends as one of our errors. doing: as in "to download"."""
    try:
        yield
    except GanzooError:
        raise
    except Exception as error:
        raise explained(error, doing, repo, revision) from None


def explained(error: Exception, doing: str, repo: str, revision: str = "") -> GanzooError:
    """The error for people: NetworkError, but UsageError for a bad name and GanzooError for a full disk."""
    from huggingface_hub import errors

    place = f"{repo}@{revision}" if revision else repo
    if isinstance(error, errors.HFValidationError):
        return UsageError(f"{shortened(repo)!r} is no name of a repository; it is user/name")
    if isinstance(error, OSError) and error.errno in _LOCAL:
        where = f" at {error.filename}" if error.filename else ""
        return GanzooError(f"failed {doing} {place}: {error.strerror}{where}; nothing half-written is left")
    return NetworkError(without_tokens(f"failed {doing} {place}: {_reason(error, doing, repo, revision)}"))


def _reason(error: Exception, doing: str, repo: str, revision: str) -> str:
    from huggingface_hub import constants, errors

    hub = constants.ENDPOINT
    if isinstance(error, errors.OfflineModeIsEnabled) or (
        isinstance(error, errors.LocalEntryNotFoundError) and constants.HF_HUB_OFFLINE
    ):
        return "it is not in the cache, and HF_HUB_OFFLINE forbids the network"
    if isinstance(error, errors.GatedRepoError):
        return "its owner gives access on request; ask on its page, then log in with `hf auth login`"
    if isinstance(error, errors.RevisionNotFoundError):
        return f"it has no revision {shortened(revision)!r}"
    if isinstance(error, errors.RepositoryNotFoundError):
        return "there is no such repository, or it is private and you are not logged in (`hf auth login`)"
    if isinstance(error, errors.LocalEntryNotFoundError):
        cause = error.__cause__ if isinstance(error.__cause__, Exception) else None
        return (
            _reason(cause, doing, repo, revision)
            if cause
            else f"cannot reach {hub}; check the connection and try again"
        )
    if isinstance(error, errors.EntryNotFoundError):
        return "a file of it is gone"
    if isinstance(error, errors.HfHubHTTPError):
        return _refusal(error, doing, repo)
    if isinstance(error, ValueError) and "nvalid metadata" in str(error):
        return f"the Hub does not take the README.md: {shortened(' '.join(str(error).split()), 200)}"
    if isinstance(error, errors.FileMetadataError | ValueError | KeyError | TypeError | AttributeError):
        return f"{hub} does not answer as a Hub does ({_short(error)}); is HF_ENDPOINT right?"
    if isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception):
        return _reason(error.__cause__, doing, repo, revision)
    if type(error).__name__ == "TooManyRedirects":
        return f"{hub} sends from one address to the next without end; is HF_ENDPOINT right?"
    transport: type[Exception] = errors.HTTPError  # type: ignore[attr-defined]  # the base of both httpx's errors
    if isinstance(error, transport | ConnectionError | TimeoutError):
        return f"cannot reach {hub} ({_short(error)}); check the connection and try again"
    if isinstance(error, OSError) and "onsistency check" in str(error):
        return "the connection was cut before the file was whole; try again"
    return _short(error)


def _refusal(error: Exception, doing: str, repo: str) -> str:
    """What an answer with an error's status means."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", 0)
    said = getattr(error, "server_message", None) or ""
    said = f" ({shortened(said, 120)})" if said else ""
    wait = getattr(response, "headers", {}).get("Retry-After", "")
    write = f"your token may not write to {repo}{said}; log in as its owner, with a token that may write"
    read = f"you may not read {repo}{said}; log in as somebody who may: hf auth login"
    meanings = {
        401: f"not logged in, or the token is not valid{said}; set HF_TOKEN or type: hf auth login",
        403: write if doing == "to publish" else read,
        409: f"it is there already{said}",
        412: "it has changed while this was on its way; nothing was written, try again",
        429: f"too many requests{f'; wait {shortened(wait, 20)} s' if wait else ''}; try again later",
    }
    if status in meanings:
        return meanings[status]
    return f"the Hub answered {status}{said}; try again later" if status >= 500 else f"the Hub answered {status}{said}"


def without_tokens(text: str) -> str:
    """The text with anything that is or looks like an access token taken out."""
    text = re.sub(r"\bhf_[A-Za-z0-9]{8,}", "hf_***", text)
    text = re.sub(r"://[^/@\s]+@", "://***@", text)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if secret := os.environ.get(name, ""):
            text = text.replace(secret, "***")
    return text


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {shortened(lines[0], 160)}" if lines else type(error).__name__
