import pytest

from ganzoo import catalogue
from ganzoo.outline import Outline


def test_the_hooks_that_a_file_marks(installed):
    assert Outline(installed.good).hooks == ("ganzoo_architecture",)
    text = """
class Thing:
    @hookimpl(trylast=True)
    @staticmethod
    def ganzoo_dataset(request): ...

    def ganzoo_metric(self): ...

@ganzoo.hookimpl
def ganzoo_run_ended(run): ...
"""
    assert Outline(text).hooks == ("ganzoo_dataset", "ganzoo_run_ended")


def test_a_docstring_says_summary_paper_year_and_tasks(installed):
    outline = Outline(installed.good)
    assert outline.summary == "Tiny GAN: the smallest game that there is."
    assert outline.paper == "Somebody et al. 2020, A Tiny Game, arXiv:0000.00000"
    assert outline.citation == "Somebody et al. 2020"
    assert outline.year == 2020
    assert outline.tasks == ("images", "toys")
    assert outline.option_names() == ["latent_dim"]


@pytest.mark.parametrize("text", ["", "x = 1", "# only a comment\n", "'one quote'\n"])
def test_a_file_without_a_docstring_says_nothing(text):
    outline = Outline(text)
    assert (outline.summary, outline.paper, outline.year, outline.tasks) == ("", "", None, ())
    assert outline.option_names() is None


def test_comments_before_a_docstring_are_skipped():
    assert Outline("#!/usr/bin/env python\n# a comment\n\nr'''Raw one.\n\nMore.'''").summary == "Raw one."


def test_the_option_names_of_an_inherited_config_are_unknown(installed):
    text = installed.good.replace("ganzoo.Config)", "other.Config)")
    assert text != installed.good
    assert Outline(text).option_names() is None


def test_the_option_names_of_a_config_that_inherits_from_ganzoos_are_known(installed):
    text = installed.good.replace("ganzoo.Config)", "ganzoo.PlainConfig, ganzoo.AdamConfig)")
    assert text != installed.good
    assert Outline(text).option_names() == ["latent_dim", "width", "units", "lr", "beta1", "beta2"]


@pytest.mark.parametrize("name", catalogue.names())
def test_the_option_names_in_a_file_are_those_of_its_config(name):
    """In this order; the file of every bundled GAN tells them."""
    config = catalogue.load(name).config
    assert catalogue.entry(name).outline.option_names() == [option.name for option in config.options()]


def test_the_option_names_of_a_file_with_a_syntax_error_are_unknown():
    assert Outline('"""A GAN."""\ndef (').option_names() is None
