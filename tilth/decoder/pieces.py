"""Batches as they may leave the decoder: valid, of plain types, and of a bounded size."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from tilth.decoder.expansion import Expansion
from tilth.decoder.plain import plain_batch, plain_schema
from tilth.decoder.validity import BadRows, bad_rows

PIECE_BYTES = 16 << 20
"""What a piece may hold, unless it is a single row."""
PIECE_ROWS = 4096


@dataclass(frozen=True)
class Piece:
    """Consecutive rows, from row `first` of the file on."""

    first: int
    batch: pa.RecordBatch


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be told, and why."""

    number: int
    reason: str
    raw: str


class Cutter:
    """Makes pieces of the batches of a file, in the order in which they lie there."""

    def __init__(self, schema: pa.Schema, expansion: Expansion, rows: int = 0) -> None:
        self.schema = plain_schema(schema)
        """What the pieces have."""
        self.expansion = expansion
        self._rows = rows  # that the file says it has; 0 where it does not say
        self._next_row = 1

    def pieces(self, batch: pa.RecordBatch, bad: BadRows | None = None) -> Iterator[Piece | BadRow]:
        """The batch, checked, in pieces; with the rows of which it is known already that they cannot be told."""
        end = self._next_row + batch.num_rows
        for start in range(0, batch.num_rows, PIECE_ROWS):
            known = {index - start: answer for index, answer in (bad or {}).items() if 0 <= index - start < PIECE_ROWS}
            for piece in self._checked(batch.slice(start, PIECE_ROWS), known):
                if isinstance(piece, Piece):
                    rows = piece.batch.num_rows
                    self.expansion.add(piece.batch.nbytes, rows, piece.batch.num_columns)
                    self.expansion.foresee(max(self._rows + 1, end) - self._next_row, piece.batch.nbytes / rows)
                yield piece

    def _checked(self, batch: pa.RecordBatch, known: BadRows) -> Iterator[Piece | BadRow]:
        bad = {**bad_rows(batch), **known}
        good_from = 0
        for index in [*sorted(bad), batch.num_rows]:
            if index > good_from:
                yield from self._small(batch.slice(good_from, index - good_from))
            if index in bad:
                yield BadRow(self._next_row, *bad[index])
                self._next_row += 1
            good_from = index + 1

    def _small(self, batch: pa.RecordBatch) -> Iterator[Piece]:
        half = batch.num_rows // 2
        try:
            plain = plain_batch(batch, self.schema)
        except MemoryError:  # a few bytes of a dictionary stand for more than may be used: for fewer rows it may do
            if not half:
                raise
            plain = None
        if plain is not None and (plain.nbytes <= PIECE_BYTES or not half):
            yield Piece(self._next_row, plain)
            self._next_row += plain.num_rows
            return
        yield from self._small(batch.slice(0, half))
        yield from self._small(batch.slice(half))
