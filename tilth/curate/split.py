"""The operation `split`: training, validation and test rows that do not resemble each other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tilth.curate.parts.plan import share_of
from tilth.operation import Dataset, Judged, Options, judge

Size = Annotated[float, Field(ge=0)]


def _check_share(text: str) -> str:
    try:
        share_of(text)
    except (ValueError, ZeroDivisionError) as failure:
        raise PydanticCustomError("no_share", "a subset is a share between 0 and 1, such as 1/8") from failure
    return text


class SplitOptions(Options):
    """How large the parts are, and what must not be torn apart."""

    validation: Size = 0.1
    """Rows held out to watch training: a share when below 1, else a number of rows."""
    test: Size = 0.1
    """Rows held out to the end: a share when below 1, else a number of rows. Everything else is for training."""
    folds: Annotated[int, Field(ge=2, le=1000)] | None = None
    """Deal out so many equal parts instead, `fold-1` and so on: each is once what the others are tested on."""
    subsets: tuple[Annotated[str, AfterValidator(_check_share)], ...] = ()
    """Write the training rows in several files, so that the first of them are these shares (1/8 1/4 1/2), each inside
    of the next: for the question whether more data would help."""
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
    stable: bool = False
    """Deal out row by row, so that no row changes its part when others are appended. A row that would tie two parts
    together is set aside."""
    previous: Path | None = None
    """The folder of an earlier split: its rows keep their parts, in whatever order they come, and new rows follow what
    they resemble. A row that would tie two parts together is set aside."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if sum(size for size in (self.validation, self.test) if size < 1) >= 1:
            raise PydanticCustomError("no_training_rows", "validation and test together leave no rows for training")
        if self.stable and self.previous is None and max(self.validation, self.test) >= 1:
            raise PydanticCustomError(
                "no_shares", "a stable split has shares for sizes: how many rows come, nobody knows"
            )
        if self.folds is not None and self.subsets:
            raise PydanticCustomError("folds_and_subsets", "folds have no training part to take subsets of")
        return self


@judge(SplitOptions)
def split(data: Dataset, options: SplitOptions) -> Iterator[Judged]:
    """Deal all rows out to `train`, `validation` and `test`, keeping together what resembles each other.

    Groups are the connected components of rows that are similar, have a parent or document in common, or the same
    content. Which part a group goes to follows from its content and the seed, not from the order of the rows; with
    `stable`, it follows from the rows before it and from no later one. The facts hold the sizes, the groups and the
    leakage that was measured afterwards: the largest similarity of a held-out row with a row of another part, and how
    many parents, documents and fields are found in two parts.
    """
    from tilth.curate.parts.partition import partition

    found = partition(data, options)
    row = 0
    for batch in data.batches():
        rows = slice(row, row + len(batch))
        yield Judged(batch, found.reasons[rows], parts=found.stems[rows], facts=found.facts)
        row += len(batch)
