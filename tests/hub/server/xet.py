"""Large files in chunks, as the client sends them unless it is told not to: a third host, with tokens of its own.

What it asks for: `POST /v1/xorbs/default/HASH`, chunks in a row; `POST /v1/shards`, which chunks make which file;
`GET /v1/reconstructions/FILE`, where the chunks of a file are, to be fetched from the host for large files.
Every file is put together and hashed on arrival, so what was damaged on the way is found.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256

from tests.hub.server.answers import Refused, Request, Response, as_json
from tests.hub.server.repositories import Repositories, Term

__all__ = ["TOKEN", "Xet"]

TOKEN = "xet-tokenForChunks"
END = b"\xff" * 32


class Xet:
    """The chunks' host. large: the URL that their bytes are fetched from."""

    def __init__(self, kept: Repositories, large: str) -> None:
        self.kept, self.large = kept, large

    def answer(self, request: Request) -> Response:
        """What is asked for, or 404, on which the client goes back to what is here."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Refused(401, "this host has tokens of its own")
        *_, kind, name = ["", *request.path.strip("/").split("/")]
        if request.path.startswith("/v1/xorbs/default/"):
            fresh = name not in self.kept.xorbs
            self.kept.xorbs[name] = request.body
            return as_json({"was_inserted": fresh})
        if request.path == "/v1/shards":
            self.keep(request.body)
            return as_json({"result": 1})
        if kind == "reconstructions" and request.path.startswith("/v1/") and name in self.kept.terms:
            return self.rebuild(name, request.headers.get("Range", ""))
        if name == "telemetry":
            return as_json({})
        raise Refused(404, "nothing here")

    def keep(self, shard: bytes) -> None:
        """Put every file of a shard together, and keep it under its sha256."""
        place = 48
        while (first := shard[place : place + 32]) != END:
            flags, count = number(shard, place + 32), number(shard, place + 36)
            terms = []
            for term in range(place + 48, place + 48 * (1 + count), 48):
                size, begin, end = (number(shard, term + offset) for offset in (36, 40, 44))
                terms.append(Term(hexadecimal(shard[term : term + 32]), size, begin, end))
            content = b"".join(
                unpacked(self.kept.xorbs[term.xorb][slice(*chunk)])
                for term in terms
                for chunk in chunks(self.kept.xorbs[term.xorb])[term.begin : term.end]
            )
            digest, file = sha256(content).hexdigest(), hexadecimal(first)
            self.kept.objects[digest], self.kept.xet[digest], self.kept.terms[file] = content, file, terms
            place += 48 * (1 + count * (2 if flags & 1 << 31 else 1) + (1 if flags & 1 << 30 else 0))

    def rebuild(self, file: str, wanted: str) -> Response:
        """Which chunks a file, or a range of its bytes, is made of, and where each is."""
        terms, size = self.kept.terms[file], sum(term.size for term in self.kept.terms[file])
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted)
        first, last = (int(found[1]), min(int(found[2]), size - 1)) if found else (0, size - 1)
        if first > last:
            raise Refused(416, "beyond the file's end")
        start, skipped = 0, 0
        shown, places = [], dict[str, list[object]]()
        for term in terms:
            if start + term.size > first and start <= last:
                skipped = skipped if shown else first - start
                shown.append({"hash": term.xorb, "unpacked_length": term.size, "range": term.range})
                within = chunks(self.kept.xorbs[term.xorb])[term.begin : term.end]
                where = {"start": within[0][0], "end": within[-1][1] - 1}
                url = f"{self.large}/xorbs/{term.xorb}/{term.begin}-{term.end}"  # the client tells parts by it
                places.setdefault(term.xorb, []).append({"range": term.range, "url": url, "url_range": where})
            start += term.size
        return as_json({"offset_into_first_range": skipped, "terms": shown, "fetch_info": places})


def number(content: bytes, place: int, size: int = 4) -> int:
    """A number in a file, its least byte first."""
    return int.from_bytes(content[place : place + size], "little")


def hexadecimal(digest: bytes) -> str:
    """A hash as it is written: four numbers of eight bytes, each with its least byte first."""
    return "".join(digest[place : place + 8][::-1].hex() for place in range(0, 32, 8))


def chunks(xorb: bytes) -> list[tuple[int, int]]:
    """Where each chunk of a row begins and ends, up to the row's own footer."""
    found, place = [], 0
    while place + 8 <= len(xorb) and xorb[place] == 0:
        end = place + 8 + number(xorb, place + 1, 3)
        found.append((place, end))
        place = end
    return found


def unpacked(chunk: bytes) -> bytes:
    """The bytes of a chunk: plain, LZ4, or LZ4 of its numbers' first bytes, second bytes, and so on."""
    scheme, size, content = chunk[4], number(chunk, 5, 3), chunk[8:]
    content = content if scheme == 0 else lz4(content)
    if scheme == 2:
        apart, place = bytearray(size), 0
        for first in range(4):
            count = len(range(first, size, 4))
            apart[first::4] = content[place : place + count]
            place += count
        content = bytes(apart)
    assert len(content) == size, json.dumps({"scheme": scheme, "size": size, "found": len(content)})
    return content


def lz4(frame: bytes) -> bytes:
    """An LZ4 frame unpacked, without looking at its checksums."""
    flags, place, out = frame[4], 7, bytearray()
    place += (8 if flags & 8 else 0) + (4 if flags & 1 else 0)
    while size := number(frame, place):
        plain, size = size >> 31, size & 0x7FFFFFFF
        block = frame[place + 4 : place + 4 + size]
        out = out + block if plain else lz4_block(block, out)
        place += 4 + size + (4 if flags & 16 else 0)
    return bytes(out)


def lz4_block(block: bytes, out: bytearray) -> bytearray:
    """One block behind what came before, which it may repeat."""
    place = 0

    def length(short: int) -> int:
        nonlocal place
        total = short
        while short == 15:
            more = block[place]
            place, total = place + 1, total + more
            if more < 255:
                break
        return total

    while place < len(block):
        token = block[place]
        place += 1
        count = length(token >> 4)
        out += block[place : place + count]
        place += count
        if place >= len(block):
            break
        back = number(block, place, 2)
        place += 2
        for _ in range(length(token & 15) + 4):
            out.append(out[-back])
    return out
