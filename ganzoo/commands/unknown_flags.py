"""A command whose unknown flags are reported together with all other mistakes."""

from __future__ import annotations

import difflib

import click

from ganzoo.errors import UsageError, nearest

__all__ = ["CommandWithSettings"]


class CommandWithSettings(click.Command):
    """A command that keeps the mistakes in its flags' names, to be reported with those in their values."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Read an unknown flag as the nearest known one, and remember the mistake."""
        known = {word for param in self.get_params(context) for word in (*param.opts, *param.secondary_opts)}
        mistakes = context.meta["mistakes"] = []
        for place, word in enumerate(arguments):
            flag, equals, value = word.partition("=")
            if not flag.startswith("--") or flag in known:
                continue
            mistakes.append(f"no flag {flag}; {nearest(flag, known)}")
            close = difflib.get_close_matches(flag, known, n=1)
            if not close:  # whether the next word is its value cannot be known
                raise UsageError(*mistakes)
            arguments[place] = close[0] + equals + value
        try:
            return super().parse_args(context, arguments)
        except click.UsageError as error:
            if mistakes:
                raise UsageError(*mistakes, error.format_message()) from None
            raise
