"""What the tokens of a text are: a space with its vocabulary, and lines of text from their numbers.

A sample is (T,) numbers of tokens in the vocabulary. Its empty token, where there is one, ends a line and fills it up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias

from ganzoo.contract import Space

__all__ = ["END", "UNKNOWN", "Unit", "cut", "lines_of", "text_space", "vocabulary_of"]

Unit: TypeAlias = Literal["characters", "words"]
END, UNKNOWN = "", "<unk>"


def text_space(vocabulary: Sequence[str], unit: Unit, length: int, **details: Any) -> Space:
    """The space of texts of `length` tokens; details: JSON values besides the vocabulary and the unit."""
    return Space(
        kind="tokens",
        shape=(length,),
        range=(0.0, float(max(1, len(vocabulary) - 1))),
        details={"unit": unit, "vocabulary": list(vocabulary), **details},
    )


def vocabulary_of(space: Space) -> list[str]:
    """The tokens of a space of texts, by their numbers."""
    return list(space.details["vocabulary"])


def cut(line: str, unit: Unit) -> list[str]:
    """The tokens of a line: words are what stands between spaces."""
    return line.split() if unit == "words" else list(line)


def lines_of(samples: Iterable[Iterable[float]], space: Space) -> list[str]:
    """Lines of text from samples (N, T), each up to its end."""
    vocabulary, between = vocabulary_of(space), " " if space.details["unit"] == "words" else ""
    lines = []
    for sample in samples:
        tokens = [vocabulary[int(number)] for number in sample]
        lines.append(between.join(tokens[: tokens.index(END)] if END in tokens else tokens))
    return lines
