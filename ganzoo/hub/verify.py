"""Whether files have the only contents that they may have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ganzoo.engine.layout import FILES, Pin
from ganzoo.errors import ModelError
from ganzoo.hub.header import seems

__all__ = ["verify"]


def verify(folder: Path, pins: Mapping[str, Pin], names: Iterable[str], source: str) -> None:
    """Hold files to their pins. source: who says what they should be, as in "the registry".

    Raises ModelError that names the file, what it has and what it should have.
    """
    for name in names:
        path, pin = folder / name, pins.get(name)
        if pin is None:
            raise ModelError(f"{source} does not list {name}, which every model has")
        try:
            size = path.stat().st_size
            if size != pin.size or size > FILES[name]:
                raise ModelError(f"{path} has {size:,} bytes, {source} says {pin.size:,}: {_start(path)}")
            found = Pin.found(path)
        except OSError as error:
            raise ModelError(f"{path} cannot be read: {error.strerror or error}") from None
        if found != pin:
            raise ModelError(
                f"{path} has the sha256 {found.sha256[:12]}..., {source} says {pin.sha256[:12]}...: it is damaged or "
                "was changed, and is not used"
            )


def _start(path: Path) -> str:
    """What a file of the wrong size seems to be."""
    with path.open("rb") as file:
        return seems(file.read(256)) or "it is not whole"
