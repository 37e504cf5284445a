"""A few rows from all over a data set, the same ones every time."""

from collections.abc import Iterator

from tilth.operation import Batch, Dataset


def sampled(data: Dataset, rows: int) -> Iterator[Batch]:
    """At most so many rows at equal distances, in batches, in order."""
    total = data.count()
    step = max(1, -(-total // rows))
    before = 0
    for batch in data.batches():
        chosen = [row for row in range(len(batch)) if (before + row) % step == 0]
        before += len(batch)
        if chosen:
            yield batch.take(chosen)
