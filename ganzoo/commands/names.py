"""Names that a shell completes, and those of the commands that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["command_names", "complete_name"]


def complete_name(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The GANs whose names begin so, each with its summary, for the shell; files if none does."""
    from click.shell_completion import CompletionItem

    from ganzoo import catalogue

    found = catalogue.entries()
    names = [CompletionItem(e.name, help=e.outline.summary) for e in found if e.name.startswith(begun)]
    return names or [CompletionItem(begun, type="file")]


def command_names(context: click.Context) -> list[str]:
    """The names of the program's commands."""
    root = context.find_root()
    return root.command.list_commands(root) if isinstance(root.command, click.Group) else []
