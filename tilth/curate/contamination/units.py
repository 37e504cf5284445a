"""Texts as sequences of numbers that can be compared: one number for each word, or for each letter and digit.

Words stand between blanks, in lower case and without punctuation, as published for GPT-3 (Brown et al. 2020, appendix
C): `don't` is `dont`. Characters are the letters and digits alone, in lower case, as for GPT-4 (OpenAI 2023, appendix
C). A word that the benchmarks do not have is 0 and equals nothing.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

_WORD = re.compile(r"\S+")
_MARKS = re.compile(r"[\W_]+")
_NO_WORD = -1  # marks alone
_MEMORY = 500_000  # spellings of words whose number is remembered; more are looked up anew


class Units(NamedTuple):
    """The units of some texts, one text after the other."""

    values: Numbers
    owner: Numbers
    """Which text each belongs to."""
    lines: Numbers
    """Where the lines begin: place of the first unit of each line that has any."""


class Unit(Protocol):
    """A way to take texts apart."""

    name: str
    plural: str
    size: int
    """Units in an n-gram, where nobody says otherwise."""
    least: int
    """An item shorter than this is no n-gram: it must be a whole line of the row."""
    least_line: int
    """An item shorter than this can be told from nothing."""

    def learn(self, texts: Sequence[str]) -> Units:
        """Units of texts of a benchmark, every one of which can be found again."""
        ...

    def take(self, texts: Sequence[str]) -> Units:
        """Units of texts that are looked through."""
        ...

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Where each unit of a text stands: characters from the start, from and up to."""
        ...


class Words:
    """Words, numbered as the benchmarks bring them."""

    name, plural, size, least, least_line = "word", "words", 13, 8, 3

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._spellings: dict[str, int] = {}

    def learn(self, texts: Sequence[str]) -> Units:
        """Numbers every word that is new."""
        for text in texts:
            for word in text.split():
                self._numbers.setdefault(_plain(word), len(self._numbers) + 1)
        self._spellings.clear()
        return self.take(texts)

    def take(self, texts: Sequence[str]) -> Units:
        """Numbers of the words."""
        values, owner, lines = list[int](), list[int](), list[int]()
        for text in texts:
            before = len(values)
            for line in text.splitlines():
                if words := [number for number in map(self._number, line.split()) if number != _NO_WORD]:
                    lines.append(len(values))
                    values.extend(words)
            owner.append(len(values) - before)
        return Units(np.array(values, np.int64), np.repeat(np.arange(len(texts)), owner), np.array(lines, np.int64))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the words stand."""
        return [match.span() for match in _WORD.finditer(text) if _plain(match.group())]

    def _number(self, word: str) -> int:
        number = self._spellings.get(word)
        if number is None:
            if len(self._spellings) >= _MEMORY:
                self._spellings.clear()
            plain = _plain(word)
            number = self._spellings[word] = self._numbers.get(plain, 0) if plain else _NO_WORD
        return number


class Characters:
    """Letters and digits by their code points, whatever stands between them."""

    name, plural, size, least, least_line = "char", "letters and digits", 50, 30, 10

    def learn(self, texts: Sequence[str]) -> Units:
        """The same as `take`."""
        return self.take(texts)

    def take(self, texts: Sequence[str]) -> Units:
        """Code points in lower case."""
        points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        lower, counts = _letters()
        owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        kept = np.flatnonzero(counts[points])
        line = np.cumsum(_line_ends()[points])[kept]
        begins = np.diff(line, prepend=-1).astype(np.bool_) | np.diff(owner[kept], prepend=-1).astype(np.bool_)
        return Units(lower[points[kept]], owner[kept], np.flatnonzero(begins))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the letters and digits stand."""
        return [(place, place + 1) for place, character in enumerate(text) if character.isalnum()]


def _plain(word: str) -> str:
    return _MARKS.sub("", word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).lower())


@lru_cache(1)
def _letters() -> tuple[Numbers, NDArray[np.bool_]]:
    """For each code point its lower case (where that is one too) and whether it counts."""
    characters = [chr(point) for point in range(0x110000)]
    lower = (character.lower() for character in characters)
    points = (ord(small) if len(small) == 1 else place for place, small in enumerate(lower))
    counts = np.fromiter((character.isalnum() for character in characters), np.bool_, len(characters))
    return np.fromiter(points, np.int64, len(characters)), counts


@lru_cache(1)
def _line_ends() -> NDArray[np.bool_]:
    ends = np.zeros(0x110000, np.bool_)
    ends[[ord(end) for end in "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"]] = True  # those of str.splitlines
    return ends
