"""Rows looked through for benchmark items by one method, and the sums over all rows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tilth.curate.contamination.items import Items
from tilth.curate.contamination.overlap import Overlap
from tilth.operation import Reason
from tilth.schemas.safe_text import safe_text

_PLACES_NAMED = 100  # items of each benchmark that the facts name
_SHOWN = 80  # characters of a stretch that a reason shows


class Method(Protocol):
    """A way to find benchmark texts in others."""

    target_of: NDArray[np.int64]
    """For each benchmark text the number of the target that stands for it and its equals; -1 for one left out."""

    def find(self, texts: Sequence[str]) -> Iterable[Overlap]:
        """What texts have in common with targets."""
        ...

    def span(self, text: str, overlap: Overlap) -> tuple[int, int]:
        """Where it stands in the text: characters from the start, from and up to."""
        ...

    def measure(self, overlap: Overlap) -> str:
        """How much it is, for people."""
        ...

    def facts(self) -> dict[str, Any]:
        """For the report."""
        ...


class _Hit(NamedTuple):
    overlap: Overlap
    field: str
    others: int


class Search:
    """Looks batches of rows through and notes which items came up."""

    def __init__(self, items: Items, method: Method, least_share: float) -> None:
        self._items, self._method, self._least_share = items, method, least_share
        self._texts_of: dict[int, list[int]] = {}
        for text, target in enumerate(method.target_of.tolist()):
            if target >= 0:
                self._texts_of.setdefault(target, []).append(text)
        told = {items.texts[text].item for texts in self._texts_of.values() for text in texts}
        self._told = Counter(items.items[item].benchmark for item in told)
        self._sizes = Counter(item.benchmark for item in items.items)
        self._rows = [0] * len(items.benchmarks)
        self._hit = [set[int]() for _ in items.benchmarks]

    def verdicts(self, columns: Mapping[str, Sequence[str | None]]) -> list[Reason | None]:
        """For each row of a batch, given by its fields, the item that it holds most of, if any."""
        rows = max(map(len, columns.values()))
        best: list[_Hit | None] = [None] * rows
        touched: list[set[int]] = [set() for _ in range(rows)]
        for field, column in columns.items():
            texts = {row: text for row, text in enumerate(column) if text and text.strip()}
            at = list(texts)
            for overlap in self._method.find(list(texts.values())):
                if overlap.share < self._least_share:
                    continue
                row = at[overlap.owner]
                touched[row].add(overlap.target)
                held = best[row]
                if held is None or overlap.share > held.overlap.share:
                    best[row] = _Hit(overlap, field, 0)
        for row, targets in enumerate(touched):
            self._note(targets)
            hit = best[row]
            best[row] = None if hit is None else hit._replace(others=len(targets) - 1)
        return [
            None if hit is None else self._reason(hit, columns[hit.field][row] or "") for row, hit in enumerate(best)
        ]

    def facts(self) -> dict[str, Any]:
        """Per benchmark how many of its items came up, and in how many rows."""
        return {
            "benchmarks": {
                file: {
                    "items": self._sizes[number],
                    "items_not_looked_for": self._sizes[number] - self._told[number],
                    "items_hit": len(hit),
                    "share_hit": len(hit) / self._sizes[number],
                    "rows": self._rows[number],
                    "hit": [self._items.items[item].place for item in sorted(hit)[:_PLACES_NAMED]],
                }
                for number, (file, hit) in enumerate(zip(self._items.benchmarks, self._hit, strict=True))
            },
            **self._method.facts(),
        }

    def _note(self, targets: set[int]) -> None:
        """Every item whose text came up, and the row for each benchmark once."""
        texts = (self._items.texts[text] for target in targets for text in self._texts_of[target])
        benchmarks = set()
        for text in texts:
            benchmark = self._items.items[text.item].benchmark
            self._hit[benchmark].add(text.item)
            benchmarks.add(benchmark)
        for benchmark in benchmarks:
            self._rows[benchmark] += 1

    def _reason(self, hit: _Hit, text: str) -> Reason:
        found = self._items.texts[self._texts_of[hit.overlap.target][0]]
        item = self._items.items[found.item]
        start, stop = self._method.span(text, hit.overlap)
        shown = safe_text(text[start:stop][:_SHOWN], one_line=True) + ("…" if stop - start > _SHOWN else "")
        others = f", and of {hit.others} more" if hit.others else ""
        detail = (
            f"{self._method.measure(hit.overlap)} of the {found.part} of {item.place}{others}: "
            f"{hit.field} {start}:{stop} {shown}"
        )
        return Reason("contaminated", item.id or None, round(hit.overlap.share, 6), detail)
