"""A data set that is measured: each thing that several measures need is found out once."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tilth import operation
from tilth.curate.signals import signal_named
from tilth.curate.stats import Statistics, describe, labels_of
from tilth.errors import UsageError
from tilth.operation import Origin, SetAside

if TYPE_CHECKING:
    from tilth.formats import Dataset


class Subject:
    """One data set under measurement."""

    def __init__(self, data: "Dataset") -> None:
        self.data = data
        self._aside: dict[str, Sequence[SetAside]] = {}
        self._signals: dict[str, Sequence[float]] = {}

    @cached_property
    def statistics(self) -> Statistics:
        """The counts of one pass."""
        return describe(self.data)

    @cached_property
    def unreadable(self) -> int:
        """Rows that could not be read, where the data set is opened to go on without them."""
        return len(self.data.rejects) if self.statistics.rows >= 0 else 0  # known after a pass

    @cached_property
    def labels(self) -> Counter[str]:
        """How often each label occurs."""
        found = Counter[str]()
        for batch in self.data.batches():
            for record in batch.records:
                found.update(labels_of(record))
        return found

    def doubted(self, name: str) -> Sequence[SetAside]:
        """The rows that an operation would set aside, asked with its defaults."""
        if name not in self._aside:
            asked = operation.load(name)
            routed = asked.stream(self.data, asked.options(asked.doubting))
            self._aside[name] = [row for batch in routed for row in batch.aside]
        return self._aside[name]

    def signal(self, name: str) -> Sequence[float]:
        """The values of a signal, for the rows that have it. Raises `UsageError` where no row has."""
        if name not in self._signals:
            signal = signal_named(name)
            values: list[float] = []
            for batch in self.data.batches():
                measured = signal.measure(batch)
                values.extend(measured[measured == measured].tolist())  # NaN: the row has no such part
            if not values:
                raise UsageError(f"no row has the signal {name}", where=self.data.path)
            self._signals[name] = values
        return self._signals[name]

    @cached_property
    def leaking(self) -> int:
        """Rows held out of training that `dedup` finds again in another split."""
        from tilth.curate.dedup import dedup

        parts = self.data.parts
        if len(parts) < 2:
            fix = "tilth split"
            raise UsageError("leakage is measured between splits, and there is one", where=self.data.path, fix=fix)
        column = self._asked_column()
        leaking = set[Origin]()
        for held_out in (name for name in parts if name != "train"):
            others = [file for name, part in parts.items() if name != held_out for file in part.files]
            for file in others:
                found = dedup.stream(parts[held_out], dedup.options({"against": file, "by": column}))
                leaking.update(row.origin for batch in found for row in batch.aside if row.origin is not None)
        return len(leaking)

    def _asked_column(self) -> str:
        has_prompt = any(
            text is not None for batch in self.data.batches() for text in batch.column("prompt").to_pylist()
        )
        return "prompt" if has_prompt else "text"
