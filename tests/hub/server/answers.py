"""What is asked, what is answered, and refusals as the client tells them apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Refused", "Request", "Response", "as_json"]


@dataclass(frozen=True)
class Request:
    """One request, its body read whole. path: as sent, without the query. host: `hub`, `blobs`, `xet`."""

    host: str
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def label(self) -> str:
        """What faults and tests know it by: `GET hub/api/models/alice/gan`."""
        return f"{self.method} {self.host}{self.path}"

    @property
    def url(self) -> str:
        """The URL it was sent to, without the query."""
        return f"http://{self.headers['Host']}{self.path}"

    def json(self) -> Any:
        """The body as JSON. Raises Refused where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Refused(400, "the body is not JSON") from None


@dataclass
class Response:
    """One answer. sent: how many bytes of the body leave before the connection is cut, None for all."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None


class Refused(Exception):
    """An answer that is an error. The client reads `X-Error-Code` to tell a missing file from a missing repository."""

    def __init__(self, status: int, message: str, code: str = "", content: Any = None, **headers: str) -> None:
        super().__init__(message)
        self.response = as_json({"error": message} | (content or {}), status)
        self.response.headers |= {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
        self.response.headers |= {name.replace("_", "-"): value for name, value in headers.items()}


def as_json(content: Any, status: int = 200, **headers: str) -> Response:
    """An answer in JSON."""
    return Response(status, json.dumps(content).encode(), {"Content-Type": "application/json", **headers})
