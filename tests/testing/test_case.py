import pytest

from ganzoo.errors import UsageError
from ganzoo.testing.case import Case


def test_a_case_of_an_unknown_gan():
    with pytest.raises(UsageError, match="unknown GAN 'nothing'"):
        Case("nothing")
