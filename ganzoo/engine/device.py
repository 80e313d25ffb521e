"""Devices by what is usable, not by what is listed; the number of threads by measuring; draws by counting."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from ganzoo import memory
from ganzoo.engine.processes import local
from ganzoo.errors import UsageError

__all__ = [
    "Device",
    "choose",
    "devices",
    "drawing",
    "fastest_thread_count",
    "most_memory",
    "precision",
    "seed_generators",
]


@dataclass(frozen=True)
class Device:
    """One device: its torch name, whether a tensor could be put on it, why not, and its free and total bytes.

    precisions: what it computes in by itself, slower emulation left out. As a string, all that in one line.
    """

    name: str
    title: str
    usable: bool
    why: str
    free: int | None
    total: int | None
    precisions: tuple[str, ...] = ("fp32",)

    def __str__(self) -> str:
        parts = [f"{self.name:<8}", self.title]
        if self.free is not None and self.total is not None:
            parts.append(f"{self.free / 2**30:.1f} of {self.total / 2**30:.1f} GiB free")
        parts.append(f"usable in {' and '.join(self.precisions)}" if self.usable else f"not usable: {self.why}")
        return "  ".join(parts)


def devices() -> list[Device]:
    """Every device of this machine, the CPU last; each was tried by putting a tensor on it."""
    found = []
    if torch.accelerator.is_available() and (current := torch.accelerator.current_accelerator()):
        backend = torch.get_device_module(current)
        for index in range(torch.accelerator.device_count()):
            name = "mps" if current.type == "mps" else f"{current.type}:{index}"
            title = backend.get_device_name(index) if hasattr(backend, "get_device_name") else "Apple GPU"
            found.append(_try(name, title))
    native = any(getattr(torch.cpu, name, bool)() for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    cores, free, total = f"{os.cpu_count()} cores", memory.available(), memory.total()
    return [*found, Device("cpu", cores, True, "", free, total, _precisions(native))]


def _precisions(bf16: bool) -> tuple[str, ...]:
    return ("fp32", "bf16") if bf16 else ("fp32",)


def _try(name: str, title: str) -> Device:
    backend = torch.get_device_module(name)
    try:
        torch.ones(2, device=name).sum().item()
        free = total = None
        if hasattr(backend, "mem_get_info"):
            free, total = backend.mem_get_info(name)
        elif hasattr(backend, "recommended_max_memory"):  # of Apple's
            total = backend.recommended_max_memory()
            free = total - backend.driver_allocated_memory()
    except RuntimeError as error:
        return Device(name, title, False, str(error).splitlines()[0], None, None, ())
    native = backend.is_bf16_supported() if hasattr(backend, "is_bf16_supported") else False
    return Device(name, title, True, "", free, total, _precisions(native))


def choose(asked: str) -> torch.device:
    """The device asked for, or for `auto` the usable one with the most free memory, else the CPU.

    Each of several processes on one machine has an accelerator of its own. Raises UsageError that says what was asked
    for and what is there.
    """
    if asked == "cpu":
        return torch.device("cpu")
    present = devices()
    usable = [device for device in present if device.usable]
    number, together = local()
    if together > 1 and ":" not in asked:
        mine = [device for device in usable[:-1] if asked in ("auto", device.name.split(":")[0])]
        if len(mine) < together and (mine or asked != "auto"):
            instead = f"type --device cpu, or start {len(mine)}" if mine else "type --device cpu"
            raise UsageError(
                f"{together} processes on this machine and {len(mine)} usable devices for --device {asked}; {instead}"
            )
        return torch.device(mine[number].name if mine else "cpu")
    if asked == "auto":
        best = max(usable[:-1] or usable, key=lambda device: device.free or 0)
        return torch.device(best.name)
    for device in present:
        if asked == device.name or (":" not in asked and device.name.split(":")[0] == asked):
            if device.usable:
                return torch.device(device.name)
            raise UsageError(f"device {asked!r} is here but cannot be used: {device.why}")
    names = ", ".join(device.name for device in usable)
    raise UsageError(f"device {asked!r} is not on this machine, which has {names}; type --device {usable[0].name}")


def most_memory(device: torch.device) -> int | None:
    """The most bytes that this process has had at once: of an accelerator, what torch reserved there; on the CPU,
    all of the process, torch itself included. None where the system does not tell.
    """
    if device.type != "cpu":
        backend = torch.get_device_module(device)
        if hasattr(backend, "max_memory_reserved"):
            return int(backend.max_memory_reserved(device))
        return int(backend.driver_allocated_memory()) if hasattr(backend, "driver_allocated_memory") else None
    if (known := Path("/proc/self/status")).exists():
        return memory.kilobytes(known)["VmHWM"]  # `getrusage` counts what started this process too
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def precision(asked: Literal["auto", "fp32", "bf16"], device: torch.device) -> Literal["fp32", "bf16"]:
    """`fp32` or `bf16`: as asked, or for `auto` bf16 autocast where the GPU computes in it, fp32 elsewhere."""
    if asked != "auto":
        return asked
    return "bf16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "fp32"


def fastest_thread_count(play: Callable[[], None], budget: float = 1.5) -> int:
    """The number of CPU threads at which `play` runs fastest, by trying 1, 2, 4, ... and all cores, or this
    process's share of them.

    More threads must win by a tenth to be chosen, since they lose most on a busy machine. `budget` is the
    time in seconds that all trials together may take, one run of each excepted.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cores = max(1, cores // local()[1])
    counts = sorted({count for count in (1, 2, 4, 8, 16, cores) if count <= cores})
    best, least = 1, float("inf")
    for count in counts:
        torch.set_num_threads(count)
        play()  # warm up
        times: list[float] = []
        while len(times) < 3 or (sum(times) < budget / len(counts) and len(times) < 20):
            start = time.perf_counter()
            play()
            times.append(time.perf_counter() - start)
            if sum(times) > budget / len(counts):
                break
        if statistics.median(times) < 0.9 * least:
            best, least = count, statistics.median(times)
    return best


def seed_generators(device: torch.device, seed: int) -> None:
    """Seed torch's default generators of the CPU and of the device in use (1 us; `torch.manual_seed` takes 128)."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.default_generators[device.index or 0].manual_seed(seed)
    elif device.type == "xpu":
        torch.xpu.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


@contextmanager
def drawing(device: torch.device, seed: int) -> Iterator[None]:
    """Inside, torch's default generators are seeded with `seed`; afterwards they are where they were."""
    host = torch.default_generator.get_state()
    backend = {"cuda": torch.cuda, "xpu": torch.xpu, "mps": torch.mps}.get(device.type)
    place = () if device.type == "mps" else (device,)
    state = backend.get_rng_state(*place) if backend else None
    seed_generators(device, seed)
    try:
        yield
    finally:
        torch.default_generator.set_state(host)
        if backend and state is not None:
            backend.set_rng_state(state, *place)
