"""The hosts as http.server has them, and the control of the whole at `/control`."""

from __future__ import annotations

import base64
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.hub.server.answers import Refused, Request, Response, as_json
from tests.hub.server.api import Api
from tests.hub.server.blobs import Blobs
from tests.hub.server.faults import Fault
from tests.hub.server.repositories import File, Repositories
from tests.hub.server.xet import Xet

__all__ = ["Hub"]


class Hub:
    """All hosts, in threads of this process. The names differ, so that a client can tell where a token belongs."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        large = _Host(("127.0.0.1", 0), _Handler)
        own = _Host(("127.0.0.1", 0), _Handler)
        chunks = _Host(("127.0.0.1", 0), _Handler)
        self.endpoint = f"http://127.0.0.1:{own.server_port}"
        self.large = f"http://localhost:{large.server_port}"
        self.chunks = f"http://localhost:{chunks.server_port}"
        large.name, own.name, chunks.name = "blobs", "hub", "xet"
        for host in (large, own, chunks):
            host.hub = self
            threading.Thread(target=host.serve_forever, daemon=True).start()
        self.forget()

    def forget(self) -> None:
        """Begin anew: no repositories, no faults, no past."""
        self.kept, self.faults, self.seen = Repositories(), list[Fault](), list[str]()
        self.blobs = Blobs(self.kept)
        self.hosts = {
            "hub": Api(self.kept, self.large, self.chunks),
            "blobs": self.blobs,
            "xet": Xet(self.kept, self.large),
        }

    def answer(self, request: Request) -> Response:
        """Do what is asked for, faults included. One at a time, but for what is slow on purpose."""
        if request.path == "/control":
            with self.lock:
                return self.control(request)
        with self.lock:
            self.seen.append(request.label)
            fault = next((fault for fault in self.faults if fault.meets(request)), None)
        try:
            return fault.apply(request, lambda: self.proper(request)) if fault else self.proper(request)
        except Refused as refused:
            return refused.response

    def proper(self, request: Request) -> Response:
        """The answer without faults."""
        with self.lock:
            try:
                return self.hosts[request.host].answer(request)
            except Refused as refused:
                return refused.response

    def control(self, request: Request) -> Response:
        """What `running.Server` asks for: faults, an end to them, repositories, settings. Answers what was seen."""
        asked: dict[str, Any] = request.json()
        if asked.get("forget"):
            self.forget()
        if asked.get("mend"):
            self.faults.clear()
        if "fault" in asked:
            self.faults.append(Fault(**asked["fault"]))
        if "repository" in asked:  # with whatever names and bytes, which a commit would refuse
            facts = dict(asked["repository"])
            files = {path: File(base64.b64decode(text), large=True) for path, text in facts.pop("files").items()}
            name = facts.pop("name")
            repository = self.kept.known.get(name) or self.kept.create(name, **facts)
            repository.commit(files, "made for a test")
        for setting in {"page", "part_size"} & asked.keys():
            setattr(self.kept, setting, asked[setting])
        heads = {name: repository.at("main").oid for name, repository in self.kept.known.items()}
        return as_json({"seen": self.seen, "leaks": self.blobs.leaks, "heads": heads})


class _Host(ThreadingHTTPServer):
    """One host. hub: what answers. name: `hub`, `blobs` or `xet`."""

    daemon_threads = True
    request_queue_size = 64
    hub: Hub
    name: str


class _Handler(BaseHTTPRequestHandler):
    """Reads a request whole, so that the next on the connection begins where it should, and sends the answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Host
    numbers = count(1)

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        request = Request(self.server.name, self.command, parts.path, parse_qs(parts.query), self.headers, self._body())
        self._send(self.server.hub.answer(request))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _send(self, response: Response) -> None:
        if not response.status:
            self.close_connection = True
            return
        body, whole, headers = response.body, len(response.body), dict(response.headers)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted and response.status == 200:
            first, last = int(wanted[1]), min(int(wanted[2] or whole), whole - 1)
            response.status = 206 if first <= last else 416
            body = body[first : last + 1] if first <= last else b""
            headers["Content-Range"] = f"bytes {first}-{last}/{whole}" if first <= last else f"bytes */{whole}"
        self.send_response(response.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Request-Id", f"request-{next(self.numbers)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: response.sent])
        if response.sent is not None:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing: a test asks for what was seen."""
