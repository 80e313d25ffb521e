"""What the translating GANs have learned: PSNR and SSIM on held-out digits, or on a held-out part of two photographs.

Each beside what it starts from (enlarged if it is smaller) and beside L1 alone: the same generator, trained by Adam for
as many steps to the mean absolute distance. Pairs are there for the measure alone where the GAN plays without them.

uv run python -m benchmarks.learning.editing pix2pix cyclegan context-encoder srgan denoising-gan discogan
uv run python -m benchmarks.learning.editing srgan denoising-gan --photographs
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

import ganzoo
from benchmarks.learning.labels import parted
from ganzoo.data import Dataset, Request, Stream, open_translation
from ganzoo.engine.generator import draw_prior, evaluating, generate
from ganzoo.engine.samples import Samples, side_by_side
from ganzoo.engine.train import Run
from ganzoo.judge.fidelity import psnr, ssim

PATCH, STRIDE = 32, 16  # of the photographs
HELD_COLUMNS = 160  # of their 640: what is at the right is not trained on


def photographs(folder: Path) -> tuple[Path, Path]:
    """Patches of scikit-learn's two photographs as two npz files in the folder, to train on and held out."""
    from sklearn.datasets import load_sample_images

    files = folder / "train.npz", folder / "held.npz"
    for file, part in zip(files, (slice(None, -HELD_COLUMNS), slice(-HELD_COLUMNS, None)), strict=True):
        step = STRIDE if part.stop else PATCH
        patches = [
            photo[top : top + PATCH, left : left + PATCH]
            for photo in (image[:, part] for image in load_sample_images().images)
            for top in range(0, photo.shape[0] - PATCH + 1, step)
            for left in range(0, photo.shape[1] - PATCH + 1, step)
        ]
        np.savez(file, images=np.stack(patches))
    return files


def batch_of(run: Run, source: Tensor) -> ganzoo.Batch:
    """Sources as a generator is given them, with noise where it takes any."""
    architecture, config, space = run.setup.architecture, run.setup.config, run.space
    drawn = draw_prior(architecture, len(source), config, space, source.device) if run.generator.takes_noise else None
    return run.generator.batch(drawn, source=source)


def by_distance_alone(run: Run) -> dict[str, torch.nn.Module]:
    """The run's generator, trained as long to the mean absolute distance by pairs."""
    architecture, config = run.setup.architecture, run.setup.config
    torch.manual_seed(run.settings.seed)
    modules = dict(architecture.networks(config, run.space))
    parameters = [p for name in architecture.generator for p in modules[name].parameters()]
    optimiser = torch.optim.Adam(parameters, lr=config.lr)
    stream = Stream(run.dataset, run.settings.batch, run.settings.seed, "L1", "cpu")
    for k in range(run.steps):
        source, real = stream.source(k), stream.real(k)
        optimiser.zero_grad()
        (generate(architecture, modules, batch_of(run, source), config) - real).abs().mean().backward()
        optimiser.step()
    return modules


def measured(run: Run, held: Dataset, picture: Path | None) -> dict[str, tuple[float, float]]:
    """Mean PSNR and SSIM by what is compared with the held-out targets, the border cropped by the enlargement."""
    architecture, config = run.setup.architecture, run.setup.config
    index = torch.arange(len(held))
    source, target = held.source(index), held.real(index)
    border = target.shape[2] // source.shape[2] if source.shape != target.shape else 0
    alone = by_distance_alone(run)
    with evaluating(alone):
        l1 = generate(architecture, alone, batch_of(run, source), config)
    made = run.generator.translate(source).tensor
    start = F.interpolate(source, target.shape[2:], mode="bicubic") if border else source
    if picture:
        space = run.space
        rows: list[tuple[Tensor, ganzoo.Space | None]] = [(source, space.source), (l1, space), (made, space)]
        rows.append((target, space))
        parts = [Samples(images[:24], of) for images, of in rows if of]
        side_by_side(parts).save(picture)
    compared = {"start": start, "L1 alone": l1, "GAN": made}
    return {
        name: (float(psnr(x, target, border).mean()), float(ssim(x, target, border).mean()))
        for name, x in compared.items()
    }


@click.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--photographs", "photos", is_flag=True, help="scikit-learn's photographs in place of digits")
@click.option("--degrade", help="another degradation than the GAN prefers")
@click.option("--steps", type=int, help="other steps than the GAN prefers")
@click.option("-o", "options", multiple=True, help="an option of the GAN, KEY=VALUE")
@click.option("--seed", default=0, show_default=True)
@click.option("--pictures", type=click.Path(path_type=Path), help="a folder for a picture of each")
def editing(
    names: tuple[str, ...], photos: bool, degrade: str | None, steps: int | None, options: tuple[str, ...], seed: int,
    pictures: Path | None,
) -> None:  # fmt: skip
    """Train each GAN with its defaults and print how near its translations of held-out sources come."""
    torch.set_num_threads(1)
    print("| GAN | from | steps | start | L1 alone | GAN |\n|---|---|---|---|---|---|")
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            train, held = photographs(Path(scratch)) if photos else parted(Path(scratch), seed)
            run = ganzoo.train(
                name, data=str(train), degrade=degrade, steps=steps, seed=seed, threads=1, augment=False,
                options=dict(option.split("=", 1) for option in options), out=str(Path(scratch) / "run"),
            )  # fmt: skip
            assert run.dataset is not None
            request = Request(root=None, size=run.space.shape[1], channels=None)
            kept = open_translation(str(held), request, "paired", degrade=str(run.dataset.degradation))
            if pictures:
                pictures.mkdir(parents=True, exist_ok=True)
            found = measured(run, kept, pictures and pictures / f"{name}{'-photographs' * photos}.png")
        cells = " | ".join(f"{decibels:.2f} dB, {likeness:.3f}" for decibels, likeness in found.values())
        print(f"| {name} | {run.dataset.degradation} | {run.steps:,} | {cells} |", flush=True)


if __name__ == "__main__":
    editing()
