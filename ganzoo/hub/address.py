"""What a name or a path means, in one order, which is the only one.

1. `latest`: the newest run.
2. `file:FOLDER[@revision]`: a model in a local zoo.
3. What exists on this machine: a run (its folder, a file in it, its name in runs/), a checkpoint, a model's folder,
   a model in a local zoo (with `@revision` too). A `Path` is never anything else, nor is `./x`, `/x`, `~/x`, `runs/x`.
4. A name or an alias of the registry, with exactly the contents that the registry says.
5. `user/repo[@revision]`: a repository on the Hub.

Importable without torch.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ganzoo.engine.layout import GENERATOR, MANIFEST
from ganzoo.errors import UsageError, nearest
from ganzoo.hub import registry, zoo
from ganzoo.hub.fields import REPOSITORY, shortened
from ganzoo.hub.listed import Model

if TYPE_CHECKING:
    from ganzoo.engine.folder import RunFolder

__all__ = [
    "REVISION",
    "Address",
    "Checkpoint",
    "Folder",
    "InZoo",
    "Listed",
    "OnHub",
    "Run",
    "free_path",
    "resolve",
    "run_of",
]

REVISION = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}")  # a branch, a tag or a commit


@dataclass(frozen=True)
class Run:
    """A run's folder."""

    path: Path


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint file."""

    path: Path


@dataclass(frozen=True)
class Folder:
    """A folder with the files of a published model."""

    path: Path


@dataclass(frozen=True)
class InZoo:
    """A model in a local zoo; revision: a tag or 40 hex digits, empty for the newest."""

    path: Path
    revision: str


@dataclass(frozen=True)
class Listed:
    """A model of the registry."""

    model: Model


@dataclass(frozen=True)
class OnHub:
    """A repository on the Hub; revision: a branch, tag or commit, empty for its main branch."""

    repo: str
    revision: str


Address: TypeAlias = Run | Checkpoint | Folder | InZoo | Listed | OnHub


def resolve(target: str | Path, revision: str = "") -> Address:
    """What a target means, in the order above. revision: as if it were written behind an @.

    Raises UsageError that names what is near, or what is at a path that is none of these.
    """
    text = str(target)
    if text == "latest":
        from ganzoo.engine.folder import find

        return _plain(Run(find(text).path), text, revision)
    if text.startswith("file:") and not isinstance(target, Path):
        path, revision = _split(text.removeprefix("file:"), revision, path=True)
        return InZoo(zoo.folder_of(path), revision)
    if found := _on_disk(text, revision):
        return found
    if isinstance(target, Path) or _is_path(text):
        raise UsageError(_nothing_at(text))
    name, revision = _split(text, revision, path=False)
    if model := registry.read().find(name):
        if revision and revision != model.revision:
            elsewhere = f"; type: {model.repo}@{revision}" if model.repo else ""
            raise UsageError(f"{name} is one fixed revision, which is what the registry is for{elsewhere}")
        return Listed(model)
    if REPOSITORY.fullmatch(name):
        return OnHub(name, revision)
    runs = [found.parent.name for found in Path("runs").glob("*/config.toml")]
    hint = nearest(text, [*runs, *registry.read().names()]) or "start a run: ganzoo train vanilla-mlp"
    raise UsageError(f"no run or model {shortened(text)!r}; {hint}", absent=[name.partition(".")[0]])


def run_of(target: str | Path) -> RunFolder | None:
    """The run that a target is or lies in, None outside of any. Raises UsageError as `resolve` does."""
    from ganzoo.engine.folder import find

    address = resolve(target)
    if not isinstance(address, Run | Checkpoint | Folder):
        return None
    try:
        return find(address.path)
    except UsageError:
        return None


def free_path(target: str | Path, stem: str, suffix: str = "") -> Path:
    """A path where nothing is yet, `stem`-001 and on: in the run that a target is or lies in, or here."""
    run = run_of(target)
    folder = run.path if run else Path()
    return next(path for number in count(1) if not (path := folder / f"{stem}-{number:03d}{suffix}").exists())


def _split(text: str, revision: str, *, path: bool) -> tuple[str, str]:
    """A target without its @revision, and the revision. In a path only what follows the last / has one.

    Raises UsageError for two revisions, or for one that cannot be.
    """
    name, at, written = text.rpartition("@") if path else text.partition("@")
    if not at or (path and "/" in written):
        name, at, written = text, "", ""
    if written and revision and written != revision:
        raise UsageError(f"{shortened(text)} names a revision already; leave out --revision {shortened(revision)}")
    asked = written or revision
    if (at and not asked) or (asked and not REVISION.fullmatch(asked)):
        raise UsageError(f"{shortened(asked)} is no revision; it is a branch, a tag or the 40 hex digits of a commit")
    return name, asked


def _on_disk(text: str, revision: str) -> Address | None:
    """What exists under this name on this machine; None if it is nothing of ours."""
    path = Path(os.path.expanduser(text))
    if not path.exists() and not Path("runs", text).is_dir():
        name, written = _split(text, "", path=True) if "@" in text else ("", "")
        path = Path(os.path.expanduser(name))
        if not written or not zoo.is_zoo_model(path):
            return None
        revision = _split(text, revision, path=True)[1]
    if zoo.is_zoo_model(path):
        return InZoo(path, _split("", revision, path=True)[1])
    if path.suffix == ".safetensors" and path.name.startswith("step-"):
        found: Address | None = Checkpoint(path)
    elif (path / GENERATOR).is_file() or (path / MANIFEST).is_file():
        found = Folder(path)
    else:
        found = _run(Path(os.path.expanduser(text)))
    if found is None and (_is_path(text) or "/" in text):
        raise UsageError(_nothing_at(text))
    return _plain(found, text, revision) if found else None


def _plain(found: Address, text: str, revision: str) -> Address:
    """What has no revisions, if none is asked for."""
    if revision:
        raise UsageError(f"{text} has no revisions; leave out {shortened(revision)}")
    return found


def _run(path: Path) -> Run | None:
    from ganzoo.engine.folder import find

    try:
        return Run(find(path).path)
    except UsageError:
        return None


def _is_path(text: str) -> bool:
    """Whether it can only be meant as a path, so that it never reaches the Hub."""
    return (
        text.startswith((".", "/", "~", "runs/", "runs\\", "\\"))
        or text.endswith(("/", ".safetensors", ".toml"))
        or "\\" in text
        or bool(re.match(r"[A-Za-z]:", text))
    )


def _nothing_at(text: str) -> str:
    path = Path(os.path.expanduser(text))
    if not path.exists():
        runs = [found.parent.name for found in Path("runs").glob("*/config.toml")]
        hint = nearest(path.name, runs) or "start one: ganzoo train vanilla-mlp"
        return f"no run or model at {shortened(text)!r}; {hint}"
    names = sorted(inner.name for inner in path.glob("*"))[:5] if path.is_dir() else []
    what = f"a folder with {', '.join(names) or 'nothing'} in it" if path.is_dir() else "a file"
    others = [name for name in names if name.endswith((".bin", ".pt", ".pth", ".ckpt", ".pkl"))]
    pickle = f"; {others[0]} is a pickle, which ganzoo never loads" if others else ""
    return f"{shortened(text)} is {what}, not a run and not a model{pickle}"
