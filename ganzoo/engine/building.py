"""Generators from tensors: compared by name, shape and type without using memory, then filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ganzoo.contract import Architecture, Config, Space
from ganzoo.engine.device import drawing
from ganzoo.engine.generator import Generator
from ganzoo.errors import CheckpointError

__all__ = ["blank", "build", "differences", "filled"]

_FILLS = {"bernoulli_", "exponential_", "normal_", "trunc_normal_", "uniform_"}  # torch's, and those of torch.nn.init


def build(
    name: str,
    architecture: Architecture,
    config: Config,
    space: Space,
    tensors: Mapping[str, Tensor],
    where: str,
) -> Generator:
    """A generator from tensors named `<network>.<name>`, which become its own.

    where: the file that an error names. Raises CheckpointError where names, shapes or values do not fit.
    """
    generator = blank(name, architecture, config, space)
    stored = {key: (value.dtype, tuple(value.shape)) for key, value in tensors.items()}
    if wrong := differences(generator, stored):
        raise CheckpointError(f"{where} does not fit {name}: {wrong}")
    return filled(generator, tensors, where)


def blank(name: str, architecture: Architecture, config: Config, space: Space) -> Generator:
    """A generator whose tensors have names, shapes and types and no memory: it costs nothing, however large it is.

    Networks that cannot be built without memory are built with it, which `filled` then does in any case.
    """
    try:
        with torch.device("meta"), _Unfilled():
            networks = architecture.networks(config, space)
    except (NotImplementedError, RuntimeError):
        with drawing(torch.device("cpu"), 0):
            networks = architecture.networks(config, space)
    return Generator(name, architecture, config, space, {key: networks[key] for key in architecture.generator})


def differences(generator: Generator, stored: Mapping[str, tuple[torch.dtype, tuple[int, ...]]]) -> str:
    """How types and shapes by name differ from the generator's, the first five; empty if they fit.

    A number with a fraction may be stored in any precision, and is loaded in the network's.
    """
    expected = _tensors(generator)
    wrong = [f"{key!r} is missing" for key in sorted(expected.keys() - stored.keys())]
    wrong += [f"{key!r} is not a tensor of it" for key in sorted(stored.keys() - expected.keys())]
    for key in sorted(expected.keys() & stored.keys()):
        dtype, shape = stored[key]
        value = expected[key]
        if tuple(value.shape) != shape:
            wrong.append(f"{key!r} should have the shape {tuple(value.shape)}, not {shape}")
        elif dtype != value.dtype and not (dtype.is_floating_point and value.is_floating_point()):
            wrong.append(f"{key!r} should hold {value.dtype}, not {dtype}")
    return "; ".join(wrong[:5]) + (f"; {len(wrong)} differ in all" if len(wrong) > 5 else "")


def filled(generator: Generator, tensors: Mapping[str, Tensor], where: str) -> Generator:
    """A blank generator with these tensors, which fit, in eval mode and without gradients.

    The tensors become the generator's own. where: the file that an error names. Raises CheckpointError for values
    that are not finite.
    """
    expected = _tensors(generator)
    tensors = {key: value.to(expected[key].dtype) for key, value in tensors.items()}
    bad = [key for key, value in tensors.items() if value.is_floating_point() and not _is_finite(value)]
    if bad:
        raise CheckpointError(f"{where} holds values that are not finite, for example in {bad[0]!r}")
    generator.load_state_dict({f"nets.{key}": value for key, value in tensors.items()}, assign=True)
    if any(value.is_meta for value in _held(generator)):  # not in the file: a constant, which only building makes
        with drawing(torch.device("cpu"), 0):
            networks = generator.architecture.networks(generator.config, generator.space)
        generator.nets = nn.ModuleDict({key: networks[key] for key in generator.architecture.generator})
        generator.load_state_dict({f"nets.{key}": value for key, value in tensors.items()})
    return generator.eval().requires_grad_(False)


def _is_finite(value: Tensor) -> bool:
    """Whether every number is; looks at the least and the greatest alone, which takes no memory."""
    return not value.numel() or bool(torch.isfinite(torch.stack(value.aminmax())).all())


def _tensors(generator: Generator) -> dict[str, Tensor]:
    return {key.removeprefix("nets."): value for key, value in generator.state_dict().items()}


def _held(generator: Generator) -> Iterator[Tensor]:
    """Every tensor that the modules hold: parameters, buffers, and those that are plain attributes."""
    yield from generator.parameters()
    yield from generator.buffers()
    for module in generator.modules():
        yield from (value for value in vars(module).values() if isinstance(value, Tensor))


class _Unfilled(TorchFunctionMode):
    """Inside, tensors are not filled with random numbers: without memory there is nothing to fill.

    Asking for it all the same makes torch import a symbolic algebra system, which takes as long as torch itself.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        tensor = args[0] if args else kwargs.get("tensor")
        if getattr(func, "__name__", "") in _FILLS and isinstance(tensor, Tensor) and tensor.is_meta:
            return tensor
        return func(*args, **kwargs)
