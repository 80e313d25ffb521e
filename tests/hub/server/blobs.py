"""Where large files go to and come from: another host, which must never see a token."""

from __future__ import annotations

from hashlib import md5, sha256

from tests.hub.server.answers import Refused, Request, Response, as_json
from tests.hub.server.repositories import Repositories

__all__ = ["Blobs"]


class Blobs:
    """Large files by sha256. leaks: how many requests came with a token."""

    def __init__(self, kept: Repositories) -> None:
        self.kept, self.leaks = kept, 0

    def answer(self, request: Request) -> Response:
        """`GET /SHA256/NAME`, `PUT /SHA256`, `PUT /SHA256/parts/N` with `POST /SHA256/complete`, `GET /xorbs/HASH`."""
        if "Authorization" in request.headers:
            self.leaks += 1
            raise Refused(400, "Only one auth mechanism allowed")
        oid, *rest = request.path.strip("/").split("/")
        if oid == "xorbs" and rest[0] in self.kept.xorbs:
            return Response(200, self.kept.xorbs[rest[0]])
        if request.method in ("GET", "HEAD"):
            if oid not in self.kept.objects:
                raise Refused(404, "no such object")
            return Response(200, self.kept.objects[oid], {"ETag": f'"{oid}"'})
        if request.method == "PUT" and rest[:1] == ["parts"]:
            self.kept.parts[oid, int(rest[1])] = request.body
            return Response(200, b"", {"ETag": f'"{md5(request.body, usedforsecurity=False).hexdigest()}"'})
        if request.method == "PUT":
            return self.keep(oid, request.body)
        numbers = [part["partNumber"] for part in request.json()["parts"]]
        return self.keep(oid, b"".join(self.kept.parts.pop((oid, number)) for number in numbers))

    def keep(self, oid: str, content: bytes) -> Response:
        """Keep a file that has come whole."""
        if sha256(content).hexdigest() != oid:
            raise Refused(400, "The provided 'x-amz-content-sha256' header does not match what was computed.")
        self.kept.objects[oid] = content
        return as_json({})
