"""The signal of loneliness: how far a record lies from those that resemble it most. It depends on the whole set."""

from tilth.curate.signals.registry import Texts, signal
from tilth.errors import UsageError


@signal(
    "distance",
    ("text",),
    needs="set",
    source="k-NN outlier score: Ramaswamy et al. 2000, SIGMOD, Efficient algorithms for mining outliers",
)
def neighbour_distance(texts: Texts) -> list[float | None]:
    """Cosine distance to the k-th most similar record of the set, in the space of an embedder: 0 for copies, 1 for
    nothing in common."""
    raise UsageError(
        "neighbour_distance compares a record with all others of its set, and so it is no signal of single rows",
        fix="tilth outliers --method knn",
    )
