"""What a Hub keeps: repositories with their files, commits, branches and tags; accounts with their tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha1, sha256

from tests.hub.server.answers import Refused

__all__ = ["TOKENS", "Commit", "File", "Repositories", "Repository", "Term"]

# Token: whose it is, and whether it may write.
TOKENS = {
    "hf_aliceMayWriteThis": ("alice", True),
    "hf_aliceMayReadOnly": ("alice", False),
    "hf_bobMayWriteThat": ("bob", True),
}
ATTRIBUTES = b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"


@dataclass(frozen=True)
class File:
    """A file's bytes. large: git holds a pointer to it, and the bytes are in the store for large files."""

    content: bytes
    large: bool

    @cached_property
    def sha256(self) -> str:
        """The address of the bytes among large files."""
        return sha256(self.content).hexdigest()

    @cached_property
    def pointer(self) -> bytes:
        """What git holds in place of a large file."""
        head = "version https://git-lfs.github.com/spec/v1"
        return f"{head}\noid sha256:{self.sha256}\nsize {len(self.content)}\n".encode()

    @cached_property
    def oid(self) -> str:
        """The address that git gives it."""
        held = self.pointer if self.large else self.content
        return sha1(b"blob %d\0" % len(held) + held).hexdigest()

    @property
    def etag(self) -> str:
        """What the client names the bytes in its cache by."""
        return self.sha256 if self.large else self.oid


@dataclass(frozen=True)
class Commit:
    """The files of a repository at one time, by path."""

    oid: str
    files: Mapping[str, File]
    title: str
    message: str
    date: str


@dataclass
class Repository:
    """A repository with its history. gated: its files are for its owner alone, though anyone may see that it exists."""

    id: str
    private: bool = False
    gated: bool = False
    history: list[Commit] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, files: Mapping[str, File], title: str, message: str = "", branch: str = "main") -> Commit:
        """Make these the files of a branch, in a new commit."""
        listing = "".join(f"{path} {files[path].oid}\n" for path in sorted(files))
        oid = sha1(f"{self.id} {len(self.history)} {title}\n{listing}".encode()).hexdigest()
        made = Commit(oid, dict(files), title, message, now())
        self.history.append(made)
        self.branches[branch] = oid
        return made

    def at(self, revision: str) -> Commit:
        """The commit that a branch, a tag, or a hash of 7 to 40 digits names."""
        name = revision.removeprefix("refs/heads/").removeprefix("refs/tags/")
        oid = self.branches.get(name) or self.tags.get(name)
        if not oid and not re.fullmatch("[0-9a-f]{7,40}", revision):
            raise Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        for commit in self.history:
            if commit.oid == oid or (not oid and commit.oid.startswith(revision)):
                return commit
        raise Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")


@dataclass(frozen=True)
class Term:
    """A part of a large file: chunks begin to end of a row of chunks, `size` bytes once they are unpacked."""

    xorb: str
    size: int
    begin: int
    end: int

    @property
    def range(self) -> dict[str, int]:
        """Its chunks as the client reads them."""
        return {"start": self.begin, "end": self.end}


@dataclass
class Repositories:
    """All repositories, and the store for large files, by sha256. page: entries on a page of a listing.

    xorbs, terms: rows of chunks by their hash, what files by another hash are made of. xet: that hash by sha256.
    """

    known: dict[str, Repository] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    parts: dict[tuple[str, int], bytes] = field(default_factory=dict)
    xorbs: dict[str, bytes] = field(default_factory=dict)
    terms: dict[str, list[Term]] = field(default_factory=dict)
    xet: dict[str, str] = field(default_factory=dict)
    page: int = 1000
    part_size: int | None = None  # of uploads in parts, None for uploads in one piece

    def create(self, name: str, **facts: bool) -> Repository:
        """A new repository with the first commit that a Hub makes."""
        made = self.known[name] = Repository(name, **facts)
        made.commit({".gitattributes": File(ATTRIBUTES, large=False)}, "initial commit")
        return made

    def open(self, name: str, user: str | None) -> Repository:
        """A repository for a user, None for anyone. One that is private is missing for others."""
        found = self.known.get(name)
        if found and not (found.private and user != found.id.split("/")[0]):
            return found
        if user is None:
            raise Refused(401, "Invalid username or password.", "RepoNotFound")
        raise Refused(404, "Repository not found", "RepoNotFound")


def now() -> str:
    """The time as a Hub writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
