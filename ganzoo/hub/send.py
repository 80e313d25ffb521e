"""Sending a prepared folder to the Hub: one commit, guarded by its parent, and verified where it arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, ModelInfo, constants

from ganzoo.engine.layout import CONFIG, FILES, TEXTS, Pin
from ganzoo.errors import NetworkError, UsageError
from ganzoo.hub.failures import calling
from ganzoo.hub.remote import client, quiet_unless_terminal

__all__ = ["before", "send"]


def before(repo: str) -> str:
    """The README.md that a repository has now, empty where there is neither. Raises NetworkError."""
    with calling("to look up", repo):
        api = client()
        if not api.repo_exists(repo) or not api.file_exists(repo, "README.md"):
            return ""
        path = Path(api.hf_hub_download(repo, "README.md", revision=api.model_info(repo).sha))
        if path.stat().st_size > FILES["README.md"]:
            raise UsageError(f"{repo} has a README.md of {path.stat().st_size:,} bytes; make it shorter first")
        return path.read_text("utf-8", errors="replace")


def send(
    folder: Path,
    repo: str,
    pins: Mapping[str, Pin],
    *,
    summary: str,
    private: bool = False,
    tag: str = "",
    tell: Callable[[str], None],
) -> tuple[str, str]:
    """Publish the files of a folder as the next commit of a repository, which is made if it is not there.

    Returns the commit and its URL. pins: what files are to be; the others are looked at here.
    tag: a name for the commit. Raises UsageError for a tag that exists and for a repository of another kind,
    NetworkError; the repository has then all of the files or none.
    """
    names = [name for name in FILES if (folder / name).is_file()]
    quiet_unless_terminal()
    with calling("to publish", repo):
        api = client()
        if tag and api.repo_exists(repo) and tag in _tags(api, repo):
            raise UsageError(f"{repo} has a tag {tag} already; choose another")
        api.create_repo(repo, private=private or None, exist_ok=True)
        info = api.model_info(repo, files_metadata=True)
        _refuse_other(info, repo, private)
        there = {item.rfilename for item in info.siblings or []}
        changes: list[CommitOperationAdd | CommitOperationDelete] = [_addition(folder, name, pins) for name in names]
        changes += [CommitOperationDelete(name) for name in sorted((there & FILES.keys()) - {*names, *TEXTS})]
        done = api.create_commit(repo, changes, commit_message=summary, parent_commit=info.sha)
        _verify(api, repo, done.oid, folder, {name: pins.get(name) or Pin.found(folder / name) for name in names})
        if tag:
            api.create_tag(repo, tag=tag, revision=done.oid)
    if done.oid == info.sha:
        tell(f"{repo} has these files already; nothing was sent")
    return done.oid, f"{constants.ENDPOINT}/{repo}"


def _addition(folder: Path, name: str, pins: Mapping[str, Pin]) -> CommitOperationAdd:
    """A file as the client takes it, with the hash that what arrives is to have.

    Not where it travels by Xet, which hashes what it reads and is told by nobody what that should be; `_verify` is.
    """
    addition = CommitOperationAdd(name, folder / name)
    if name in pins and constants.HF_HUB_DISABLE_XET:
        addition.upload_info.sha256 = bytes.fromhex(pins[name].sha256)  # else the client reads it once more
    return addition


def _tags(api: HfApi, repo: str) -> set[str]:
    return {tag.name for tag in api.list_repo_refs(repo).tags}


def _refuse_other(info: ModelInfo, repo: str, private: bool) -> None:
    """Raises UsageError for a repository with another kind of model in it, or that others can read after all."""
    names = {item.rfilename for item in info.siblings or []}
    if CONFIG in names and "generator.safetensors" not in names:
        raise UsageError(f"{repo} holds a model of another kind; publish to a name of its own")
    if private and not info.private:
        raise UsageError(f"{repo} exists and is public; make it private in its settings, or leave out --private")


def _verify(api: HfApi, repo: str, commit: str, folder: Path, pins: Mapping[str, Pin]) -> None:
    """Compare size and hash of every file with what the Hub says it has. Raises NetworkError."""
    there = {item.path: item for item in api.get_paths_info(repo, list(pins), revision=commit)}
    for name, pin in pins.items():
        item = there.get(name)
        lfs = getattr(item, "lfs", None)
        found = lfs.sha256 if lfs else getattr(item, "blob_id", "")
        expected = pin.sha256 if lfs else _git_hash(folder / name)
        if item is None or getattr(item, "size", None) != pin.size or found != expected:
            raise NetworkError(
                f"{repo}: {name} did not arrive as it was sent (commit {commit}); publish again, and do not use it"
            )


def _git_hash(path: Path) -> str:
    """The name that git gives a file's contents, which is what the Hub says of small ones."""
    contents = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(contents) + contents).hexdigest()
