import pytest

from ganzoo.testing.split import splits

REAL = '"real": F.logsigmoid(real).mean()'


def test_means_over_the_batch_split_exactly(found_by):
    assert found_by(splits) == ("value splits exactly, fooling splits exactly")


@pytest.mark.parametrize(
    "real",
    [
        '"real": real.std()',
        '"real": (real * torch.rand(len(real))).mean()',
        '"real": dropout(real, 0.5).mean()',
        '"real": F.batch_norm(real[:, None], None, None, training=True).square().tanh().mean()',
    ],
    ids=["batch-wide loss", "draw of its own", "dropout", "batch statistics"],
)
def test_what_does_not_split_is_measured_and_no_failure(found_by, real):
    imports = "import torch\nfrom torch import nn\n\nfrom ganzoo.nn import dropout\n"
    found = found_by(splits, (REAL, real), ("from torch import nn\n", imports))
    assert found.startswith("value differs by ")
    cause = "its draws alone" if "rand" in real or "dropout" in real else "batch statistics or a batch-wide loss"
    assert found.endswith(f" when split ({cause}), fooling splits exactly")


PRIORS = {
    "tuple": "return torch.randn(n, 1), torch.randn(n, 3)",
    "dict": "return {'a': torch.randn(n, 1), 'b': torch.randn(n, 3)}",
    "namedtuple": "return Codes(torch.randn(n, 1), torch.randn(n, 3))",
}


@pytest.mark.parametrize("kind", PRIORS)
def test_structured_latents_are_split_by_their_parts(found_by, kind):
    joined = "torch.cat(list(batch.z.values() if isinstance(batch.z, dict) else batch.z), dim=1)"
    prior = (
        "import collections\nimport torch\nfrom torch import nn\nCodes = collections.namedtuple('Codes', 'a b')\n\n"
        f"def prior(n, config, space, device):\n    {PRIORS[kind]}\n"
    )
    found = found_by(
        splits,
        ("from torch import nn\n", prior),
        ("batch.z", joined),
        ("players, size=8", "players, prior=prior, size=8"),
    )
    assert found.startswith("value splits exactly, fooling splits exactly")
