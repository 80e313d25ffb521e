"""Texts: a file or a folder of .txt files, a sentence a line, as numbers of tokens; and number words, built in.

A line is cut to the length that is asked for, or filled up with its end. Rare tokens are read as unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ganzoo.data.files import is_image, is_shown, walk
from ganzoo.data.request import Request, Summary
from ganzoo.errors import DataError
from ganzoo.hookspecs import hookimpl
from ganzoo.plurals import many
from ganzoo.tokens import END, UNKNOWN, cut, text_space

if TYPE_CHECKING:
    from ganzoo.data import Dataset

__all__ = ["has_texts", "numbers", "open_texts", "text_dataset"]

MOST = 5000  # tokens of a vocabulary, the commonest ones: about as many as in the captions that text GANs are tried on
LOOKED_AT = 1000  # files of a folder, to see of which kind it is


def has_texts(path: Path) -> bool:
    """Whether it is a .txt file, or a folder in whose first files there are some and no pictures."""
    if not path.is_dir():
        return path.suffix.lower() == ".txt"
    names = [name for name, _ in islice(walk(path), LOOKED_AT) if is_shown(name)]
    return any(map(_is_text, names)) and not any(map(is_image, names))


def open_texts(path: Path, request: Request) -> Dataset:
    """The lines of a file, or of all .txt files below a folder in the order of their names; empty ones left out.

    Raises DataError for what is not UTF-8, naming the byte, and where there is no text.
    """
    files = [path]
    if path.is_dir():
        files = sorted(path / name for name, _ in walk(path) if _is_text(name) and is_shown(name))
    lines = [line for file in files for line in _lines(file)]
    if not lines:
        raise DataError(f"{path}: no text in it; expected a sentence a line")
    return text_dataset(path.resolve().stem, lines, request, str(path))


def _is_text(name: str) -> bool:
    return name.lower().endswith(".txt")


def _lines(file: Path) -> Iterator[str]:
    """Lines without what cannot be printed, which would come back out of a generator and onto terminals."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: byte {error.start:,} is not UTF-8; save the file as UTF-8") from None
    for line in text.split("\n"):
        printable = "".join(letter if letter.isprintable() else " " for letter in line).strip()
        if printable:
            yield printable


def text_dataset(name: str, lines: Sequence[str], request: Request, where: str) -> Dataset:
    """The data set of lines of text, in the vocabulary that is asked for or in their own.

    where: what an error names. Raises DataError if no line can be read in the vocabulary asked for.
    """
    import torch

    from ganzoo.data.dataset import Dataset, fingerprint

    length, unit = request.size, request.tokens
    texts, notes = [cut(line, unit) for line in lines], []
    if longer := sum(len(text) > length for text in texts):
        notes.append(f"{longer:,} of {many(len(texts), 'line')} have more than {length} {unit} and are cut; see --size")
    texts = [text[:length] for text in texts]
    vocabulary = request.vocabulary or _vocabulary(texts)
    numbers = {token: number for number, token in enumerate(vocabulary)}
    if unknown := sum(any(token not in numbers for token in text) for text in texts):
        if UNKNOWN in numbers:
            notes.append(
                f"{unknown:,} of {many(len(texts), 'line')} have {unit} outside of the {len(numbers):,} that are known"
            )
        else:
            texts = [text for text in texts if all(token in numbers for token in text)]
            notes.append(f"{many(unknown, 'line')} left out, with {unit} that are not known")
    end, other = numbers.get(END, 0), numbers.get(UNKNOWN, 0)
    if END not in numbers:
        texts = [text for text in texts if len(text) == length]
    if not texts:
        raise DataError(f"{where}: no line of it can be written in the {len(numbers):,} {unit} that are known")
    request.refuse_too_large(f"the {len(texts):,} lines of {where}", 16 * len(texts) * length)
    filled = [[numbers.get(token, other) for token in text] + [end] * (length - len(text)) for text in texts]
    samples = torch.tensor(filled)
    key = fingerprint(samples.numpy(), unit, *(f"{len(token)}:{token}" for token in vocabulary))
    return Dataset(name, text_space(vocabulary, unit, length), samples, None, key, tuple(notes))


def _vocabulary(texts: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The end, then the tokens from the commonest on; of too many, those that are left are unknown."""
    counts = Counter(token for text in texts for token in text)
    common = sorted(counts, key=lambda token: (-counts[token], token))
    if len(common) < MOST:
        return (END, *common)
    return (END, UNKNOWN, *[token for token in common if token != UNKNOWN][: MOST - 2])


ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


class Numbers:
    """The numbers from 1 to 9,999 in English words: text whose grammar is known, built in."""

    name, count, longest = "numbers", 9999, 7

    @hookimpl
    def ganzoo_dataset(self, request: Request) -> Dataset:
        """The numbers, one a line."""
        return text_dataset(self.name, [self.words(number) for number in range(1, self.count + 1)], request, self.name)

    @hookimpl
    def ganzoo_dataset_summary(self, root: Path) -> Summary:
        """The numbers' line in `ganzoo datasets`."""
        return Summary(count=self.count, shape=(self.longest,), classes=0, present=True, where="built in")

    def words(self, number: int) -> str:
        """A number below 10,000 as it is read: "one thousand two hundred and seven"."""
        if number < 20:
            return ONES[number]
        if number < 100:
            rest = f" {ONES[number % 10]}" if number % 10 else ""
            return TENS[number // 10 - 2] + rest
        size, name, between = (100, "hundred", " and ") if number < 1000 else (1000, "thousand", " ")
        if number > 1000 and number % 1000 < 100:
            between = " and "
        rest = between + self.words(number % size) if number % size else ""
        return f"{ONES[number // size]} {name}{rest}"


numbers = Numbers()
