"""Does play beat maximum likelihood? `python -m benchmarks.learning.text --seeds 3 seqgan`.

Each GAN plays on texts of the oracle, under which any text has a known likelihood (Yu et al. 2017, eq. 9): nats per
token of 5,000 texts, of real ones, of the generator's at the end of maximum likelihood and at the end of play, and of
the same generator after as many more steps of maximum likelihood in place of play. That is quality; what play costs in
diversity are the nats of held-out real texts under the generator itself. A lower temperature buys quality with that
too: beside stands what maximum likelihood has at the temperature that costs as much as play. Results are kept as they
come: a command that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from statistics import mean
from typing import Any

import click
import torch
from torch import Tensor

import ganzoo
from benchmarks.figures import RESULTS, table
from ganzoo.data.oracle import oracle_of
from ganzoo.engine.train import Run
from ganzoo.nn import likelihood

__all__ = ["text"]

SAMPLES = 5000
OBSERVERS = "log,pictures,probes,texts"  # none looks while the clock runs


def nats(run: Run, step: int, seed: int) -> tuple[float, float]:
    """Per token: of generated texts under the oracle, of held-out real ones under the generator of that step."""
    oracle, generator = oracle_of(run.space), ganzoo.load(run.folder, step=step, raw=True)
    assert oracle is not None
    made = oracle.nll(generator.sample(SAMPLES, seed=seed).tensor.long().numpy()).mean()
    with torch.no_grad():
        own = -likelihood(generator.nets["G"](held_out(run)), held_out(run)).mean()
    return float(made), float(own)


def as_sure(run: Run, step: int, own: float, seed: int) -> tuple[float, float]:
    """The least temperature, of .1 to 1, at which held-out texts have these nats or fewer; of its texts, `nats`' first.

    It is what the logits of that step's generator are divided by. 1 where play had gained diversity.
    """
    generator = ganzoo.load(run.folder, step=step, raw=True)
    with torch.no_grad():
        logits, low, high = generator.nets["G"](held_out(run)), 0.1, 1.0
        for _ in range(30):
            middle = (low + high) / 2
            dear = -float(likelihood(logits / middle, held_out(run)).mean()) > own
            low, high = (middle, high) if dear else (low, middle)
        for parameter in generator.nets["G"].out.parameters():
            parameter.div_(high)
    oracle = oracle_of(run.space)
    assert oracle is not None
    return high, float(oracle.nll(generator.sample(SAMPLES, seed=seed).tensor.long().numpy()).mean())


def held_out(run: Run) -> Tensor:
    """Texts of the oracle that are not among the data."""
    oracle = oracle_of(run.space)
    assert oracle is not None
    return torch.from_numpy(oracle.sample(SAMPLES, run.space.shape[0], seed=1))


def play(gan: str, seed: int, options: dict[str, str], **settings: int | None) -> dict[str, Any]:
    """One training of a GAN, and one that goes on with maximum likelihood where it begins to play: what they reach."""
    with tempfile.TemporaryDirectory() as folder:
        known: dict[str, Any] = {
            "data": "oracle",
            "seed": seed,
            "threads": 1,
            "ema": 0.0,
            "sample_every": 10**9,
            **settings,
        }
        start = time.process_time()
        pretrain = int(options.get("pretrain", ganzoo.architecture(gan).config().to_dict()["pretrain"]))
        run = ganzoo.train(gan, out=f"{folder}/run", options=options, checkpoint_every=pretrain, keep=1000, **known)
        seconds = time.process_time() - start
        more = run.steps - pretrain
        alone = ganzoo.train(
            gan, out=f"{folder}/alone", options={**options, "pretrain": more}, checkpoint_every=more,
            start_from=f"{folder}/run/checkpoints/step-{pretrain:08d}.safetensors", **(known | {"steps": more}),
        )  # fmt: skip
        oracle = oracle_of(run.space)
        assert oracle is not None
        likely, played, longer = nats(run, pretrain, seed), nats(run, run.steps, seed), nats(alone, more, seed)
        temperature, sure = as_sure(run, pretrain, played[1], seed)
        return {
            "seed": seed,
            "real": float(oracle.nll(held_out(run).numpy()).mean()),
            "likelihood": likely[0],
            "play": played[0],
            "more_likelihood": longer[0],
            "temperature": temperature,
            "as_sure": sure,
            "held_out": {"likelihood": likely[1], "play": played[1], "more_likelihood": longer[1]},
            "pretrain": pretrain,
            "steps": run.steps,
            "size": run.settings.size,
            "batch": run.settings.batch,
            "options": options,
            "cpu_seconds": round(seconds),
        }


@click.command()
@click.argument("gans", nargs=-1)
@click.option("--seeds", default=3, show_default=True)
@click.option("--steps", type=int, help="else the GAN's own, as are")
@click.option("--size", type=int, help="tokens of a text, and")
@click.option("--batch", type=int, help="texts of a turn")
@click.option("-o", "pairs", multiple=True, metavar="KEY=VALUE", help="a hyper-parameter of every GAN named")
def text(gans: tuple[str, ...], seeds: int, pairs: tuple[str, ...], **settings: int | None) -> None:
    """Train each GAN once per seed, with its defaults, and print what all have reached so far."""
    os.environ["GANZOO_BLOCK_PLUGINS"] = OBSERVERS
    path = RESULTS / "text-oracle.json"
    kept: dict[str, list[dict[str, Any]]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for gan in gans:
        asked = [f"{name}={value}" for name, value in settings.items() if value is not None]
        rows = kept.setdefault(" ".join([gan, *asked, *pairs]), [])
        for seed in range(seeds):
            if not any(row["seed"] == seed for row in rows):
                rows.append(play(gan, seed, dict(pair.partition("=")[::2] for pair in pairs), **settings))
                path.write_text(json.dumps(kept, indent=2) + "\n", "utf-8")
                click.echo(f"{gan} {rows[-1]}")
    heads = [
        "oracle NLL",
        "real",
        "maximum likelihood",
        "play",
        "gained by seed",
        "more of it",
        "lower temperature",
        "held out",
        "CPU s",
    ]
    cells = [
        [
            label,
            *(f"{mean(row[key] for row in rows):.3f}" for key in ("real", "likelihood", "play")),
            " ".join(f"{row['likelihood'] - row['play']:.3f}" for row in rows),
            *(f"{mean(row[key] for row in rows):.3f}" for key in ("more_likelihood", "as_sure")),
            " ".join(
                f"{mean(row['held_out'][key] for row in rows):.3f}" for key in ("likelihood", "play", "more_likelihood")
            ),
            f"{mean(row['cpu_seconds'] for row in rows):.0f}",
        ]
        for label, rows in kept.items()
        if rows
    ]
    click.echo(table(heads, cells))


if __name__ == "__main__":
    text()
