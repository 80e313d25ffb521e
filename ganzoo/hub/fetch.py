"""From an address to a folder with a model's files: on this machine, or downloaded into the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ganzoo.engine.layout import FILES, MANIFEST, NEEDED, Pin
from ganzoo.errors import ModelError
from ganzoo.hub import registry, zoo
from ganzoo.hub.address import Folder, InZoo, Listed, OnHub
from ganzoo.hub.fields import COMMIT
from ganzoo.hub.listed import Model
from ganzoo.hub.missing import refuse_version
from ganzoo.hub.verify import verify

__all__ = ["Fetched", "fetched"]


@dataclass(frozen=True)
class Fetched:
    """Where a model's files are, which were held to these pins. pinned: how to name exactly these contents."""

    folder: Path
    pins: Mapping[str, Pin]
    pinned: str


def fetched(
    address: Folder | InZoo | Listed | OnHub,
    tell: Callable[[str], None],
    *,
    whole: bool = False,
    force: bool = False,
    allow_yanked: bool = False,
) -> Fetched:
    """The files of a model, those that loading reads or all that it has (`whole`).

    tell: is given a line about what is deprecated, unverified or only cached. force: download again what is in the
    cache. Raises UsageError, ModelError, NetworkError.
    """
    match address:
        case Folder(path):
            return _verified(path, str(path))
        case InZoo(path, revision):
            folder = zoo.revision_folder(path, revision)
            return _verified(folder, f"file:{path}@{folder.name}")
        case Listed(model):
            return _listed(model, tell, whole, force, allow_yanked)
        case OnHub(repo, revision):
            return _on_hub(repo, revision, tell, whole, force)


def _verified(folder: Path, pinned: str) -> Fetched:
    """A folder on this machine, held to its own manifest."""
    from ganzoo.hub.load import manifest  # imports torch

    pins = manifest(folder)
    verify(folder, pins, NEEDED, MANIFEST)
    return Fetched(folder, pins, pinned)


def _listed(model: Model, tell: Callable[[str], None], whole: bool, force: bool, allow_yanked: bool) -> Fetched:
    refuse_version(model)
    better = f"; use {model.replaced_by}" if model.replaced_by else ""
    reason = f": {model.reason}" if model.reason else ""
    if model.status == "yanked" and not allow_yanked:
        raise ModelError(f"{model.name} was taken back{reason}{better}; ganzoo download --allow-yanked has it still")
    if model.status != "ok":
        tell(f"{model.name} is {model.status}{reason}{better}")
    if model.path:
        verify(model.path, model.files, model.files, "the registry")
        return Fetched(model.path, model.files, model.name)
    from ganzoo.hub import remote

    commit = remote.Commit(model.repo, model.revision, {name: pin.size for name, pin in model.files.items()})
    folder = remote.fetch(commit, model.files if whole else NEEDED, force=force)
    _verify_or_drop(folder, model.files, model.files if whole else NEEDED, "the registry")
    return Fetched(folder, model.files, model.name)


def _on_hub(repo: str, revision: str, tell: Callable[[str], None], whole: bool, force: bool) -> Fetched:
    from ganzoo.hub import remote

    needed = [*NEEDED, MANIFEST]
    if COMMIT.fullmatch(revision) and not whole and not force and remote.cached(repo, revision, needed):
        commit = remote.Commit(repo, revision, None)
    else:
        commit = remote.commit_of(repo, revision, tell)
    names = [name for name in FILES if commit.sizes and name in commit.sizes] if whole and commit.sizes else needed
    folder = remote.fetch(commit, names, force=force)
    if commit.sizes is not None:
        remote.remember(commit, revision)
    pinned = f"{repo}@{commit.sha}"
    for model in registry.read().models.values():
        if (model.repo, model.revision) == (repo, commit.sha):
            _verify_or_drop(folder, model.files, NEEDED, "the registry")
            return Fetched(folder, model.files, pinned)
    from ganzoo.hub.load import manifest  # imports torch

    pins = manifest(folder)
    _verify_or_drop(folder, pins, [name for name in names if name in pins] if whole else NEEDED, MANIFEST)
    tell(f"{repo} is not in the registry: its contents are unverified; this is {pinned}{remote.elsewhere()}")
    return Fetched(folder, pins, pinned)


def _verify_or_drop(folder: Path, pins: Mapping[str, Pin], names: Iterable[str], source: str) -> None:
    """Hold what was downloaded to its pins; what is damaged leaves the cache, and the next try fetches it again."""
    from ganzoo.hub import remote

    for name in names:
        try:
            verify(folder, pins, [name], source)
        except ModelError as error:
            remote.drop(folder / name)
            raise ModelError(f"{error}; it was taken out of the cache, and the next try downloads it again") from None
