"""The flags of `train` and `config`, made from `Settings`, and the settings that they give."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from ganzoo import catalogue, settings
from ganzoo.flags import COMMAND_LINE, ENVIRONMENT, Flag, flags

__all__ = ["command_names", "complete_name", "resolved", "setting_flags"]

Body = TypeVar("Body", bound=Callable[..., Any])


def complete_name(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The GANs whose names begin so, each with its summary, for the shell."""
    found = catalogue.entries()
    return [CompletionItem(e.name, help=e.outline.summary) for e in found if e.name.startswith(begun)]


def setting_flags(body: Body) -> Body:
    """Give a command NAME, a flag for every setting, and --config."""
    for name, flag in reversed(flags(settings.Settings).items()):
        if name != "gan":
            body = _option(name, flag)(body)
    file = click.option("--config", "file", metavar="FILE", help="a run's config.toml to start from")
    gan = click.argument("gan", metavar="NAME", required=False, shell_complete=complete_name)
    return gan(file(body))


def _option(name: str, flag: Flag) -> Callable[[Body], Body]:
    option, note = flag.option, flag.option.note
    if isinstance(option.default, str | int) and not isinstance(option.default, bool):
        note += f"  [default: {option.default}]"
    if flag.variable:
        note += f"  [env: {flag.variable}]"
    if option.type is bool:
        return click.option(f"{flag.spelling}/--no-{name}", name, default=None, help=note)

    def complete(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        words = catalogue.names(catalogue.DATASETS) if name == "data" else flag.choices
        found = [CompletionItem(word) for word in words if word.startswith(begun)]
        return found if flag.choices else [*found, CompletionItem(begun, type="file")]

    metavar = "|".join(flag.choices) or flag.metavar
    several = name == "options"
    return click.option(flag.spelling, name, metavar=metavar, multiple=several, help=note, shell_complete=complete)


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
        if not equals:
            mistakes.append(f"-o {pair}: expected KEY=VALUE, for example -o latent_dim=64")
        given["options"][key] = value
    layers = [(file, settings.read_file(Path(file)))] if file else []
    layers += [(ENVIRONMENT, settings.environment()), (COMMAND_LINE, given)]
    return settings.resolve(layers, found=mistakes)


def command_names(context: click.Context) -> list[str]:
    """The names of the program's commands."""
    root = context.find_root()
    return root.command.list_commands(root) if isinstance(root.command, click.Group) else []
