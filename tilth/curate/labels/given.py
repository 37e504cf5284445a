"""Class probabilities that another model gave, from a field of the rows or from a file; imports numpy."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tilth.curate.labels.classifier import Scores
from tilth.errors import DataError, UsageError
from tilth.operation import Dataset

_FLOOR = 1e-9  # a probability of zero is a rounded one
_SUM_SLACK = 0.02


def given_probabilities(source: str, data: Dataset, names: Sequence[str], rows: int) -> Scores:
    """Log-probabilities, shape (rows, classes), from a `.npy` file or from a field.

    A list has the classes in the order of their names (whole numbers by value); an object names them. Raises
    `UsageError` or `DataError` for a shape or a value that cannot be.
    """
    where = source
    if source.endswith(".npy"):
        table = _from_file(Path(source))
    else:
        table = np.array(list(_from_field(source, data, names)), np.float64).reshape(rows, -1)
    if table.shape != (rows, len(names)):
        found = " x ".join(map(str, table.shape))
        raise DataError(f"holds {found} probabilities for {rows} rows of {len(names)} classes", where=where)
    if not np.isfinite(table).all() or (table < 0).any() or (abs(table.sum(axis=1) - 1) > _SUM_SLACK).any():
        row = int(np.flatnonzero(~(abs(table.sum(axis=1) - 1) <= _SUM_SLACK) | (table < 0).any(axis=1))[0])
        raise DataError(f"row {row + 1} holds no probabilities: they must be 0 or more and sum to 1", where=where)
    return np.asarray(np.log(np.maximum(table, _FLOOR)))


def _from_file(path: Path) -> Scores:
    try:
        return np.asarray(np.load(path, allow_pickle=False), np.float64)
    except OSError as failure:
        raise UsageError(f"the file cannot be read ({failure.strerror or failure})", where=str(path)) from failure
    except ValueError as failure:
        raise DataError("the file holds no plain array of numbers", where=str(path)) from failure


def _from_field(field: str, data: Dataset, names: Sequence[str]) -> Iterator[list[float]]:
    for batch in data.batches():
        for value, origin in zip(batch.column(field).to_pylist(), batch.origins, strict=True):
            found = _numbers(value, names)
            if found is None:
                fix = "a list with a number per class, or an object from class to number"
                raise DataError(
                    f"{field} holds no probability for each of the {len(names)} classes", where=str(origin), fix=fix
                )
            yield found


def _numbers(value: str | None, names: Sequence[str]) -> list[float] | None:
    try:
        held: Any = json.loads(value or "null")
    except ValueError:
        return None
    if isinstance(held, dict):
        held = [held.get(name, 0.0) for name in names]
    is_row = isinstance(held, list) and len(held) == len(names)
    return [float(one) for one in held] if is_row and all(type(one) in (int, float) for one in held) else None
