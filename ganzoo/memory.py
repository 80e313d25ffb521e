"""How much memory there is and how much of it is free: of the machine, and of the container that this process is in.

Importable without torch. Linux tells a container's limits by its control groups, in one of two versions:
docs.kernel.org/admin-guide/cgroup-v2.html and /cgroup-v1/memory.html
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["available", "bounded", "kilobytes", "megabytes", "ran_out", "total"]

ROOT = Path("/")


def available(root: Path = ROOT) -> int | None:
    """Bytes that this process may still have; Linux counts what it would give up for it. None if unknown.

    root: of the file system in which Linux tells it.
    """
    free = _machine(root, "MemAvailable", "SC_AVPHYS_PAGES")
    return min([*free, *(max(0, limit - used) for limit, used in _groups(root))], default=None)


def total(root: Path = ROOT) -> int | None:
    """Bytes of the machine's memory, or of its part that the container of this process may use. None if unknown."""
    whole = _machine(root, "MemTotal", "SC_PHYS_PAGES")
    return min([*whole, *(limit for limit, _ in _groups(root))], default=None)


def kilobytes(path: Path) -> dict[str, int]:
    """Bytes by name, of a file in which Linux tells them as `name: 123 kB`."""
    lines = (line.split() for line in path.read_text().splitlines())
    return {words[0].removesuffix(":"): int(words[1]) * 1024 for words in lines if words[2:] == ["kB"]}


def megabytes(number: float) -> str:
    """Bytes as a person reads them: 1,234 MiB."""
    return f"{number / 2**20:,.0f} MiB"


@contextmanager
def bounded() -> Iterator[None]:
    """Inside, taking more memory than is free is an error that `ran_out` knows.

    Otherwise Linux gives what it has not, and ends the process without a word once it is used. Elsewhere than on Linux
    nothing is done.
    """
    free, own = available(), Path("/proc/self/status")
    if sys.platform != "linux" or free is None or not own.exists():
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    most = kilobytes(own)["VmData"] + free + kilobytes(Path("/proc/meminfo"))["SwapFree"]
    lower = [most, *(limit for limit in before if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_DATA, (min(lower), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def ran_out(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is that there was no memory: Python's, or torch's on the CPU."""
    while error is not None:
        if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "allocate memory" in str(error)):
            return True
        error = error.__cause__
    return False


def _machine(root: Path, name: str, pages: str) -> list[int]:
    """Bytes of the machine by Linux' name, else by one of sysconf; none where it has no such name (macOS)."""
    known = root / "proc/meminfo"
    if known.exists():
        return [kilobytes(known)[name]]
    return [os.sysconf(pages) * os.sysconf("SC_PAGE_SIZE")] if pages in os.sysconf_names else []


def _groups(root: Path) -> Iterator[tuple[int, int]]:
    """The limit of each control group that this process is in, and what is used of it without the files' caches."""
    known = root / "proc/self/cgroup"
    for line in known.read_text().splitlines() if known.exists() else ():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            for mount in ("sys/fs/cgroup", "sys/fs/cgroup/unified"):
                yield from _up(root / mount, path, "memory.max", "memory.current", "")
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
            yield from _up(root / "sys/fs/cgroup/memory", path, *names)


def _up(mount: Path, path: str, limit: str, used: str, prefix: str) -> Iterator[tuple[int, int]]:
    """Of the group at a path and of those above it. Inside of a container some of them are not to be seen."""
    group = mount / path.lstrip("/")
    for folder in (group, *group.parents):
        if not folder.is_relative_to(mount):
            return
        try:
            most, now = (folder / limit).read_text().strip(), int((folder / used).read_text())
            stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        except OSError:
            continue
        cached = sum(int(stat.get(f"{prefix}{name}_file", 0)) for name in ("active", "inactive"))
        if most != "max":
            yield int(most), now - cached
