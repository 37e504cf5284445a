"""Who turns texts into vectors: a model in a folder when one is named, else hashed n-grams that need no model."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their cosine similarity."""

    @property
    def name(self) -> str:
        """What made the vectors, for facts and reports."""
        ...

    def learn(self, texts: Sequence[str]) -> None:
        """Note how common the pieces of these texts are; a model that was trained has no need to and does nothing.

        For texts that come in batches: all of them are learned before the first is embedded, so that the vectors do
        not depend on the size of the batches.
        """
        ...

    def embed(self, texts: Sequence[str]) -> "Vectors":
        """One row of float32 per text, of length 1; all zeros, which resemble nothing, for a text of blanks only.

        An embedder that has learned nothing learns from these texts, for this call alone.
        """
        ...


def embedder(path: str | Path | None = None) -> Embedder:
    """The model in a folder (`model2vec` or `sentence-transformers`), or hashed n-grams when none is named.

    Nothing is downloaded and no code of the folder is run. Raises `UsageError` when there is no such folder,
    `DataError` when it holds no model that can be read, and `MissingExtraError` when the extra `semantic` is missing.
    """
    if path is None:
        from tilth.curate.semantic.hashed import HashedNgrams

        return HashedNgrams()
    from tilth.curate.semantic.models import load_model

    return load_model(str(path))
