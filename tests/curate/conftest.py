"""Slow and plain ways to say what the fast code must say too, and data sets cut into other batches."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tilth.formats import Dataset
from tilth.formats.batch import DialectBatch
from tilth.formats.container import Held

Shingles = frozenset[tuple[str, ...]]


def plain_shingles(text: str, size: int = 3) -> Shingles:
    words = re.findall(r"\w+", " ".join(text.lower().split()))
    if not words:
        return frozenset({("", " ".join(text.lower().split()))})
    if len(words) < size:
        return frozenset((word,) for word in words)
    return frozenset(zip(*(words[place:] for place in range(size)), strict=False))


def plain_jaccard(one: str, other: str, size: int = 3) -> float:
    left, right = plain_shingles(one, size), plain_shingles(other, size)
    return len(left & right) / len(left | right)


class Rebatched(Dataset):
    """The same rows in batches of another size."""

    def __init__(self, data: Dataset, rows: int) -> None:
        super().__init__(data.source, data.dialect)
        self.batch_rows = rows

    def batches(self, *, held: Held = "objects") -> Iterator[DialectBatch]:
        for batch in super().batches(held=held):
            for start in range(0, len(batch), self.batch_rows):
                yield batch.take(range(start, min(start + self.batch_rows, len(batch))))


@pytest.fixture
def jaccard() -> Callable[..., float]:
    return plain_jaccard


@pytest.fixture
def rebatched() -> Callable[[Dataset, int], Rebatched]:
    return Rebatched


@pytest.fixture
def texts() -> Callable[[Sequence[str]], Dataset]:
    return lambda rows: Dataset.of({"type": "text", "text": text} for text in rows)


@pytest.fixture
def shared_data() -> Path:
    folder = Path(__file__).parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the public data sets are not beside this checkout")
    return folder
