"""The columns of a table from text to features and back, and their types inferred.

Xu et al. 2019, Modeling Tabular Data using Conditional GAN, arXiv:1907.00503, section 4.2
Shapes: n rows, k entries of a one-hot.
"""

from __future__ import annotations

import dataclasses
import math
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from ganzoo.columns import COMMA, SPREAD, TIMES, Column, ColumnKind
from ganzoo.counted import counted
from ganzoo.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decode", "encode", "infer"]

ABSENT = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})  # as CSV files of the field write it
FEW = 10  # an integer with no more different values is a category, as most classes are written
MANY = 1000  # a category with more different values is a name or a text
GAUSSIANS = 10  # at most, section 4.2
SLIGHT = 0.005  # share of the rows below which a Gaussian is left out
FITTED = 10_000  # rows that the mixture is fitted to
AFTER_TIME = re.compile(r"(?:\.(\d+))?(Z| ?UTC| ?[+-]\d\d(?::?\d\d)?)?$")  # decimals of its seconds, and a time zone
TOLD = 4  # decimals of seconds that a number of days tells apart
PLACES = 17  # after the decimal point, at most; smaller numbers are written with an exponent
ROUNDS = 60  # of the fit; a rough one divides the numbers as well


def encode(column: Column, texts: Sequence[str], seed: int) -> NDArray[np.float32]:
    """A column's texts (n,) as its features (n, stop - start). Which Gaussian a number belongs to is a counted draw.

    Raises DataError for a text that the column cannot hold.
    """
    features = np.zeros((len(texts), column.stop - column.start), np.float32)
    gone = np.array([is_absent(text) for text in texts])
    if gone.any() and not column.absent:
        raise DataError(
            f"column {column.name!r}: row {int(gone.argmax()) + 1} has no value, and the data had all of them"
        )
    features[gone, -1] = 1
    rows, held = np.flatnonzero(~gone), [text for text in texts if not is_absent(text)]
    if column.kind == "category":
        places = {value: place for place, value in enumerate(column.values)}
        if unknown := sorted(set(held) - places.keys()):
            raise DataError(f"column {column.name!r}: {unknown[0]!r} is none of {', '.join(column.values[:8])}")
        features[rows, [places[text] for text in held]] = 1
    elif held:
        numbers = np.array([number_of(column, text) for text in held])
        mean, std = np.array(column.modes).T
        share = np.array(column.shares[: len(mean)])
        likelihood = np.log(share / std) - ((numbers[:, None] - mean) / std) ** 2 / 2  # (n, k)
        noise = np.random.default_rng(seed).gumbel(size=likelihood.shape)  # the greatest sum is a draw
        chosen = (likelihood + noise).argmax(1)
        features[rows, 0] = np.clip((numbers - mean[chosen]) / (SPREAD * std[chosen]), -1, 1)
        features[rows, 1 + chosen] = 1
    return features


def decode(column: Column, features: NDArray[np.float32]) -> list[str]:
    """A column's features (n, stop - start) as texts (n,): numbers within the data's range."""
    chosen = features[:, bool(column.modes) :].argmax(1)
    if column.kind == "category":
        return [(*column.values, "")[place] for place in chosen]
    mean, std = np.array([*column.modes, (column.least, 0.0)]).T
    numbers = np.clip(
        features[:, 0].astype(np.float64) * SPREAD * std[chosen] + mean[chosen], column.least, column.greatest
    )
    return ["" if place == len(column.modes) else text_of(column, x) for place, x in zip(chosen, numbers, strict=True)]


def number_of(column: Column, text: str) -> float:
    """What a text means: a number, or the day of a date and the part of that day. Raises DataError for none."""
    try:
        number = _read(column.kind, column.form, text)
    except ValueError:
        raise DataError(f"column {column.name!r}: {text!r} is not of its kind, {column.kind}") from None
    if not math.isfinite(number):
        raise DataError(f"column {column.name!r}: {text!r} is not a finite number")
    return number


def _read(kind: ColumnKind, form: str, text: str) -> float:
    """The number that a text is in this form. Raises ValueError."""
    if kind == "date" and form:
        time, places, zone = _parts(form)
        whole, point, decimals = text.removesuffix(zone).partition(".")
        moment = datetime.strptime(whole, time)
        if moment.strftime(time) + point + decimals + zone != text or len(decimals) != places:
            raise ValueError("would be written otherwise")
        moment += timedelta(microseconds=int(decimals.ljust(6, "0")[:6]))
        return 1 + (moment - datetime.min) / timedelta(days=1)
    if kind == "date":
        return float(date.fromisoformat(text).toordinal())
    if form == COMMA and "." in text:
        raise ValueError("a point in a number with a comma")
    return float(text.replace(form, ".") if form else text)


def text_of(column: Column, number: float) -> str:
    """A number as the data write it: a date, a whole number, or with the data's decimals."""
    if column.kind == "date" and column.form:
        time, places, zone = _parts(column.form)
        unit = timedelta(seconds=1) / 10 ** min(places, TOLD) if time.endswith("%S") else timedelta(minutes=1)
        moment = datetime.min + unit * round((number - 1) * (timedelta(days=1) / unit))
        decimals = f"{moment.microsecond:06d}".ljust(places, "0")[:places]
        return moment.strftime(time) + ("." if places else "") + decimals + zone
    if column.kind == "date":
        return date.fromordinal(round(number)).isoformat()
    if column.kind == "integer":
        return str(round(number)).zfill(column.digits)
    if column.decimals > PLACES:
        return f"{number:.9g}".replace(".", column.form or ".")  # a feature has no more digits
    whole, _, rest = f"{number:.{max(1, column.decimals)}f}".partition(".")
    return f"{whole}{column.form or '.'}{rest.rstrip('0') or '0'}"


def _parts(form: str) -> tuple[str, int, str]:
    """Of how a time is written: the one of TIMES, the decimals of its seconds, and the time zone."""
    time = max((time for time in TIMES if form.startswith(time)), key=len)
    zone = form[len(time) :].lstrip(".f")
    return time, form.count("f"), zone


def is_absent(text: str) -> bool:
    """Whether a cell holds no value."""
    return text.strip().lower() in ABSENT


def infer(name: str, texts: Sequence[str], start: int = 0, seed: int = 0, *, comma: bool = False) -> Column:
    """The column of these texts (n,), its features starting at `start`.

    Numbers are continuous, or integers where all are whole; integers with few values, and all other texts, are
    categories; ISO dates are dates, with a time of day or without, all of them in one time zone. comma: numbers may
    have one before their decimals, which elsewhere may part thousands. Raises DataError for a column without a value
    or of too many texts.
    """
    held = [text for text in texts if not is_absent(text)]
    if not held:
        raise DataError(f"column {name!r} has no values; remove it")
    absent = len(held) < len(texts)
    kind, form = _kind(held, comma)
    column = Column(name=name, kind=kind, start=start, absent=absent, form=form)
    if kind == "category":
        counts = Counter(held)
        if len(counts) > MANY:
            raise DataError(
                f"column {name!r} has {len(counts):,} different texts, a category may have {MANY:,}; "
                "remove the column if it is a name or a key; numbers are written as 1.5, dates as 2024-01-31, "
                "with a time as 2024-01-31 23:59:59"
            )
        values = tuple(sorted(counts))
        shares = [counts[value] / len(texts) for value in values]
    else:
        numbers = np.array([number_of(column, text) for text in held])
        modes, weights = _gaussians(numbers, counted(seed, "mixture", name))
        column = dataclasses.replace(
            column,
            modes=modes,
            least=float(numbers.min()),
            greatest=float(numbers.max()),
            decimals=max(_decimals(text.replace(form, ".") if form else text) for text in held)
            if kind == "continuous"
            else 0,
            digits=_digits(held) if kind == "integer" else 0,
        )
        values = ()
        shares = [weight * len(held) / len(texts) for weight in weights]
    shares += [1 - len(held) / len(texts)] if absent else []
    return dataclasses.replace(column, values=values, shares=tuple(round(share, 9) for share in shares))


def _kind(texts: Sequence[str], comma: bool) -> tuple[ColumnKind, str]:
    """The narrowest kind that all texts are of, and how they are written."""
    if all(text.removeprefix("-").isdecimal() and text.isascii() for text in texts):
        return ("integer" if len(set(texts)) > FEW else "category"), ""
    after = AFTER_TIME.search(texts[0])
    places, zone = after.groups(default="") if after else ("", "")
    suffix = ("." if places else "") + "f" * len(places) + zone
    known: list[tuple[ColumnKind, str]] = [("continuous", ""), ("date", "")]
    known += [("date", time + suffix) for time in TIMES if time.endswith("%S") or not places]
    for kind, form in [*known, ("continuous", COMMA)] if comma else known:
        try:
            for text in texts:
                _read(kind, form, text)
        except ValueError:
            continue
        return kind, form
    return "category", ""


def _decimals(text: str) -> int:
    """Places after the decimal point of a number as it is written, with an exponent or without."""
    return max(0, -int(Decimal(text).as_tuple().exponent))


def _digits(texts: Sequence[str]) -> int:
    """How many digits whole numbers are filled up to with zeros, as codes are; 0 if they are not."""
    lengths = {len(text) for text in texts}
    return lengths.pop() if len(lengths) == 1 and any(len(text) > 1 and text[0] == "0" for text in texts) else 0


def _gaussians(numbers: NDArray[np.float64], seed: int) -> tuple[tuple[tuple[float, float], ...], list[float]]:
    """A variational mixture of at most ten Gaussians: (mean, standard deviation) and share of each.

    Rounded, since the last digits of a fit differ from one machine to another.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import BayesianGaussianMixture
    from threadpoolctl import threadpool_limits

    centre, scale = float(numbers.mean()), float(numbers.std())
    if scale == 0 or len(numbers) < GAUSSIANS:
        return ((_rounded(centre, scale), _rounded(scale) or 1.0),), [1.0]
    rng = np.random.default_rng(seed)
    some = numbers if len(numbers) <= FITTED else rng.choice(numbers, FITTED, replace=False)
    mixture = BayesianGaussianMixture(
        n_components=GAUSSIANS, weight_concentration_prior=1e-3, max_iter=ROUNDS, random_state=seed % 2**32
    )
    with threadpool_limits(1), warnings.catch_warnings():  # more threads only wait for each other at this size
        warnings.simplefilter("ignore", ConvergenceWarning)  # as it should: see ROUNDS
        mixture.fit(((some - centre) / scale)[:, None])
    kept = mixture.weights_ > SLIGHT
    means = mixture.means_[kept, 0] * scale + centre
    stds = np.sqrt(mixture.covariances_[kept, 0, 0]) * scale
    weights = mixture.weights_[kept] / mixture.weights_[kept].sum()
    pairs = tuple((_rounded(mean, std), _rounded(std)) for mean, std in zip(means, stds, strict=True))
    return pairs, [float(weight) for weight in weights]


def _rounded(number: float, spread: float = 0.0) -> float:
    """Six digits, or as many as tell a thousandth of the spread: times lie close together, far from 0."""
    digits = 3 + math.ceil(math.log10(abs(number) / spread)) if number and spread else 0
    return float(f"{number:.{max(6, digits)}g}")
