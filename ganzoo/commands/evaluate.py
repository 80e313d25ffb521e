"""`ganzoo evaluate`: how good a generator's samples are, in numbers that can be compared."""

from __future__ import annotations

from functools import partial

import click

__all__ = ["evaluate"]


@click.command(
    epilog="""\b
Examples:
  ganzoo evaluate latest
  ganzoo evaluate runs/dcgan-mnist-001 --metric frechet --metric kid -n 50000
  ganzoo evaluate latest --step 2000 --json
  ganzoo evaluate latest --data held-out --metric fidelity
"""
)
@click.argument("target", default="latest", type=click.Path())
@click.option("--data", metavar="NAME|PATH", help="real samples, by default those that it was trained on")
@click.option("--data-root", envvar="GANZOO_DATA", metavar="FOLDER", help="where downloaded data sets live")
@click.option("--source", metavar="NAME|PATH", help="of a translation, where its sources are, as it was trained with")
@click.option("--degrade", metavar="NAME", help="of a translation, the degradation, by default the one it learned")
@click.option("-n", "number", type=click.IntRange(1), default=10_000, show_default=True, help="samples to judge")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="every draw is a function of it")
@click.option(
    "--metric", "metrics", multiple=True, metavar="NAME", help="one metric, again for more; else all that fit"
)
@click.option("--extractor", metavar="NAME", help="raw, classifier or inception, else what suits the data")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:N, mps or xpu")
@click.option("--step", type=click.IntRange(0), metavar="N", help="the run's checkpoint of this step")
@click.option("--raw-weights", is_flag=True, help="the weights as they are, not their moving average")
@click.option("--plugin", metavar="NAME|FILE", help="the GAN, where its one-file plugin has moved or changed")
@click.option("--json", "as_json", is_flag=True, help="print metrics.json")
@click.option("-q", "--quiet", is_flag=True, help="print nothing")
def evaluate(
    target: str,
    data: str | None,
    data_root: str | None,
    source: str | None,
    degrade: str | None,
    number: int,
    seed: int,
    metrics: tuple[str, ...],
    extractor: str | None,
    device: str,
    step: int | None,
    raw_weights: bool,
    plugin: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Judge a generator's samples by numbers, and write them into its run's folder as metrics.json.

    TARGET is as `ganzoo sample` takes it. Each number comes with its count of samples, extractor, protocol and
    seed; docs/metrics.md explains them.
    """
    from ganzoo import api, catalogue

    for name in metrics:
        catalogue.entry(name, catalogue.METRICS)
    tell = None if quiet else partial(click.echo, err=True)
    found = api.evaluate(
        target,
        data=data, data_root=data_root, source=source, degrade=degrade, n=number, seed=seed, metrics=metrics,
        extractor=extractor, device=device, step=step, raw=raw_weights, plugin=plugin, tell=tell,
    )  # fmt: skip
    if as_json:
        import json

        click.echo(json.dumps(found.to_dict(), indent=2))
    elif not quiet:
        rows = [("", "value", "generated", "real")]
        rows += [
            (k, f"{v.value:.4g}", f"{v.generated:,}", f"{v.real:,}" if v.real else "-") for k, v in found.values.items()
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for name, *numbers in rows:
            click.echo("  ".join([name.ljust(widths[0]), *map(str.rjust, numbers, widths[1:])]).rstrip())
        for name, why in found.left_out.items():
            click.echo(f"without {name}: {why}")
