"""The distinct texts of some columns as vectors, and repeats among them; no text is kept."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tilth.curate.semantic.embedder import Embedder, embedder
from tilth.curate.semantic.repeats import sweep_vectors
from tilth.curate.similarity.repeats import Search
from tilth.curate.similarity.sweep import Swept
from tilth.operation import Dataset

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]


class EmbeddedColumns:
    """Columns of data sets, one after the other."""

    def __init__(
        self, sources: Sequence[Dataset], columns: Sequence[str], text_of: Sequence[Rows], model: Path | None
    ) -> None:
        """`text_of` gives for each column the number of each row's text, by first appearance; -1 for none."""
        made_by = embedder(model)
        self._text_of = text_of
        self._vectors = _embed(sources, columns, text_of, made_by)
        self.facts: dict[str, Any] = {"embedder": made_by.name}
        """What embedded them, and after a search how it went."""

    def search(self, wanted: Literal["every", "any"]) -> Search:
        """A search for repeats among some rows, alike in every column or in any."""

        def found(rows: Rows, threshold: float, given: int) -> Swept:
            columns = [_of(vectors, text[rows]) for vectors, text in zip(self._vectors, self._text_of, strict=True)]
            alike = sweep_vectors(columns, threshold, wanted, given)
            self.facts |= alike.facts
            return alike.swept

        return found


def _of(vectors: Vectors, numbers: Rows) -> Vectors:
    """The vector of each numbered text; zeros, which resemble nothing, where there is none."""
    if np.array_equal(numbers, np.arange(len(vectors))):
        return vectors
    if not len(vectors):
        return np.zeros((len(numbers), 1), np.float32)
    found = vectors[np.maximum(numbers, 0)]
    found[numbers < 0] = 0
    return found


def _embed(
    sources: Sequence[Dataset], columns: Sequence[str], text_of: Sequence[Rows], made_by: Embedder
) -> list[Vectors]:
    """Goes over the data sets twice: to learn how common the pieces of texts are, and to embed."""
    for texts in _unseen(sources, columns, text_of):
        for some in texts:
            made_by.learn(some)
    vectors: list[list[Vectors]] = [[] for _ in columns]
    for texts in _unseen(sources, columns, text_of):
        for column, some in zip(vectors, texts, strict=True):
            if some:
                column.append(made_by.embed(some))
    return [np.concatenate(parts) if parts else np.empty((0, 1), np.float32) for parts in vectors]


def _unseen(sources: Sequence[Dataset], columns: Sequence[str], text_of: Sequence[Rows]) -> Iterator[list[list[str]]]:
    """For each batch and column the texts that did not appear before."""
    seen, low = [0] * len(columns), 0
    for found in (texts for data in sources for texts in data.columns(*columns)):
        high = low + len(found[0])
        unseen: list[list[str]] = []
        for place, texts in enumerate(found):
            numbers, first = np.unique(text_of[place][low:high], return_index=True)
            is_new = numbers >= seen[place]
            seen[place] += int(is_new.sum())
            unseen.append([str(texts[at]) for at in first[is_new].tolist()])
        low = high
        yield unseen
