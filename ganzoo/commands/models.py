"""`ganzoo models`: published generators that the registry lists, and which of them are here already."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from ganzoo.commands.table import table

if TYPE_CHECKING:
    from ganzoo.hub.listed import Model

__all__ = ["models"]


@click.command(
    epilog="""\b
Examples:
  ganzoo models
  ganzoo models 'dcgan.*' --json
"""
)
@click.argument("pattern", default="*")
@click.option("--json", "as_json", is_flag=True, help="print everything that is known as JSON")
@click.option("-q", "--quiet", is_flag=True, help="print names only")
def models(pattern: str, as_json: bool, quiet: bool) -> None:
    """List the published generators of the registry: `ganzoo sample NAME` draws from one.

    PATTERN chooses by name or alias. Any repository user/repo with a model of ganzoo can be sampled too, and is
    then called unverified.
    """
    from ganzoo.hub import registry

    known = registry.read()
    called = {name: [name] for name in known.models}
    for alias, name in known.aliases.items():
        called[name].append(alias)
    found = [
        (model, called[name][1:])
        for name, model in known.models.items()
        if any(fnmatchcase(word, pattern) for word in called[name])
    ]
    if as_json:
        import json

        click.echo(json.dumps([_described(model, aliases) for model, aliases in found], indent=2))
        return
    rows = [[model.name] if quiet else _row(model, aliases) for model, aliases in found]
    click.echo("\n".join(table(rows)), nl=bool(rows))
    if not found:
        click.echo(f"no model of the registry matches {pattern!r}; see `ganzoo models`", err=True)


def _row(model: Model, aliases: list[str]) -> list[str]:
    name = f"{model.name} ({', '.join(aliases)})" if aliases else model.name
    shape = "x".join(map(str, model.shape))
    what = f"{model.dataset} {shape}" + (f", {model.classes} classes" if model.classes else "")
    metric = next((f"{m.name} {m.value:.3g} (n {m.n:,}, {m.extractor})" for m in model.metrics), "")
    return [name, what, f"{model.size / 1e6:.1f} MB", _state(model), model.license, metric]


def _state(model: Model) -> str:
    """Whether it can be used at once, and if not what it takes."""
    from ganzoo import catalogue
    from ganzoo.hub.missing import offer

    if model.status == "yanked":
        return "taken back"
    if model.plugin not in catalogue.names():
        return f"needs the plugin {model.plugin}: {offer(model.plugin)}"
    status = "" if model.status == "ok" else f", {model.status}"
    if model.path:
        return ("here" if model.path.is_dir() else "its files are gone") + status
    from ganzoo.hub import remote

    return ("in the cache" if remote.cached(model.repo, model.revision, model.files) else "to download") + status


def _described(model: Model, aliases: list[str]) -> dict[str, Any]:
    """Everything that is known of a model, as JSON values."""
    from dataclasses import asdict

    found = asdict(model) | {"aliases": aliases, "size": model.size, "state": _state(model)}
    return found | {"path": str(model.path or ""), "since": str(model.since or "")}
