"""How much of a benchmark text a row holds, and where: from runs in common to one verdict per row."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from tilth.curate.contamination.grams import Found, Grams
from tilth.curate.contamination.units import Numbers


class Overlap(NamedTuple):
    """What one text has in common with one benchmark text."""

    owner: int
    target: int
    share: float
    """Share of the units of the benchmark text (those in n-grams that are looked for) that come up, up to 1."""
    covered: int
    """Units of the benchmark text that come up."""
    start: int
    """First unit of the longest stretch."""
    stop: int
    """Unit after its last one."""


class Ngrams:
    """Benchmark texts by their n-grams. Satisfies `tilth.curate.contamination.search.Method`."""

    def __init__(self, grams: Grams) -> None:
        self._grams, self.target_of = grams, grams.target_of

    def find(self, texts: Sequence[str]) -> Iterator[Overlap]:
        """Each text with each benchmark text that it shares an n-gram with, by text and benchmark text."""
        found = self._grams.find(texts)
        order = np.lexsort((found.place, found.target, found.owner))
        found = Found(*(column[order] for column in found))
        is_new = (np.diff(found.owner, prepend=-1) != 0) | (np.diff(found.target, prepend=-1) != 0)
        edges = np.append(np.flatnonzero(is_new), len(order)).tolist()
        for low, high in pairwise(edges):
            yield _overlap(self._grams, Found(*(column[low:high] for column in found)))

    def span(self, text: str, overlap: Overlap) -> tuple[int, int]:
        """Where the longest stretch stands in the text, in characters."""
        spans = self._grams.unit.spans(text)
        return spans[overlap.start][0], spans[overlap.stop - 1][1]

    def measure(self, overlap: Overlap) -> str:
        """How much came up, for people."""
        return f"{overlap.share:.0%} ({overlap.covered} {self._grams.unit.plural})"

    def facts(self) -> dict[str, Any]:
        """For the report."""
        return {"ngrams_left_out_as_common": self._grams.common_grams}


def _overlap(grams: Grams, found: Found) -> Overlap:
    target = int(found.target[0])
    covered = _union(found.at, found.length)
    begin = int(grams.starts[target])
    coverable = int(grams.coverable[begin : begin + int(grams.counts[target])].sum())
    start, stop = _longest(found.place, found.length)
    return Overlap(int(found.owner[0]), target, covered / coverable, covered, start, stop)


def _union(places: Numbers, lengths: Numbers) -> int:
    order = np.argsort(places, kind="stable")
    ends = np.maximum.accumulate((places + lengths)[order])
    begins = np.maximum(places[order], np.concatenate([[0], ends[:-1]]))
    return int(np.maximum(ends - begins, 0).sum())


def _longest(places: Numbers, lengths: Numbers) -> tuple[int, int]:
    """The longest stretch without a gap; of several, the first. Places ascend."""
    ends = np.maximum.accumulate(places + lengths)
    is_gap = np.ones(len(places), np.bool_)
    is_gap[1:] = places[1:] > ends[:-1]
    begins = places[is_gap]
    stops = ends[np.append(np.flatnonzero(is_gap)[1:] - 1, len(places) - 1)]
    best = int(np.argmax(stops - begins))
    return int(begins[best]), int(stops[best])
