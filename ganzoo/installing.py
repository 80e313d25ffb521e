"""Which command installs a plugin, by what kind of environment this is; nothing here runs it.

environment, tested in this order          command
made by `uv tool install`                  uv tool install ganzoo --with ... (else lost at its next upgrade)
made by pipx                               pipx inject ganzoo X
of a uv project                            uv add X, which is the project's to run
owned by the operating system              pip, which it forbids; only shown
with pip                                   python -m pip install X
where uv is found                          uv pip install --python ... X
"""

from __future__ import annotations

import shlex
import shutil
import sys
import sysconfig
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ganzoo.errors import GanzooError

__all__ = ["Environment", "Plan", "here", "install", "uninstall"]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The facts that decide.

    tool: the [tool] table of uv's receipt. pipx: the environment's name there. project: the uv project's folder.
    managed: the operating system keeps it.
    """

    python: str
    tool: Mapping[str, Any] | None = None
    pipx: str = ""
    project: Path | None = None
    managed: bool = False
    pip: bool = False
    uv: bool = False


@dataclass(frozen=True)
class Plan:
    """A command's words, and why ganzoo does not run it; "" if it does."""

    words: tuple[str, ...]
    refused: str = ""

    def __str__(self) -> str:
        return shlex.join(self.words)


def here() -> Environment:
    """The facts of the environment that this process runs in. Raises GanzooError if uv's receipt cannot be read."""
    prefix, tool = Path(sys.prefix), None
    if (receipt := prefix / "uv-receipt.toml").is_file():
        try:
            tool = tomllib.loads(receipt.read_text("utf-8"))["tool"]
        except (OSError, ValueError, KeyError) as error:
            raise GanzooError(f"{receipt} cannot be read: {error}; type: uv tool install ganzoo --reinstall") from None
    outside = sys.prefix == sys.base_prefix
    return Environment(
        python=sys.executable,
        tool=tool,
        pipx=prefix.name if (prefix / "pipx_metadata.json").is_file() else "",
        project=prefix.parent if (prefix.parent / "uv.lock").is_file() else None,
        managed=outside and Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED").is_file(),
        pip=find_spec("pip") is not None,
        uv=shutil.which("uv") is not None,
    )


def install(environment: Environment, packages: Sequence[str], *, editable: bool = False) -> Plan:
    """The command that installs packages: names, paths, git+...; editable: folders whose files stay where they are."""
    flag = ["--editable"] if editable else []
    packages = [_place(word, editable) for word in packages]
    if environment.tool is not None:
        more = [("--with-editable" if editable else "--with", word) for word in packages]
        return _uv_tool(environment.tool, more)
    if environment.pipx:
        return Plan(("pipx", "inject", environment.pipx, *flag, *packages))
    if environment.project:
        return Plan(("uv", "add", *flag, *packages), f"this environment is kept by uv for {environment.project}")
    return _pip(environment, "install", [part for word in packages for part in [*flag, word]])


def uninstall(environment: Environment, distribution: str) -> Plan:
    """The command that removes a distribution."""
    if environment.tool is not None:
        return _uv_tool(environment.tool, [], without=distribution)
    if environment.pipx:
        return Plan(("pipx", "uninject", environment.pipx, distribution))
    if environment.project:
        return Plan(("uv", "remove", distribution), f"this environment is kept by uv for {environment.project}")
    yes = ["-y"] if environment.pip else []
    return _pip(environment, "uninstall", [*yes, distribution])


def _pip(environment: Environment, verb: str, words: list[str]) -> Plan:
    pip = (environment.python, "-m", "pip", verb)
    if environment.managed:
        return Plan((*pip, "--break-system-packages", *words), f"{environment.python} is the operating system's")
    if environment.pip:
        return Plan((*pip, *words))
    if environment.uv:
        return Plan(("uv", "pip", verb, "--python", environment.python, *words))
    return Plan((*pip, *words), "this environment has neither pip nor uv; install one of them first")


def _uv_tool(tool: Mapping[str, Any], more: list[tuple[str, str]], without: str = "") -> Plan:
    """`uv tool install` with everything that the tool was installed with before, in uv's receipt."""
    ours, *others = (_spelled(requirement) for requirement in tool["requirements"])
    kept = [words for name, *words in others if name != without]
    python = ["--python", tool["python"]] if "python" in tool else []
    first = ["--editable", ours[2]] if ours[1] == "--with-editable" else [ours[2]]
    return Plan(("uv", "tool", "install", *python, *first, *(word for words in [*kept, *more] for word in words)))


def _spelled(requirement: Mapping[str, Any]) -> tuple[str, str, str]:
    """A requirement of uv's receipt as its name, the flag and the word that ask for it again."""
    known = {"name", "extras", "specifier", "editable", "directory", "path", "git", "url"}
    if requirement.keys() - known:
        raise GanzooError(
            f"uv's receipt has a requirement that is not understood: {dict(requirement)}; type: uv tool install ganzoo "
            "--with ..., with every package that it should have"
        )
    name, flag = requirement["name"], "--with"
    word = name + (f"[{','.join(requirement['extras'])}]" if requirement.get("extras") else "")
    if "editable" in requirement:
        flag, word = "--with-editable", requirement["editable"]
    elif "directory" in requirement or "path" in requirement:
        word = requirement.get("directory") or requirement["path"]
    elif "git" in requirement:
        place, _, query = requirement["git"].partition("?")
        revision = dict(part.split("=", 1) for part in query.split("&") if "=" in part)
        commit = revision.get("rev") or revision.get("tag") or revision.get("branch")
        word = f"{word} @ git+{place}" + (f"@{commit}" if commit else "")
    elif "url" in requirement:
        word = f"{word} @ {requirement['url']}"
    return name, flag, word + requirement.get("specifier", "")


def _place(word: str, editable: bool) -> str:
    """A local path made absolute, since uv's receipt keeps it and pipx knows no other; any other word as it is."""
    return str(Path(word).absolute()) if editable or word.startswith(".") else word
