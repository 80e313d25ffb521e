"""What can go wrong, by whose doing it is, and the exit code it ends with.

GanzooError                2   something that a person can put right: asked, found, what to type
├── UsageError             2   an option, a name or a value is wrong; lists every mistake at once
├── DataError              2   the data set is absent, unreadable, too small or has changed
├── CheckpointError        2   no checkpoint verifies, or it is of another GAN or a newer format
├── ModelError             2   a published model is damaged, is none, or was made with what is not installed
├── PluginError            1   a plugin raised, or returned what the contract does not allow
├── Diverged               3   non-finite values came back after a rollback and a replay
├── NetworkError           4   a download or the Hub failed
├── Gone                   1   another process of the same run has ended, and said why itself
└── Stopped               75   a signal asked the run to stop; it can be resumed (130 after Ctrl-C)
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = [
    "CheckpointError",
    "DataError",
    "Diverged",
    "GanzooError",
    "Gone",
    "ModelError",
    "NetworkError",
    "PluginError",
    "Stopped",
    "UsageError",
    "nearest",
]


class GanzooError(Exception):
    """An error for people: its text is printed as it is, without a traceback."""

    exit_code = 2


class UsageError(GanzooError):
    """One or several mistakes in what was asked for, all reported at once, a line each.

    absent: names among them that may be GANs of plugins that are not installed, which a registry may know.
    """

    def __init__(self, *mistakes: str, absent: Sequence[str] = ()) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes, self.absent = mistakes, tuple(absent)


class DataError(GanzooError):
    """The data set is absent, unreadable, too small, or not the one that the run was started on."""


class CheckpointError(GanzooError):
    """A checkpoint does not verify, belongs to another GAN, or has a newer format."""


class ModelError(GanzooError):
    """A published model is damaged, is none of ganzoo's, or was made with what is not installed here."""


class PluginError(GanzooError):
    """A plugin broke the contract. A plugin's own exception is its `__cause__` and is shown with its traceback."""

    exit_code = 1


class Diverged(GanzooError):
    """The game produced non-finite values again after going back to a good checkpoint."""

    exit_code = 3


class NetworkError(GanzooError):
    """A download failed, or the Hub could not be reached."""

    exit_code = 4


class Gone(GanzooError):
    """Another process of the same run has ended. It says why; this one only ends too."""

    exit_code = 1


class Stopped(GanzooError):
    """The run was asked to stop, saved a checkpoint and can be resumed.

    `exit_code` is 75 after SIGTERM and 130 after Ctrl-C.
    """

    def __init__(self, message: str, exit_code: int = 75) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def nearest(word: str, known: Iterable[str], *, all_if_few: int = 8) -> str:
    """What to say after an unknown `word`: the nearest known ones, or all of them if they are few.

    Returns a clause such as "did you mean 'dcgan'?" or "known: a, b, c"; empty if nothing is known.
    """
    names: Sequence[str] = sorted(known)
    close = difflib.get_close_matches(word, names, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(name) for name in close) + "?"
    if not names:
        return ""
    shown = ", ".join(names[:all_if_few])
    return f"known: {shown}" + (", ..." if len(names) > all_if_few else "")
