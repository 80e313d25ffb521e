"""ganzoo: a model zoo that makes every generative adversarial network a plugin.

    import ganzoo
    run = ganzoo.train("vanilla-mlp", steps=1000)
    ganzoo.load(run.folder).sample(16, seed=0).save("digits.png")

Importing this package imports neither torch nor any plugin.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from ganzoo.api import evaluate, list_models, load, resume, train
    from ganzoo.catalogue import load as architecture
    from ganzoo.common import AdamConfig, PlainConfig
    from ganzoo.config import Config, Range
    from ganzoo.contract import Architecture, Batch, Nets, Player, Space, maximize, minimize
    from ganzoo.errors import GanzooError
    from ganzoo.hookspecs import hookimpl
    from ganzoo.optimisers import SGD, Adam, AdamW, Cosine, Linear, RMSprop

_HOMES = {
    "api": ["evaluate", "list_models", "load", "resume", "train"],
    "common": ["AdamConfig", "PlainConfig"],
    "config": ["Config", "Range"],
    "contract": ["Architecture", "Batch", "Nets", "Player", "Space", "maximize", "minimize"],
    "errors": ["GanzooError"],
    "hookspecs": ["hookimpl"],
    "optimisers": ["SGD", "Adam", "AdamW", "Cosine", "Linear", "RMSprop"],
}
_WHERE = {name: (module, name) for module, names in _HOMES.items() for name in names}
_WHERE["architecture"] = ("catalogue", "load")

__all__ = [
    "SGD",
    "Adam",
    "AdamConfig",
    "AdamW",
    "Architecture",
    "Batch",
    "Config",
    "Cosine",
    "GanzooError",
    "Linear",
    "Nets",
    "PlainConfig",
    "Player",
    "RMSprop",
    "Range",
    "Space",
    "architecture",
    "evaluate",
    "hookimpl",
    "list_models",
    "load",
    "maximize",
    "minimize",
    "resume",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'ganzoo' has no attribute {name!r}")
    module, inner = _WHERE[name]
    return getattr(import_module(f"ganzoo.{module}"), inner)
