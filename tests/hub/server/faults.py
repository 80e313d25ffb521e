"""What can be made to go wrong, while the server runs: each fault says where, how, and how often."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.hub.server.answers import Refused, Request, Response

__all__ = ["Fault"]

Answer = Callable[[], Response]
PAGE = b"<!doctype html><title>Sign in</title><p>Welcome to the hotel. Please accept our terms.\n"


@dataclass
class Fault:
    """kind: a function below. where: a pattern for `Request.label`. times: how often, None for always."""

    kind: str
    where: str
    value: Any = None
    times: int | None = None

    def meets(self, request: Request) -> bool:
        """Is this request to go wrong? Counts it if so."""
        if self.times == 0 or not re.search(self.where, request.label):
            return False
        self.times = self.times and self.times - 1
        return True

    def apply(self, request: Request, answer: Answer) -> Response:
        """The answer gone wrong. `answer` does what was asked for; a fault may leave that out."""
        return KINDS[self.kind](self.value, request, answer)


def status(value: Any, request: Request, answer: Answer) -> Response:
    """An error in place of the answer. value: its number, or [its number, seconds for Retry-After]."""
    number, *seconds = value if isinstance(value, list) else [value]
    return Refused(number, "made to go wrong", **({"Retry_After": str(seconds[0])} if seconds else {})).response


def page(value: Any, request: Request, answer: Answer) -> Response:
    """The page of a hotel's network, in place of the answer."""
    return Response(200, PAGE, {"Content-Type": "text/html"})


def loop(value: Any, request: Request, answer: Answer) -> Response:
    """A redirect to where one comes from."""
    return Response(302, b"", {"Location": request.url})


def corrupt(value: Any, request: Request, answer: Answer) -> Response:
    """One bit in the middle is another; the length stays."""
    response = answer()
    middle = len(response.body) // 2
    changed = bytes([response.body[middle] ^ 1]) if response.body else b""
    response.body = response.body[:middle] + changed + response.body[middle + 1 :]
    return response


def truncate(value: Any, request: Request, answer: Answer) -> Response:
    """Half of the body, then the connection is cut."""
    response = answer()
    response.sent = len(response.body) // 2
    return response


def lost(value: Any, request: Request, answer: Answer) -> Response:
    """What was asked for is done, and the connection is cut before an answer."""
    answer()
    return Response(0)


def slow(value: Any, request: Request, answer: Answer) -> Response:
    """The answer comes after `value` seconds."""
    time.sleep(value)
    return answer()


def without(value: Any, request: Request, answer: Answer) -> Response:
    """The header `value` is missing."""
    response = answer()
    response.headers.pop(value, None)
    return response


def bomb(value: Any, request: Request, answer: Answer) -> Response:
    """Compressed zeros that unpack to `value` MB."""
    response = answer()
    response.body = gzip.compress(bytes(value * 1_000_000))
    response.headers["Content-Encoding"] = "gzip"
    return response


def size(value: Any, request: Request, answer: Answer) -> Response:
    """Every file is said to have `value` bytes, in listings and in headers."""
    response = answer()
    if "X-Linked-Size" in response.headers:
        response.headers["X-Linked-Size"] = str(value)
    if response.headers.get("Content-Type") == "application/json":
        response.body = json.dumps(_sized(json.loads(response.body), value)).encode()
    return response


def _sized(content: Any, value: int) -> Any:
    if isinstance(content, list):
        return [_sized(item, value) for item in content]
    if isinstance(content, dict):
        return {key: value if key == "size" else _sized(item, value) for key, item in content.items()}
    return content


KINDS = {
    function.__name__: function for function in (status, page, loop, corrupt, truncate, lost, slow, without, bomb, size)
}
