"""What the reasons say of some rows: their identity, their place, and whether their texts are equal."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from tilth.curate.normalize import Rule
from tilth.curate.similarity.corpus import text_digest
from tilth.curate.similarity.repeats import Repeats
from tilth.operation import Batch, Dataset, Origin

Rows = NDArray[np.int64]


class Evidence:
    """Identity and place of the witnesses, and which rows are the same text as theirs; nothing of any other row."""

    def __init__(self, rows: int) -> None:
        self._ids: dict[int, str] = {}
        self._origins: dict[int, Origin] = {}
        self.is_same_text = np.zeros(rows, np.bool_)
        """For each row, whether it goes because its text is that of its witness."""
        self.rows_from: Counter[str] = Counter()
        """Rows of each file; those of another set that rows are compared with do not count."""
        self.gone_from: Counter[str] = Counter()
        """Rows of each file that are set aside."""

    def id(self, row: int) -> str:
        """The content identity of a witness."""
        return self._ids[row]

    def origin(self, row: int) -> Origin:
        """Where a witness lay."""
        return self._origins[row]

    def note(self, rows: Rows, batch: Batch) -> None:
        """Remember who some witnesses are."""
        self._ids.update(zip(rows.tolist(), batch.ids, strict=True))
        self._origins.update(zip(rows.tolist(), batch.origins, strict=True))

    def count(self, batch: Batch, gone: Rows) -> None:
        """Remember what the rows of a batch came from, and which of them go."""
        files = batch.files
        self.rows_from.update(files)
        self.gone_from.update(files[place] for place in gone.tolist())


def read_evidence(
    sources: Sequence[Dataset], repeats: Repeats, given: int, columns: Sequence[str], rules: tuple[Rule, ...]
) -> Evidence:
    """One more pass over the data sets, one after the other, in which only witnesses and equal rows are looked at."""
    evidence = Evidence(len(repeats.witness))
    gone = np.flatnonzero(repeats.witness >= 0)
    if not len(gone):
        return evidence
    witnesses = np.unique(repeats.witness[gone])
    alike = gone[repeats.score[gone] == 1]  # only of these can the texts be equal
    compared = np.union1d(alike, repeats.witness[alike])
    digests = np.zeros((len(compared), 2 * len(columns)), np.uint64)
    low = 0
    for batch in chain.from_iterable(data.batches() for data in sources):
        high = low + len(batch)
        if len(some := _between(witnesses, low, high)):
            evidence.note(some, batch.take((some - low).tolist()))
        if len(some := _between(compared, low, high)):
            place = int(np.searchsorted(compared, low))
            digests[place : place + len(some)] = _digests(batch.take((some - low).tolist()), columns, rules)
        if low >= given:
            evidence.count(batch, _between(gone, low, high) - low)
        low = high
    own, other = np.searchsorted(compared, alike), np.searchsorted(compared, repeats.witness[alike])
    evidence.is_same_text[alike] = (digests[own] == digests[other]).all(1)
    return evidence


def _digests(batch: Batch, columns: Sequence[str], rules: tuple[Rule, ...]) -> NDArray[np.uint64]:
    """What is equal where the compared texts are; for each column two numbers."""
    found = []
    for column in columns:
        texts = [text_digest(text, rules) or bytes(16) for text in batch.column(column).to_pylist()]
        found.append(np.frombuffer(b"".join(texts), np.uint64).reshape(-1, 2))
    return np.concatenate(found, axis=1)


def _between(rows: Rows, low: int, high: int) -> Rows:
    return rows[np.searchsorted(rows, low) : np.searchsorted(rows, high)]
