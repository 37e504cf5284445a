"""Which benchmark text each text is most like, by embedding: for copies that were reworded beyond any n-gram."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tilth.curate.contamination.overlap import Overlap
from tilth.curate.semantic.embedder import Embedder
from tilth.curate.semantic.neighbours import nearest


class Likeness:
    """Benchmark texts as vectors. Satisfies `tilth.curate.contamination.search.Method`."""

    def __init__(self, made_by: Embedder, texts: Sequence[str], is_question: Sequence[bool]) -> None:
        """An answer alone names no item, so that questions only are compared; the embedder has learned all texts."""
        asked = dict.fromkeys(text for text, asks in zip(texts, is_question, strict=True) if asks)
        numbers = {text: number for number, text in enumerate(asked)}
        self.target_of = np.array([numbers.get(text, -1) for text in texts], np.int64)
        self._made_by, self._vectors = made_by, made_by.embed(list(asked))

    def find(self, texts: Sequence[str]) -> Iterator[Overlap]:
        """Each text with the benchmark text that is nearest to it."""
        near = nearest(self._vectors, 1, self._made_by.embed(texts))
        for owner, (target, score) in enumerate(zip(near.rows.ravel().tolist(), near.scores.ravel(), strict=True)):
            yield Overlap(owner, target, float(score), 0, 0, len(texts[owner]))

    def span(self, text: str, overlap: Overlap) -> tuple[int, int]:
        """All of the text: a vector does not say where."""
        return 0, len(text)

    def measure(self, overlap: Overlap) -> str:
        """How alike they are, for people."""
        return f"cosine {overlap.share:.3f}"

    def facts(self) -> dict[str, Any]:
        """For the report."""
        return {"embedder": self._made_by.name}
