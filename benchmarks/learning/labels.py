"""What the GANs with labels, codes and encoders have learned: `python -m benchmarks.learning.labels NAME`.

Each is trained on the built-in digits with its defaults, and one number of its own is printed beside the number
of not having learned. The judge is a support vector machine, trained on the odd digits and tested on the even ones.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.svm import SVC
from torch import Tensor, nn

import ganzoo
from ganzoo.data import Dataset, Request, open_dataset
from ganzoo.engine.modes import evaluating
from ganzoo.engine.train import Run

__all__ = ["labels"]

SAMPLES = 1000
HELD_OUT = 400  # digits that sgan is tested on and never sees


def judge(data: Dataset) -> tuple[SVC, float]:
    """A classifier of the data's samples, and its share of right answers on the half that it was not trained on."""
    everything = torch.arange(len(data))
    x, y = data.real(everything).flatten(1).numpy(), data.label(everything).numpy()
    machine = SVC().fit(x[1::2], y[1::2])
    return machine, float(machine.score(x[::2], y[::2]))


def named(machine: SVC, samples: Tensor) -> NDArray[np.int64]:
    """The classes (N,) that the judge gives samples (N, *shape)."""
    found: NDArray[np.int64] = machine.predict(samples.flatten(1).numpy())
    return found


def matched(groups: NDArray[np.int64], truth: NDArray[np.int64]) -> float:
    """The share of samples whose group is that of their class, after the best matching of groups and classes."""
    counts = np.zeros((max(groups) + 1, max(truth) + 1))
    np.add.at(counts, (groups, truth), 1)
    return float(counts[linear_sum_assignment(-counts)].sum() / len(truth))


def obeys(run: Run) -> str:
    """Generated digits of every class in turn: how many are what they were asked to be."""
    machine, right = judge(run.dataset)
    asked = np.arange(SAMPLES) % 10
    share = float((named(machine, run.sample(SAMPLES, seed=0).tensor) == asked).mean())
    return f"{share:.3f} of {SAMPLES:,} generated digits are of the class asked for (chance .1, judge {right:.3f})"


def separates(groups: Callable[[Any, Tensor], Tensor]) -> Callable[[Run], str]:
    """All real digits: how well do the groups that a network puts them into agree with their classes."""

    def measure(run: Run) -> str:
        everything = torch.arange(len(run.dataset))
        with evaluating(run.game.state.modules):
            found = groups(run.game.state.nets, run.dataset.real(everything)).argmax(1).numpy()
        share = matched(found, run.dataset.label(everything).numpy())
        return (
            f"{share:.3f} of {len(found):,} digits are in the group of their class after the best matching (chance .1)"
        )

    return measure


def reconstructs(run: Run) -> str:
    """All real digits: G(E(x)) against x, by their distance and by their class."""
    machine, right = judge(run.dataset)
    everything = torch.arange(len(run.dataset))
    real, nets = run.dataset.real(everything), run.game.state.nets
    with evaluating(run.game.state.modules):
        again = nets.G(nets.E(real))
    kept = float((named(machine, again) == run.dataset.label(everything).numpy()).mean())
    error, spread = (again - real).square().mean(), (real - real.mean(0)).square().mean()
    return (
        f"{kept:.3f} of {len(real):,} reconstructed digits keep their class (judge {right:.3f}); "
        f"squared error {error:.3f} (the mean digit's: {spread:.3f})"
    )


def pairs(run: Run) -> str:
    """Generated pairs: how many show one digit, where the negative is turned back."""
    machine, right = judge(run.dataset)
    nets = run.game.state.nets
    with evaluating(run.game.state.modules):
        z = torch.randn(SAMPLES, run.setup.config.latent_dim, generator=torch.Generator().manual_seed(0))
        first, second = named(machine, nets.G1(z)), named(machine, -nets.G2(z))
    chance = float(sum((first == c).mean() * (second == c).mean() for c in range(10)))
    share = float((first == second).mean())
    return f"{share:.3f} of {SAMPLES:,} pairs show one digit in both domains (chance {chance:.3f}, judge {right:.3f})"


def turns(run: Run) -> str:
    """All real digits, each translated into another class: how many are then of the class asked for."""
    machine, correct = judge(run.dataset)
    everything = torch.arange(len(run.dataset))
    asked = ((run.dataset.label(everything) + 1 + everything % 9) % 10).numpy()
    made = run.generator.translate(run.dataset.source(everything), labels=asked.tolist()).tensor
    share = float((named(machine, made) == asked).mean())
    return (
        f"{share:.3f} of {len(asked):,} digits became the other one that was asked for (chance .1, judge {correct:.3f})"
    )


def taught(run: Run, name: str, known: Tensor, pictures: Callable[[Tensor], Tensor]) -> nn.Module:
    """The run's network of that name as it was at first, trained as long by the labels of the samples `known` alone."""
    data, config = run.dataset, run.setup.config
    torch.manual_seed(run.settings.seed)
    alone: nn.Module = run.setup.architecture.networks(config, run.space)[name]
    optimiser = torch.optim.Adam(alone.parameters(), lr=config.lr, betas=(config.beta1, config.beta2))
    for _ in range(run.steps):
        index = known[torch.randint(len(known), (min(64, run.settings.batch),))]
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(logits(alone(pictures(index))), data.label(index)).backward()
        optimiser.step()
    return alone


def logits(found: Tensor | tuple[Tensor, ...]) -> Tensor:
    """The classes' (N, K), of a classifier or of the last head of a discriminator."""
    return found if isinstance(found, Tensor) else found[-1]


def right(net: nn.Module, held: Dataset) -> float:
    """The share of held-out digits that a classifier names right."""
    everything = torch.arange(len(held))
    with evaluating({"net": net}):
        return float((logits(net(held.real(everything))).argmax(1) == held.label(everything)).float().mean())


def classifies(run: Run, held: Dataset) -> str:
    """Held-out digits: the classifier trained with the generator, and the same one on the same labels alone."""
    data = run.dataset
    known = (data.label(torch.arange(len(data))) >= 0).nonzero()[:, 0]
    alone = taught(run, "D", known, data.real)
    return (
        f"{right(run.game.state.modules['D'], held):.3f} of {len(held)} held-out digits right with the generator and "
        f"{len(known)} labels, {right(alone, held):.3f} by the same classifier on the labels alone"
    )


def adapts(run: Run, held: Dataset) -> str:
    """Held-out digits of the target's domain: T, trained with the generator, and on the labelled sources alone."""
    alone = taught(run, "T", torch.arange(len(run.dataset)), run.dataset.source)
    return (
        f"{right(run.game.state.modules['T'], held):.3f} of {len(held)} held-out digits right by T, "
        f"{right(alone, held):.3f} by the same classifier on {run.dataset.degradation} alone"
    )


ON_HELD_OUT: dict[str, Callable[[Run, Dataset], str]] = {"ccgan": classifies, "pixelda": adapts, "sgan": classifies}
MEASURES: dict[str, Callable[[Run], str]] = {
    "aae": reconstructs,
    "acgan": obeys,
    "bigan": reconstructs,
    "cgan": obeys,
    "clustergan": separates(lambda nets, x: nets.E(x)[1]),
    "cogan": pairs,
    "infogan": separates(lambda nets, x: nets.Q(x)[0]),
    "stargan": turns,
}


def parted(folder: Path, seed: int) -> tuple[Path, Path]:
    """The digits as two npz files in the folder, to train on and held out, parted by the seed."""
    from sklearn.datasets import load_digits

    pixels, truth = load_digits(return_X_y=True)
    order = np.random.RandomState(seed).permutation(len(truth))
    images = np.rint(pixels * (255 / 16)).astype(np.uint8).reshape(-1, 1, 8, 8).repeat(3, 2).repeat(3, 3)
    files = folder / "train.npz", folder / "held.npz"
    for file, part in zip(files, (order[HELD_OUT:], order[:HELD_OUT]), strict=True):
        np.savez(file, samples=images[part], labels=truth[part])
    return files


@click.command()
@click.argument("name", type=click.Choice([*MEASURES, *ON_HELD_OUT]))
@click.option("--seed", default=0, show_default=True)
@click.option("--run", "folder", type=click.Path(exists=True), help="Measure this finished run instead of training.")
def labels(name: str, seed: int, folder: str | None) -> None:
    """Train a GAN on digits with its defaults and print what it has learned."""
    if folder and name in ON_HELD_OUT:
        raise click.UsageError(f"{name} is measured on digits held out from its training; leave out --run")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        out = str(Path(scratch) / "run")
        if name in ON_HELD_OUT:
            train, held = parted(Path(scratch), seed)
            size = 24 if name == "sgan" else None  # as the digits are held, for linear layers
            run = ganzoo.train(name, data=str(train), size=size, seed=seed, threads=1, out=out)
            request = Request(root=None, size=run.space.shape[1], channels=None)
            found = ON_HELD_OUT[name](run, open_dataset(str(held), request))
        else:
            run = ganzoo.resume(folder) if folder else ganzoo.train(name, seed=seed, threads=1, out=out)
            found = MEASURES[name](run)
    click.echo(f"{name}: {found}; {run.step:,} steps, seed {run.settings.seed}")


if __name__ == "__main__":
    labels()
