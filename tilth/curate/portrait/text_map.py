"""A map of the texts: each a point, close to those that it resembles."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tilth.curate.portrait.overlap import short_names, source_of
from tilth.curate.portrait.sampled import sampled
from tilth.curate.stats import labels_of
from tilth.operation import Dataset

MAP_ROWS = 1500
"""More points than that are a blot."""
GROUPS = 6
"""Colours that a reader can tell apart."""
OTHER = "other"


@dataclass(frozen=True)
class TextMap:
    """Points between 0 and 1, the group of each, and what the groups are."""

    points: Sequence[tuple[float, float]]
    groups: Sequence[str]
    by: str
    """`label`, `source` or `type`."""
    shown: float
    """Share of all variance that these two directions show: the map says that much."""
    embedder: str
    rows: int


def text_map(data: Dataset, embedder_path: str | None = None) -> TextMap | None:
    """The two directions in which the texts differ most (principal components of their embeddings).

    Of at most 1,500 rows at equal distances. Without a model the embedding is the built-in one of character n-grams,
    which sees wording and not meaning. None where there are fewer than three different texts.
    """
    import numpy as np

    from tilth.curate.semantic.embedder import embedder

    texts: list[str] = []
    labels: list[str] = []
    sources: list[str] = []
    types: list[str] = []
    for batch in sampled(data, MAP_ROWS):
        texts.extend(text or "" for text in batch.column("text").to_pylist())
        for record, origin in zip(batch.records, batch.origins, strict=True):
            labels.append(next(labels_of(record), ""))
            sources.append(source_of(record, origin.file))
            types.append(str(record.get("type") or ""))
    shown = short_names(sources)
    sources = [shown[source] for source in sources]
    if len(set(texts)) < 3:
        return None
    model = embedder(embedder_path)
    vectors = np.asarray(model.embed(texts), np.float64)
    vectors -= vectors.mean(axis=0)
    directions, strengths, _ = np.linalg.svd(vectors, full_matrices=False)
    placed = directions[:, :2] * strengths[:2]
    placed *= np.where(placed[np.abs(placed).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)  # the sign of a direction is free
    low, high = placed.min(axis=0), placed.max(axis=0)
    scaled = (placed - low) / np.maximum(high - low, 1e-12)
    by, names = next(
        ((by, names) for by, names in (("label", labels), ("source", sources)) if _tells_apart(names)), ("type", types)
    )
    largest = {name for name, _ in Counter(names).most_common(GROUPS)}
    variance = float((strengths**2).sum())
    return TextMap(
        [(round(float(x), 4), round(float(y), 4)) for x, y in scaled],
        [(name if name in largest else OTHER) or "none" for name in names],
        by,
        float((strengths[:2] ** 2).sum()) / variance if variance else 0.0,
        model.name,
        data.count(),
    )


def _tells_apart(names: Sequence[str]) -> bool:
    """Whether most rows have a name, and not all the same."""
    return len(set(names)) > 1 and sum(map(bool, names)) > len(names) / 2
