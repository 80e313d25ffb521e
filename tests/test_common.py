from dataclasses import dataclass
from typing import Annotated

import ganzoo
from ganzoo.common import AdamConfig, PlainConfig


@dataclass(frozen=True, kw_only=True)
class Mine(PlainConfig, AdamConfig):
    lr: Annotated[float, "this GAN's own", ganzoo.Range(0, 1)] = 1e-3


def test_a_field_named_again_has_its_own_default_and_note_and_the_others_stay():
    options = {option.name: option for option in Mine.options()}
    assert (options["lr"].default, options["lr"].note) == (1e-3, "this GAN's own")
    assert options["beta1"] == {option.name: option for option in AdamConfig.options()}["beta1"]
    assert list(options) == ["lr", "latent_dim", "width", "units", "beta1", "beta2"]


def test_adam_is_of_the_configs_own_numbers():
    assert Mine(beta2=0.99).adam == ganzoo.Adam(lr=1e-3, betas=(0.5, 0.99))


def test_each_field_has_a_note_and_a_range():
    assert all(option.note and option.range for option in Mine.options())
