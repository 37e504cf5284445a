"""Which benchmark text each text is most like, by embedding: for copies that were reworded beyond any n-gram."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from tilth.curate.contamination.overlap import Overlap
from tilth.curate.contamination.stretches import stretches
from tilth.curate.semantic.embedder import Embedder
from tilth.curate.semantic.neighbours import nearest

_AT_ONCE = 4096  # vectors
_ROOM = 2  # a stretch more than twice as long as the longest item is none of them


class Likeness:
    """Benchmark texts as vectors. Satisfies `tilth.curate.contamination.search.Method`."""

    def __init__(self, made_by: Embedder, texts: Sequence[str], is_question: Sequence[bool]) -> None:
        """An answer alone names no item, so that questions only are compared; the embedder has learned all texts."""
        asked = dict.fromkeys(text for text, asks in zip(texts, is_question, strict=True) if asks)
        numbers = {text: number for number, text in enumerate(asked)}
        self.target_of = np.array([numbers.get(text, -1) for text in texts], np.int64)
        self._made_by, self._vectors = made_by, made_by.embed(list(asked))
        self._longest = _ROOM * max(map(len, asked), default=0)

    def find(self, texts: Sequence[str]) -> Iterator[Overlap]:
        """Each text, and each stretch of it, with the benchmark text that is nearest."""
        places = ((owner, *place) for owner, text in enumerate(texts) for place in self._places(text))
        while some := list(islice(places, _AT_ONCE)):
            embedded = self._made_by.embed([texts[owner][start:stop] for owner, start, stop in some])
            near = nearest(self._vectors, 1, embedded)
            found = zip(some, near.rows.ravel().tolist(), near.scores.ravel().tolist(), strict=True)
            yield from (Overlap(owner, target, score, 0, start, stop) for (owner, start, stop), target, score in found)

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        yield 0, len(text)  # first, so that of equals all of the text is what is told
        yield from stretches(text, self._longest)

    def span(self, text: str, overlap: Overlap) -> tuple[int, int]:
        """Where the stretch stands."""
        return overlap.start, overlap.stop

    def measure(self, overlap: Overlap) -> str:
        """How alike they are, for people."""
        return f"cosine {overlap.share:.3f}"

    def facts(self) -> dict[str, Any]:
        """For the report."""
        return {"embedder": self._made_by.name}
