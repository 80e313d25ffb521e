"""One run's configuration: each setting's name, type, default and note, written once; resolved from layers.

The flags of `train` and `config`, config.toml and the keywords of `ganzoo.train` all come from `Settings`.
Importable without torch.
"""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ganzoo.config import Range
from ganzoo.errors import PluginError, UsageError, nearest
from ganzoo.flags import Typed, flags
from ganzoo.lookup import DEVICES, unknown_names

if TYPE_CHECKING:
    from ganzoo.contract import Architecture, Kind

__all__ = ["Resolved", "Settings", "completed", "environment", "read_file", "resolve"]

_PREFERRED = ("data", "size", "batch", "steps", "ema", "labelled")  # of every architecture


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one run is asked to do; None is the plugin's preference, or what the machine and data suggest."""

    gan: Annotated[str, "the GAN, a name of `ganzoo list` or a plugin's file", Typed("NAME")]
    data: Annotated[
        str | None,
        "a name of `ganzoo datasets`, or a folder or zip of images, an .npz, .npy, .csv, .txt or idx file, or hf:NAME",
        Typed(metavar="NAME|PATH"),
    ] = None
    source: Annotated[
        str | None,
        "what a translation starts from: as --data, pairs by name; or left, right of side-by-side images",
        Typed(metavar="NAME|PATH"),
    ] = None
    degrade: Annotated[
        str | None,
        "from degraded --data: edges, grey, mask[:random], downscale[:4], noise[:0.3], blur[:2]; hide[:0.2]; mel[:40]",
        Typed(metavar="DEGRADATION"),
    ] = None
    size: Annotated[
        int | None, "side of images in pixels, length of sounds in numbers, of texts in tokens", Range(1, 2**20)
    ] = None
    tokens: Annotated[Literal["characters", "words"], "what texts are cut into"] = "words"
    channels: Annotated[Literal[1, 3] | None, "grey or colour images"] = None
    data_root: Annotated[
        str | None, "where downloaded data sets live", Typed(metavar="FOLDER", variable="GANZOO_DATA")
    ] = None
    options: Annotated[
        dict[str, Any], "a hyper-parameter of the GAN, see `ganzoo show NAME`", Typed("-o", "KEY=VALUE")
    ] = field(default_factory=dict)
    steps: Annotated[int | None, "steps to play; in each, every player takes its turns", Range(1)] = None
    epochs: Annotated[float | None, "times to go through the data, instead of --steps", Range(1e-3)] = None
    minutes: Annotated[float | None, "time after which to stop", Range(1e-3)] = None
    batch: Annotated[int | None, "samples per turn", Range(1)] = None
    shards: Annotated[
        int | None, "parts of a batch with draws of their own, which processes share out; else one each", Range(1, 4096)
    ] = None
    statistics: Annotated[
        Literal["shard", "whole"], "of what batch norm and batch-wide losses see: a shard, or all of them"
    ] = "shard"
    seed: Annotated[int, "every draw is a function of it", Range(0, 2**63 - 1)] = 0
    device: Annotated[str, DEVICES, Typed(metavar="DEVICE")] = "auto"
    threads: Annotated[
        int | None, "CPU threads, else chosen by measuring", Range(1, 1024), Typed(variable="OMP_NUM_THREADS")
    ] = None
    precision: Annotated[Literal["auto", "fp32", "bf16"], "of the networks' arithmetic; weights stay fp32"] = "auto"
    graphs: Annotated[bool, "on CUDA, record each player's turn as one graph"] = True
    compile: Annotated[bool, "compile each player's turn first, which takes a minute or more"] = False
    ema: Annotated[
        float | None, "decay of the generator's moving average per turn, 0 for none", Range(0, 0.9999999)
    ] = None
    clip: Annotated[float | None, "greatest norm of a player's gradient", Range(1e-12)] = None
    schedule: Annotated[Literal["constant", "linear", "cosine"], "of learning rates, down to 0 at the end"] = "constant"
    labelled: Annotated[int | None, "samples that keep their label, the others count as unlabelled", Range(1)] = None
    dynamics: Annotated[
        str,
        "alternating, simultaneous, extragradient, optimistic, consensus[:weight] or unrolled[:steps]",
        Typed(metavar="DYNAMICS"),
    ] = "alternating"
    augment: Annotated[bool | None, "differentiable augmentation, else if under 1,000 images"] = None
    strict: Annotated[bool, "an unreadable file of the data is an error"] = False
    checkpoint_every: Annotated[int, "steps between checkpoints", Range(1)] = 1000
    keep: Annotated[int, "checkpoints that are kept", Range(1)] = 3
    log_every: Annotated[int | None, "steps between lines of metrics.jsonl", Range(1)] = None
    sample_every: Annotated[int | None, "steps between pictures", Range(1)] = None
    report_to: Annotated[
        tuple[str, ...] | None,
        "also to tensorboard, or other observers that are asked for by name",
        Typed(metavar="NAME"),
    ] = None
    start_from: Annotated[str | None, "start from the weights of this run or checkpoint", Typed("--from", "RUN")] = None
    out: Annotated[str | None, "the run's folder, else a new one in runs/", Typed(metavar="FOLDER")] = None

    def to_toml(self) -> str:
        """The settings as config.toml, each with its note; the folder `out` and what is None are left out."""
        import tomlkit

        document = tomlkit.document()
        for name, flag in flags(Settings).items():
            value = getattr(self, name)
            if name not in ("options", "out") and value is not None:
                document.add(name, tomlkit.item(value).comment(flag.option.note))
        document.add("options", tomlkit.item(self.options))
        return tomlkit.dumps(document)

    @classmethod
    def from_toml(cls, text: str) -> Settings:
        """The settings that `to_toml` wrote. Raises UsageError with every mistake; looks no name up."""
        settings, _, mistakes = _merge([("config.toml", tomllib.loads(text))])
        if mistakes:
            raise UsageError(*mistakes)
        return settings


@dataclass(frozen=True)
class Resolved:
    """Settings and their origins, by name and by `options.KEY`; what has no origin is a default."""

    settings: Settings
    origins: Mapping[str, str]


def environment() -> dict[str, str]:
    """The settings that environment variables give."""
    given = {name: os.environ.get(flag.variable, "") for name, flag in flags(Settings).items() if flag.variable}
    return {name: value for name, value in given.items() if value}


def read_file(path: Path) -> dict[str, Any]:
    """The settings of a config.toml. Raises UsageError if the file cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read the configuration {path}: {error.strerror}") from None
    except ValueError as error:  # also of TOML and of UTF-8
        raise UsageError(f"the configuration {path} is not TOML: {error}") from None


def resolve(layers: Iterable[tuple[str, Mapping[str, Any]]], *, found: Sequence[str] = ()) -> Resolved:
    """Settings from layers of (origin, values), where a later layer wins; strings are read as typed.

    Raises UsageError with every mistake at once: those `found` before, unknown settings, types, ranges, and
    unknown GANs, data sets, devices and hyper-parameters, each with the nearest names.
    """
    settings, origins, mistakes = _merge(layers)
    absent: list[str] = []
    mistakes = [*found, *mistakes, *unknown_names(settings, absent)]
    if mistakes:
        raise UsageError(*mistakes, absent=absent)
    return Resolved(settings, origins)


def completed(resolved: Resolved, architecture: Architecture, kind: Kind | None = None) -> Resolved:
    """With the architecture's preferences where nothing was asked, and with all its hyper-parameters.

    kind: of the samples, once the data are open; the architecture may prefer other things on it.
    Raises UsageError with every mistake in the hyper-parameters, PluginError if what is preferred on a kind is wrong.
    """
    if wrong := _wrong_preferences(architecture):
        raise PluginError(f"{resolved.settings.gan}: {wrong}")
    settings, origins = resolved.settings, dict(resolved.origins)
    on_kind = dict(architecture.on.get(kind, {})) if kind else {}
    options = architecture.config.parse({**on_kind.pop("options", {}), **settings.options}).to_dict()
    preferred = {name: getattr(architecture, name) for name in _PREFERRED} | on_kind
    if settings.epochs is not None or settings.minutes is not None:
        del preferred["steps"]
    changes = {
        name: value for name, value in preferred.items() if name not in origins or getattr(settings, name) is None
    }
    origins |= dict.fromkeys(changes, "plugin")
    origins |= {f"options.{key}": "plugin" for key in options if f"options.{key}" not in origins}
    return Resolved(dataclasses.replace(settings, options=options, **changes), origins)


def _wrong_preferences(architecture: Architecture) -> str:
    """What keeps its preferences on kinds of samples from being settings, "" if nothing does."""
    for kind, values in architecture.on.items():
        mistakes = [] if kind in architecture.spaces else [f"it plays on {', '.join(architecture.spaces)} alone"]
        mistakes += [f"{name} is said of all kinds" for name in values if name in ("gan", "data", "size")]
        mistakes += _merge([("it", {"gan": "", **values})])[2]
        try:
            architecture.config.parse(values.get("options", {}))
        except UsageError as error:
            mistakes += error.mistakes
        if mistakes:
            return f"on {kind}: " + "; ".join(mistakes)
    return ""


def _merge(layers: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[Settings, dict[str, str], list[str]]:
    """The settings, their origins, and what was wrong; what was wrong keeps its default in the settings."""
    values: dict[str, Any] = {}
    options: dict[str, Any] = {}
    origins: dict[str, str] = {}
    mistakes = []
    for origin, layer in layers:
        if "steps" in layer and "epochs" in layer:
            mistakes.append(f"both steps and epochs are given in {origin}; give one of them")
        for name, value in layer.items():
            if name == "options" and isinstance(value, Mapping):
                options |= value
                origins |= {f"options.{key}": origin for key in value}
            elif name == "options":
                mistakes.append(f"options={value!r} in {origin}: expected a table of hyper-parameters")
            elif name not in flags(Settings):
                near = nearest(name, flags(Settings))
                own = "; hyper-parameters go into options" if near.startswith("known") else ""
                mistakes.append(f"unknown setting {name!r} in {origin}; {near}{own}")
            else:
                typed = os.fspath(value) if isinstance(value, os.PathLike) else value
                read, problem = flags(Settings)[name].read(typed, origin)
                if problem:
                    mistakes.append(problem)
                    continue
                values[name], origins[name] = read, origin
                for other in {"steps": ["epochs"], "epochs": ["steps"]}.get(name, []):
                    values.pop(other, None)
                    origins.pop(other, None)
    if "gan" not in values:
        mistakes.append("no GAN is named; `ganzoo list` shows them")
    return Settings(**{"gan": "", **values, "options": options}), origins, mistakes
