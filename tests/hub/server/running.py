"""What a test starts, and asks for faults: the server as a process of its own, and the environment of its clients."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

__all__ = ["ALICE", "BOB", "READER", "ROOT", "Server", "serving"]

ROOT = Path(__file__).parents[3]
ALICE, READER, BOB = "hf_aliceMayWriteThis", "hf_aliceMayReadOnly", "hf_bobMayWriteThat"


class Server:
    """A running Hub. endpoint: its URL. large: the URL of its host for large files."""

    def __init__(self, endpoint: str, large: str) -> None:
        self.endpoint, self.large = endpoint, large

    def surroundings(self, home: Path, token: str | None = ALICE, **more: str) -> dict[str, str]:
        """The environment of a client: this Hub, a cache of its own in `home`, this token, nothing of the machine's.

        Xet is off, so that large files travel as LFS has it.
        """
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HUGGING", "GANZOO_"))}
        known = {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "OMP_NUM_THREADS": "1",
        }
        return clean | known | ({"HF_TOKEN": token} if token else {}) | more

    def fault(self, kind: str, where: str, value: Any = None, times: int | None = None) -> None:
        """From now on, requests that `where` is found in go wrong; see faults.py."""
        self.control(fault={"kind": kind, "where": where, "value": value, "times": times})

    def repository(self, name: str, files: Mapping[str, bytes], **facts: bool) -> str:
        """A repository with these files, whatever their names; private=True, gated=True. Returns the commit."""
        texts = {path: base64.b64encode(content).decode() for path, content in files.items()}
        head: str = self.control(repository={"name": name, "files": texts, **facts})["heads"][name]
        return head

    def control(self, **asked: Any) -> dict[str, Any]:
        """Ask the control for something, and return all that it knows."""
        request = Request(f"{self.endpoint}/control", json.dumps(asked).encode(), method="POST")
        with build_opener(ProxyHandler({})).open(request, timeout=10) as response:
            known: dict[str, Any] = json.load(response)
        return known

    @property
    def seen(self) -> list[str]:
        """The requests until now, as `GET hub/api/models/alice/gan`."""
        known: list[str] = self.control()["seen"]
        return known


@contextmanager
def serving() -> Iterator[Server]:
    """A Hub in a process of its own, as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.hub.server"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Server(**json.loads(process.stdout.readline()))
    finally:
        process.communicate("", timeout=10)
