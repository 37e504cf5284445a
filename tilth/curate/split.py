"""The operation `split`: training, validation and test rows that do not resemble each other."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tilth.operation import Dataset, Judged, Options, judge

Size = Annotated[float, Field(ge=0)]


class SplitOptions(Options):
    """How large the parts are, and what must not be torn apart."""

    validation: Size = 0.1
    """Rows held out to watch training: a share when below 1, else a number of rows."""
    test: Size = 0.1
    """Rows held out to the end: a share when below 1, else a number of rows. Everything else is for training."""
    seed: int = 0
    """Another number gives another split of the same size."""
    stratify: str = "type"
    """A field whose values are spread over the parts in equal shares, within one row where groups allow it; empty for
    none."""
    threshold: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Rows whose Jaccard similarity reaches this stay together, and so do rows connected through others."""
    by: tuple[str, ...] = ("prompt", "text")
    """What is compared for that: similarity in any of these keeps rows together. Empty compares nothing."""
    together: tuple[str, ...] = ()
    """Fields whose equal values stay together, such as `meta.author`. The same content, a record and its
    `meta.parents`, and rows of one `meta.source.document` always do."""

    @model_validator(mode="after")
    def _leaves_training_rows(self) -> Self:
        if sum(size for size in (self.validation, self.test) if size < 1) >= 1:
            raise PydanticCustomError("no_training_rows", "validation and test together leave no rows for training")
        return self


@judge(SplitOptions)
def split(data: Dataset, options: SplitOptions) -> Iterator[Judged]:
    """Deal all rows out to `train`, `validation` and `test`, keeping together what resembles each other.

    Groups are the connected components of rows that are similar, have a parent or document in common, or the same
    content. Which part a group goes to follows from its content and the seed, not from the order of the rows. The
    facts hold the sizes, the groups and the leakage that was measured afterwards: the largest similarity of a
    held-out row with a row of another part.
    """
    from tilth.curate.partition import partition

    parts, facts = partition(data, options)
    row = 0
    for batch in data.batches():
        yield Judged(batch, [None] * len(batch), parts=parts[row : row + len(batch)], facts=facts)
        row += len(batch)
