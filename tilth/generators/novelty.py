"""Is a text new? Its nearest neighbour by ROUGE-L among many, found without comparing it with all of them.

Two bounds throw out nearly every comparison before it is made. ROUGE-L above `t` needs a common subsequence longer
than `t (m + n) / 2`, so the other text can be neither much shorter nor much longer; and it shares so many words
that, of any few words of this text, it must hold one: only the rarest words are looked up. What is left is compared
exactly, so the result is that of the full comparison.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from tilth.generators.rouge import common, positions
from tilth.generators.tokens import words

_Item = tuple[int, int]  # a word, and how many times it has come before in the same text


@dataclass(frozen=True)
class Neighbour:
    """A text that was added earlier, and how similar it is."""

    number: int
    """Its place in the order of adding, from 0."""
    score: float


class NoveltyPool:
    """Texts to be unlike. ROUGE-L strictly above `threshold` counts as too similar."""

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._numbers: dict[str, int] = {}
        self._texts: list[list[int]] = []
        self._holding: defaultdict[_Item, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, text: str) -> int:
        """Add a text and return its number."""
        number, coded = len(self._texts), self._code(text)
        self._texts.append(coded)
        for item in _items(coded):
            self._holding[item].append(number)
        return number

    def nearest(self, text: str) -> Neighbour | None:
        """The most similar text above the threshold, the earliest among equals; None where the text is new."""
        coded = self._code(text)
        masks, best, best_score = positions(coded), None, self._threshold
        for number in self._candidates(coded):
            other = self._texts[number]
            total = len(coded) + len(other)
            if 2 * min(len(coded), len(other)) / total <= best_score:
                continue
            score = 2 * common(masks, len(coded), other) / total
            if score > best_score:
                best, best_score = Neighbour(number, score), score
        return best

    def _candidates(self, coded: list[int]) -> list[int]:
        length = len(coded)
        # Whatever the other's length, fewer common words than this cannot score above the threshold: the bound is
        # least for the shortest other text, t m / (2 - t) words long. The small step guards against rounding.
        needed = max(1, int(length * self._threshold / (2 - self._threshold) - 1e-9))
        rarest = sorted(_items(coded), key=lambda item: len(self._holding.get(item, ())))[: length - needed + 1]
        return sorted({number for item in rarest for number in self._holding.get(item, ())})

    def _code(self, text: str) -> list[int]:
        return [self._numbers.setdefault(word, len(self._numbers)) for word in words(text)]


def _items(coded: list[int]) -> list[_Item]:
    before: Counter[int] = Counter()
    items = []
    for word in coded:
        items.append((word, before[word]))
        before[word] += 1
    return items
