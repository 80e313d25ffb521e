import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.engine.optimise import Mover, laid_out

OK = torch.tensor(True)
OPTIMISERS = [
    (ganzoo.Adam(lr=0.1, betas=(0.5, 0.9)), torch.optim.Adam, {"betas": (0.5, 0.9)}),
    (ganzoo.AdamW(lr=0.1, weight_decay=0.1), torch.optim.AdamW, {"weight_decay": 0.1}),
    (ganzoo.RMSprop(lr=0.1, momentum=0.5), torch.optim.RMSprop, {"momentum": 0.5}),
    (ganzoo.SGD(lr=0.1), torch.optim.SGD, {}),
    (ganzoo.SGD(lr=0.1, momentum=0.9, nesterov=True), torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
]


@pytest.fixture(autouse=True)
def _without_gradients():
    """As the game calls a mover."""
    with torch.no_grad():
        yield


def parameters():
    torch.manual_seed(0)
    return {"G.a": nn.Parameter(torch.randn(3, 2)), "G.b": nn.Parameter(torch.randn(()))}


@pytest.mark.parametrize(("by", "kind", "numbers"), OPTIMISERS, ids=lambda value: type(value).__name__)
def test_a_mover_does_what_torch_does(by, kind, numbers):
    mine, theirs = parameters(), parameters()
    mover = Mover(by, mine)
    plain = kind(theirs.values(), lr=0.1, **numbers)
    assert all(map(torch.equal, mine.values(), theirs.values()))  # making the state moved nothing
    for _ in range(3):
        gradients = [torch.randn(3, 2), torch.randn(())]
        mover.step([gradient.clone() for gradient in gradients], OK, 0.0)
        for parameter, gradient in zip(theirs.values(), gradients, strict=True):
            parameter.grad = gradient
        plain.step()
    for a, b in zip(mine.values(), theirs.values(), strict=True):
        torch.testing.assert_close(a, b)


@pytest.mark.parametrize("by", [by for by, _, _ in OPTIMISERS], ids=repr)
def test_state_is_there_from_the_start_and_writing_into_it_restores_it(by):
    first, second = Mover(by, parameters()), Mover(by, parameters())
    assert first.state().keys() == second.state().keys()
    assert all(name.startswith(("G.a.", "G.b.")) for name in first.state())
    first.step([torch.randn(3, 2), torch.randn(())], OK, 0.0)
    for name, value in second.state().items():
        value.copy_(first.state()[name])
    with torch.no_grad():
        for mine, theirs in zip(second.parameters, first.parameters, strict=True):
            mine.copy_(theirs)
    for mover in (first, second):
        mover.step([torch.ones(3, 2), torch.ones(())], OK, 0.0)
    assert all(map(torch.equal, first.parameters, second.parameters))


@pytest.mark.parametrize("by", [ganzoo.Adam(), ganzoo.AdamW()], ids=repr)
def test_fused_optimisers_skip_a_step_that_is_not_finite(by):
    named = parameters()
    mover = Mover(by, named)
    mover.step([torch.randn(3, 2), torch.randn(())], OK, 0.0)
    before = [value.detach().clone() for value in (*named.values(), *mover.state().values())]
    mover.step([torch.full((3, 2), float("nan")), torch.tensor(float("inf"))], ~OK, 0.0)
    assert all(map(torch.equal, before, (*named.values(), *mover.state().values())))


def test_a_parameter_without_a_gradient_is_left_alone():
    named = parameters()
    before = named["G.b"].detach().clone()
    mover = Mover(ganzoo.Adam(weight_decay=0.1), named)
    mover.step([torch.ones(3, 2), None], OK, 0.0)
    assert torch.equal(named["G.b"], before)
    assert mover.state()["G.b.step"] == 0


def rate(by, schedule, progress):
    parameter = nn.Parameter(torch.zeros(()))
    Mover(by, {"G.a": parameter}, schedule).step([torch.ones(())], OK, progress)
    return -parameter.item()


@pytest.mark.parametrize(
    ("schedule", "expected"), [("constant", [1, 1, 1]), ("linear", [1, 0.75, 0]), ("cosine", [1, 0.853553, 0])]
)
def test_the_run_s_schedule_scales_the_learning_rate(schedule, expected):
    found = [rate(ganzoo.SGD(lr=1.0), schedule, progress) for progress in (0.0, 0.25, 1.0)]
    assert found == pytest.approx(expected, abs=1e-6)


def test_an_optimiser_s_own_numbers_may_be_schedules():
    line = ganzoo.Linear(first=1.0, last=0.0, begin=0.5, end=0.75)
    assert [rate(ganzoo.SGD(lr=line), "constant", p) for p in (0, 0.5, 0.625, 0.9)] == pytest.approx([1, 1, 0.5, 0])
    assert rate(ganzoo.SGD(lr=line), "linear", 0.625) == pytest.approx(0.5 * 0.375)
    parameter = nn.Parameter(torch.zeros(()))
    mover = Mover(ganzoo.Adam(betas=(ganzoo.Linear(first=0.0, last=0.8), 0.9)), {"G.a": parameter})
    mover.step([torch.ones(())], OK, 0.5)
    assert mover.state()["G.a.exp_avg"].item() == pytest.approx(0.6)  # (1 - .4) of the gradient


def odd_gradients():
    shared = torch.randn(2, 3)
    return {
        "expanded": (torch.zeros(2, 3), torch.ones(()).expand(2, 3)),
        "transposed": (torch.zeros(2, 3), torch.randn(3, 2).t()),
        "plain for channels last": (
            torch.zeros(2, 3, 4, 4).to(memory_format=torch.channels_last),
            torch.randn(2, 3, 4, 4),
        ),
        "channels last for plain": (
            torch.zeros(2, 3, 4, 4),
            torch.randn(2, 3, 4, 4).to(memory_format=torch.channels_last),
        ),
        "as it should be": (torch.zeros(2, 3), shared),
    }


@pytest.mark.parametrize("kind", odd_gradients())
def test_however_a_gradient_lies_in_memory_it_moves_its_own_numbers(kind):
    start, gradient = odd_gradients()[kind]
    parameter = nn.Parameter(start)
    mover = Mover(ganzoo.Adam(betas=(0.5, 0.9)), {"G.a": parameter})
    mover.step([gradient], OK, 0.0)
    assert torch.equal(mover.state()["G.a.exp_avg"], gradient * 0.5)
    assert torch.equal(parameter.detach().sign(), -gradient.sign())


def test_one_tensor_for_two_parameters_becomes_two_and_a_fitting_one_is_not_copied():
    gradient = torch.randn(2, 3)
    first, second = laid_out([gradient, gradient], [torch.zeros(2, 3)] * 2)
    assert first is gradient
    assert second.data_ptr() != gradient.data_ptr()
    assert torch.equal(second, gradient)
