"""What ties rows together: similar texts, the same content, parents, documents, values of a field; imports numpy."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np

from tilth.curate.similarity.corpus import Compared, Reading, gather
from tilth.curate.similarity.groups import Groups, similar_groups
from tilth.curate.similarity.likeness import Likeness
from tilth.curate.similarity.prefix import prefix_buckets
from tilth.operation import Dataset

Key = tuple[str, Hashable]
"""Something that rows of one part have in common: what it is (`parent`, `document`, a field), and its value."""


class Ties:
    """The rows of some data sets, one after the other: ids, strata, and what ties them together."""

    def __init__(
        self, sources: Sequence[Dataset], *, by: Sequence[str], together: Sequence[str], stratify: str
    ) -> None:
        self.ids: list[str] = []
        self.strata: list[str] = []
        self.keys: list[list[Key]] = []
        """Of each row."""
        for batch in (batch for data in sources for batch in data.batches()):
            fields = [(field, batch.column(field).to_pylist()) for field in together]
            for row, (id, record) in enumerate(zip(batch.ids, batch.records, strict=True)):
                own = [(field, values[row]) for field, values in fields if values[row] is not None]
                self.keys.append([*_inherent_keys(id, record.get("meta") or {}), *own])
            self.ids.extend(batch.ids)
            named = batch.column(stratify).to_pylist() if stratify else [None] * len(batch)
            self.strata.extend("none" if name is None else name for name in named)
        found = gather(sources, by, Reading()) if by else []
        self.compared: dict[str, Compared] = dict(zip(by, found, strict=True))

    def groups(self, threshold: float) -> Groups:
        """Rows that hang together, also through others."""
        groups = Groups(len(self.ids))
        groups.join_equal((row, key) for row, keys in enumerate(self.keys) for key in keys)
        for one in self.compared.values():
            has_text = np.flatnonzero(one.text_of >= 0)
            label_of = similar_groups(Likeness([one.sets], prefix_buckets(one.sets, threshold), threshold)).labels
            groups.join_equal(zip(has_text.tolist(), label_of[one.text_of[has_text]].tolist(), strict=True))
        return groups


def _inherent_keys(id: str, meta: dict[str, Any]) -> Iterator[Key]:
    yield "parent", id
    parents = meta.get("parents")
    yield from (("parent", each) for each in parents if isinstance(each, str)) if isinstance(parents, list) else ()
    source = meta.get("source")
    document = source.get("document") if isinstance(source, dict) else None
    if isinstance(document, str):
        yield "document", document
