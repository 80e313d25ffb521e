"""Ways to play a turn without its Python: as one CUDA graph, or of operators that torch's compiler has fused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torch.fx import GraphModule

__all__ = ["Compile", "Record", "Way", "compiled", "cuda_graph"]

Record: TypeAlias = Callable[[Callable[[], None]], Callable[[], None]]  # a function -> the same, without Python
Compile: TypeAlias = Callable[[Callable[[], list[Tensor]]], Callable[[], list[Tensor]]]  # -> the same, faster

_WARM_UPS = 3  # plays before a graph is captured, in which libraries make their workspaces


@dataclass(frozen=True)
class Way:
    """A way to play turns from recordings: what a turn is then, in words, and what makes it so.

    compile: its objective and gradients. record: the whole turn. None leaves them as they are.
    """

    name: str
    compile: Compile | None = None
    record: Record | None = None


def compiled(compute: Callable[[], list[Tensor]]) -> Callable[[], list[Tensor]]:
    """What `compute` returns, on the same draws and rounded otherwise; it is called once for it.

    It reads and writes the tensors that `compute` reads and writes, where they are now. Raises RuntimeError where that
    cannot be, for want of a C++ compiler first of all.
    """
    from torch._inductor import compile as fused
    from torch.fx.experimental.proxy_tensor import make_fx

    logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)  # it warns of a CUDA that is not there
    try:
        traced = make_fx(lambda nothing: compute())(torch.zeros(()))  # it wants an argument
        tensors = _with_arguments(traced)
        with torch.no_grad():
            run = fused(traced, [*tensors], options={"fallback_random": True})  # draws as torch's own
            run(*tensors)
    except Exception as error:  # of whatever type: to play on without it is always right
        raise RuntimeError(str(error).strip() or type(error).__name__) from None

    def again() -> list[Tensor]:
        with torch.no_grad():
            return list(run(*tensors))

    return again


def _with_arguments(traced: GraphModule) -> list[Tensor]:
    """Make arguments of the tensors that a graph holds, in place of its own one, and return them."""
    graph = traced.graph
    nothing = next(iter(graph.nodes))
    arguments: dict[str, Any] = {}
    for node in [node for node in graph.nodes if node.op == "get_attr"]:
        if node.target not in arguments:
            with graph.inserting_before(nothing):
                arguments[node.target] = graph.placeholder(f"held_{len(arguments)}")
        node.replace_all_uses_with(arguments[node.target])
        graph.erase_node(node)
    graph.erase_node(nothing)
    traced.recompile()
    return [getattr(traced, name).detach() for name in arguments]


def cuda_graph(play: Callable[[], None], device: torch.device) -> Callable[[], None]:
    """What `play` launches on a CUDA device, as one graph; `play` is called several times for it.

    Draws follow the device's default generator as it is at every replay. Raises RuntimeError where it cannot be.
    """
    with torch.cuda.device(device):
        here, aside = torch.cuda.current_stream(), torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            for _ in range(_WARM_UPS):
                play()
        here.wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(
            graph, stream=aside, capture_error_mode="thread_local"
        ):  # other threads may be reading data
            play()
    return graph.replay
