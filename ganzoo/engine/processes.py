"""Several processes that play one game: who they are, and the one exchange that a turn needs.

They are started by torchrun (or `--processes`), which says in the environment who is who. Process 0 leads: it alone
writes files, prints and observes. Networks are wrapped by nothing.
"""

from __future__ import annotations

import atexit
import os
import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn import functional as F

from ganzoo.errors import GanzooError, Gone

if TYPE_CHECKING:
    from torch.distributed.distributed_c10d import Store

__all__ = ["Processes", "expected", "first_to_say", "join", "leave", "local", "meet"]

_PATIENCE = timedelta(minutes=30)  # process 0 may decode a million images while the others wait
_WORDS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}  # by bytes of an element
_CHUNK = 1 << 20
_BACKENDS = {"cuda": "nccl", "xpu": "xccl"}
_HEAD_START = 0.5  # seconds that the leader has to be the first to say something

_met: Store | None = None  # what the processes of this start share


def expected() -> int:
    """How many processes torchrun has started; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def local() -> tuple[int, int]:
    """Which number among the processes of one machine has this one, and how many they are; (0, 1) without torchrun."""
    return int(os.environ.get("LOCAL_RANK", "0")), int(os.environ.get("LOCAL_WORLD_SIZE", "1"))


def join() -> Processes:
    """Meet the other processes of this run, over gloo and what this machine's devices have; alone without torchrun."""
    if expected() == 1:
        return Processes()
    if not dist.is_initialized():
        from torch.distributed.distributed_c10d import PrefixStore
        from torch.distributed.rendezvous import rendezvous

        kinds = {"cuda": torch.cuda, "xpu": torch.xpu}
        backends = ",".join(
            ["cpu:gloo", *(f"{kind}:{_BACKENDS[kind]}" for kind in kinds if kinds[kind].is_available())]
        )
        store, rank, count = next(rendezvous("env://", timeout=_PATIENCE))
        global _met
        _met = own = PrefixStore(meet(store, rank, count), store)
        dist.init_process_group(backends, store=own, rank=rank, world_size=count, timeout=_PATIENCE)
        atexit.register(leave)
    return Processes(dist.get_rank(), dist.get_world_size())


def first_to_say(text: str) -> bool:
    """Whether this process is to say what others may have to say too: one of the run, the leader if it can.

    Before they have met, one on each machine.
    """
    rank, on_machine = int(os.environ.get("RANK", "0")), local()[0]
    if _met is None:
        return on_machine == 0
    if rank > 0:
        time.sleep(_HEAD_START)
    try:
        return bool(_met.add(f"said/{text!a}", 1) == 1)
    except RuntimeError:  # the process that keeps the store has ended
        return True


def meet(store: Store, rank: int, count: int) -> str:
    """A word that all `count` processes of this start share and no earlier start has had.

    torchrun keeps one store for all its restarts, where the addresses of processes that have ended lie about. So each
    process asks under a name that it has just drawn, and the leader answers all names until every rank has heard.
    Raises Gone after half an hour.
    """
    own = uuid.uuid4().hex
    deadline = time.monotonic() + _PATIENCE.total_seconds()
    if rank > 0:
        store.set(f"name/{rank}", own)
        store.wait([f"answer/{own}"], _PATIENCE)
        word: str = store.get(f"answer/{own}").decode()
        store.set(f"heard/{word}/{rank}", "")
        return word
    missing = set(range(1, count))
    while missing := {other for other in missing if not store.check([f"heard/{own}/{other}"])}:
        for other in missing:
            if store.check([f"name/{other}"]):
                store.set(f"answer/{store.get(f'name/{other}').decode()}", own)
        if time.monotonic() > deadline:
            raise Gone(f"the processes {sorted(missing)} of this run did not start within {_PATIENCE}")
        time.sleep(0.01)
    return own


def leave() -> None:
    """Take leave of the others, if there are any."""
    if dist.is_available() and dist.is_initialized():
        dist.destroy_process_group()


class Processes:
    """One process, `rank`, among the `count` of the run.

    Every method is called by all of them, in the same order. Raises Gone where another one has ended.
    """

    def __init__(self, rank: int = 0, count: int = 1) -> None:
        self.rank, self.count = rank, count

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes, prints and observes."""
        return self.rank == 0

    @contextmanager
    def leader_first(self) -> Iterator[None]:
        """Inside, the leader goes first and the others after it, so that what can be made once is made once."""
        if not self.leads:
            self.wait()
        yield
        if self.leads:
            self.wait()

    def wait(self) -> None:
        """Until all are here."""
        if self.count > 1:
            with _noticed():
                dist.all_reduce(torch.zeros(1))

    def sum_in_order(self, rows: Tensor, dealt: Sequence[int]) -> Tensor:
        """The sum of all processes' rows, (n, L) here, as if added one after another in one place: (L,) everywhere.

        dealt: how many rows each process has. An all-reduce whose bits do not depend on how many processes share
        the rows, and of the same volume: to each process its part of all rows, which it adds, and the sums to all.
        """
        if self.count == 1:
            return _added(rows)
        length = rows.shape[1]
        part = -(-length // self.count)
        sent = F.pad(rows, (0, part * self.count - length)).view(len(rows), self.count, part).transpose(0, 1)
        received = rows.new_empty(sum(dealt), part)
        summed = rows.new_empty(part * self.count)
        with _noticed():
            dist.all_to_all_single(received, sent.flatten(0, 1), list(dealt), [len(rows)] * self.count)
            dist.all_gather_into_tensor(summed, _added(received))
        return summed[:length]

    def from_leader(self, tensors: Sequence[Tensor]) -> None:
        """Write the leader's values into everybody's tensors."""
        if self.count > 1:
            with _noticed():
                for tensor in tensors:
                    there = tensor.contiguous()
                    dist.broadcast(there, 0)
                    tensor.copy_(there)

    def text_from_leader(self, text: str) -> str:
        """The leader's text."""
        if self.count == 1:
            return text
        letters = torch.tensor(list(text.encode()), dtype=torch.int64)
        length = torch.tensor([len(letters)])
        self.from_leader([length])
        letters = letters if self.leads else letters.new_zeros(int(length.item()))
        self.from_leader([letters])
        return bytes(letters.tolist()).decode()

    def differing(self, tensors: Mapping[str, Tensor]) -> list[str]:
        """The names whose tensors have not the same bits in all processes, by a sum over each one's bytes."""
        if self.count == 1:
            return []
        with torch.no_grad():
            sums = torch.stack([_fingerprint(tensor) for tensor in tensors.values()]).cpu()
        low, high = sums.clone(), sums
        with _noticed():
            dist.all_reduce(low, dist.ReduceOp.MIN)
            dist.all_reduce(high, dist.ReduceOp.MAX)
        return [name for name, differs in zip(tensors, (low != high).tolist(), strict=True) if differs]

    def agree(self, what: str, text: str) -> None:
        """Raises GanzooError, in all processes, if `text` is not the same in all of them."""
        letters = torch.tensor(list(text.encode()), dtype=torch.uint8)
        if self.differing({what: letters}):
            raise GanzooError(f"the processes do not agree on {what}; process {self.rank} has {text}")


def _added(rows: Tensor) -> Tensor:
    total = rows[0].clone()
    for row in rows[1:]:
        total += row
    return total


def _fingerprint(tensor: Tensor) -> Tensor:
    """A 0-d int64 that changes with any one bit of the tensor: its words, each weighed by its place."""
    words = tensor.detach().contiguous().view(-1).view(_WORDS[tensor.element_size()])
    total = torch.zeros((), dtype=torch.int64, device=words.device)
    for start in range(0, len(words), _CHUNK):
        chunk = words[start : start + _CHUNK].to(torch.int64)
        places = torch.arange(start, start + len(chunk), device=words.device)
        total += (chunk * (2 * places + 1)).sum()
    return total


@contextmanager
def _noticed() -> Iterator[None]:
    """Inside, a broken connection is another process that has ended; it says why itself, and is to be seen first."""
    try:
        yield
    except RuntimeError as error:  # of torch.distributed, which raises it bare for gloo
        time.sleep(1)
        raise Gone(f"another process of this run has ended: {_in_short(error)}") from None


def _in_short(error: RuntimeError) -> str:
    """The first sentence of torch's first line, without the place in its sources."""
    line = str(error).splitlines()[0]
    return re.sub(r"^\[\S+:\d+\] ", "", line).split(". ")[0]
