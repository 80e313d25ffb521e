"""A local zoo: published models in folders, with revisions as the Hub has them, and without a network.

    my-zoo/me/my-gan/zoo.json              which revision is the newest, and the tags
    my-zoo/me/my-gan/revisions/<40 hex>/   the files of one revision, which never change

A revision's name is the hash of its files' hashes. Importable without torch.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from ganzoo.engine.layout import FILES, Pin, as_json
from ganzoo.errors import ModelError, UsageError, nearest
from ganzoo.hub.fields import Fields, shortened
from ganzoo.hub.strict import read_json
from ganzoo.hub.verify import verify
from ganzoo.places import word

__all__ = ["INDEX", "Shelf", "copy_whole", "folder_of", "is_zoo_model", "put", "revision_folder", "shelf"]

INDEX = "zoo.json"
_REVISION = re.compile(r"[0-9a-f]{40}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Shelf:
    """One model's revisions. newest: empty before the first. tags: revisions by name."""

    newest: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


def folder_of(text: str) -> Path:
    """The folder that `file:TEXT` names. Raises UsageError for an address of another machine."""
    if text.startswith("//") and not text.startswith("///"):
        raise UsageError(f"file:{shortened(text)} names another machine; type file:./FOLDER/me/my-gan")
    if not text:
        raise UsageError("file: names no folder; type file:./FOLDER/me/my-gan")
    return Path(os.path.expanduser(text.removeprefix("//")))


def is_zoo_model(path: Path) -> bool:
    """Whether a folder is a model in a local zoo."""
    return (path / INDEX).is_file()


def shelf(path: Path) -> Shelf:
    """What a model's folder says of its revisions. Raises ModelError."""
    index = path / INDEX
    try:
        values = read_json(index.read_bytes(), str(index), FILES["metrics.json"])
    except OSError as error:
        raise ModelError(f"{index} cannot be read: {error.strerror or error}") from None
    mistakes: list[str] = []
    fields = Fields(values, str(index), mistakes)
    fields.whole("format", 1, 1)
    newest = fields.text("newest", _REVISION, like="40 hex digits")
    tags = fields.table("tags", None)
    for tag, revision in tags.items():
        if not (_TAG.fullmatch(tag) and isinstance(revision, str) and _REVISION.fullmatch(revision)):
            fields.wrong("tags", f"has {shortened(tag)}, which is no name or names no revision")
    if mistakes:
        raise ModelError(mistakes[0])
    return Shelf(newest, tags)


def revision_folder(path: Path, revision: str) -> Path:
    """The folder of a tag, of 40 hex digits, or of the newest revision if empty. Raises UsageError, ModelError."""
    if not is_zoo_model(path):
        there = sorted(found.parent.name for found in path.parent.glob(f"*/{INDEX}"))
        hint = nearest(path.name, there) or "ganzoo publish RUN file:./FOLDER/me/my-gan puts one there"
        raise UsageError(f"no model in a local zoo at {path}; {hint}")
    known = shelf(path)
    asked = known.tags.get(revision, revision) or known.newest
    folder = path / "revisions" / asked
    if not _REVISION.fullmatch(asked) or not folder.is_dir():
        there = sorted([*known.tags, *(found.name for found in path.glob("revisions/*") if found.is_dir())])
        raise UsageError(f"{path} has no revision {shortened(revision or asked)}; {nearest(revision, there)}")
    return folder


def put(files: Path, path: Path, tag: str = "", pins: Mapping[str, Pin] | None = None) -> str:
    """Copy a model's files into the zoo as its newest revision, whole or not at all, and return the revision.

    pins: what files are held to. The same files are the same revision.
    Raises UsageError for a tag that names another, a folder of other things, and where nothing can be written,
    ModelError for a file that is not as its pin says; the zoo is then as it was.
    """
    if tag and not _TAG.fullmatch(tag):
        raise UsageError(f"{shortened(tag)!r} is no tag; a tag matches {_TAG.pattern}")
    from filelock import FileLock

    from ganzoo.engine.files import write_whole  # imports torch

    names = [name for name in FILES if (files / name).is_file()]
    pins = pins or {}
    verify(files, pins, pins, "what was written")
    hashes = [f"{name} {(pins.get(name) or Pin.found(files / name)).sha256}\n" for name in names]
    revision = sha256("".join(hashes).encode()).hexdigest()[:40]
    try:
        path.mkdir(parents=True, exist_ok=True)
        others = [found.name for found in path.iterdir() if found.name[0] != "." and found.name != "revisions"]
        if others and not is_zoo_model(path):
            new = word(f"file:{path / 'me/my-gan'}")
            raise UsageError(f"{path} is a folder of other things; type {new} for a new one in it")
        with FileLock(path / ".lock"):
            known = shelf(path) if is_zoo_model(path) else Shelf()
            if tag and known.tags.get(tag, revision) != revision:
                raise UsageError(f"{path} has a tag {tag} already, of revision {known.tags[tag]}; choose another")
            if not (path / "revisions" / revision).is_dir():
                _clean(path / "revisions")
                copy_whole(files, path / "revisions" / revision)
            tags = {**known.tags, **({tag: revision} if tag else {})}
            write_whole(path / INDEX, as_json({"format": 1, "newest": revision, "tags": tags}))
    except OSError as error:
        raise UsageError(f"cannot write to {path}: {error.strerror or error}") from None
    return revision


def copy_whole(files: Path, folder: Path) -> None:
    """Copy a model's files into a new folder that is there with all of them or not at all. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".partial-", dir=folder.parent) as temporary:
        partial = Path(temporary, "files")
        partial.mkdir()
        for name in FILES:
            if (files / name).is_file():
                shutil.copyfile(files / name, partial / name)
                with (partial / name).open("rb+") as file:
                    os.fsync(file.fileno())
        partial.rename(folder)


def _clean(folder: Path) -> None:
    """Remove what a killed process left behind, since nobody else writes now."""
    for stale in folder.glob(".partial-*"):
        shutil.rmtree(stale)
