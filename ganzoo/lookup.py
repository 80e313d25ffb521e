"""Whether what settings name is there: looked up in what is installed, without importing a plugin or torch."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo import catalogue
from ganzoo.degradation import read_degradation
from ganzoo.dynamics import read_dynamics
from ganzoo.errors import UsageError, nearest

if TYPE_CHECKING:
    from ganzoo.settings import Settings

__all__ = ["DEVICES", "unknown_names"]

DEVICES = "auto, cpu, cuda, cuda:N, mps or xpu"
_DEVICE = re.compile(r"auto|cpu|mps|(cuda|xpu)(:\d+)?")


def unknown_names(settings: Settings, absent: list[str]) -> list[str]:
    """What names nothing: GAN, hyper-parameters, data set, device; looked up without importing a plugin.

    absent: is given the GAN's name where that is not installed.
    """
    mistakes: list[str] = []
    if settings.gan:
        try:
            gan = catalogue.typed(settings.gan)
        except UsageError as error:
            mistakes += error.mistakes
            absent += error.absent
        else:
            keys = gan.outline.option_names()
            unknown = [key for key in settings.options if keys is not None and key not in keys]
            mistakes += [f"unknown option -o {key} of {gan.name}; {nearest(key, keys or [])}" for key in unknown]
    data = settings.data or ""
    if data in catalogue.names(catalogue.DATASETS) or (catalogue.NAME.fullmatch(data) and not Path(data).exists()):
        try:
            catalogue.entry(data, catalogue.DATASETS)
        except UsageError as error:
            mistakes += [f"{mistake}, or give a path" for mistake in error.mistakes]
    for name in settings.report_to or ():
        try:
            catalogue.entry(name, catalogue.OBSERVERS)
        except UsageError as error:
            mistakes += error.mistakes
    if settings.source is not None and settings.degrade is not None:
        mistakes.append("both --source and --degrade are given; give one of them")
    for read, value in ((read_dynamics, settings.dynamics), (read_degradation, settings.degrade)):
        try:
            if value is not None:
                read(value)
        except UsageError as error:
            mistakes += error.mistakes
    if not _DEVICE.fullmatch(settings.device):
        mistakes.append(f"unknown device {settings.device!r}; type {DEVICES}")
    return mistakes
