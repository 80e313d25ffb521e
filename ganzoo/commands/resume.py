"""`ganzoo resume`: go on with a run from its newest good checkpoint."""

from __future__ import annotations

import click

from ganzoo.commands.launch import in_processes, processes_option
from ganzoo.commands.names import command_names

__all__ = ["resume"]


@click.command(
    epilog="""\b
Examples:
  ganzoo resume
  ganzoo resume runs/vanilla-mlp-digits-001 --steps 20000
"""
)
@click.argument("run", default="latest", type=click.Path())
@click.option("--steps", type=click.IntRange(1), metavar="N", help="a new end, in steps from the run's start")
@click.option("--minutes", type=click.FloatRange(1e-3), metavar="N", help="time after which to stop")
@click.option("--device", metavar="DEVICE", help="another device than before")
@click.option("--data", metavar="NAME|PATH", help="where the data are now, if they have moved")
@click.option("--source", metavar="NAME|PATH", help="where what a translation starts from is now")
@click.option("--data-root", type=click.Path(), metavar="FOLDER", help="where downloaded data sets live now")
@click.option("--plugin", metavar="NAME|FILE", help="the GAN, where its one-file plugin has moved or changed")
@processes_option
@click.option("-q", "--quiet", is_flag=True, help="print the run's folder only")
@click.pass_context
def resume(
    context: click.Context,
    run: str,
    steps: int | None,
    minutes: float | None,
    device: str | None,
    data: str | None,
    source: str | None,
    data_root: str | None,
    plugin: str | None,
    processes: int | None,
    quiet: bool,
) -> None:
    """Go on with a run, exactly as if it had never stopped.

    RUN is a run's folder, its name, a file in it, or `latest`.
    """
    if (code := in_processes(processes)) is not None:
        context.exit(code)
    from ganzoo import api
    from ganzoo.watch.terminal import Terminal

    listener = Terminal(quiet, commands=command_names(context))
    api.resume(
        run, steps=steps, minutes=minutes, device=device, data=data, source=source, data_root=data_root, plugin=plugin,
        listener=listener,
    )  # fmt: skip
