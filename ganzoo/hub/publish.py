"""Publishing a run: prepared and proven here, then put into a local zoo or sent to the Hub whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ganzoo.engine.layout import Pin
from ganzoo.errors import GanzooError, UsageError
from ganzoo.hub import address as places
from ganzoo.hub import zoo
from ganzoo.hub.card import MARKER, licence_in
from ganzoo.hub.entry import entry
from ganzoo.hub.fields import LICENCE, PATH, REPOSITORY, shortened
from ganzoo.hub.prepare import Prepared, described, prepare
from ganzoo.plurals import many

__all__ = ["Published", "publish"]


@dataclass(frozen=True)
class Published:
    """What was published, or would be: its files, its pinned name, its URL on the Hub, its registry entry.

    revision: empty where nothing was sent.
    """

    pins: Mapping[str, Pin]
    name: str
    revision: str
    url: str
    entry: str


def publish(
    run: str | Path,
    to: str,
    *,
    step: int | None = None,
    tag: str = "",
    license: str = "",
    private: bool = False,
    with_discriminator: bool = False,
    half: bool = False,
    dry_run: bool = False,
    plugin: str | None = None,
    tell: Callable[[str], None],
) -> Published:
    """Publish a run's generator as `file:FOLDER/me/my-gan` of a local zoo or as `user/repo` on the Hub.

    step: that checkpoint and not the newest. tag: a name for this revision. half: weights as float16. dry_run: make
    and check everything, send nothing. plugin: the GAN, where its one-file plugin has moved or changed.
    tell: is given lines on what is done and left out.
    Raises UsageError, CheckpointError, ModelError, NetworkError; nothing is then half-published.
    """
    source = places.resolve(run)
    if not isinstance(source, places.Run | places.Checkpoint):
        raise UsageError(f"{run} is not a run; ganzoo publish takes a run's folder, its name, or `latest`")
    if license and not LICENCE.fullmatch(license):
        raise UsageError(f"--license {shortened(license)} is no licence's name; for example --license mit")
    in_zoo = to.startswith("file:")
    if not in_zoo and not REPOSITORY.fullmatch(to):
        raise UsageError(
            f"cannot publish to {shortened(to)!r}; type user/repo for the Hub, file:./FOLDER/me/my-gan for a local zoo"
        )
    if in_zoo and "@" in to:
        raise UsageError(f"{shortened(to)} names a revision, which publishing makes; --tag NAME gives it a name")
    if in_zoo and private:
        raise UsageError("--private is for the Hub; who may read a local zoo is decided by its folder")
    if tag and not places.REVISION.fullmatch(tag):
        raise UsageError(f"--tag {shortened(tag)} is no tag; for example --tag v1")
    with TemporaryDirectory(prefix="ganzoo-publish-") as fresh, ThreadPoolExecutor(1) as beside:
        there = beside.submit(_readme, to, in_zoo, dry_run)  # the Hub is asked while the checkpoint is read
        try:
            ready = prepare(
                source.path, Path(fresh), address=to, step=step, half=half,
                with_discriminator=with_discriminator, named=plugin, tell=tell,
            )  # fmt: skip
            readme = there.result()
            before = "" if license else licence_in(readme)
            if before:
                tell(f"it stays under the licence {before}, as before; --license NAME changes it")
            ready = described(ready, license or before)
        except OSError as error:
            raise GanzooError(
                f"nothing was published: {error.strerror or error}; make room in {Path(fresh).parent}, or set TMPDIR"
            ) from None
        if readme.strip() and MARKER not in readme:  # somebody has written it
            (ready.folder / "README.md").write_text(readme, "utf-8")
        if dry_run:
            return Published(ready.pins, to, "", "", "")
        return _to_zoo(ready, to, tag) if in_zoo else _to_hub(ready, to, private, tag, tell)


def _readme(to: str, in_zoo: bool, dry_run: bool) -> str:
    """The README.md that is there now, empty if none is; the Hub is not asked where nothing is to be sent."""
    if in_zoo:
        path = zoo.folder_of(to.removeprefix("file:"))
        readme = zoo.revision_folder(path, "") / "README.md" if zoo.is_zoo_model(path) else None
        try:
            return readme.read_text("utf-8", errors="replace") if readme and readme.is_file() else ""
        except OSError as error:
            raise UsageError(f"{readme} cannot be read: {error.strerror or error}") from None
    if dry_run:
        return ""
    from ganzoo.hub import send

    return send.before(to)


def _to_zoo(ready: Prepared, to: str, tag: str) -> Published:
    path = zoo.folder_of(to.removeprefix("file:"))
    revision = zoo.put(ready.folder, path, tag, ready.pins)
    folder = (path / "revisions" / revision).absolute()
    below = folder.is_relative_to(Path.cwd()) and PATH.fullmatch(folder.relative_to(Path.cwd()).as_posix())
    listed = entry(ready.facts, ready.pins, {"path": below[0]}) if below else ""
    return Published(ready.pins, f"{to}@{revision}", revision, "", listed)


def _to_hub(ready: Prepared, to: str, private: bool, tag: str, tell: Callable[[str], None]) -> Published:
    from ganzoo.hub import send

    generator, training = ready.facts.generator, ready.facts.training
    summary = f"{generator.name} on {training['dataset']}, {many(training['steps'], 'step')}, by ganzoo"
    revision, url = send.send(ready.folder, to, ready.pins, summary=summary, private=private, tag=tag, tell=tell)
    listed = entry(ready.facts, ready.pins, {"repo": to, "revision": revision})
    return Published(ready.pins, f"{to}@{revision}", revision, url, listed)
