"""Parts for rows in their order, so that no row's part depends on a later row; imports numpy.

A row that resembles an earlier one, or shares something with it, follows it. A row that would have to follow earlier
rows into two parts bridges them: neither may move any more, so the row itself is set aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tilth.curate.parts.quotas import Quotas
from tilth.curate.parts.ties import Key, Ties
from tilth.curate.similarity.sets import verify_pairs

_FIRST_LOOK = 64  # texts looked at before all: in a dense group one of the latest resembles nearly every row
_ROUNDING = 1e-6


class Tie(NamedTuple):
    """Why a row has to follow an earlier one."""

    row: int
    similarity: float | None
    """Of the two texts; None where they share a value."""
    why: str
    """The compared column, or what they share."""


class Placed(NamedTuple):
    """Where a row goes, and where else it would have to go."""

    part: int
    bridges: tuple[Tie, Tie] | None


@dataclass
class _Texts:
    """Distinct texts of one part and one column, in the order in which they came, with a row that has each."""

    numbers: NDArray[np.int64] = field(default_factory=lambda: np.empty(8, np.int64))
    rows: dict[int, int] = field(default_factory=dict)

    def add(self, text: int, row: int) -> None:
        if text in self.rows:
            return
        if len(self.rows) == len(self.numbers):
            self.numbers = np.concatenate([self.numbers, np.empty_like(self.numbers)])
        self.numbers[len(self.rows)] = text
        self.rows[text] = row


class InOrder:
    """Gives one row after the other its part."""

    def __init__(self, ties: Ties, threshold: float, shares: Sequence[float], seed: int) -> None:
        self._ties, self._threshold = ties, threshold
        self._quotas = Quotas(shares, seed)
        self.groups = ties.groups(threshold).labels
        """The group of each row: rows of different groups have no tie."""
        self._alone = np.bincount(self.groups, minlength=len(ties.ids))[self.groups] == 1
        self._by_id: dict[str, int] = {}
        self._by_key: dict[Key, tuple[int, int]] = {}
        self._texts: dict[tuple[str, int], dict[int, _Texts]] = {}  # (column, group) to part to texts

    def place(self, row: int, pinned: int | None = None) -> Placed:
        """The part of the next row; a row whose content has a part already is in that part, whatever it resembles."""
        ties = self._ties
        if (same := self._by_id.get(ties.ids[row])) is not None:
            return Placed(same, None)
        found = {} if pinned is not None or self._alone[row] else self._find(row)
        if len(found) > 1:
            one, other, *_ = sorted(found)
            return Placed(one, (found[one], found[other]))
        free = next(iter(found), None) if pinned is None else pinned
        part = self._quotas.next(ties.strata[row], ties.ids[row]) if free is None else free
        self._settle(row, part)
        return Placed(part, None)

    def _settle(self, row: int, part: int) -> None:
        ties = self._ties
        self._quotas.count(ties.strata[row], part)
        self._by_id[ties.ids[row]] = part
        for key in ties.keys[row]:
            self._by_key.setdefault(key, (part, row))
        if not self._alone[row]:
            for column, one in ties.compared.items():
                if (text := int(one.text_of[row])) >= 0:
                    parts = self._texts.setdefault((column, int(self.groups[row])), {})
                    parts.setdefault(part, _Texts()).add(text, row)

    def _find(self, row: int) -> dict[int, Tie]:
        """For each part, the first tie with a row in it that is found."""
        found: dict[int, Tie] = {}
        for key in self._ties.keys[row]:
            if (earlier := self._by_key.get(key)) is not None:
                found.setdefault(earlier[0], Tie(earlier[1], None, key[0]))
        for column, one in self._ties.compared.items():
            text = int(one.text_of[row])
            for part, texts in self._texts.get((column, int(self.groups[row])), {}).items():
                if text >= 0 and part not in found and (tie := self._similar(column, text, texts)) is not None:
                    found[part] = tie
        return found

    def _similar(self, column: str, text: int, texts: _Texts) -> Tie | None:
        one = self._ties.compared[column]
        if text in texts.rows:
            return Tie(texts.rows[text], 1.0, column)
        end, look = len(texts.rows), _FIRST_LOOK
        while end > 0:
            start = max(0, end - look)
            numbers, size = texts.numbers[start:end], one.sets.sizes[text]
            sizes = one.sets.sizes[numbers]
            near = numbers[np.minimum(sizes, size) >= self._threshold * np.maximum(sizes, size) - _ROUNDING]
            if len(near):
                similarity = verify_pairs(one.sets, np.full(len(near), text), near)
                if similarity.max() >= self._threshold:
                    best = int(similarity.argmax())
                    return Tie(texts.rows[int(near[best])], float(similarity[best]), column)
            end, look = start, look * 8
        return None
