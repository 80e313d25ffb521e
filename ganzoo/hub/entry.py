"""The registry's entry of a model that was just published, ready to paste."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ganzoo import __version__
from ganzoo.engine.layout import Pin
from ganzoo.hub.card import Facts

__all__ = ["entry"]


def entry(facts: Facts, pins: Mapping[str, Pin], place: Mapping[str, str]) -> str:
    """The entry as TOML. place: `path`, or `repo` and `revision`."""
    import tomlkit

    generator, space = facts.generator, facts.generator.space
    dataset = facts.training.get("dataset") or "unknown"
    tag = re.sub(r"[^a-z0-9_-]+", "-", dataset.lower()).strip("-_")[:60] or "data"
    model: dict[str, Any] = {
        **place,
        "plugin": generator.name,
        "plugin_requires": f">={facts.gan.version or __version__}",
        "license": facts.license or "unknown",
        "dataset": dataset,
        "shape": list(space.shape),
        "classes": len(space.classes) if generator.takes_labels else 0,
        "parameters": facts.parameters,
        "command": facts.command,
    }
    metrics = [
        {"name": name, "value": v["value"], "dataset": facts.metrics["data"], "n": v["generated"],
         "extractor": v["extractor"]}
        for name, v in facts.metrics.get("values", {}).items()
        if v["value"] is not None
    ]  # fmt: skip
    if metrics:
        model["metrics"] = tomlkit.array().multiline(True)
        for metric in metrics:
            model["metrics"].append(_inline(metric))
    model["files"] = {name: _inline({"sha256": pin.sha256, "size": pin.size}) for name, pin in sorted(pins.items())}
    return tomlkit.dumps({"models": {f"{generator.name}.{tag}": model}}).strip() + "\n"


def _inline(values: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.inline_table()
    table.update(values)
    return table
