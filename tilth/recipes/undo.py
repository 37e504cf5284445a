"""Changed rows as they were: an output, and the evidence of what changed on the way to it, taken back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tilth.errors import DataError, UsageError
from tilth.formats import Dataset, DialectBatch
from tilth.formats.block import LineBlock
from tilth.recipes.evidence import Line, read_lines
from tilth.recipes.execute import evidence_path
from tilth.schemas import load_json

CHANGED_SINCE = "the file is not the one that was written beside its changes"


def undone(data: Dataset, output: Path, changes: Path | None = None) -> Iterator[tuple[DialectBatch, int]]:
    """The rows of an output with every change taken back, in batches, each with the number of rows that it concerned.

    Lines of JSON come back byte by byte. Raises `UsageError` when there is no evidence or it does not hold the rows
    as they were, and `DataError` when the output is no longer what was written.
    """
    path = changes or evidence_path(output, "changes")
    if not path.exists():
        raise UsageError(
            "nothing says what was changed on the way to this file", where=str(output), fix="--changes FILE"
        )
    lines = read_lines(path)
    change = next(lines, None)
    rows = 0
    for batch in data.batches():
        taken_back: dict[int, Line] = {}
        while change is not None and _row(change, path) <= rows + len(batch):
            taken_back[_row(change, path) - rows - 1] = _checked(change, path)
            change = next(lines, None)
        _check_ids(batch, taken_back, output, rows)
        rows += len(batch)
        yield _batch_before(batch, taken_back), len(taken_back)
    if change is not None:
        raise DataError(f"{CHANGED_SINCE}: it has {rows} rows, and row {_row(change, path)} changed", where=str(output))


def _row(change: Line, path: Path) -> int:
    number = change.get("row")
    if not isinstance(number, int):
        raise DataError("the changes do not say which rows they are of", where=str(path))
    return number


def _checked(change: Line, path: Path) -> Line:
    if change["before"] is None:
        raise UsageError(
            "the rows as they were were kept out of the evidence",
            where=str(path),
            fix="tilth pii --restore KEY, or --keep-before when masking",
        )
    return change


def _check_ids(batch: DialectBatch, changes: dict[int, Line], output: Path, rows: int) -> None:
    there = batch.take(list(changes))
    for index, found in zip(changes, there.ids, strict=True):
        if found != changes[index]["id_after"]:
            raise DataError(CHANGED_SINCE, where=f"{output}, row {rows + index + 1}")


def _batch_before(batch: DialectBatch, changes: dict[int, Line]) -> DialectBatch:
    if not changes:
        return batch
    befores = [changes[index]["before"] if index in changes else None for index in range(len(batch))]
    back = batch.replaced(befores)
    if not isinstance(back.block, LineBlock):
        return back
    raw = list(back.block.raw)
    for index, change in changes.items():
        if "spelled" in change and _is_spelling_of(change["before"], change["spelled"], batch):
            raw[index] = change["spelled"].encode("utf-8")
    return DialectBatch(LineBlock(raw, back.rows, back.block.lines), batch.dialect, batch.file)


def _is_spelling_of(record: Any, line: str, batch: DialectBatch) -> bool:
    """Whether a line says the record in the output's own shape; it may have come from another one."""
    return bool(batch.dialect.decode(load_json(line.encode("utf-8"))) == record)
