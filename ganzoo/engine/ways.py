"""Ways to play a turn without its Python: as one CUDA graph, or of operators that torch's compiler has fused."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from torch.fx import GraphModule, Node

__all__ = ["SIMPLER", "Record", "Way", "compiled", "cuda_graph"]

Record: TypeAlias = Callable[[Callable[[], None]], Callable[[], None]]  # a function -> the same, without its Python

aten = torch.ops.aten

_NO_COMPILER = "there is no C++ compiler; install g++ or clang++, or name yours with CXX=..."
_WARM_UPS = 3  # plays before a graph is captured, in which libraries make their workspaces


@dataclass(frozen=True)
class Way:
    """A way to play turns from recordings: what a turn is then, in words, and what makes it so.

    exact: whether its arithmetic is the plain turn's, so that it moves every tensor to the same place.
    """

    name: str
    record: Record
    exact: bool = True


def compiled(play: Callable[[], None]) -> Callable[[], None]:
    """What `play` computes on the same draws, rounded otherwise, by operators that torch's compiler has fused.

    It reads and writes the tensors that `play` reads and writes, where they are now; `play` is called once for it.
    Raises RuntimeError where that cannot be, for want of a C++ compiler first of all.
    """
    from torch._inductor import compile as fused
    from torch.fx.experimental.proxy_tensor import make_fx

    def traced(nothing: Tensor) -> list[Tensor]:
        play()
        return []

    logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)  # it warns of a CUDA that is not there
    try:
        module, tensors = _with_arguments(make_fx(traced, SIMPLER)(torch.zeros(())))  # it wants an argument
        with torch.no_grad():
            host = all(tensor.device.type == "cpu" for tensor in tensors)  # what calls the operators is compiled too
            run = fused(module, [*tensors], options={"fallback_random": True, "cpp_wrapper": host})  # torch's own draws
            run(*tensors)
    except Exception as error:  # of whatever type: to play on without it is always right
        text = str(error).strip() or type(error).__name__
        raise RuntimeError(_NO_COMPILER if "No working C++ compiler" in text else text) from None

    def again() -> None:
        with torch.no_grad():
            run(*tensors)

    return again


def _with_arguments(traced: GraphModule) -> tuple[GraphModule, list[Tensor]]:
    """The same graph with arguments in place of the tensors that it holds, and these.

    There is one for each memory, since what is written to a tensor has to be seen in all its views.
    """
    from torch.fx import GraphModule

    graph, held = traced.graph, {}
    nothing, *nodes = (node for node in graph.nodes if node.op in ("placeholder", "get_attr"))
    for node in nodes:
        held[node] = getattr(traced, node.target).detach()
    largest: dict[int, Tensor] = {}
    for tensor in sorted(held.values(), key=Tensor.numel):
        largest[tensor.untyped_storage().data_ptr()] = tensor
    arguments: dict[int, Node] = {}
    for node, tensor in held.items():
        place = tensor.untyped_storage().data_ptr()
        whole = largest[place]
        if place not in arguments:
            with graph.inserting_before(nothing):
                arguments[place] = graph.placeholder(f"held_{len(arguments)}")
        view = (list(tensor.shape), list(tensor.stride()), tensor.storage_offset())
        found = arguments[place]
        if view != (list(whole.shape), list(whole.stride()), whole.storage_offset()):
            with graph.inserting_before(node):
                found = graph.call_function(aten.as_strided.default, (found, *view))
        node.replace_all_uses_with(found)
        graph.erase_node(node)
    graph.erase_node(nothing)
    return GraphModule(nn.Module(), graph), [largest[place] for place in arguments]


def _adam(
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    means: Sequence[Tensor],
    squares: Sequence[Tensor],
    largest_squares: Sequence[Tensor],
    steps: Sequence[Tensor],
    *,
    lr: float,
    beta1: float,
    beta2: float,
    weight_decay: float,
    eps: float,
    found_inf: Tensor,
    decoupled: bool = False,
    **off: Any,
) -> None:
    """What torch's fused Adam computes (Kingma and Ba 2015, algorithm 1), or AdamW where decay is decoupled.

    The numbers that a step shares are written as exponentials, last of all: what comes of `exp` the compiler keeps,
    anything else it computes again for every element.
    """
    still = found_inf.exp() > 1
    for parameter, gradient, mean, square, step in zip(parameters, gradients, means, squares, steps, strict=True):
        first, second = (
            (1 - (step.double() * math.log(beta)).exp()).log() if beta else torch.zeros_like(step, dtype=torch.double)
            for beta in (beta1, beta2)
        )
        rate, scale = (-first).exp().to(step.dtype) * -lr, (second * -0.5).exp().to(step.dtype)
        shrunk = parameter * (1 - lr * weight_decay) if decoupled else parameter
        slope = gradient if decoupled or not weight_decay else gradient + weight_decay * parameter
        new_mean = mean + (1 - beta1) * (slope - mean)
        new_square = square + (1 - beta2) * (slope * slope - square)
        moved = shrunk + rate * new_mean / (new_square.sqrt() * scale + eps)
        for tensor, new in ((mean, new_mean), (square, new_square), (parameter, moved)):
            tensor.copy_(torch.where(still, tensor, new))


def _norms(tensors: Sequence[Tensor], order: float = 2, dtype: torch.dtype | None = None) -> list[Tensor]:
    return [torch.linalg.vector_norm(tensor, order, dtype=dtype) for tensor in tensors]


def _follow(these: Sequence[Tensor], those: Sequence[Tensor], weights: Sequence[Tensor | float]) -> None:
    for one, other, weight in zip(these, those, weights, strict=True):
        one.copy_(one + weight * (other - one))


# What is one kernel otherwise, in simpler operators, which the compiler fuses with what is around them.
SIMPLER: dict[Any, Callable[..., Any]] = {
    aten._fused_adam_.default: _adam,
    aten._fused_adamw_.default: partial(_adam, decoupled=True),
    aten._foreach_norm.Scalar: _norms,
    aten._foreach_lerp_.List: _follow,
    aten._foreach_lerp_.ScalarList: _follow,
}


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
