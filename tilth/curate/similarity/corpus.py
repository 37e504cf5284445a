"""What must be known of every row to find repeats: a few numbers each, gathered in one pass, no text kept."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tilth.curate.normalize import Rule, normalized
from tilth.curate.similarity.shingles import Shingles, shingle
from tilth.operation import Dataset, Origin

Unit = Literal["word", "char"]


@dataclass(frozen=True)
class Corpus:
    """All rows in file order, and the distinct texts among them in the order in which they first appear."""

    text_of: NDArray[np.int64]
    """Number of each row's text; -1 where the row has none to compare."""
    lengths: NDArray[np.int64]
    """Characters of each row's text as it stands."""
    shingles: list[Shingles]
    """Of the distinct texts, batch by batch; empty when they were not asked for."""
    keys: list[NDArray[np.uint64]]
    """What `sketch` gave for them."""
    places: "Places"

    @property
    def text_count(self) -> int:
        """The number of distinct texts."""
        return int(self.text_of.max(initial=-1)) + 1


class Places:
    """Id and origin of every row in 32 bytes a row."""

    def __init__(self) -> None:
        self._ids, self._lines, self._files = bytearray(), array("q"), array("q")
        self._names: dict[str, int] = {}

    def add(self, id: str, origin: Origin) -> None:
        """Remember the next row."""
        self._ids += bytes.fromhex(id)
        self._lines.append(origin.line)
        self._files.append(self._names.setdefault(origin.file, len(self._names)))

    def id(self, row: int) -> str:
        """The content identity of a row."""
        return self._ids[16 * row : 16 * row + 16].hex()

    def origin(self, row: int) -> Origin:
        """Where a row lay."""
        return Origin(list(self._names)[self._files[row]], self._lines[row])


def gather(
    data: Dataset,
    by: str,
    rules: tuple[Rule, ...],
    unit: Unit,
    size: int,
    sketch: Callable[[Shingles], NDArray[np.uint64]] | None = None,
    *,
    shingled: bool = True,
) -> Corpus:
    """One pass over the data. Two texts are the same when they are equal after the normalisation rules."""
    numbers: dict[bytes, int] = {}
    text_of, lengths = array("q"), array("q")
    pieces: list[Shingles] = []
    keys: list[NDArray[np.uint64]] = []
    places = Places()
    for batch in data.batches():
        unseen = []
        for text, id, origin in zip(batch.column(by).to_pylist(), batch.ids, batch.origins, strict=True):
            places.add(id, origin)
            lengths.append(len(text or ""))
            if text is None:
                text_of.append(-1)
                continue
            plain = normalized(text, rules)
            digest = blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            if digest not in numbers:
                unseen.append(plain.lower())
            text_of.append(numbers.setdefault(digest, len(numbers)))
        if shingled and unseen:
            pieces.append(shingle(unseen, unit, size))
            keys.extend([sketch(pieces[-1])] if sketch else [])
    return Corpus(np.array(text_of, np.int64), np.array(lengths, np.int64), pieces, keys, places)
