"""A data set that is measured: each thing that several measures need is found out once."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tilth import operation
from tilth.curate.normalize import Rule
from tilth.curate.signals import signal_named
from tilth.curate.stats import Statistics, describe, labels_of
from tilth.errors import UsageError
from tilth.operation import SetAside

if TYPE_CHECKING:
    from tilth.formats import Dataset

_LEAK_THRESHOLD = 0.8
_LEAK_NORMALIZED: tuple[Rule, ...] = ("unicode", "case", "space")
_LEAK_SHINGLE = 3


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
            routed = asked.stream(self.data, asked.options({}))
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
        """Rows held out of training that hang together with a row of another split."""
        import numpy as np

        from tilth.curate.similarity.corpus import gather
        from tilth.curate.similarity.groups import similar_groups
        from tilth.curate.similarity.sets import build_sets

        split_of = self.data.split_of
        if len(set(split_of.values())) < 2:
            raise UsageError(
                "leakage is measured between splits, and there is one", where=self.data.path, fix="tilth split"
            )
        splits = [split_of.get(origin.file, "") for batch in self.data.batches() for origin in batch.origins]
        corpus = gather(self.data, self._asked_column(), _LEAK_NORMALIZED, "word", _LEAK_SHINGLE)
        group_of_text = similar_groups(build_sets(corpus.shingles), _LEAK_THRESHOLD).labels
        group = np.where(corpus.text_of >= 0, group_of_text[np.maximum(corpus.text_of, 0)], -1).tolist()
        seen: dict[int, set[str]] = {}
        for number, split in zip(group, splits, strict=True):
            seen.setdefault(number, set()).add(split)
        held_out = zip(group, splits, strict=True)
        return sum(number >= 0 and split != "train" and len(seen[number]) > 1 for number, split in held_out)

    def _asked_column(self) -> str:
        has_prompt = any(
            text is not None for batch in self.data.batches() for text in batch.column("prompt").to_pylist()
        )
        return "prompt" if has_prompt else "text"
