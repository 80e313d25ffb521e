"""What the GANs of sounds have learned of the spoken digits: `python -m benchmarks.learning.audio wavegan specgan`.

Each plays on the recordings (GANZOO_DATA names the folder that has them) with its defaults. A small classifier of mel
spectrograms, trained on the recordings, names what was asked for; the inception score is that classifier's, of as many
real sounds too. A vocoder is given the mel spectrograms of a speaker whom it has not heard: how far are those of what
it makes, beside Griffin and Lim's.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import click
import torch
from torch import Tensor

import ganzoo
from benchmarks.figures import table
from ganzoo.data import Dataset, Request, open_dataset
from ganzoo.engine.samples import Samples, side_by_side
from ganzoo.engine.train import Run
from ganzoo.judge.extractors import choose_extractor
from ganzoo.judge.inception import inception_score
from ganzoo.nn import griffin_lim
from ganzoo.nn.mel import HOP, WINDOW, MelSpectrogram

__all__ = ["audio"]

SAMPLES = 1000
ROUNDS = 60  # of Griffin and Lim
HELD_OUT = "lucas"  # the speaker whom a vocoder has not heard
CPU = torch.device("cpu")


def of_the_digit(run: Run, data: Dataset) -> list[list[str]]:
    """How many sounds of each digit in turn are what they were asked to be, and the inception scores."""
    eyes = choose_extractor(data, "classifier", CPU)
    asked = torch.arange(SAMPLES) % len(run.space.classes)
    index = torch.randperm(len(data), generator=torch.Generator().manual_seed(0))[:SAMPLES]
    rows = []
    for name, sounds, label in (
        ("real", data.real(index), data.label(index)),
        (run.name, run.generator.sample(SAMPLES, seed=0).tensor, asked),
    ):
        with torch.no_grad():
            logits = torch.cat([eyes.look(part)[1] for part in sounds.split(250)])
        share = (logits.argmax(1) == label).float().mean()
        rows.append([name, f"{share:.3f}", f"{inception_score(logits):.2f}"])
    return rows


def by_griffin_lim(mel: MelSpectrogram, given: Tensor, length: int) -> Tensor:
    """Sounds (N, 1, T) of mel spectrograms (N, M, L), whose bands are first undone by the nearest magnitudes."""
    magnitudes = (torch.linalg.pinv(mel.bands) @ given.exp()).clamp(min=0)
    whole = torch.nn.functional.pad(magnitudes, (0, 1), mode="replicate")
    sounds = griffin_lim(whole, WINDOW, length, ROUNDS, HOP)
    late = HOP // 2  # a frame's middle is half a hop later there
    return torch.nn.functional.pad(sounds, (late, 0))[:, None, :length].clamp(-1, 1)


def of_the_spectrogram(run: Run, held: Dataset, folder: Path | None) -> list[list[str]]:
    """How far mel spectrograms of made sounds are from those given, in natural logarithms, and which digit is heard."""
    index = torch.randperm(len(held), generator=torch.Generator().manual_seed(0))[:200]
    sounds, label = held.real(index), held.label(index)
    mel = run.game.state.nets.phi
    given = mel(sounds)
    torch.manual_seed(0)
    untrained = run.setup.architecture.networks(run.setup.config, run.space)["G"]
    with torch.no_grad():
        made = {
            "real": sounds,
            "untrained": untrained(given),
            f"{ROUNDS} rounds of Griffin and Lim": by_griffin_lim(mel, given, sounds.shape[-1]),
            run.name: run.generator.translate(given).tensor,
        }
        if folder:
            parts = [Samples(part[:16], held.space) for name, part in made.items() if name != "untrained"]
            side_by_side(parts).save(folder / f"{run.name}.png")
            for part, name in zip(parts, ("real", "griffin-lim", run.name), strict=True):
                part.save(folder / f"{name}.wav", force=True)
        eyes = choose_extractor(held, "classifier", CPU)
        return [
            [
                name,
                f"{(eyes.look(part)[1].argmax(1) == label).float().mean():.3f}",
                f"{(mel(part) - given).abs().mean():.3f}",
            ]
            for name, part in made.items()
        ]


def without(speaker: str, folder: Path) -> tuple[Path, Path]:
    """The recordings as two folders of wav files by digit: of the other speakers, and of this one."""
    import tarfile

    archive = Path(os.environ["GANZOO_DATA"]) / "spoken-digits" / "recordings.tar.gz"
    with tarfile.open(archive) as recordings:
        for member in recordings:
            if member.isfile() and member.name.endswith(".wav"):
                name = Path(member.name).name
                place = folder / ("held" if f"_{speaker}_" in name else "train") / name[0] / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(recordings.extractfile(member).read())  # type: ignore[union-attr]
    return folder / "train", folder / "held"


@click.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--steps", type=int, help="other steps than the GAN prefers")
@click.option("--size", type=int, help="another length than the GAN prefers")
@click.option("-o", "options", multiple=True, help="an option of the GAN, KEY=VALUE")
@click.option("--seed", default=0, show_default=True)
@click.option("--run", "finished", type=click.Path(exists=True), help="measure this finished run instead of training")
@click.option("--pictures", type=click.Path(path_type=Path), help="a folder for spectrograms and wav files")
def audio(
    names: tuple[str, ...], steps: int | None, size: int | None, options: tuple[str, ...], seed: int,
    finished: str | None, pictures: Path | None,
) -> None:  # fmt: skip
    """Train each GAN of sounds on the spoken digits with its defaults and print what it has learned."""
    torch.set_num_threads(1)
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    for name in names:
        with tempfile.TemporaryDirectory() as scratch:
            vocoder = bool(ganzoo.architecture(name).source)
            train, held = without(HELD_OUT, Path(scratch)) if vocoder else ("spoken-digits", "")
            run = (
                ganzoo.resume(finished)
                if finished
                else ganzoo.train(
                    name,
                    data=str(train),
                    size=size,
                    steps=steps,
                    seed=seed,
                    threads=1,
                    out=f"{scratch}/run",
                    options=dict(option.split("=", 1) for option in options),
                )
            )
            request = Request(root=None, size=run.space.shape[-1], channels=None)
            if vocoder:
                rows = of_the_spectrogram(run, open_dataset(str(held), request), pictures)
            else:
                rows = of_the_digit(run, open_dataset("spoken-digits", request))
                if pictures:
                    reals = replace(run.dataset, labels=None).real(torch.arange(0, 3000, 47))
                    for kind, sounds in (("real", reals), (name, run.generator.sample(60, seed=1).tensor)):
                        Samples(sounds[:60], run.space).grid(10).save(pictures / f"{kind}-{name}.png")
                        Samples(sounds[:20], run.space).save(pictures / f"{kind}-{name}.wav", force=True)
        heads = [
            f"{run.steps:,} steps, T = {run.space.shape[-1]:,}",
            "digit heard",
            "mel distance" if vocoder else "score",
        ]
        print(table(heads, rows), flush=True)


if __name__ == "__main__":
    audio()
