"""From a run to the files that are published: built in a fresh folder, read back, and compared before they go.

Only the files of a model's list are made, each from what is known to be in it: a link, a key or a note that lies in
the run's folder goes nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ganzoo.engine.folder import RunFolder
from ganzoo.engine.generator import Generator
from ganzoo.engine.layout import CONFIG, FILES, TEXTS, Pin, as_json
from ganzoo.engine.model import (
    checkpoint_of,
    discriminator_tensors,
    generator_of,
    plugin_file,
    write_manifest,
    write_model,
)
from ganzoo.engine.origin import recorded
from ganzoo.engine.pictures import picture_bytes
from ganzoo.engine.samples import PICTURED, Samples
from ganzoo.errors import ModelError, UsageError
from ganzoo.hub.card import Facts, card
from ganzoo.hub.fields import shortened
from ganzoo.hub.load import read

__all__ = ["Prepared", "described", "prepare"]

_PICTURE = b"\x89PNG\r\n\x1a\n"
_TOKEN = re.compile(
    rb"\bhf_[A-Za-z0-9]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{20,}|\bAKIA[A-Z0-9]{16}"
)


@dataclass(frozen=True)
class Prepared:
    """A fresh folder with everything that is published, and what the card and the registry say of it."""

    folder: Path
    pins: Mapping[str, Pin]
    facts: Facts


def prepare(
    run: Path,
    folder: Path,
    *,
    address: str,
    step: int | None = None,
    with_discriminator: bool = False,
    half: bool = False,
    named: str | None = None,
    tell: Callable[[str], None],
) -> Prepared:
    """Build a model's files from a run's folder or a checkpoint in an empty folder, and prove that they load.

    All but its card, which `described` adds.

    address: what it will be called, for its card. named: the GAN, where its one-file plugin has moved or changed.
    tell: is given a line about what is left out.
    Raises CheckpointError for a run without checkpoints, ModelError if what was written is not what was meant.
    """
    checkpoint = checkpoint_of(run, step)
    plugin = checkpoint.values["plugin"]
    gan = recorded(plugin, str(checkpoint.path), file=plugin_file(run), named=named)
    generator = generator_of(checkpoint, gan)
    if named:
        plugin = {**gan.identity, "revision": generator.architecture.revision}
    about = _about(run if run.is_dir() else run.parents[1], checkpoint.step)
    metrics = _metrics(about["folder"], folder, generator, tell)
    if half:
        _round(generator)
    training = {"dataset": about["dataset"], "steps": about["steps"], "seed": about["seed"]}
    judge = discriminator_tensors(checkpoint.path, generator.architecture) if with_discriminator else None
    with ThreadPoolExecutor(1) as beside:
        writing = beside.submit(
            write_model, folder, generator, plugin, training, discriminator=judge, half=half, durable=False
        )
        drawn = _drawn(generator)
        _picture(about["folder"], folder, drawn, tell)
        pins = writing.result()
    pins |= {name: Pin.found(folder / name) for name in ("metrics.json", "samples.png") if (folder / name).is_file()}
    write_manifest(folder, pins, durable=False)
    del checkpoint, generator, judge  # so that nothing is in memory twice
    again = read(folder, pins, named=gan.word, mapped=True)
    if not torch.equal(drawn.tensor, _drawn(again).tensor):
        raise ModelError(f"{again.name} draws other samples once it is read back; nothing was published")
    facts = Facts(
        generator=again, gan=gan, address=address, license="", metrics=metrics, settings=about["settings"],
        start=about["start"], training=training, has_picture=(folder / "samples.png").is_file(), half=half,
    )  # fmt: skip
    return Prepared(folder, pins, facts)


def described(ready: Prepared, license: str) -> Prepared:
    """The same with a licence, and with its card in the folder. Raises UsageError if a text would hold a token."""
    facts = replace(ready.facts, license=license)
    (ready.folder / "README.md").write_bytes(card(facts).encode())
    _refuse_secrets(ready.folder)
    return replace(ready, facts=facts)


def _round(generator: Generator) -> None:
    """Give the weights the values that float16 has, so that what is compared is what is meant."""
    for value in (*generator.parameters(), *generator.buffers()):
        if value.dtype == torch.float32:
            value.copy_(value.half().float())


def _about(folder: Path, step: int) -> dict[str, Any]:
    """What a run's folder says of itself; a data set's path is cut to its name, since a path tells of its owner."""
    import tomllib

    run = RunFolder(folder)
    try:
        settings = tomllib.loads(run.config.read_text("utf-8"))
        path = folder / "run.json"
        starts = json.loads(path.read_text("utf-8")).get("starts", []) if path.is_file() else []
    except (OSError, ValueError, AttributeError) as error:
        raise UsageError(f"{folder} is no whole run: {shortened(str(error), 120)}") from None
    settings["data"] = Path(settings.get("data") or "").name
    hidden = ("data_root", "out", "start_from")
    return {
        "folder": folder,
        "settings": {name: value for name, value in settings.items() if name not in hidden},
        "start": starts[-1] if starts and isinstance(starts[-1], dict) else {},
        "dataset": settings["data"],
        "steps": step,
        "seed": settings.get("seed", 0),
    }


def _metrics(run: Path, folder: Path, generator: Generator, tell: Callable[[str], None]) -> dict[str, Any]:
    """The run's metrics.json where it is of these weights, copied; infinite numbers are null."""
    from ganzoo.data.dataset import fingerprint

    path = run / "metrics.json"
    if not path.is_file():
        return {}
    try:
        if path.stat().st_size > FILES["metrics.json"]:
            raise ValueError(f"it has {path.stat().st_size:,} bytes")
        found = json.loads(path.read_text("utf-8"), parse_constant=lambda constant: None)
        weights, values = found["weights"], found["values"]
        plain = all(isinstance(value["value"], int | float | None) for value in values.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        tell(f"{path} is left out: it is not what `ganzoo evaluate` writes ({shortened(str(error), 60)})")
        return {}
    mine = fingerprint(*(value.cpu().numpy() for _, value in sorted(generator.state_dict().items())))
    if not plain or weights != mine:
        tell(f"{path} is left out: it is of other weights; type: ganzoo evaluate {run}")
        return {}
    (folder / "metrics.json").write_bytes(as_json(found))
    return dict(found)


def _picture(run: Path, folder: Path, drawn: Samples, tell: Callable[[str], None]) -> None:
    """samples.png: what was drawn where the kind has a picture, else the run's own."""
    path, own = folder / "samples.png", run / "samples.png"
    most = FILES["samples.png"]
    if drawn.space.kind in PICTURED and not drawn.space.source:
        contents = picture_bytes(drawn.grid(), ".png")
    elif own.is_file():
        contents = b"" if own.is_symlink() or own.stat().st_size > most else own.read_bytes()
    else:
        return
    if contents.startswith(_PICTURE) and len(contents) <= most:
        path.write_bytes(contents)
    else:
        tell(f"samples.png is left out: it is no PNG of at most {most:,} bytes")


def _drawn(generator: Generator) -> Samples:
    """Samples that only depend on the weights, of a translation from sources that are noise."""
    space = generator.space
    if not space.source:
        return generator.sample(1000 if space.kind in ("vector", "table") else 16, seed=0)  # points, or pictures
    low, high = space.source.range or (-1.0, 1.0)
    noise = torch.rand(4, *space.source.shape, generator=torch.Generator().manual_seed(0))
    return generator.translate(noise * (high - low) + low)


def _refuse_secrets(folder: Path) -> None:
    """Raises UsageError if a text that would be published holds what looks like a token or a private key."""
    for name in (CONFIG, "metrics.json", *TEXTS):
        path = folder / name
        if path.is_file() and _TOKEN.search(path.read_bytes()):
            raise UsageError(f"{name} would hold what looks like an access token; take it out of the run first")
