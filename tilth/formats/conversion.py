"""Rows into another container or another dialect, with nothing changed that is not asked for."""

from collections.abc import Iterator
from pathlib import Path

from tilth.errors import DataError
from tilth.formats.batch import DialectBatch
from tilth.formats.block import RowBlock
from tilth.formats.dataset import Dataset
from tilth.formats.output import open_output
from tilth.schemas import Dialect, LossError
from tilth.schemas import dialect as dialect_named

_SHOWN_LOSSES = 10


def convert(
    source: Dataset,
    target: Path | str,
    *,
    to_dialect: str | None = None,
    format: str | None = None,
    overwrite: bool = False,
) -> int:
    """Write all rows of `source` to `target`; returns how many.

    In the same dialect every row is written as it is. In another one each is understood and written anew, and when
    any of them would lose something, nothing is written: `LossError` has the list.
    """
    wanted = dialect_named(to_dialect) if to_dialect else None
    with open_output(target, format=format, overwrite=overwrite, inputs=[*source.files]) as output:
        losses = _Losses()
        for batch in source.batches():
            output.write(batch if wanted is None else _in_dialect(batch, wanted, losses))
        losses.refuse()
    return output.rows


class _Losses:
    """What a dialect could not hold, gathered over a whole data set."""

    def __init__(self) -> None:
        self.rows = 0
        self.first: list[tuple[str, LossError]] = []

    def add(self, place: str, loss: LossError) -> None:
        self.rows += 1
        if len(self.first) < _SHOWN_LOSSES:
            self.first.append((place, loss))

    def refuse(self) -> None:
        if self.first:
            lines = "".join(f"\n  {place}: {', '.join(loss.lost)}" for place, loss in self.first)
            more = f"\n  and {self.rows - len(self.first)} more rows" if self.rows > len(self.first) else ""
            many = "1 row" if self.rows == 1 else f"{self.rows} rows"
            raise DataError(f"{many} would lose something in this dialect, so nothing was written:{lines}{more}")


def _in_dialect(batch: DialectBatch, wanted: Dialect, losses: _Losses) -> DialectBatch | RowBlock:
    if wanted.name == batch.dialect.name and type(wanted) is type(batch.dialect):
        return batch
    return RowBlock(list(_encoded(batch, wanted, losses)), batch.block.lines)


def _encoded(batch: DialectBatch, wanted: Dialect, losses: _Losses) -> Iterator[dict[str, object]]:
    for record, origin in zip(batch.records, batch.origins, strict=True):
        try:
            yield wanted.encode(dict(record))
        except LossError as loss:
            losses.add(str(origin), loss)
            yield {}
