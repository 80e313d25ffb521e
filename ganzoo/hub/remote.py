"""The Hub: which commit a revision is, how large its files are, and fetching the allowed ones. Imports the client."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from huggingface_hub import HfApi, constants, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import LocalEntryNotFoundError, OfflineModeIsEnabled
from huggingface_hub.file_download import repo_folder_name
from huggingface_hub.utils.tqdm import disable_progress_bars

from ganzoo import __version__
from ganzoo.engine.layout import FILES
from ganzoo.errors import GanzooError, ModelError, NetworkError, UsageError
from ganzoo.hub.failures import calling
from ganzoo.hub.fields import COMMIT, shortened

__all__ = ["Commit", "cached", "client", "commit_of", "drop", "elsewhere", "fetch", "quiet_unless_terminal", "remember"]

_TIMEOUT = 30.0  # seconds without an answer


@dataclass(frozen=True)
class Commit:
    """One commit of a repository. sizes: bytes of each file, None for all where it was found in the cache."""

    repo: str
    sha: str
    sizes: Mapping[str, int] | None
    private: bool = False


def client() -> HfApi:
    """The client, for the endpoint that the environment names. Raises UsageError for one that is not encrypted."""
    place = urlsplit(constants.ENDPOINT)
    if place.scheme != "https" and place.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise UsageError(f"HF_ENDPOINT={shortened(constants.ENDPOINT)} is not encrypted; it should begin with https://")
    return HfApi(library_name="ganzoo", library_version=__version__)


def elsewhere() -> str:
    """` on HOST` where HF_ENDPOINT names a Hub, empty for the usual one."""
    return f" on {urlsplit(constants.ENDPOINT).netloc.rpartition('@')[2]}" if os.environ.get("HF_ENDPOINT") else ""


def commit_of(repo: str, revision: str, tell: Callable[[str], None]) -> Commit:
    """The commit that a branch, tag or commit is now; where the Hub cannot be reached, as the cache knows it.

    Raises NetworkError, UsageError.
    """
    with calling("to look up", repo, revision):
        try:
            if constants.HF_HUB_OFFLINE:
                raise OfflineModeIsEnabled("HF_HUB_OFFLINE is set")
            info = client().model_info(repo, revision=revision or None, files_metadata=True, timeout=_TIMEOUT)
        except GanzooError:
            raise
        except Exception as error:
            known = _known(repo, revision) if not hasattr(error, "response") else ""
            if not known:
                raise
            tell(f"cannot reach {constants.ENDPOINT}: using the cached copy of {repo}, commit {known}")
            return Commit(repo, known, None)
        if not COMMIT.fullmatch(info.sha or ""):
            raise NetworkError(f"{constants.ENDPOINT} names no commit of {repo}; is HF_ENDPOINT right?")
        sizes = {item.rfilename: item.size for item in info.siblings or [] if item.rfilename in FILES}
        unknown = [name for name, size in sizes.items() if not isinstance(size, int) or size < 0]
        if unknown:
            raise NetworkError(f"{constants.ENDPOINT} does not say how large {unknown[0]} of {repo} is")
        others = [item.rfilename for item in info.siblings or [] if item.rfilename not in FILES]
        _refuse_pickle(repo, sizes, others)
        return Commit(repo, str(info.sha), {name: size or 0 for name, size in sizes.items()}, bool(info.private))


def _refuse_pickle(repo: str, sizes: Mapping[str, object], others: Iterable[str]) -> None:
    """Raises ModelError for a repository that is not ganzoo's, with what it holds instead."""
    if "generator.safetensors" in sizes:
        return
    pickles = [name for name in others if name.endswith((".bin", ".pt", ".pth", ".ckpt", ".pkl"))]
    what = f"; {shortened(pickles[0])} is a pickle, which ganzoo never loads" if pickles else ""
    raise ModelError(f"{repo} holds no model of ganzoo: it has no generator.safetensors{what}")


def fetch(commit: Commit, names: Iterable[str], *, force: bool = False) -> Path:
    """The folder in the cache with these files of a commit, of which those that are not there yet are downloaded.

    Nothing is asked for that is not in the list of a model's files. Sizes are checked before anything is fetched.
    Raises NetworkError, ModelError for a file that is absent or too large, GanzooError for a full disk.
    """
    names = [name for name in names if commit.sizes is None or name in commit.sizes]
    missing = [name for name in names if force or not cached(commit.repo, commit.sha, [name])]
    if commit.sizes is not None and missing:
        for name in missing:
            if commit.sizes[name] > FILES[name]:
                raise ModelError(
                    f"{commit.repo}: {name} has {commit.sizes[name]:,} bytes, at most {FILES[name]:,} are fetched"
                )
        _refuse_full_disk(sum(commit.sizes[name] for name in missing))
    quiet_unless_terminal()
    folder = Path()
    with calling("to download", commit.repo, commit.sha):
        for name in names:
            folder = Path(client().hf_hub_download(commit.repo, name, revision=commit.sha, force_download=force)).parent
    return folder


def quiet_unless_terminal() -> None:
    """Progress bars are for a terminal; in a file they are a thousand lines. Warnings are ours to give."""
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    if not sys.stderr.isatty():
        disable_progress_bars()


def cached(repo: str, commit: str, names: Iterable[str]) -> bool:
    """Whether all these files of a commit are in the cache."""
    return all(isinstance(try_to_load_from_cache(repo, name, revision=commit), str) for name in names)


def drop(path: Path) -> None:
    """Take a file that is damaged out of the cache, so that it is fetched again next time."""
    contents = path.resolve()
    path.unlink(missing_ok=True)
    if contents != path and contents.is_relative_to(Path(constants.HF_HUB_CACHE).resolve()):
        contents.unlink(missing_ok=True)


def remember(commit: Commit, revision: str) -> None:
    """Note in the cache what commit a revision was, where the client looks when there is no network.

    The client notes it itself only if it is asked for the revision, which may move between two questions.
    """
    if not COMMIT.fullmatch(revision):
        folder = Path(constants.HF_HUB_CACHE, repo_folder_name(repo_id=commit.repo, repo_type="model"), "refs")
        path = folder / (revision or constants.DEFAULT_REVISION)
        with suppress(OSError):  # of a cache that others fill, and we only read
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(commit.sha)


def _known(repo: str, revision: str) -> str:
    """The commit that the cache knows a revision as, empty if it does not know it."""
    try:
        path = hf_hub_download(repo, "config.json", revision=revision or None, local_files_only=True)
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, ValueError):
        return ""
    return Path(path).parent.name


def _refuse_full_disk(needed: int) -> None:
    folder = Path(constants.HF_HUB_CACHE)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise GanzooError(
            f"the download needs {needed:,} bytes, {folder} has {free:,} left; make room, or set HF_HOME elsewhere"
        )
