"""The registry: published models with the hash of every file, and plugins that others have written.

`registry.toml` is shipped with ganzoo; GANZOO_REGISTRY names files of the same form that are read after it.
A registry names neither code nor an endpoint. Importable without torch; docs/hub.md describes every field.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ganzoo.catalogue import NAME
from ganzoo.engine.layout import FILES, NEEDED, Pin
from ganzoo.errors import UsageError
from ganzoo.hub.fields import COMMIT, LICENCE, NAMED, PATH, REPOSITORY, SHA256, Fields, is_deep, shortened
from ganzoo.hub.listed import MODEL, Metric, Model, Plugin, Registry

__all__ = ["files", "parse", "read"]

_ALIAS = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_SCHEMA = 1
_MOST = 1 << 20  # bytes of one registry file
_STATUS = ("ok", "deprecated", "yanked")


def files() -> list[tuple[Path, Path]]:
    """The registry files in the order in which they are read, each with the folder that its paths start from.

    In a checkout that is installed as editable, its own registry.toml and not a copy of it.
    """
    package = Path(__file__).parents[1]
    checkout = package.parent / "registry.toml"
    is_checkout = checkout.is_file() and (package.parent / "pyproject.toml").is_file()
    found = [(checkout if is_checkout else package / "registry.toml", package)]
    named = [Path(os.path.expanduser(name)) for name in os.environ.get("GANZOO_REGISTRY", "").split(os.pathsep) if name]
    return found + [(path, path.parent) for path in named]


def read() -> Registry:
    """All registry files as one; a file that says `override = true` may replace what earlier ones list.

    Raises UsageError that lists every mistake of the first file that has one.
    """
    found = tuple(files())
    try:
        return _read(found, tuple(path.stat().st_mtime_ns for path, _ in found))
    except OSError as error:
        raise UsageError(
            f"no registry at {error.filename} ({error.strerror}); GANZOO_REGISTRY names files, not addresses"
        ) from None


@cache
def _read(found: tuple[tuple[Path, Path], ...], times: tuple[int, ...]) -> Registry:
    """As `read`; times: a file that has changed is read again."""
    known = Registry()
    for path, root in found:
        known = _joined(known, parse(path.read_bytes(), str(path), root), str(path))
    return known


def _joined(known: Registry, more: Registry, where: str) -> Registry:
    def both(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
        twice = sorted(one.keys() & other.keys())
        if twice and not more.override:
            raise UsageError(f"{where}: {kind} {twice[0]!r} is listed by an earlier registry; rename it, or "
                             "write override = true at the top to replace it")  # fmt: skip
        return {**one, **other}

    models = both("model", known.models, more.models)
    return Registry(
        both("plugin", known.plugins, more.plugins), models, both("alias", known.aliases, more.aliases), more.override
    )


def parse(contents: bytes, where: str, root: Path) -> Registry:
    """The registry in a file's bytes. where: the file's name in mistakes. root: the folder that paths start from.

    Raises UsageError that lists every mistake.
    """
    mistakes: list[str] = []
    top = Fields(_toml(contents, where), where, mistakes)
    if (schema := top.whole("schema", 1, 10**6)) > _SCHEMA:
        raise UsageError(f"{where} has schema {schema}, here {_SCHEMA} is read; type: pip install --upgrade ganzoo")
    plugins = {
        name: _plugin(name, Fields(values, f"{where}: plugins.{shortened(name)}", mistakes))
        for name, values in top.table("plugins", None).items()
    }
    models = {
        name: _model(name, Fields(values, f"{where}: models.{shortened(name)}", mistakes), root)
        for name, values in top.table("models", None).items()
    }
    aliases = top.table("aliases", None)
    for alias, name in aliases.items():
        if not _ALIAS.fullmatch(alias) or alias in models or alias == "latest":
            mistakes.append(f"{where}: alias {shortened(alias)} should match {_ALIAS.pattern} and be no model's name")
        if not isinstance(name, str) or name not in models:
            mistakes.append(
                f"{where}: alias {shortened(alias)} should name a model of this file, not {shortened(name)}"
            )
    for model in models.values():
        if model.replaced_by and (model.replaced_by not in models or model.replaced_by == model.name):
            mistakes.append(f"{where}: models.{model.name}: replaced_by should name another model of this file")
    override = top.flag("override")
    top.end()
    if mistakes:
        raise UsageError(*mistakes)
    return Registry(plugins, models, aliases, override)


def _toml(contents: bytes, where: str) -> dict[str, Any]:
    if len(contents) > _MOST:
        raise UsageError(f"{where} has {len(contents):,} bytes; a registry has at most {_MOST:,}")
    try:
        values = tomllib.loads(contents.decode())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where} is not TOML: {shortened(str(error), 120)}") from None
    if is_deep(values):
        raise UsageError(f"{where} is nested too deeply")
    return values


def _plugin(name: str, fields: Fields) -> Plugin:
    if not NAME.fullmatch(name):
        fields.wrong("", f"should have a name that matches {NAME.pattern}")
    plugin = Plugin(
        name,
        distribution=fields.text("distribution", NAMED, like="ganzoo-dcgan"),
        requires=_versions(fields, "requires"),
        summary=fields.text("summary", default=""),
        homepage=fields.text("homepage", re.compile(r"https://\S{3,200}"), "", like="https://..."),
        paper=fields.text("paper", default=""),
    )
    fields.end()
    return plugin


def _model(name: str, fields: Fields, root: Path) -> Model:
    if not MODEL.fullmatch(name):
        fields.wrong("", "should have a name of two parts, <plugin>.<tag>, for example dcgan.mnist")
    path = fields.text("path", PATH, "", like="pretrained/dcgan.mnist, a folder below the registry's")
    repo = fields.text("repo", REPOSITORY, "", like="user/name")
    has_commit = "revision" in fields.values or bool(repo)
    revision = fields.text("revision", COMMIT, like="the 40 hex digits of a commit") if has_commit else ""
    if ("path" in fields.values) == ("repo" in fields.values) or (revision and not repo):
        fields.wrong("", "should have either path, or repo and revision")
    status = fields.text("status", re.compile("|".join(_STATUS)), "ok", like=" or ".join(_STATUS))
    model = Model(
        name=name,
        path=root / path if path else None,
        repo=repo,
        revision=revision,
        plugin=fields.text("plugin", NAME, like="dcgan"),
        plugin_requires=_versions(fields, "plugin_requires"),
        license=fields.text("license", LICENCE, like="mit"),
        dataset=fields.text("dataset"),
        shape=tuple(_whole_numbers(fields, "shape")),
        classes=fields.whole("classes", 0, 10**6, 0),
        parameters=fields.whole("parameters", 0, 10**12, 0),
        command=fields.text("command", default=""),
        files=_pins(fields),
        metrics=tuple(
            _metric(values, f"{fields.where}: metrics", fields) for values in fields.items("metrics", 50, None)
        ),
        status=status,
        replaced_by=fields.text("replaced_by", MODEL, ""),
        reason=fields.text("reason", default=""),
        since=fields.day("since"),
    )
    if model.plugin and name.partition(".")[0] != model.plugin:
        fields.wrong("", f"should begin with the name of its plugin, {model.plugin}.")
    fields.end()
    return model


def _pins(fields: Fields) -> dict[str, Pin]:
    """The hash and size of each file; every file that loading reads must be there, and no file that is no model's."""
    listed = fields.table("files")
    pins = {}
    for name, values in listed.items():
        if name not in FILES:
            fields.wrong("files", f"lists {shortened(name)}; a model's files are {', '.join(FILES)}")
            continue
        inner = Fields(values, f"{fields.where}: files.{name}", fields.mistakes)
        pins[name] = Pin(inner.text("sha256", SHA256, like="64 hex digits"), inner.whole("size", 1, FILES[name]))
        inner.end()
    if missing := [name for name in NEEDED if name not in listed]:
        fields.wrong("files", f"should list {' and '.join(missing)}")
    return pins


def _metric(values: object, where: str, outer: Fields) -> Metric:
    fields = Fields(values, where, outer.mistakes)
    metric = Metric(
        name=fields.text("name"),
        value=fields.number("value"),
        dataset=fields.text("dataset"),
        n=fields.whole("n", 1, 10**9),
        extractor=fields.text("extractor"),
        higher_is_better=fields.flag("higher_is_better") if "higher_is_better" in fields.values else None,
    )
    fields.end()
    return metric


def _whole_numbers(fields: Fields, name: str) -> list[int]:
    found = fields.items(name, 4, None)
    if not all(isinstance(number, int) and 0 < number < 2**31 and number is not True for number in found):
        fields.wrong(name, "should be positive whole numbers, for example [1, 28, 28]")
        return []
    return found


def _versions(fields: Fields, name: str) -> str:
    """Versions as PEP 440 writes them, empty where they are not given."""
    text = fields.text(name, re.compile(r"[<>=!~0-9A-Za-z.*+, -]{1,100}"), "", like=">=0.2,<1")
    if text:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            SpecifierSet(text)
        except InvalidSpecifier:
            fields.wrong(name, f"is {shortened(text)}, expected versions as in >=0.2,<1")
    return text
