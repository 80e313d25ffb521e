"""What one of several processes finds; test_processes.py starts them by torchrun and reads what process 0 wrote.

All GANs, tiny and in double precision: how far the gradients of the group are from those of one
process with the whole batch, and the bits that several steps leave.
"""

import hashlib
import importlib
import json
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

import torch
from torch import nn

import ganzoo
from ganzoo import catalogue
from ganzoo.contract import Space
from ganzoo.engine.game import Game
from ganzoo.engine.modes import eval_mode
from ganzoo.engine.processes import Processes, join
from ganzoo.engine.shards import Shards
from ganzoo.engine.splitting import same_draws
from ganzoo.engine.state import State
from ganzoo.nn import whole_batch_norm
from ganzoo.testing.case import CPU, Case, made_up

SMALL = {"width": 4, "units": 8, "latent_dim": 4, "noise": 4, "style_dim": 4}
EVEN, UNEVEN = 24, 23
FAMILIES = ("images", "labels", "games")
LARGER = ("tables", "translation", "audio", "text")  # of two processes only, for time's sake


def bundled(family):
    """The names of a family's GANs, one file each."""
    home = Path(importlib.import_module(f"ganzoo_plugins.{family}").__file__).parent
    return {path.stem.replace("_", "-") for path in home.glob("*.py")} & set(catalogue.names())


@cache
def small(name):
    """The GAN's case with small options; making one builds its networks for every space, to see which it takes."""
    case = Case(name)
    known = [option for option in case.architecture.config.options() if option.name in SMALL and option.type is int]
    options = {option.name: max(SMALL[option.name], int(option.range.least)) for option in known}
    if name == "gain":
        options["hint"] = 0.0  # equal draws hide all cells or none
    if name == "ctgan":
        options["pack"] = 2
    if name == "pacgan":
        options = {"base_options": ["width=8", "latent_dim=4"]}
    case.config = case.architecture.config.parse(options)
    return case


def tiny(name, shards):
    case = small(name)
    space = case.spaces[0]
    modules = case.networks(space)
    if shards.whole:
        modules = {key: whole_batch_norm(module) for key, module in modules.items()}
    players = list(case.architecture.players(case.config))
    state = State(modules, players, case.architecture.generator, average=True)
    data = None if space.kind == "game" else made_up(space)
    return Game(
        case.architecture, case.config, space, players, state, data,
        device=CPU, seed=0, batch=shards.batch, steps=100, ema=0.9, shards=shards,
    )  # fmt: skip


def worst(mine, whole):
    """The greatest difference of two lists of gradients, by the greatest number in each; None must meet None."""
    found = 0.0
    for a, b in zip(mine, whole, strict=True):
        if (a is None) != (b is None):
            return float("inf")
        if a is not None and b is not None:
            found = max(found, float((a - b).abs().max() / b.abs().max().clamp(min=1e-3)))
    return found


def apart(name, processes, batch, *, whole=False):
    """By player: how far the group's gradients are from those of one pass over all samples."""
    alone = tiny(name, Shards(batch, processes.count))
    group = tiny(name, Shards(batch, processes.count, processes, whole=whole))
    found = {}
    for here, there in zip(alone.seats, group.seats, strict=True):
        start = here.player.start
        everything, mine = alone.batch(here, start, 0), group.batch(there, start, 0)
        for each in (everything, mine):
            for field in each.fields:
                with suppress(ganzoo.GanzooError):  # latents and labels that there are not
                    getattr(each, field)
        with (
            same_draws(),
            eval_mode({} if whole else alone.state.modules),
            eval_mode({} if whole else group.state.modules),
        ):
            move = group.weigh(there, mine, start, 0)
            if not processes.leads:
                continue  # process 0 compares and writes
            _, objective = alone.evaluate(here, everything, start, 0)
            expected = alone.gradients(here, objective)
        found[here.player.name] = worst(move.gradients, expected)
        shift = abs(float(move.objective) - float(objective)) / max(abs(float(objective)), 1e-3)
        found[here.player.name] = max(found[here.player.name], shift)
    return found


class Half(nn.Module):
    """A frozen weight, one that no objective reaches, and one that is moved."""

    def __init__(self):
        super().__init__()
        self.moved, self.frozen, self.unused = nn.Linear(4, 1), nn.Linear(4, 4), nn.Linear(4, 1)
        self.frozen.requires_grad_(False)

    def forward(self, x):
        return self.moved(self.frozen(x))


def half(processes):
    """Which gradients there are of a network with a frozen and an unused part."""
    torch.manual_seed(0)

    def score(nets, batch, config):
        return {"score": nets.D(batch.real).square().mean()}

    players = [ganzoo.minimize(score, over="D", by=ganzoo.Adam())]
    space = Space(kind="vector", shape=(4,), range=None)
    modules = {"D": Half()}
    state = State(modules, players, (), average=False)
    architecture = ganzoo.Architecture(ganzoo.Config, lambda config, space: {}, lambda config: players)
    shards = Shards(5, processes.count, processes)
    game = Game(
        architecture,
        ganzoo.Config(),
        space,
        players,
        state,
        made_up(space),
        device=CPU,
        seed=0,
        batch=5,
        steps=9,
        shards=shards,
    )
    seat = game.seats[0]
    move = game.weigh(seat, game.batch(seat, 0, 0), 0, 0)
    return {name: g is not None for name, g in zip(seat.mover.names, move.gradients, strict=True)}


def bits(game):
    digest = hashlib.sha256()
    for tensor in game.state.tensors().values():
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def played(name, processes, shards):
    """Bits after four steps, and after as many with a stop, a copy and a new game between."""
    whole, first, then = (tiny(name, Shards(13, shards, processes)) for _ in range(3))
    for step in range(4):
        whole.step(step)
    for step in range(2):
        first.step(step)
    for parameter in then.state.tensors().values():
        parameter.zero_()
    then.state.load({key: tensor.clone() for key, tensor in first.state.tensors().items()})
    for step in range(2, 4):
        then.step(step)
    return bits(whole), bits(then), processes.differing(whole.state.tensors())


def main(out):
    torch.set_num_threads(1)
    processes = join() if len(sys.argv) > 1 and sys.argv[-1] != "alone" else Processes()
    found = {"played": {n: played(n, processes, 4) for n in ("dcgan", "wgan-gp", "began", "stylegan2-lite", "infogan")}}
    if processes.count > 1:
        found["own"] = {n: played(n, processes, processes.count) for n in ("dcgan", "wgan-gp")}
        found["half"] = half(processes)
        torch.set_default_dtype(torch.float64)
        torch.Tensor.float = torch.Tensor.double  # as which bytes and labels become numbers
        families = FAMILIES + (LARGER if processes.count == 2 else ())
        names = [name for family in families for name in sorted(bundled(family))]
        found["even"] = {n: apart(n, processes, EVEN) for n in names}
        found["uneven"] = {n: apart(n, processes, UNEVEN) for n in names}
        found["whole"] = {n: apart(n, processes, EVEN, whole=True) for n in names}
    if processes.leads:
        Path(out).write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
