"""Rows of tokens filled up to one length; imports numpy and pyarrow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.trainers.encoding import IGNORED
from tilth.trainers.token_store import TokenStore
from tilth.trainers.tokens.cutting import Side

Matrix = NDArray[np.int64]


@dataclass(frozen=True)
class Padding:
    """How rows are filled up."""

    side: Side
    pad_id: int
    widths: Mapping[str, int]
    """The length that each column is filled up to; a column that is not named here keeps the lengths that it has."""

    def filler(self, name: str) -> int:
        """What a column is filled up with."""
        return {"attention_mask": 0, "labels": IGNORED}.get(name, self.pad_id)


def columns_of(store: TokenStore) -> list[str]:
    """The columns to write: those of the store, and for `input_ids` which of them are no padding."""
    masked = ["input_ids", "attention_mask"]
    return [name for column in store.columns for name in (masked if column == "input_ids" else [column])]


def stored_column(name: str) -> str:
    """The column of the store that a column to write is made from."""
    return "input_ids" if name == "attention_mask" else name


def matrices(store: TokenStore, name: str, padding: Padding) -> Iterator[Matrix]:
    """The rows of one column to write as matrices of one width, batch by batch."""
    width = padding.widths[stored_column(name)]
    for rows in store.batches(stored_column(name)):
        values, lengths = _flat(rows)
        places = np.arange(width)[None, :]
        is_token = places < lengths[:, None] if padding.side == "right" else places >= width - lengths[:, None]
        found = np.full(is_token.shape, padding.filler(name), np.int64)
        found[is_token] = 1 if name == "attention_mask" else values
        yield found


def lists(store: TokenStore, name: str, padding: Padding) -> "Iterator[pa.ListArray[Any]]":
    """The rows of one column to write as Arrow lists, filled up where the padding says so."""
    kind = pa.int8() if name == "attention_mask" else pa.int32()
    if stored_column(name) in padding.widths:
        width = padding.widths[stored_column(name)]
        for matrix in matrices(store, name, padding):
            offsets = pa.array(np.arange(0, matrix.size + 1, max(width, 1)), pa.int32())
            yield pa.ListArray.from_arrays(offsets, pa.array(matrix.ravel(), kind))
        return
    for rows in store.batches(stored_column(name)):
        if name == "attention_mask":
            values, lengths = _flat(rows)
            offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
            yield pa.ListArray.from_arrays(offsets, pa.array(np.ones(len(values)), kind))
        else:
            yield rows


def lengths(store: TokenStore, column: str) -> Iterator[Matrix]:
    """How many tokens of each row are no padding."""
    for rows in store.batches(column):
        yield _flat(rows)[1]


def _flat(rows: "pa.ListArray[Any]") -> tuple[Matrix, Matrix]:
    """All tokens one after the other, and how many of them each row has."""
    return np.asarray(rows.flatten(), np.int64), np.asarray(rows.value_lengths(), np.int64)
