"""Rows taken one after the other from an order: the best first, or each as far as possible from those before."""

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.expression import Quantity
from tilth.curate.expression.rows import Rows
from tilth.curate.semantic.coverage import k_centre
from tilth.curate.semantic.embedder import embedder
from tilth.curate.signals import signal_named
from tilth.operation import Dataset


class Taken(NamedTuple):
    """The rows that were taken, why others were not, and what is to be known."""

    rows: list[int]
    values: NDArray[np.float64] | None
    """What rows were ranked by; NaN where a row has no such number."""
    facts: dict[str, Any]


def shuffled(rows: int, seed: int) -> list[int]:
    """All rows in an order that the seed draws."""
    return Random(seed).sample(range(rows), rows)  # noqa: S311 a sample is no secret


def ranking(data: Dataset, by: str, record_types: Sequence[str]) -> NDArray[np.float64]:
    """The number that each row is ranked by; NaN for a row that has none."""
    quantity, found, rows = Quantity(by, record_types), array("d"), 0
    for batch in data.batches():
        rows += len(batch)
        found.extend(float("nan") if value is None else value for value in quantity.values(Rows(batch)))
    if rows:
        quantity.check_names()
    return np.array(found)


def best_first(values: NDArray[np.float64]) -> list[int]:
    """The rows with a number, the largest first; of equal ones the earlier."""
    order = np.argsort(-values, kind="stable")
    found: list[int] = order[: len(values) - int(np.isnan(values).sum())].tolist()
    return found


def farthest_first(data: Dataset, by: str, count: int, seed: int, path: Path | None) -> tuple[list[int], float]:
    """Rows that cover all, in the order of k-centre, and how far the farthest row is from the nearest of them."""
    model = embedder(path)
    for batch in data.batches():
        model.learn(_texts(batch, by))
    vectors = [model.embed(_texts(batch, by)) for batch in data.batches()]
    if not vectors:
        return [], 0.0
    cover = k_centre(np.concatenate(vectors), count, seed)
    return cover.rows.tolist(), cover.radius


def tokens_of(data: Dataset) -> NDArray[np.float64]:
    """The estimate of tokens of each row."""
    signal = signal_named("tokens")
    counts = [np.nan_to_num(signal.measure(batch)) for batch in data.batches()]
    return np.concatenate(counts) if counts else np.empty(0)


def within(order: Iterable[int], tokens: NDArray[np.float64] | None, rows: int | None, budget: int | None) -> list[int]:
    """Rows from the front of an order as long as they fit: one that is too long for what is left is passed over."""
    found: list[int] = []
    left = float("inf") if budget is None else float(budget)
    for row in order:
        if rows is not None and len(found) == rows:
            break
        cost = 0.0 if tokens is None else float(tokens[row])
        if cost <= left:
            found.append(row)
            left -= cost
    return found


def _texts(batch: Any, by: str) -> list[str]:
    return [text or "" for text in batch.column(by).to_pylist()]
