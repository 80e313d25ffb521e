"""Whether what a registry lists is there: found without a network, or by fetching every model."""

from __future__ import annotations

from collections.abc import Callable

from ganzoo import catalogue
from ganzoo.errors import GanzooError
from ganzoo.hub.address import Listed
from ganzoo.hub.fetch import fetched
from ganzoo.hub.listed import Registry
from ganzoo.hub.verify import verify

__all__ = ["broken_models", "mistakes_in"]


def mistakes_in(registry: Registry) -> list[str]:
    """What reading alone does not find: order, plugins that nothing offers, files that are not as listed."""
    wrong = []
    for kind, table in (("plugins", registry.plugins), ("models", registry.models), ("aliases", registry.aliases)):
        if list(table) != sorted(table):
            wrong.append(f"{kind} should be in the order of their names: {', '.join(sorted(table))}")
    known = {*catalogue.names(), *registry.plugins}
    for model in registry.models.values():
        if model.plugin not in known:
            wrong.append(f"models.{model.name}: plugin {model.plugin} is not installed nor in [plugins]")
        try:
            if model.path:
                verify(model.path, model.files, model.files, "the registry")
        except GanzooError as error:
            wrong.append(f"models.{model.name}: {error}")
    return wrong


def broken_models(registry: Registry, drawn: Callable[[str], None], tell: Callable[[str], None]) -> list[str]:
    """What is wrong with models that are fetched, loaded and drawn from; those taken back are left out.

    drawn: is given a line about each that is in order; tell: what `fetched` has to tell.
    """
    from ganzoo.hub.load import read  # imports torch

    wrong = []
    for model in registry.models.values():
        if model.status != "yanked":
            try:
                there = fetched(Listed(model), tell, whole=True)
                drawn(f"{model.name}: {read(there.folder, there.pins).sample(1)!r}")
            except GanzooError as error:
                wrong.append(f"models.{model.name}: {error}")
    return wrong
