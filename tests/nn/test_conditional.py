import numpy as np
import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.nn.conditional import (
    Concatenated,
    ConditionalBatchNorm,
    Headed,
    JointDiscriminator,
    Labelled,
    MaybeLabelled,
    MaybeNaming,
    Projection,
    Spread,
    class_count,
    class_likelihood,
    label_of,
    naming,
    naming_distance,
    one_hot,
)


def test_one_hot_has_a_one_at_each_label_and_none_without():
    assert one_hot(torch.tensor([2, -1, 0]), 3).tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]


def test_the_class_likelihood_is_the_mean_log_softmax_over_labelled_samples():
    logits, label = np.array([[1.0, 2, 3], [0, 0, 5], [9, 9, 9]]), [2, 0, -1]
    softmax = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    expected = (np.log(softmax[0, 2]) + np.log(softmax[1, 0])) / 2
    assert class_likelihood(torch.tensor(logits), torch.tensor(label)).item() == pytest.approx(expected, rel=1e-12)


def test_without_any_label_the_likelihood_is_0_and_so_is_its_slope():
    logits = torch.randn(3, 4, requires_grad=True)
    likelihood = class_likelihood(logits, torch.full((3,), -1))
    likelihood.backward()
    assert likelihood.item() == 0
    assert logits.grad.abs().sum() == 0


def test_extreme_logits_stay_finite():
    assert class_likelihood(torch.tensor([[1e4, -1e4]]), torch.tensor([1])).item() == -2e4
    assert class_likelihood(torch.ones(1, 2, dtype=torch.bfloat16), torch.tensor([1])).dtype == torch.float32


def test_classes_are_counted_or_asked_for():
    assert class_count(ganzoo.Space(kind="vector", shape=(2,), classes=("a", "b"))) == 2
    with pytest.raises(ganzoo.GanzooError, match="the data have none; type --data digits"):
        class_count(ganzoo.Space(kind="vector", shape=(2,)))


def test_labels_reach_the_network_as_ones_beside_the_input():
    seen = Labelled(Concatenated(nn.Identity()), 3)(torch.tensor([[7.0], [8.0]]), torch.tensor([1, 2]))
    assert seen.tolist() == [[7, 0, 1, 0], [8, 0, 0, 1]]


def test_heads_share_one_body():
    calls = []
    body = nn.Identity()
    body.register_forward_hook(lambda *_: calls.append(1))
    first, second = Headed(body, nn.Flatten(0), nn.Identity())(torch.ones(3, 1))
    assert (first.shape, second.shape, len(calls)) == ((3,), (3, 1), 1)


@pytest.mark.parametrize("shape", [(1, 12, 12), (3, 16, 16)], ids=str)
def test_the_joint_discriminator_judges_each_pair_alone(shape):
    net = JointDiscriminator(ganzoo.Space(kind="image", shape=shape), 5, width=4, units=8)
    x, other = torch.randn(4, *shape), torch.randn(4, 5)
    logits = net(x, other)
    assert logits.shape == (4,)
    assert torch.allclose(net(x[:1], other[:1]), logits[:1], atol=1e-6)
    assert not torch.allclose(net(x, other.flip(0)), logits)


def test_conditional_batch_norm_scales_and_shifts_by_class_after_normalising_all_together():
    torch.manual_seed(0)
    layer, x, label = ConditionalBatchNorm(2, 3), 3 * torch.randn(6, 2, 4, 4) + 1, torch.tensor([0, 1, 2, 0, 1, 1])
    with torch.no_grad():
        nn.init.normal_(layer.gain.weight)
        nn.init.normal_(layer.bias.weight)
    array = x.numpy()
    mean, variance = (getattr(array, name)((0, 2, 3), keepdims=True) for name in ("mean", "var"))
    gain, bias = (rows.weight.detach().numpy()[label][:, :, None, None] for rows in (layer.gain, layer.bias))
    expected = gain * (array - mean) / np.sqrt(variance + layer.norm.eps) + bias
    assert layer(x, label).detach().numpy() == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_conditional_batch_norm_starts_as_batch_norm():
    x = torch.randn(6, 2, 4, 4)
    assert torch.allclose(ConditionalBatchNorm(2, 3)(x, torch.zeros(6, dtype=torch.int64)), nn.BatchNorm2d(2)(x))


def test_the_projection_is_the_class_vectors_inner_product_and_a_linear_function():
    torch.manual_seed(0)
    layer, x, label = Projection(4, 3), torch.randn(5, 4), torch.tensor([0, 2, 2, 1, 0])
    vectors, weight = layer.classes.weight.detach().numpy(), layer.any.weight.detach().numpy()[0]
    expected = [(vectors[y] + weight) @ row + layer.any.bias.item() for row, y in zip(x.numpy(), label, strict=True)]
    assert layer(x, label).detach().numpy() == pytest.approx(np.array(expected), rel=1e-5)


def test_a_vector_is_in_every_pixel():
    x, vector = torch.rand(2, 3, 4, 5), torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    seen = Spread(nn.Identity())(x, vector)
    assert torch.equal(seen[:, :3], x)
    assert torch.equal(seen[:, 3:], vector[:, :, None, None].expand(2, 2, 4, 5))


def test_labels_join_where_there_are_any(batch_of_labels):
    z, label = torch.randn(2, 3), label_of(batch_of_labels({"label": lambda: torch.tensor([1, 0])}))
    assert torch.equal(MaybeLabelled(nn.Identity(), 2)(z, label), torch.cat([z, torch.tensor([[0.0, 1], [1, 0]])], 1))
    label = label_of(batch_of_labels({}))
    assert label is None
    assert torch.equal(MaybeLabelled(nn.Identity(), 0)(z, label), z)


def test_classes_are_named_where_there_are_any(batch_of_labels):
    x, label = torch.randn(2, 3), torch.tensor([1, 0])
    judge = MaybeNaming(nn.Identity(), 3, 2)
    value, logits = judge(x, label)
    assert torch.equal(value, judge.head(x, label))
    assert torch.equal(logits, judge.classes(x))
    odds = logits.detach().exp()
    expected = (odds[0, 1] / odds[0].sum()).log() + (odds[1, 0] / odds[1].sum()).log()
    term = naming(logits, batch_of_labels({"label": lambda: label}), 10.0)
    assert term["naming"].item() == pytest.approx(5 * expected.item(), rel=1e-4)
    judge = MaybeNaming(nn.Identity(), 3, 2, named=False)
    value, logits = judge(x, label)
    assert torch.equal(value, judge.head(x, label))
    assert logits is None
    judge = MaybeNaming(nn.Identity(), 3, 0)
    value, logits = judge(x)
    assert torch.equal(value, judge.head(x)[:, 0])
    assert logits is None
    assert naming(logits, batch_of_labels({}), 10.0) == {}


def test_the_distance_of_a_critic_that_names_is_its_parts(batch_of_labels):
    torch.manual_seed(0)
    judge, (real, fake), label = MaybeNaming(nn.Tanh(), 3, 2), torch.randn(2, 2, 3), torch.tensor([1, 0])
    given = batch_of_labels({"label": lambda: label})
    torch.manual_seed(1)
    found = naming_distance(judge, real, fake, given, penalty=10.0, classes=3.0)
    assert [*found] == ["distance", "penalty", "naming"]
    weight = (judge.head.classes.weight[label] + judge.head.any.weight).detach().numpy()
    tall, low = np.tanh(real.numpy()), np.tanh(fake.numpy())
    assert found["distance"].item() == pytest.approx((weight * tall - weight * low).sum(1).mean(), rel=1e-4)
    torch.manual_seed(1)
    share = torch.rand(2, 1).numpy()
    slope = weight * (1 - np.tanh(share * real.numpy() + (1 - share) * fake.numpy()) ** 2)
    off = (np.linalg.norm(slope, axis=1) - 1) ** 2
    assert found["penalty"].item() == pytest.approx(-10 * off.mean(), rel=1e-4)
    logits = judge.classes(real.tanh())
    assert found["naming"].item() == pytest.approx(3 * class_likelihood(logits, label).item(), rel=1e-5)
    judge = MaybeNaming(nn.Tanh(), 3, 0)
    assert [*naming_distance(judge, real, fake, batch_of_labels({}), penalty=1, classes=1)] == ["distance", "penalty"]


@pytest.fixture
def batch_of_labels():
    zero = torch.zeros(())
    return lambda fetch: ganzoo.Batch(2, step=zero, progress=zero, device=zero.device, fetch=fetch)
