import math
from pathlib import Path

import numpy as np
import pytest
import torch

import ganzoo
from ganzoo.engine.setup import prepare
from ganzoo.errors import CheckpointError, DataError, PluginError, UsageError
from ganzoo.settings import resolve


def prepared(gan, **settings):
    return prepare(resolve([("call", {"gan": gan, "threads": 1, **settings})]))


def images(count, size=8):
    np.savez("mine.npz", images=np.random.default_rng(0).integers(0, 256, (count, size, size), np.uint8))
    return "mine.npz"


@pytest.mark.parametrize(("epochs", "steps"), [(1, math.ceil(1797 / 16)), (2.5, math.ceil(2.5 * 1797 / 16))])
def test_an_epoch_ends_when_the_first_reader_has_seen_all_samples(tiny, epochs, steps):
    setup = prepared(tiny, epochs=epochs)
    assert setup.game.steps == setup.settings.steps == steps
    assert setup.settings.epochs is None


def test_what_is_preferred_on_a_kind_of_samples_is_for_those_alone(installed):
    on = "spaces=('image', 'vector'), on={'vector': {'batch': 7, 'options': {'latent_dim': 2}}}, size=8"
    installed.add("both", installed.good.replace("size=8", on))
    setup = prepared("both", data="ring8")
    assert (setup.settings.batch, setup.game.shards.batch, setup.config.latent_dim) == (7, 7, 2)
    assert prepared("both", data="ring8", batch=5).settings.batch == 5
    image = prepared("both")
    assert (image.settings.batch, image.config.latent_dim) == (16, 4)


def test_the_turns_of_a_step_are_counted_in_an_epoch(small):
    settings = small("wgan-gp") | {"data": "digits", "options": {"width": 8, "latent_dim": 8, "critic_turns": 3}}
    assert prepared("wgan-gp", epochs=1, **settings).settings.steps == math.ceil(1797 / (4 * 3))


def test_epochs_of_a_gan_that_reads_no_samples_are_refused(installed):
    installed.add("blind", installed.good.replace("nets.D(batch.real)", "nets.D(nets.G(batch.z))"))
    with pytest.raises(UsageError, match="--epochs: no player of blind reads real samples; type --steps N"):
        prepared("blind", epochs=1)


def test_the_trial_changes_nothing(tiny, differences):
    first, second = prepared(tiny), prepared(tiny)
    before = {name: value.clone() for name, value in first.game.state.tensors().items()}
    assert not differences(before, second.game.state.tensors())
    assert all(value == 0 for name, value in before.items() if name.endswith(".step"))
    assert first.seconds > 0


def test_few_images_turn_augmentation_on_unless_told_otherwise(tiny):
    setup = prepared(tiny, data=images(100))
    assert setup.settings.augment is True
    assert any("fewer than 1,000: differentiable augmentation is on" in note for note in setup.notes)
    assert prepared(tiny, data=images(100), augment=False).settings.augment is False
    assert prepared(tiny, data=images(1000)).settings.augment is False
    assert prepared(tiny, data=images(1000), augment=True).settings.augment is True


def test_augmentation_is_in_training_and_for_discriminators_alone(tiny):
    nets = prepared(tiny, data=images(100)).game.state.modules
    x, z = torch.rand(4, 1, 8, 8), torch.rand(4, 4)

    def two(net, batch):
        return [net(batch) for _ in range(2)]

    assert not torch.equal(*two(nets["D"], x))
    assert torch.equal(*two(nets["G"], z))
    nets["D"].eval()
    assert torch.equal(*two(nets["D"], x))


def test_augmentation_of_what_is_no_image_is_refused(small):
    with pytest.raises(UsageError, match="--augment is for images"):
        prepared("vanilla-mlp", **small("vanilla-mlp") | {"data": "ring8", "augment": True})


def test_a_run_may_start_from_the_weights_of_another(tiny):
    run = ganzoo.train(tiny, steps=3, out="first", threads=1)
    setup = prepared(tiny, start_from="first", seed=9)
    for name, net in setup.game.state.modules.items():
        for mine, theirs in zip(net.parameters(), run.game.state.modules[name].parameters(), strict=True):
            assert torch.equal(mine, theirs)
    assert all(not value.any() for value in setup.game.state.movers["value"].state().values())
    assert any("starting from the weights of first/checkpoints" in note for note in setup.notes)
    with pytest.raises(CheckpointError, match=r"--from first: its networks are others \(tiny"):
        prepared(tiny, start_from="first", options={"latent_dim": 5})


def test_less_data_than_a_batch_is_refused(tiny):
    with pytest.raises(DataError, match=r"mine has 5 samples, fewer than a batch of 16; type --batch 5"):
        prepared(tiny, data=images(5))


def test_data_of_another_kind_are_refused(tiny):
    with pytest.raises(UsageError, match=r"tiny makes images, and ring8 holds vectors; type --data digits"):
        prepared(tiny, data="ring8")


BREAKS = {  # what is replaced in a good plugin, by what, and what is said of it
    "networks raise": ("    generator =", "    1 / 0\n    generator =", "networks raised ZeroDivisionError for 1x8x8"),
    "networks are none": ("    return {", "    return {} and {", "networks returns modules by name; found none"),
    "a network is no module": ("    return {", '    return {"k": 3, ', r"returns modules by name; found \['k'\]"),
    "an objective raises": ("    real, fake =", "    1 / 0\n    real, fake =", "'value' raised ZeroDivisionError"),
    "another shape": ("nn.Unflatten(1, space.shape)", "nn.Identity()", r"shape \(64,\), the data's is \(1, 8, 8\)"),
    "players of one name": ('"G", by=by', '"G", by=by, name="value"', "two players are called 'value'"),
    "an unknown network": ('"G", by=by', '"H", by=by', "there is no network 'H'; there are G, D"),
    "no player": ("    return [ganzoo", "    return [] and [ganzoo", "players returned none"),
    "nothing to move": (
        "nn.Linear(space.numbers, 1), ",
        "",
        "player 'value' moves D, which have no trainable parameters",
    ),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_a_plugin_that_breaks_the_contract_is_said_before_a_folder_is_made(installed, kind):
    old, new, message = BREAKS[kind]
    assert old in installed.good
    installed.add("broken", installed.good.replace(old, new))
    with pytest.raises(PluginError, match=message) as caught:
        ganzoo.train("broken", steps=3, out="run", threads=1)
    assert caught.value.exit_code == 1
    assert not Path("run").exists()


def test_a_game_of_the_players_alone_takes_no_data():
    for flags in ({"data": "ring8"}, {"data": "ring8", "degrade": "edges"}):
        said = "dirac-gan is a game between the players alone; leave out " + ", ".join(f"--{name}" for name in flags)
        with pytest.raises(UsageError, match=said):
            prepared("dirac-gan", **flags)
    assert prepared("dirac-gan").dataset is None
