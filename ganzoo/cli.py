"""The program: its commands, each a file in `ganzoo.commands`, and how an error ends it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from ganzoo import __version__
from ganzoo.commands.apply import apply
from ganzoo.commands.config import config
from ganzoo.commands.datasets import datasets
from ganzoo.commands.devices import devices
from ganzoo.commands.doctor import doctor
from ganzoo.commands.download import download
from ganzoo.commands.evaluate import evaluate
from ganzoo.commands.export import export
from ganzoo.commands.list import list_
from ganzoo.commands.models import models
from ganzoo.commands.plugins import plugins
from ganzoo.commands.publish import publish
from ganzoo.commands.registry import registry
from ganzoo.commands.resume import resume
from ganzoo.commands.sample import sample
from ganzoo.commands.show import show
from ganzoo.commands.train import train
from ganzoo.errors import GanzooError, Gone, PluginError, Stopped, UsageError

__all__ = ["ganzoo", "main"]


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  ganzoo train vanilla-mlp
  ganzoo sample latest -n 16
  eval "$(_GANZOO_COMPLETE=bash_source ganzoo)"   completion of names; zsh_source, fish_source too
""",
)
@click.version_option(__version__, prog_name="ganzoo", message="%(prog)s %(version)s")
def ganzoo() -> None:
    """A model zoo that makes every generative adversarial network a plugin."""


_commands = (
    train, resume, sample, apply, evaluate, publish, download, export,
    list_, models, show, datasets, plugins, config, registry, devices, doctor,
)  # fmt: skip
for _command in _commands:
    ganzoo.add_command(_command)


# What a person can put right: rights, room, names. Any other refusal of the system is our own mistake.
_OF_THE_MACHINE = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EEXIST, errno.EISDIR, errno.ENOTDIR,
    errno.ENAMETOOLONG, errno.EFBIG,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit: 0 done, else as `ganzoo.errors` says; 130 after Ctrl-C."""
    try:
        code = ganzoo.main(arguments, prog_name="ganzoo", standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        words = sys.argv[1:] if arguments is None else arguments
        place = f"ganzoo {words[0]}" if words and words[0] in ganzoo.commands else "ganzoo"
        if isinstance(error, click.UsageError) and error.ctx:  # which a flag without its value is not told
            place = error.ctx.command_path
        _end(f"error: {error.format_message()}\nsee `{place} --help`", 2)
    except PluginError as error:
        _end(f"error: {error}", error.exit_code, error.__cause__)
    except (Stopped, Gone) as error:
        _end("" if _following() else str(error), error.exit_code)
    except GanzooError as error:
        lines = [*str(error).splitlines(), *_elsewhere(error)]
        _end("\n".join(f"error: {line}" for line in lines), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _end("interrupted", 130)
    except BrokenPipeError:  # the reader of our output has gone, as in `ganzoo list | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        _end(f"error: {error.filename or 'a file'}: {error.strerror}", 2)


def _elsewhere(error: GanzooError) -> list[str]:
    """Where GANs that an error names can be had, if the registry knows them."""
    if not isinstance(error, UsageError) or not error.absent:
        return []
    from ganzoo.hub.missing import elsewhere

    return elsewhere(error.absent)


def _following() -> bool:
    """Whether this is one of several processes, and not the one that speaks for them."""
    return os.environ.get("RANK", "0") != "0"


def _end(text: str, code: int, cause: BaseException | None = None) -> None:
    """Say why, with the traceback of a cause, and exit; of several processes that have the same to say, one says it."""
    if text and _first_to_say(text):
        if cause:
            import traceback

            traceback.print_exception(cause)
        who = f"process {os.environ['RANK']}: " if _following() else ""
        click.echo("\n".join(who + line for line in text.splitlines()), err=True)
    sys.exit(code)


def _first_to_say(text: str) -> bool:
    if os.environ.get("WORLD_SIZE", "1") == "1":
        return True
    from ganzoo.engine.processes import first_to_say

    return first_to_say(text)
