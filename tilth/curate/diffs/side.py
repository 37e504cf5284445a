"""One of the two data sets, read once: eight bytes for each row's content, four for each of its lengths."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from tilth.curate.diffs.subject import Pick, at_path
from tilth.curate.signals import signal_named
from tilth.curate.stats import labels_of
from tilth.judgement import Dataset, Fields
from tilth.schemas import canonical_json, parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

LENGTHS = ("prompt_words", "answer_words", "text_words", "tokens")
CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass
class Side:
    """What is kept of a data set."""

    rows: int = 0
    contents: "array[int]" = field(default_factory=lambda: array("Q"))
    """A hash of what is compared of each row. Two of a million rows each are equal by accident once in 10^7 runs."""
    types: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    lengths: "dict[str, array[float]]" = field(default_factory=lambda: {name: array("f") for name in LENGTHS})
    """Of the rows that have each of them."""
    ids: Counter[str] = field(default_factory=Counter)
    """How many rows have each field that could be an upstream id."""


ID_NAMES = ("id", "_id", "uuid", "uid", "guid", "key", "record_id", "row_id", "example_id", "question_id", "prompt_id")
"""Fields in which other tools keep an identity of their own."""
_IDS = frozenset(ID_NAMES)


def read_side(data: Dataset, pick: Pick, label: str | None, count_tokens: CountTokens | None) -> Side:
    """One pass over the data."""
    side = Side()
    for batch in data.batches():
        side.rows += len(batch)
        for row, record in zip(batch.rows, batch.records, strict=True):
            subject = pick(row, record)
            side.contents.append(hashed(subject))
            # Where records are compared, one exchange is one exchange, whatever its dialect calls it.
            kind = subject.get("type") if pick.unit == "records" else None
            side.types[str(kind or record.get("type") or "none")] += 1
            side.labels.update(labels_of(record) if label is None else _at(label, row, record))
            side.ids.update(_ids_in(row, record))
        _measure(side, batch.records, count_tokens)
    return side


def hashed(value: Any) -> int:
    """A number for a JSON value, the same for equal values."""
    return int.from_bytes(blake2b(canonical_json(value), digest_size=8).digest(), "little")


def upstream(name: str, row: Any, record: Any) -> Any:
    """A field that another tool wrote beside the content: in the row, or in what the record carries along."""
    for place in (row, record, record.get("extra"), record.get("meta")):
        found = at_path(place, name)
        if found is not None and not isinstance(found, list | dict):
            return found
    return None


def contents_of(side: Side) -> "NDArray[Any]":
    """The hashes as an array; no copy."""
    import numpy as np

    return np.frombuffer(side.contents, np.uint64) if side.contents else np.empty(0, np.uint64)


def _ids_in(row: Any, record: Any) -> Iterable[str]:
    found = _IDS & row.keys()
    for place in (record.get("extra"), record.get("meta")):
        if isinstance(place, dict):
            found |= _IDS & place.keys()
    return [name for name in found if upstream(name, row, record) is not None] if found else ()


def _at(label: str, row: Any, record: Any) -> list[str]:
    found = upstream(label, row, record)
    return [] if found is None else [str(found)]


def _measure(side: Side, records: Sequence[Fields], count_tokens: CountTokens | None) -> None:
    texts = [parts(record) for record in records]
    for name, values in side.lengths.items():
        signal = signal_named(name)
        columns = [[getattr(part, column) for part in texts] for column in signal.columns]
        exact = count_tokens is not None and name == "tokens"
        found = count_tokens(columns[0]) if count_tokens and exact else signal.measure_texts(*columns)
        values.extend(value for value in found if value is not None)
