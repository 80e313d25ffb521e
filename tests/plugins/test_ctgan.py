import pytest
import torch
from ganzoo_plugins.tables import ctgan

import ganzoo
from ganzoo.testing.case import TABLES, made_up

SPACE = TABLES[0]
CONFIG = ctgan.Config(pack=2, units=8, latent_dim=4, dropout=0.0)


@pytest.fixture
def table_batch():
    data = made_up(SPACE)
    torch.manual_seed(0)
    latent = ctgan.prior(4, CONFIG, SPACE, torch.device("cpu"))
    asked = []

    def real_with(feature):
        asked.append(feature)
        return data.samples[: len(feature)]

    zero = torch.tensor(0.0)
    batch = ganzoo.Batch(
        4,
        step=zero,
        progress=zero,
        device=torch.device("cpu"),
        fetch={"z": lambda: latent, "real_with": lambda: real_with},
    )
    return batch, data, asked


def test_the_objectives_are_the_papers(table_batch):
    """Section 4.3: Wasserstein with a penalty on packs of rows beside their conditions; cross-entropy of the asked."""
    batch, data, asked = table_batch
    nets = ctgan.networks(CONFIG, SPACE)
    named = torch.nn.ModuleDict(nets)
    torch.manual_seed(1)
    found = ctgan.distance(named_space(nets), batch, CONFIG)
    entry = nets["ask"].choose(batch.z.which, evenly=True)
    condition = torch.nn.functional.one_hot(entry, 5).float()
    torch.manual_seed(1)
    fake = nets["head"](nets["G"](batch.z.noise, condition))
    real = data.samples[:4]
    judge = lambda rows: nets["C"](torch.cat([rows, condition], 1).reshape(2, -1))  # noqa: E731
    assert found["distance"].item() == pytest.approx((judge(real).mean() - judge(fake).mean()).item(), abs=1e-6)
    assert asked[0].tolist() == [4 + int(e) for e in entry]
    mix = torch.rand(2, 1)
    pair = [torch.cat([rows, condition], 1).reshape(2, -1).detach() for rows in (real, fake)]
    between = (mix * pair[0] + (1 - mix) * pair[1]).requires_grad_()
    (slope,) = torch.autograd.grad(nets["C"](between).sum(), between)
    assert found["penalty"].item() == pytest.approx(-10 * ((slope.norm(dim=1) - 1) ** 2).mean().item(), rel=1e-4)
    assert len(list(named.parameters()))

    torch.manual_seed(1)
    wanted = ctgan.fooling(named_space(nets), batch, CONFIG)
    torch.manual_seed(1)
    logits = nets["G"](batch.z.noise, condition)
    assert wanted["score"].item() == pytest.approx(judge(nets["head"](logits)).mean().item(), abs=1e-6)
    columns = [logits[:, 4:7].log_softmax(1), logits[:, 7:].log_softmax(1)]
    picked = [columns[e >= 3][row, e - 3 * (e >= 3)] for row, e in enumerate(entry.tolist())]
    assert wanted["held"].item() == pytest.approx(torch.stack(picked).mean().item(), abs=1e-6)


def named_space(nets):
    from types import SimpleNamespace

    return SimpleNamespace(**nets)


def test_rows_are_asked_for_by_what_they_should_hold():
    run = ganzoo.architecture("ctgan")
    nets = named_space(run.networks(CONFIG, SPACE))
    seen = []
    nets.G = lambda noise, condition: seen.append(condition) or torch.zeros(2, 9)
    zero = torch.tensor(0.0)
    latent = ctgan.prior(2, CONFIG, SPACE, torch.device("cpu"))
    fetch = {"z": lambda: latent, "where": lambda: torch.tensor([8, 8])}
    batch = ganzoo.Batch(2, step=zero, progress=zero, device=torch.device("cpu"), fetch=fetch)
    run.generate(nets, batch, CONFIG)
    assert seen[0].tolist() == [[0, 0, 0, 0, 1]] * 2
