"""What flows between operations: batches of a data set, verdicts on them, and the outcome that keeps the evidence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    import pyarrow as pa

Fields = dict[str, Any]
"""A record as plain data, in Tilth's own shape: `type`, the fields of that record type, `meta`, `extra`."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row lay: the file, and its line (or row number in a columnar file), from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row is set aside: a stable code, the kept row it lost against, the score that decided, words for people."""

    code: str
    """Kebab-case and stable, for example `near-duplicate`."""
    against: str | None = None
    """Id of the kept row that is the witness, where there is one."""
    score: float | None = None
    """The number that decided, where there is one (a similarity, a distance from the fence)."""
    detail: str = ""
    """One line for people."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that leaves with other content than it came with."""

    before: Fields
    after: Fields
    index: int
    """Which of the kept rows of its batch it is, from 0."""
    origin: Origin
    detail: str = ""
    """One line for people, where the operation has something to say of the row."""
    line: bytes | None = None
    """The row as its file spells it, where it is a line of JSON."""
    is_private: bool = False
    """Whether `before` and `line` stay out of the evidence, because what was taken out of the row must not be there."""


class Batch(Protocol):
    """Consecutive rows of a data set. A row is parsed only when somebody asks for what is in it."""

    def __len__(self) -> int: ...

    @property
    def origins(self) -> Sequence[Origin]:
        """Where each row lay."""
        ...

    @property
    def files(self) -> Sequence[str]:
        """The file that each row came from, as in `origins`."""
        ...

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows as their file holds them, in the file's own dialect."""
        ...

    @property
    def lines(self) -> Sequence[bytes] | None:
        """The rows as their file spells them, where each is a line of JSON; else None."""
        ...

    @property
    def records(self) -> Sequence[Fields]:
        """The rows understood: Tilth's own shape, whatever the dialect of the file. Not to be changed in place."""
        ...

    @property
    def ids(self) -> Sequence[str]:
        """The content identity of each record."""
        ...

    def column(self, name: str) -> "pa.StringArray":
        """One text per row: a part (`prompt`, `answer`, `text`) or a field (`output`, `meta.licence`).

        A value that is not text comes as its JSON; a record without the field gives null. Raises `UsageError`
        when no record of the batch's types can have such a field.
        """
        ...

    def take(self, indices: Sequence[int]) -> Self:
        """Some of the rows, unread, in the given order."""
        ...

    def replaced(self, records: Sequence[Fields | None]) -> Self:
        """The same rows with other content where a record is given and untouched where it is None."""
        ...


class Dataset(Protocol):
    """Rows that can be gone through again, batch by batch."""

    def batches(self) -> Iterator[Batch]:
        """All rows from the start, in order."""
        ...

    def columns(self, *names: str) -> "Iterator[Sequence[pa.StringArray]]":
        """Some columns of all rows from the start, a few thousand rows at a time: the quickest way to read a text.

        What each of them holds is as `Batch.column` says; the rows need not come in the same numbers as in `batches`.
        """
        ...

    def count(self) -> int:
        """The number of rows; known for free after one pass."""
        ...

    def part(self, name: str) -> "Dataset":
        """The rows of one split (`train`, `validation`, `test`); all of it under `train` when never split."""
        ...

    def keeping(self, kept: "Sequence[Sequence[int]]") -> "Dataset":
        """A view with only some rows: for each batch in turn, the indices that stay."""
        ...

    def made(self, records: Iterable[Fields]) -> "Dataset":
        """A new data set of these records, in this one's dialect."""
        ...


@dataclass(frozen=True)
class Judged:
    """A batch and one verdict per row. Rows that leave changed or into a split say so here too."""

    batch: Batch
    reasons: Sequence[Reason | None]
    """None keeps the row."""
    records: Sequence[Fields | None] | None = None
    """`rewrite` only: the new content of a row, None where it stays as it is."""
    parts: Sequence[str] | None = None
    """The split each kept row belongs to, where the operation splits."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the report should know: fences, parameters, spend. Later facts replace earlier ones of the same name."""
    details: Sequence[str] | None = None
    """`rewrite` only: what there is to say of each change, for the evidence."""
    is_private: bool = False
    """Whether changed rows stay out of the evidence as they were: what was taken out of them must not be there."""


@dataclass(frozen=True)
class Made:
    """Candidates of one `make` step, and one verdict each."""

    records: Sequence[Fields]
    """Each with `meta.parents` (ids) and `meta.generator`."""
    reasons: Sequence[Reason | None]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SetAside:
    """One row that was not handed on, with what is needed to understand and to restore it."""

    id: str
    origin: Origin | None
    reason: Reason
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Routed:
    """One batch after the verdicts, ready for the writers."""

    rows_in: int
    batch: Batch | None
    """The rows that are kept; None from a `make` operation, whose new records are in `made`."""
    made: Sequence[Fields]
    kept_indices: Sequence[int]
    """Which rows of the judged batch are kept."""
    parts: Sequence[str] | None
    """The split of each kept row, where the operation splits."""
    aside: Sequence[SetAside]
    changes: Sequence[Change]
    """Before and after of each rewritten row."""
    facts: Mapping[str, Any]
    restored: Sequence[SetAside] = ()
    """Rows among the kept that the operation would set aside, with its verdict: a person said that they stay."""

    @property
    def records(self) -> Sequence[Fields]:
        """What is kept, in Tilth's own shape."""
        return self.made if self.batch is None else self.batch.records

    @property
    def rows_kept(self) -> int:
        """How many rows are handed on."""
        return len(self.made) if self.batch is None else len(self.batch)


@dataclass(frozen=True)
class Outcome:
    """What an operation did, from Python: `kept` can be handed to the next operation."""

    kept: Dataset
    set_aside: Sequence[SetAside]
    parts: Mapping[str, int]
    """Rows per split, for an operation that splits."""
    changes: Sequence[Change]
    facts: Mapping[str, Any]
    rows_in: int
    rows_kept: int
    restored: Sequence[SetAside] = ()
    """Rows among the kept that the operation would have set aside; a person said that they stay."""
