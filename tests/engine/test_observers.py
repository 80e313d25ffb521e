"""Observers that are made for one run."""

import pytest

from ganzoo.engine.observers import Observers
from ganzoo.errors import UsageError
from ganzoo.settings import Settings

REPORTER = """
import ganzoo


class Reporter:
    def __init__(self, seed):
        self.seed = seed

    @ganzoo.hookimpl
    def ganzoo_step_ended(self, run):
        run.append(self.seed)


@ganzoo.hookimpl
def ganzoo_observer(settings):
    return Reporter(settings.seed) if "mine" in (settings.report_to or ()) else None


@ganzoo.hookimpl
def ganzoo_step_ended(run):
    run.append("module")
"""
OBSERVERS = "ganzoo.observers"


def asking(*names):
    return Settings(gan="dcgan", seed=7, report_to=names or None)


def test_an_object_made_for_the_run_takes_the_place_of_its_module(installed):
    installed.add("mine", REPORTER, group=OBSERVERS)
    heard = []
    for settings in (asking("mine"), asking()):
        assert Observers(settings).call("ganzoo_step_ended", run=heard) == []
    assert heard == [7, "module"]


def test_an_observer_that_fails_before_the_run_is_told_of_and_left_out(installed):
    installed.add("mine", REPORTER.replace("return Rep", "1 / 0\n    return Rep"), group=OBSERVERS)
    observers, heard = Observers(asking()), []
    assert observers.problems == ["observer 'mine' failed: ZeroDivisionError: division by zero"]
    assert observers.call("ganzoo_step_ended", run=heard) == []
    assert heard == []
    with pytest.raises(UsageError, match="division by zero\nobserver 'mine' is not one to report to"):
        Observers(asking("mine"))


def test_a_misspelt_hook_of_the_object_is_found(installed):
    installed.add("mine", REPORTER.replace("step_ended(self", "step_eneded(self"), group=OBSERVERS)
    with pytest.raises(UsageError, match=r"observer 'mine' failed: .*ganzoo_step_eneded"):
        Observers(asking("mine"))


def test_an_observer_that_watches_every_run_is_not_one_to_report_to(installed):
    installed.add("mine", REPORTER.replace('"mine" in', '"other" in'), group=OBSERVERS)
    with pytest.raises(UsageError, match=r"^observer 'mine' is not one to report to$"):
        Observers(asking("mine"))
