"""`ganzoo train`: play a GAN's game on some data, in a new run folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from ganzoo import __version__
from ganzoo.commands.config import print_listing
from ganzoo.commands.launch import in_processes, processes_option
from ganzoo.commands.names import command_names
from ganzoo.commands.with_settings import CommandWithSettings
from ganzoo.plurals import duration, many

if TYPE_CHECKING:
    from ganzoo.settings import Resolved

__all__ = ["train"]


@click.command(
    cls=CommandWithSettings,
    epilog="""\b
Examples:
  ganzoo train vanilla-mlp
  ganzoo train dcgan --data ./my-images --size 64 --epochs 20 -o width=128
  ganzoo train dcgan --data cifar10 --batch 512 --processes 4
  ganzoo train --config runs/vanilla-mlp-digits-001/config.toml --seed 1
""",
)
@processes_option
@click.option("--dry-run", is_flag=True, help="print the plan, sizes and memory, and play nothing")
@click.option("-q", "--quiet", is_flag=True, help="print the run's folder only")
@click.pass_context
def train(context: click.Context, /, processes: int | None, dry_run: bool, quiet: bool, **typed: Any) -> None:
    """Train a GAN.

    NAME is one of `ganzoo list`, or a plugin's file such as ./my_gan.py. Without --data it plays on data that come
    with ganzoo.
    """
    from ganzoo import catalogue
    from ganzoo.commands.setting_flags import resolved

    asked = resolved(typed)
    if (code := in_processes(processes)) is not None:
        context.exit(code)
    if not quiet and os.environ.get("RANK", "0") == "0":
        gan = catalogue.typed(asked.settings.gan)
        paper = f" ({gan.outline.citation})" if gan.outline.citation else ""
        release = __version__.removesuffix(".0")
        click.echo(f"ganzoo {release} · {gan.name}{paper} · seed {asked.settings.seed}")
    if dry_run:
        _print_plan(asked)
        return
    from ganzoo.engine.runs import start
    from ganzoo.watch.terminal import Terminal

    start(asked, Terminal(quiet, commands=command_names(context)))


def _print_plan(asked: Resolved) -> None:
    """The resolved configuration, the networks' sizes, memory and time as a trial took them; nothing is written."""
    from ganzoo.engine.device import devices, most_memory
    from ganzoo.engine.parts import parameter_count
    from ganzoo.engine.setup import prepare

    free = {device.name: device.free for device in devices()}
    setup = prepare(asked)
    if not setup.processes.leads:
        return
    print_listing(setup.resolved)
    most, of = most_memory(setup.device), free.get(str(setup.device))
    sizes = (f"{name} {parameter_count(net):,}" for name, net in setup.game.state.modules.items())
    data = (
        f"{many(len(setup.dataset), 'sample')}, {setup.space}" if setup.dataset else "none: a game of the players alone"
    )
    click.echo(f"\ndata        {data}")
    click.echo(f"parameters  {' · '.join(sizes)}")
    each = f" in each of {setup.processes.count} processes" if setup.processes.count > 1 else ""
    memory = [f"about {most / 2**20:,.0f} MiB on {setup.device}{each}, the most that a trial took"] if most else []
    memory += [f"{of / 2**20:,.0f} were free"] if of else []
    click.echo(f"memory      {'; '.join(memory) or 'not known'}")
    click.echo(f"time        about {duration(setup.seconds * setup.game.steps)} for {many(setup.game.steps, 'step')}")
    for note in setup.notes:
        click.echo(note)
