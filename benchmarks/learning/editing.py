"""What the translating GANs have learned: PSNR and SSIM on held-out digits, or on held-out photographs.

Each beside what it starts from (enlarged if it is smaller) and beside L1 alone: the same generator, trained by Adam for
as many steps to the mean absolute distance. Pairs are there for the measure alone where the GAN plays without them.

Photographs are those in colour that come with scikit-learn and with scikit-image, cut into patches. Two of them, one
of each, are held out, and have one PSNR each, of the squared error over all their patches: a mean of patches' decibels
would be led by a few of plain background.

uv run python -m benchmarks.learning.editing pix2pix cyclegan context-encoder srgan denoising-gan discogan
uv run --with scikit-image python -m benchmarks.learning.editing --photographs srgan denoising-gan
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

import ganzoo
from benchmarks.figures import RESULTS
from benchmarks.learning.labels import parted
from ganzoo.data import Dataset, Request, Stream, open_translation
from ganzoo.engine.generator import draw_prior, generate
from ganzoo.engine.modes import evaluating
from ganzoo.engine.samples import Samples, side_by_side
from ganzoo.engine.train import Run
from ganzoo.judge.fidelity import psnr, ssim, starting

PATCH, STRIDE = 32, 16  # of the photographs that are trained on; held-out patches lie side by side
SHOWN = 24  # held-out pairs in a picture
TRAINED, HELD = ("astronaut", "china", "coffee", "rocket"), ("chelsea", "flower")


def pictures_by_name() -> dict[str, NDArray[np.uint8]]:
    """The photographs (H, W, 3) of the two packages' wheels. Raises ClickException without scikit-image."""
    from sklearn.datasets import load_sample_image

    try:
        from skimage import data
    except ImportError:
        missing = click.ClickException(
            "--photographs are scikit-image's too, which is not installed; type: "
            "uv run --with scikit-image python -m benchmarks.learning.editing --photographs NAME"
        )
        missing.exit_code = 2
        raise missing from None
    theirs = {name: getattr(data, name)() for name in ("astronaut", "chelsea", "coffee", "rocket")}
    return theirs | {name: load_sample_image(f"{name}.jpg") for name in ("china", "flower")}


def photographs(folder: Path) -> tuple[Path, Path]:
    """Patches of the photographs as two npz files in the folder, to train on and held out; each one's is its label."""
    found = pictures_by_name()
    files = folder / "train.npz", folder / "held.npz"
    for file, names, step in zip(files, (TRAINED, HELD), (STRIDE, PATCH), strict=True):
        patches, labels = [], []
        for name in names:
            height, width = found[name].shape[:2]
            for top in range(0, height - PATCH + 1, step):
                for left in range(0, width - PATCH + 1, step):
                    patches.append(found[name][top : top + PATCH, left : left + PATCH])
                    labels.append(name)
        np.savez(file, images=np.stack(patches), labels=np.array(labels))
    return files


def likeness(made: Tensor, target: Tensor, border: int, picture: Tensor) -> tuple[float, float]:
    """PSNR and SSIM of images (N, C, H, W), the mean over the pictures that their numbers (N,) put together."""
    errors = 10 ** (-psnr(made, target, border) / 10)
    alike = ssim(made, target, border)
    pooled = torch.stack([torch.stack([x[picture == one].mean() for x in (errors, alike)]) for one in picture.unique()])
    return float(-10 * pooled[:, 0].log10().mean()), float(pooled[:, 1].mean())


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


def measured(run: Run, held: Dataset, photos: bool, sheet: Path | None) -> dict[str, tuple[float, float]]:
    """PSNR and SSIM by what is compared with the held-out targets, the border cropped by the enlargement."""
    architecture, config = run.setup.architecture, run.setup.config
    index = torch.arange(len(held))
    source, target = held.source(index), held.real(index)
    start, border = starting(source, target)
    alone = by_distance_alone(run)
    with evaluating(alone):
        l1 = generate(architecture, alone, batch_of(run, source), config)
    made = run.generator.translate(source).tensor
    if sheet:
        space = run.space
        rows: list[tuple[Tensor, ganzoo.Space | None]] = [(source, space.source), (l1, space), (made, space)]
        rows.append((target, space))
        shown = torch.linspace(0, len(held) - 1, SHOWN).long()
        parts = [Samples(images[shown], of) for images, of in rows if of]
        side_by_side(parts).save(sheet)
    compared = {"start": start, "L1 alone": l1, "GAN": made}
    picture = held.label(index) if photos else index
    return {name: likeness(images, target, border, picture) for name, images in compared.items()}


@click.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--photographs", "photos", is_flag=True, help="photographs in place of digits")
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
    data = "photographs" if photos else "digits"
    path = RESULTS / f"editing-{data}.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        train, held = photographs(Path(scratch)) if photos else parted(Path(scratch), seed)
        print("| GAN | from | steps | CPU s | start | L1 alone | GAN |\n|---|---|---|---|---|---|---|")
        for name in names:
            begin = time.process_time()
            run = ganzoo.train(
                name, data=str(train), degrade=degrade, steps=steps, seed=seed, threads=1, augment=False,
                options=dict(option.split("=", 1) for option in options), out=str(Path(scratch) / name),
            )  # fmt: skip
            seconds = round(time.process_time() - begin)
            assert run.dataset is not None
            request = Request(root=None, size=run.space.shape[1], channels=None)
            kept = open_translation(str(held), request, "paired", degrade=str(run.dataset.degradation))
            found = measured(run, kept, photos, pictures and pictures / f"{name}-{data}.png")
            facts = {"from": str(run.dataset.degradation), "steps": run.steps, "seed": seed, "cpu_seconds": seconds}
            known[" ".join([name, *options])] = facts | {
                one: [round(figure, 4) for figure in both] for one, both in found.items()
            }
            path.write_text(json.dumps(known, indent=2) + "\n", "utf-8")
            cells = " | ".join(f"{decibels:.2f} dB, {alike:.3f}" for decibels, alike in found.values())
            print(f"| {name} | {run.dataset.degradation} | {run.steps:,} | {seconds} | {cells} |", flush=True)


if __name__ == "__main__":
    editing()
