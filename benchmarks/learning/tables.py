"""What generated tables are good for: `python -m benchmarks.learning.tables --table wine ctgan tablegan medgan`.

A fifth of the rows is held out. Each GAN plays on the others with its defaults, and as many rows as those are drawn.
Four classifiers, trained on generated rows, name the label (the last category) of the held-out ones: mean macro F1.
Beside: the same trained on real rows, and on rows whose columns are drawn each for itself from the real ones.

A GAN that fills absent cells (gain) is given the held-out rows with a fifth of the cells hidden: the root of the mean
squared error of the hidden numbers, each column scaled to 1, and the share of hidden categories that are right. Beside:
the column's mean and commonest value, and scikit-learn's mean over the five nearest rows and its chained equations
(MICE), which learn from rows a fifth of whose cells are hidden, as the GAN does.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

import ganzoo
from benchmarks.figures import RESULTS, table
from ganzoo.columns import columns_of
from ganzoo.data import Request, open_dataset
from ganzoo.data.tables import rows_of
from ganzoo.engine.filling import fill_table

__all__ = ["tables"]

HELD_OUT = 0.2
HIDDEN = 0.2  # of the cells, from a GAN that fills them

Rows = Sequence[Sequence[str]]


class Judge:
    """Compares rows of texts with real ones. kinds: of each column; the last category is the label."""

    def __init__(self, kinds: Sequence[str], train: Rows, test: Rows) -> None:
        self.kinds, self.train, self.test = kinds, train, test
        self.label = max(place for place, kind in enumerate(kinds) if kind == "category")
        self.values = [sorted({row[place] for row in [*train, *test]}) for place in range(len(kinds))]

    def numbers(self, rows: Rows) -> tuple[NDArray[Any], NDArray[Any]]:
        """All columns but the label as numbers, categories as one-hots, absent numbers as the mean; and the label."""
        parts = []
        for place, kind in enumerate(self.kinds):
            texts = [row[place] for row in rows]
            if place == self.label:
                continue
            if kind == "category":
                parts.append(np.array([[text == value for value in self.values[place]] for text in texts], float))
                continue
            column = np.array([float(text) if text else np.nan for text in texts])
            parts.append(np.nan_to_num(column, nan=float(np.nanmean(column)))[:, None])
        return np.concatenate(parts, 1), np.array([row[self.label] for row in rows])

    def figures(self, rows: Rows) -> dict[str, float]:
        """F1 of classifiers; how far marginals and pairs of columns are; how near the nearest training row is."""
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.metrics import f1_score
        from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        from sklearn.tree import DecisionTreeClassifier

        (x, y), (real_x, real_y), (test_x, test_y) = map(self.numbers, (rows, self.train, self.test))
        classifiers = [
            LogisticRegression(max_iter=1000),
            DecisionTreeClassifier(random_state=0),
            RandomForestClassifier(random_state=0),
            KNeighborsClassifier(),
        ]
        scores = [
            f1_score(test_y, make_pipeline(StandardScaler(), one).fit(x, y).predict(test_x), average="macro")
            for one in classifiers
        ]
        mean, std = real_x.mean(0), real_x.std(0) + 1e-9
        a, b = (x - mean) / std, (real_x - mean) / std
        shares = [abs((y == value).mean() - (real_y == value).mean()) for value in self.values[self.label]]
        ordered = [np.quantile(part, np.linspace(0, 1, 101), axis=0) for part in (a, b)]
        pairs = [
            np.nan_to_num(np.corrcoef(part + 1e-9 * np.arange(len(part))[:, None], rowvar=False)) for part in (a, b)
        ]
        nearest = NearestNeighbors(n_neighbors=1).fit(b)
        near, usual = (nearest.kneighbors(part)[0] for part in (a, (test_x - mean) / std))
        return {
            "f1": float(np.mean(scores)),
            "marginals": float(np.abs(ordered[0] - ordered[1]).mean()),
            "label": float(sum(shares) / 2),
            "pairs": float(np.abs(pairs[0] - pairs[1]).mean()),
            "nearest": float(np.median(near) / np.median(usual)),
        }


def generated(gan: str, names: Sequence[str], train: Rows, seed: int, steps: int | None) -> Rows:
    """As many rows as there are for training, of a GAN that has played on those."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "train.csv")
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([names, *train])
        run = ganzoo.train(gan, data=str(path), seed=seed, steps=steps, threads=1, out=f"{folder}/run")
        return rows_of(ganzoo.load(run.folder).sample(len(train), seed=seed).numpy(), run.space)


def hidden(test: Rows, seed: int) -> list[list[str]]:
    """The held-out rows with a fifth of the cells hidden."""
    rng = np.random.default_rng(seed)
    return [[text if rng.random() > HIDDEN else "" for text in row] for row in test]


def imputed(gan: str, names: Sequence[str], train: Rows, holes: Rows, seed: int, steps: int | None) -> Rows:
    """The rows with their holes filled, by a GAN that has played on the others."""
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("train", train), ("holes", holes)):
            with Path(folder, f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([names, *rows])
        run = ganzoo.train(gan, data=f"{folder}/train.csv", seed=seed, steps=steps, threads=1, out=f"{folder}/run")
        contents, _ = fill_table(ganzoo.load(run.folder), Path(folder, "holes.csv"), seed=seed)
        return list(csv.reader(contents.decode().splitlines()))[1:]


def by_columns(kinds: Sequence[str], train: Rows, holes: Rows) -> Rows:
    """Every hole filled with its column's mean, or its commonest category."""
    common = [
        Counter(texts).most_common(1)[0][0] if kind == "category" else str(np.mean([float(text) for text in texts]))
        for kind, texts in zip(kinds, zip(*train, strict=True), strict=True)
    ]
    return [[text or other for text, other in zip(row, common, strict=True)] for row in holes]


def by_imputer(imputer: Any, kinds: Sequence[str], train: Rows, seen: Rows, holes: Rows) -> Rows:
    """Every hole filled by an imputer of scikit-learn's that is fitted to the rows seen; categories as one-hots.

    train: the rows seen, without holes, by whose columns all are scaled.
    """
    values = [sorted({row[place] for row in train}) for place in range(len(kinds))]
    columns = [np.array(texts, object) for texts in zip(*train, strict=True)]
    scales = [
        (c.astype(float).min(), np.ptp(c.astype(float))) if k != "category" else (0.0, 1.0)
        for k, c in zip(kinds, columns, strict=True)
    ]

    def numbers(rows: Rows) -> NDArray[Any]:
        return np.array(
            [
                [
                    number
                    for kind, text, known, (low, reach) in zip(kinds, row, values, scales, strict=True)
                    for number in (
                        [float(text == one) if text else np.nan for one in known]
                        if kind == "category"
                        else [(float(text) - low) / reach if text else np.nan]
                    )
                ]
                for row in rows
            ]
        )

    filled = imputer.fit(numbers(seen)).transform(numbers(holes))
    made = []
    for row, found in zip(holes, filled.tolist(), strict=True):
        new, at = [], 0
        for kind, text, known, (low, reach) in zip(kinds, row, values, scales, strict=True):
            if kind == "category":
                new.append(text or known[int(np.argmax(found[at : at + len(known)]))])
                at += len(known)
            else:
                new.append(text or str(found[at] * reach + low))
                at += 1
        made.append(new)
    return made


def errors(kinds: Sequence[str], train: Rows, test: Rows, holes: Rows, filled: Rows) -> dict[str, float]:
    """The error of hidden numbers, each column scaled to 1 on the training rows, and how many categories are right."""
    squares, right = [], []
    for place, kind in enumerate(kinds):
        hidden_here = [row for row, hole in enumerate(holes) if not hole[place]]
        pairs = [(filled[row][place], test[row][place]) for row in hidden_here]
        if kind == "category":
            right += [made == true for made, true in pairs]
        else:
            reach = np.ptp([float(row[place]) for row in train])
            squares += [((float(made) - float(true)) / reach) ** 2 for made, true in pairs]
    return {"rmse": float(np.sqrt(np.mean(squares))), "right": float(np.mean(right))}


def imputation(
    gan: str, names: Sequence[str], kinds: Sequence[str], train: Rows, test: Rows, seeds: int, steps: int | None
) -> dict[str, list[dict[str, float]]]:
    """The errors of a GAN and of what it is compared with, once per seed."""
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401  # the next line needs it
    from sklearn.impute import IterativeImputer, KNNImputer

    chained = IterativeImputer(max_iter=30, tol=1e-2, random_state=0)
    found: dict[str, list[dict[str, float]]] = {"mean": [], "nearest five": [], "chained equations": [], gan: []}
    for seed in range(seeds):
        holes = hidden(test, seed)
        fills = {
            "mean": by_columns(kinds, train, holes),
            "nearest five": by_imputer(KNNImputer(), kinds, train, train, holes),
            "chained equations": by_imputer(chained, kinds, train, hidden(train, seed + 1000), holes),
        }
        fills[gan] = imputed(gan, names, train, holes, seed, steps)
        for one, filled in fills.items():
            found[one].append(errors(kinds, train, test, holes, filled))
    return found


@click.command()
@click.argument("gans", nargs=-1, required=True)
@click.option("--table", "name", default="breast-cancer", help="a built-in table, or a CSV file")
@click.option("--seeds", type=int, default=1)
@click.option("--steps", type=int)
def tables(gans: tuple[str, ...], name: str, seeds: int, steps: int | None) -> None:
    """Train each GAN once per seed and print how much its rows are worth."""
    os.environ["GANZOO_BLOCK_PLUGINS"] = "log,pictures,probes"
    dataset = open_dataset(name, Request(root=None, size=1, channels=None))
    columns = columns_of(dataset.space)
    rows = rows_of(dataset.samples.numpy(), dataset.space)
    order = np.random.default_rng(0).permutation(len(rows))
    held = int(HELD_OUT * len(rows))
    test, train = ([rows[place] for place in part] for part in (order[:held], order[held:]))
    judge = Judge([column.kind for column in columns], train, test)
    alone = np.random.default_rng(1)
    independent = list(zip(*(alone.permutation(column) for column in zip(*train, strict=True)), strict=True))
    found = {"real": [judge.figures(train)], "independent columns": [judge.figures(independent)]}
    for gan in [gan for gan in gans if ganzoo.architecture(gan).source]:
        kinds = [column.kind for column in columns]
        compared = imputation(gan, [column.name for column in columns], kinds, train, test, seeds, steps)
        lines = [
            [one, *(f"{np.mean([figures[key] for figures in many]):.3f}" for key in ("rmse", "right"))]
            for one, many in compared.items()
        ]
        print(table([f"{Path(name).stem}, cells filled", "rmse", "right"], lines))
        (RESULTS / f"filled-{Path(name).stem}.json").write_text(json.dumps(compared, indent=2) + "\n", "utf-8")
    gans = tuple(gan for gan in gans if not ganzoo.architecture(gan).source)
    if not gans:
        return
    for gan in gans:
        made = [generated(gan, [column.name for column in columns], train, seed, steps) for seed in range(seeds)]
        found[gan] = [judge.figures(one) for one in made]
    path = RESULTS / f"table-{Path(name).stem}.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.write_text(json.dumps(known | found, indent=2) + "\n", "utf-8")
    keys = ["f1", "marginals", "label", "pairs", "nearest"]
    lines = [
        [one, *(f"{np.mean([figures[key] for figures in many]):.3f}" for key in keys)] for one, many in found.items()
    ]
    print(table([Path(name).stem, *keys], lines))


if __name__ == "__main__":
    tables()
