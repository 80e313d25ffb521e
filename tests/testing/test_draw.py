import pytest

from ganzoo.testing import draw

IMPORT = "from torch import nn\n"
NETWORKS = "    generator = nn.Sequential("
TANH = "nn.Tanh(), "


@pytest.mark.parametrize("check", [draw.builds, draw.saved_and_loaded, draw.deterministic])
def test_the_good_one_passes(found_by, check):
    assert not found_by(check).startswith("failed")


def test_samples_of_another_shape(found_by):
    found = found_by(draw.builds, ("nn.Unflatten(1, space.shape)", "nn.Flatten()"))
    assert found == "failed: for 1x16x16 samples have the shape (256,)"


def test_samples_out_of_range(found_by):
    found = found_by(draw.builds, (TANH, ""))
    assert found.startswith("failed: for 1x16x16 samples lie in [-")
    assert found.endswith("expected (-1.0, 1.0)")


def test_networks_for_one_space_alone(found_by):
    refusing = "    if space.shape[1] != 16:\n        raise ganzoo.errors.UsageError('sixteen pixels')\n"
    found = found_by(draw.builds, (IMPORT, f"{IMPORT}import ganzoo.errors\n"), (NETWORKS, refusing + NETWORKS))
    assert found.startswith("failed: networks were built for 1x16x16 alone; refused: 1x28x28 (sixteen pixels)")


def test_a_generator_that_needs_more_than_its_state(found_by, with_class):
    body = "        self.scale = torch.rand(1)\n\n    def forward(self, x):\n        return x * self.scale\n"
    changes = (*with_class(body, "Part()"), ("import ganzoo\n", "import ganzoo\nimport torch\n"))
    found = found_by(draw.saved_and_loaded, *changes)
    assert found.startswith("failed: the loaded generator draws other samples")


def test_generation_that_draws_elsewhere(found_by, with_class):
    body = "        pass\n\n    def forward(self, x):\n        return x + random.random()\n"
    changes = (*with_class(body, "Part()"), ("import ganzoo\n", "import ganzoo\nimport random\n"))
    found = found_by(draw.deterministic, *changes)
    assert found == "failed: the same seed gives other samples the second time"


def test_generation_that_does_not_use_z(found_by, with_class):
    body = "        pass\n\n    def forward(self, x):\n        return 0 * x\n"
    found = found_by(draw.deterministic, *with_class(body, "Part()"))
    assert found == "failed: another seed gives the same samples: z is not used"
