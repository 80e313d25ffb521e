"""`ganzoo export`: a trained generator as a file for programs without torch."""

from __future__ import annotations

from pathlib import Path

import click

from ganzoo.plurals import many

__all__ = ["export"]


@click.command(
    epilog="""\b
Examples:
  ganzoo export latest --onnx digits.onnx
  ganzoo export runs/cgan-mnist-001 --step 2000 --onnx cgan.onnx --force
"""
)
@click.argument("target", default="latest", type=click.Path())
@click.option("--onnx", type=click.Path(path_type=Path), required=True, metavar="FILE", help="the file to write")
@click.option("--step", type=click.IntRange(0), metavar="N", help="the run's checkpoint of this step")
@click.option("--raw-weights", is_flag=True, help="the weights as they are, not their moving average")
@click.option("--force", is_flag=True, help="overwrite what is there")
@click.option("-q", "--quiet", is_flag=True, help="print nothing")
def export(target: str, onnx: Path, step: int | None, raw_weights: bool, force: bool, quiet: bool) -> None:
    """Write a trained generator as an ONNX file, after comparing its samples with torch's.

    TARGET is what `ganzoo sample` takes. The graph's inputs are the latents, labels or sources where the GAN takes
    them, and the noise that it draws while it generates; its output is the samples; their number is free. Needs an
    extra: pip install 'ganzoo[onnx]'.
    """
    from ganzoo import api
    from ganzoo.hub.export import export_onnx

    made = export_onnx(api.load(target, step=step, raw=raw_weights), onnx, force=force)
    if quiet:
        return
    inputs = ", ".join(f"{name} {shape}" for name, shape in made.inputs.items())
    click.echo(f"{made.path}: {made.size / 1e6:.1f} MB, opset {made.opset}; inputs {inputs}; output {made.output}")
    click.echo(f"largest difference to torch in {many(made.compared, 'sample')}: {made.difference:.1e}")
