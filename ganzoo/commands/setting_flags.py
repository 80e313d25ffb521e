"""The flags of `train` and `config`, made from `Settings`, and the settings that they give."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from ganzoo import catalogue, settings
from ganzoo.commands.names import complete_name
from ganzoo.flags import COMMAND_LINE, ENVIRONMENT, Flag, flags

__all__ = ["resolved", "setting_parameters"]


@cache
def setting_parameters() -> tuple[click.Parameter, ...]:
    """NAME, --config, and a flag for every setting; values stay strings, which `resolved` reads all at once."""
    gan = click.Argument(["gan"], metavar="NAME", required=False, shell_complete=complete_name)
    file = click.Option(["--config", "file"], metavar="FILE", help="a run's config.toml to start from")
    return gan, file, *(_option(name, flag) for name, flag in flags(settings.Settings).items() if name != "gan")


def _option(name: str, flag: Flag) -> click.Option:
    option, note = flag.option, flag.option.note
    if isinstance(option.default, str | int) and not isinstance(option.default, bool):
        note += f"  [default: {option.default}]"
    if flag.variable:
        note += f"  [env: {flag.variable}]"
    if option.type is bool:
        return click.Option([f"{flag.spelling}/--no-{name}", name], default=None, help=note)

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        words = catalogue.names(catalogue.DATASETS) if name == "data" else flag.choices
        found = [CompletionItem(word) for word in words if word.startswith(begun)]
        return found if flag.choices else [*found, CompletionItem(begun, type="file")]

    metavar = "|".join(flag.choices) or flag.metavar
    several = name == "options"
    return click.Option([flag.spelling, name], metavar=metavar, multiple=several, help=note, shell_complete=complete)


def resolved(typed: dict[str, Any]) -> settings.Resolved:
    """The settings from the default, --config's file, the environment and the flags, in that order.

    Raises UsageError with every mistake at once.
    """
    mistakes = [*click.get_current_context().meta["mistakes"]]
    file, pairs = typed.pop("file"), typed.pop("options")
    given = {name: value for name, value in typed.items() if value is not None}
    given["options"] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if equals and key in given["options"]:
            mistakes.append(f"-o {key} is given twice, {given['options'][key]} and {value}; leave one out")
        elif equals:
            given["options"][key] = value
        else:
            mistakes.append(f"-o {pair}: expected KEY=VALUE, for example -o latent_dim=64")
    layers = [(file, settings.read_file(Path(file)))] if file else []
    layers += [(ENVIRONMENT, settings.environment()), (COMMAND_LINE, given)]
    return settings.resolve(layers, found=mistakes)
