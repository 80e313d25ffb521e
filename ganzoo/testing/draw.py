"""Checks that draw: of which shape samples are, whether a seed decides on them, and what a saved generator makes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.contract import Space
from ganzoo.engine.generator import Generator
from ganzoo.engine.model import write_model
from ganzoo.engine.parts import parameter_count
from ganzoo.hub.load import read
from ganzoo.testing.case import Case, made_up
from ganzoo.testing.report import Failed

__all__ = ["builds", "deterministic", "saved_and_loaded"]


def builds(case: Case) -> str:
    """4 Networks are built for several spaces, and what is generated has exactly the space's shape, in range."""
    if len(case.spaces) < 2 and case.spaces[0].kind != "game":
        raise Failed(f"networks were built for {case.spaces[0]} alone; refused: {'; '.join(case.refused)}")
    for space in case.spaces:
        if space.kind == "game":
            continue
        made = _drawn(_generator(case, space), 3)
        if tuple(made.shape) != (3, *space.shape):
            raise Failed(f"for {space} samples have the shape {tuple(made.shape)[1:]}")
        if space.range and not (made.min() >= space.range[0] and made.max() <= space.range[1]):
            raise Failed(f"for {space} samples lie in [{made.min():.2f}, {made.max():.2f}], expected {space.range}")
    return ", ".join(map(str, case.spaces)) + (f"; refused {', '.join(case.refused)}" if case.refused else "")


def saved_and_loaded(case: Case) -> str:
    """11 The generator goes into safetensors and out, tied weights too, and draws the same samples."""
    generator = _generator(case)
    with tempfile.TemporaryDirectory() as folder:
        plugin = {**case.entry.identity, "revision": case.architecture.revision}
        write_model(Path(folder), generator, plugin, {})
        loaded = read(Path(folder), named=case.entry.word)
    if not torch.equal(_drawn(generator), _drawn(loaded)):
        raise Failed("the loaded generator draws other samples: something it needs is not in its state")
    return f"{parameter_count(generator):,} numbers"


def deterministic(case: Case) -> str:
    """12 Generation in eval mode is deterministic."""
    generator = _generator(case)
    if not torch.equal(_drawn(generator, seed=1), _drawn(generator, seed=1)):
        raise Failed("the same seed gives other samples the second time")
    takes = [*["z"] * generator.takes_noise, *["the source"] * (generator.space.source is not None)]
    for taken in takes or ["z"]:
        if torch.equal(_drawn(generator, seed=1), _drawn(generator, seed=2, first=4 * (taken == "the source"))):
            raise Failed(f"another seed gives the same samples: {taken} is not used")
    return ""


def _generator(case: Case, space: Space | None = None) -> Generator:
    space = space or case.spaces[0]
    modules = case.networks(space)
    nets = {name: modules[name] for name in case.architecture.generator}
    return Generator(case.name, case.architecture, case.config, space, nets).eval().requires_grad_(False)


def _drawn(generator: Generator, n: int = 4, seed: int = 0, first: int = 0) -> Tensor:
    """N samples of a generator; of a translation, what it makes of n made-up sources from the `first` on."""
    if generator.space.source is None:
        return generator.sample(n, seed=seed).tensor
    sources = made_up(generator.space).source(torch.arange(first, first + n))
    return generator.translate(sources, seed=seed).tensor
