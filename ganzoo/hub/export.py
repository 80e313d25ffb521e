"""A generator as an ONNX graph, for programs without torch: latents, labels, sources and noise in, samples out."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten, tree_flatten_with_path, tree_unflatten  # torch.export's own

from ganzoo import __version__
from ganzoo.counted import counted
from ganzoo.engine.device import drawing
from ganzoo.engine.files import write_whole
from ganzoo.engine.generator import Generator, draw_prior, generate
from ganzoo.errors import UsageError
from ganzoo.hub.draws import Draws

__all__ = ["NEEDED", "Exported", "export_onnx"]

NEEDED = ("onnx", "onnxruntime", "onnxscript")  # the extra `onnx`
_EXPORTS = tuple(map(int, torch.__version__.split(".")[:2])) >= (2, 9)  # else by tracing, as was usual before
_COUNTS = (1, 2, 5)  # of samples that torch and the file are compared on
_TOLERANCE = 1e-4  # largest difference, in units of the largest number that torch gives


@dataclass(frozen=True)
class Exported:
    """A file that was written. inputs: shapes by name, N for any number. difference: the largest to torch's samples."""

    path: Path
    inputs: dict[str, str]
    output: str
    opset: int
    size: int
    compared: int
    difference: float


def export_onnx(generator: Generator, path: Path | str, *, force: bool = False) -> Exported:
    """Write a generator's graph and weights as one ONNX file, after comparing its samples with torch's.

    The inputs are the prior's latents, `z` or one input for each of its parts, `label` and `source` where the GAN
    takes them, and `uniform` or `normal` numbers that it draws while it generates; the output is `samples` (N, *shape)
    in the space's range; the first axis of all is free. The file's metadata say which GAN it is and what its space is.
    Raises UsageError if a package of the extra is missing, if the file exists (unless `force`), and for a generator
    that ONNX cannot hold.
    """
    path = Path(path)
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"writing ONNX needs {', '.join(missing)}; type: pip install 'ganzoo[onnx]'")
    if path.suffix != ".onnx":
        raise UsageError(f"an ONNX file's name ends in .onnx, and {path.name!r} does not")
    if path.exists() and not force:
        raise UsageError(f"{path} exists already; choose another name, or overwrite it with --force")
    if generator.space.kind == "game":
        raise UsageError(f"{generator.name} is a game without samples; there is nothing to export")
    with torch.no_grad():
        graph = _Graph(deepcopy(generator).cpu().eval())  # the caller's stays where it is
        _refuse_noise(graph)
        model = _converted(graph)
    content = _with_facts(model, generator)
    difference, largest = _compare(graph, content)
    if not difference <= _TOLERANCE * largest:
        raise UsageError(
            f"{generator.name} cannot be exported: ONNX's samples differ from torch's by {difference:.2g}, of numbers "
            f"up to {largest:.2g}; {path} was not written"
        )
    write_whole(path, content)
    opset = next(known.version for known in model.opset_import if not known.domain)
    return Exported(
        path, graph.shapes(), _axes((0, *generator.space.shape)), opset, len(content), sum(_COUNTS), difference
    )


class _Graph(nn.Module):
    """A generator as a function of flat inputs, which have names."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator
        found, self.form = tree_flatten_with_path(self._draw(2, 0))
        self.names = ["_".join(map(_word, steps)) for steps, _ in found]

    def _draw(self, n: int, seed: int) -> dict[str, Any]:
        """What the generator takes for n samples, and what it draws besides."""
        architecture, config, space = self.generator.architecture, self.generator.config, self.generator.space
        device, given = torch.device("cpu"), dict[str, Any]()
        with drawing(device, counted(seed, "export")):
            if self.generator.takes_noise:
                given["z"] = draw_prior(architecture, n, config, space, device)
            if space.classes:
                given["label"] = (torch.arange(n) + seed) % len(space.classes)
            if space.source:
                given["source"] = torch.rand(n, *space.source.shape) * 2 - 1
            batch = self.generator.batch(**given)
            draws = Draws()
            with draws:
                generate(architecture, dict(self.generator.nets), batch, config)
        return {name: value for name, value in given.items() if name in batch.touched} | draws.named()

    def inputs(self, n: int, seed: int) -> list[Tensor]:
        """The inputs of n samples, in the order of their names."""
        return tree_flatten(self._draw(n, seed))[0]

    def forward(self, inputs: list[Tensor]) -> Tensor:
        """Samples (N, *shape)."""
        given = tree_unflatten(inputs, self.form)
        taken = {name: given.pop(name) for name in ("z", "label", "source") if name in given}
        with Draws(list(given.values())):
            samples: Tensor = self.generator(**taken)
        return samples

    def shapes(self) -> dict[str, str]:
        """The shapes and types of the inputs, by name."""
        return {name: f"{_axes(x.shape)} {_type(x)}" for name, x in zip(self.names, self.inputs(2, 0), strict=True)}


def _word(step: Any) -> str:
    """The name, key or number of one step into a structured prior."""
    return str(next(getattr(step, kind) for kind in ("name", "key", "idx") if hasattr(step, kind)))


def _axes(shape: Sequence[int]) -> str:
    """`(N, 64)`; the first axis is N, however long."""
    rest = ", ".join(map(str, shape[1:]))
    return f"(N, {rest})" if rest else "(N,)"


def _type(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def _refuse_noise(graph: _Graph) -> None:
    """Raises UsageError if something is drawn that is no input of each sample: ONNX has no counted draws."""
    inputs = graph.inputs(3, 0)
    seen = []
    for seed in (0, 1):
        with drawing(torch.device("cpu"), seed):
            seen.append(graph(inputs))
    if not torch.equal(*seen) or any(x.shape[:1] != (3,) for x in inputs):
        raise UsageError(
            f"{graph.generator.name} draws noise while it generates, and not by torch.rand or torch.randn for each "
            "sample; ONNX could not repeat it"
        )


def _converted(graph: _Graph) -> Any:
    """The graph as ONNX's own message, without a word on the terminal."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the exporters, about themselves
            return _exported(graph) if _EXPORTS else _traced(graph)
    except Exception as error:  # whatever an operator without a counterpart raises
        reason = str(error.__cause__ or error).strip().splitlines() or [type(error).__name__]
        hint = "" if _EXPORTS else "; a newer torch may do it: pip install --upgrade torch"
        raise UsageError(f"{graph.generator.name} cannot be exported to ONNX: {reason[0]}{hint}") from error
    finally:
        log.setLevel(level)


def _exported(graph: _Graph) -> Any:
    inputs = graph.inputs(3, 0)
    program = torch.onnx.export(
        graph,
        (inputs,),
        dynamo=True,
        input_names=graph.names,
        output_names=["samples"],
        dynamic_shapes=([{0: torch.export.Dim("N")} for _ in inputs],),
        external_data=False,
        verbose=False,
    )
    assert program is not None
    from onnx_ir.passes.common import ClearMetadataAndDocStringPass  # comes with onnxscript

    ClearMetadataAndDocStringPass()(program.model)  # every node names files of this machine
    return program.model_proto


def _traced(graph: _Graph) -> Any:
    import onnx

    file, axes = io.BytesIO(), {name: {0: "N"} for name in [*graph.names, "samples"]}
    torch.onnx.export(
        graph,
        (graph.inputs(3, 0),),
        file,  # type: ignore[arg-type]  # it takes files, and says so no longer
        dynamo=False,
        input_names=graph.names,
        output_names=["samples"],
        dynamic_axes=axes,
    )
    return onnx.load_from_string(file.getvalue())


def _with_facts(model: Any, generator: Generator) -> bytes:
    """The file's bytes, with the GAN's name and its space among the metadata."""
    import onnx

    facts = {"gan": generator.name, "space": json.dumps(generator.space.to_dict()), "ganzoo_version": __version__}
    onnx.helper.set_model_props(model, facts)
    try:
        onnx.checker.check_model(model)
        content: bytes = model.SerializeToString()
    except ValueError as error:  # a message holds 2 GB
        raise UsageError(f"{generator.name} is too large for one ONNX file: {error}") from None
    return content


def _compare(graph: _Graph, content: bytes) -> tuple[float, float]:
    """The largest difference between ONNX's samples and torch's, and torch's largest number."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    difference = largest = 0.0
    for n in _COUNTS:
        inputs = graph.inputs(n, n)
        with torch.no_grad():
            ours = graph(inputs)
        given = {name: value.numpy() for name, value in zip(graph.names, inputs, strict=True)}
        try:
            (theirs,) = session.run(["samples"], given)
        except Exception as error:  # onnxruntime's own classes have no common name
            raise UsageError(
                f"{graph.generator.name} cannot be exported for any number of samples: the number is a constant in its "
                "code; in a plugin, write z.shape[0] in place of len(z)"
            ) from error
        difference = max(difference, float((ours - torch.from_numpy(theirs)).abs().max()))
        largest = max(largest, float(ours.abs().max()))
    return difference, largest
