"""A command that takes NAME and a flag for every setting, and collects what is wrong with the flags' names."""

from __future__ import annotations

import click

from ganzoo.errors import UsageError, nearest

__all__ = ["CommandWithSettings"]


class CommandWithSettings(click.Command):
    """`train` or `config`: its settings' flags are made when it is chosen, so that other commands start sooner."""

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        """NAME, the settings' flags, and the command's own."""
        from ganzoo.commands.setting_flags import setting_parameters

        return [*setting_parameters(), *super().get_params(context)]

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        """Read an unknown flag as the nearest known one, and remember the mistake to report it with all others."""
        import difflib

        known = {word for param in self.get_params(context) for word in (*param.opts, *param.secondary_opts)}
        mistakes = context.meta["mistakes"] = []
        for place, word in enumerate(arguments):
            flag, equals, value = word.partition("=")
            if not flag.startswith("--") or flag == "--" or flag in known:
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
