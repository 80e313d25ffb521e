"""Strangers' plugins, good and bad, held to the conformance list on one thread."""

import itertools

import pytest
import torch

from ganzoo.errors import GanzooError
from ganzoo.testing.case import Case
from ganzoo.testing.report import Failed
from ganzoo.testing.run import examine

_number = itertools.count()


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def plugin(installed):
    """Install the tiny GAN with some of its text replaced; its name."""

    def install(*changes):
        source = installed.good
        for old, new in changes:
            assert old in source, old
            source = source.replace(old, new)
        name = f"tiny-{next(_number)}"
        installed.add(name, source)
        return name

    return install


@pytest.fixture
def found_by(plugin):
    """What one check says of the tiny GAN with some of its text replaced."""

    def run(check, *changes):
        case = Case(plugin(*changes))
        try:
            return check(case)
        except (Failed, GanzooError) as error:
            return f"failed: {error}"

    return run


@pytest.fixture
def failures(plugin):
    """The checks that fail for the tiny GAN with some of its text replaced, with what they found."""

    def run(*changes):
        return {check.title: check.found for check in examine(plugin(*changes)).failures}

    return run


@pytest.fixture
def with_class():
    """The changes by which the tiny GAN's generator passes through a module of that body before its last layer."""

    def changes(body, module):
        source = "from torch import nn\n\nclass Part(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        return ("from torch import nn\n", source + body), ("nn.Tanh(), ", f"{module}, nn.Tanh(), ")

    return changes
