"""Rows of tokens filled up to one length; imports numpy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
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


def columns_of(store: TokenStore) -> list[str]:
    """The columns to write: those of the store, and for `input_ids` which of them are no padding."""
    masked = ["input_ids", "attention_mask"]
    return [name for column in store.columns for name in (masked if column == "input_ids" else [column])]


def stored_column(name: str) -> str:
    """The column of the store that a column to write is made from."""
    return "input_ids" if name == "attention_mask" else name


def filled(store: TokenStore, name: str, padding: Padding) -> Iterator[list[Sequence[int]]]:
    """The rows of one column to write, batch by batch, each filled up where the padding says so."""
    width = padding.widths.get(stored_column(name))
    filler = {"attention_mask": 0, "labels": IGNORED}.get(name, padding.pad_id)
    for batch in store.batches(stored_column(name)):
        rows: list[Sequence[int]] = [[1] * len(row) for row in batch] if name == "attention_mask" else list(batch)
        if width is not None:
            rows = [_fill(row, width, filler, padding.side) for row in rows]
        yield rows


def matrices(store: TokenStore, name: str, padding: Padding) -> Iterator[Matrix]:
    """The rows of one column to write as matrices of one width."""
    for rows in filled(store, name, padding):
        yield np.array(rows, np.int64).reshape(len(rows), -1)


def lengths(store: TokenStore, column: str) -> Iterator[Matrix]:
    """How many tokens of each row are no padding."""
    for batch in store.batches(column):
        yield np.array([len(row) for row in batch], np.int64)


def _fill(row: Sequence[int], width: int, filler: int, side: Side) -> Sequence[int]:
    more = [filler] * (width - len(row))
    return [*row, *more] if side == "right" else [*more, *row]
