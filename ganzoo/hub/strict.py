"""JSON from a stranger: UTF-8, of bounded size and depth, every key once, no NaN, no half characters."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from ganzoo.errors import ModelError
from ganzoo.hub.fields import is_deep, shortened

__all__ = ["read_json"]


def read_json(contents: bytes, where: str, most: int) -> Any:
    """The value in some bytes. where: their name in an error. most: how many bytes there may be.

    Raises ModelError.
    """
    if len(contents) > most:
        raise ModelError(f"{where} has {len(contents):,} bytes, at most {most:,} are read")
    if not contents.strip():
        raise ModelError(f"{where} is empty")
    if contents.startswith(b"\xef\xbb\xbf"):
        raise ModelError(f"{where} begins with a byte order mark, which JSON has not")
    try:
        text = contents.decode()
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair could not be printed
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else shortened(str(error), 120)
        raise ModelError(f"{where} is not JSON as it should be: {reason}") from None
    if is_deep(value):
        raise ModelError(f"{where} is nested too deeply")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {shortened(next(name for name in names if names.count(name) > 1))} is there twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON")
