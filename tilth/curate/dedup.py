"""The operation `dedup`: rows that repeat a row already kept are set aside, each naming that row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tilth.curate.normalize import Rule
from tilth.operation import Dataset, Judged, Options, judge

_JACCARD = 0.8
_COSINE = 0.9


class DedupOptions(Options):
    """What counts as a repeat, and which of two rows stays."""

    method: Literal["exact", "join", "minhash", "semantic"] = "join"
    """How repeats are found. `exact`: equal texts only. `join`: near-duplicates too, none missed. `minhash`: as
    `join`, but pairs are looked up by MinHash-LSH, as most tools do; at most 0.1% of pairs are missed. `semantic`:
    by embedding, for texts that say the same in other words or spellings; see `embedder`."""
    threshold: Annotated[float, Field(gt=0, le=1)] | None = None
    """Similarity at or above which a row repeats a kept one: that of Jaccard, shared shingles over all distinct
    shingles, 0.8 when not given; for `semantic` the cosine of the vectors, 0.9 when not given."""
    by: str = "text"
    """What is compared: `prompt`, `answer`, `text` (all of a record), `both` (prompt and answer each reach the
    threshold), `any` (one of them does), or a field such as `output` or `meta.licence`."""
    against: Path | None = None
    """A file of other rows: then rows that repeat one of those are set aside, and rows are not compared with each
    other. The other file stays as it is."""
    unit: Literal["word", "char"] = "word"
    """What a shingle is made of. `char` suits scripts that put no blanks between words, names, and typing errors."""
    size: Annotated[int, Field(ge=1, le=50)] = 3
    """Consecutive words or characters in a shingle. Shorter texts compare by their single words or characters."""
    permutations: Annotated[int, Field(ge=16, le=1024)] = 128
    """Length of a MinHash signature. Bands follow from it and the threshold. Used by `minhash` only."""
    normalize: tuple[Rule, ...] = ("unicode", "case", "space")
    """What does not count when texts are compared for equality: any of `unicode`, `case`, `space`, `punctuation`."""
    keep: Literal["first", "longest", "best", "newest", "source"] = "first"
    """Which row stays: the first in the file, the longest, the one with the best score, the newest, or the one from the
    source that comes first in `priority`."""
    score_field: str = "meta.quality.score"
    """The number that `keep: best` goes by; the highest is best, and rows without one come last."""
    date_field: str = "meta.date"
    """The date that `keep: newest` goes by: ISO 8601, or seconds since 1970. Rows without one come last."""
    source_field: str | None = None
    """The field that names a row's source for `keep: source`; the file that the row came from when not given."""
    priority: tuple[str, ...] = ()
    """Sources from the most to the least trusted, for `keep: source`. Sources that are not named come last."""
    embedder: Path | None = None
    """For `semantic`: a folder with a model2vec or sentence-transformers model. When not given, texts are compared by
    hashed character n-grams, which see spelling and not meaning."""
    sweep: bool = False
    """Only look: show what each threshold would set aside, with pairs to look at. Nothing is set aside or written."""

    @model_validator(mode="after")
    def _says_which_source(self) -> Self:
        if self.keep == "source" and not self.priority:
            raise PydanticCustomError("no_priority", "keep source needs to know which source comes first: priority")
        return self

    @property
    def least(self) -> float:
        """The threshold, or that of the method where none was given."""
        return self.threshold or (_COSINE if self.method == "semantic" else _JACCARD)

    def only_looks(self) -> bool:
        """With `sweep` nothing is decided."""
        return self.sweep


@judge(DedupOptions, suspicion="high")
def dedup(data: Dataset, options: DedupOptions) -> Iterator[Judged]:
    """Set aside rows that repeat a row already kept.

    Rows are visited in the order of the keep rule. A row goes if and only if its true similarity with a row
    already kept reaches the threshold; its reason names that row and the similarity. So no two kept rows are that
    similar, and a chain of small changes takes nothing along that does not itself resemble something kept. A row
    without the compared part (null) is never a repeat; texts without any word are compared as they stand.
    """
    from tilth.curate.similarity.deduplication import Deduplication

    work = Deduplication(data, options)
    if options.sweep:
        facts = work.sweep_thresholds()
        yield from (Judged(batch, [None] * len(batch), facts=facts) for batch in data.batches())
        return
    verdict = work.decide()
    row = 0
    for batch in data.batches():
        yield Judged(batch, verdict.reasons(row, row + len(batch)), facts=verdict.facts)
        row += len(batch)
