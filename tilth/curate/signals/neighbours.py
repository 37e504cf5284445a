"""The signal of loneliness: how far a record lies from those that resemble it most. It depends on the whole set."""

from tilth.curate.signals.registry import Texts, signal
from tilth.errors import UsageError


@signal(
    "distance",
    ("text",),
    needs="set",
    source="Angiulli and Pizzuti 2002, PKDD, Fast outlier detection in high dimensional spaces (mean, not sum)",
)
def neighbour_distance(texts: Texts) -> list[float | None]:
    """Mean cosine distance to the most similar records of the set (10 unless told) in the space of an embedder: 0
    for copies, 1 for nothing in common."""
    raise UsageError(
        "neighbour_distance compares a record with all others of its set, and so it is no signal of single rows",
        fix="tilth outliers --method knn",
    )
