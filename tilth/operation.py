"""One operation: its options, declared once, and the plain function below them that uses them.

An operation reads a data set batch by batch and gives every row back: *kept*, or *set aside* with a reason. It is
bound by one of four decorators:

    judge    a verdict per row: keep it, or set it aside
    rewrite  a verdict per row, and some rows leave with other content than they came with
    make     new rows from rows, each naming its parents; a candidate that fails is set aside
    build    rows are handed on, and a folder of results (a model, an evaluation) is built from them

From that one declaration come the Python call, the command, the recipe step, the JSON Schema and the docs page.
Counting, routing, writing, resuming are the framework's work: a body only yields judgements.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, Protocol, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from tilth import plugins
from tilth.errors import TilthError, UsageError, nearest

if TYPE_CHECKING:
    import pyarrow as pa

P = ParamSpec("P")
O = TypeVar("O", bound="Options")  # noqa: E741
Kind = Literal["judge", "rewrite", "make", "build"]
Fields = dict[str, Any]
"""A record as plain data, in Tilth's own shape: `type`, the fields of that record type, `meta`, `extra`."""


class Options(BaseModel):
    """Base of every options class. A field is an option; the docstring under it is its help everywhere."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True
    )


@dataclass(frozen=True, slots=True)
class State:
    """Marks an option that names a file which the operation keeps for itself between runs (`Annotated[Path, State()]`).

    What is in such a file saves work and money; it is no part of what the result depends on.
    """


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


class Batch(Protocol):
    """Consecutive rows of a data set. A row is parsed only when somebody asks for what is in it."""

    def __len__(self) -> int: ...

    @property
    def origins(self) -> Sequence[Origin]:
        """Where each row lay."""
        ...

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows as their file holds them, in the file's own dialect."""
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

    def count(self) -> int:
        """The number of rows; known for free after one pass."""
        ...

    def part(self, name: str) -> "Dataset":
        """The rows of one split (`train`, `validation`, `test`); the whole set under `train` when it was never split."""
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
    changes: Sequence[tuple[Fields, Fields]]
    """Before and after of each rewritten row."""
    facts: Mapping[str, Any]

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
    changes: Sequence[tuple[Fields, Fields]]
    facts: Mapping[str, Any]
    rows_in: int
    rows_kept: int


JudgeBody = Callable[[Dataset, O], Iterator[Judged]]
MakeBody = Callable[[Dataset, O], Iterator[Made]]
BuildBody = Callable[[Dataset, O, Path], Iterator[Judged]]


class Operation(Generic[P, O]):
    """An options class and a body, callable with the options as keywords."""

    def __init__(
        self,
        kind: Kind,
        options: Callable[P, O],
        body: Callable[..., Iterator[Judged] | Iterator[Made]],
        command: str,
    ) -> None:
        # To a type checker the class is also a function of its fields: that is what types the call.
        self.options_type = cast(type[O], options)
        self.kind, self.body, self.__doc__ = kind, body, body.__doc__
        self.name = body.__name__.rstrip("_").replace("_", "-")
        self.command = tuple((command or self.name).split())
        self.__signature__ = _call_signature(self.options_type)
        self.estimator: Callable[[Dataset, O], Mapping[str, Any]] | None = None

    def __call__(self, data: Dataset, /, *_: P.args, **given: P.kwargs) -> Outcome:
        """Run over `data` with the options as keywords; every row is in the outcome, kept or set aside."""
        return self.run(data, self.options(given))

    def options(self, given: Mapping[str, Any] | object, where: str = "") -> O:
        """Options from keywords, flags or a recipe step: the one place where they are checked."""
        try:
            return self.options_type.model_validate(given)
        except ValidationError as failure:
            raise explain(failure, self.name, self.options_type, where) from failure

    def estimate(
        self, body: Callable[[Dataset, O], Mapping[str, Any]]
    ) -> Callable[[Dataset, O], Mapping[str, Any]]:
        """Decorator: the function that tells what a run would do and cost, for `--dry-run`."""
        self.estimator = body
        return body

    def run(self, data: Dataset, options: O, folder: Path | None = None) -> Outcome:
        """Run to the end and keep the evidence; `folder` is where a `build` operation leaves its results."""
        indices: list[Sequence[int]] = []
        records: list[Fields] = []
        aside: list[SetAside] = []
        changes: list[tuple[Fields, Fields]] = []
        parts: dict[str, int] = {}
        facts: dict[str, Any] = {}
        rows_in = rows_kept = 0
        for routed in self.stream(data, options, folder):
            rows_in += routed.rows_in
            rows_kept += routed.rows_kept
            indices.append(routed.kept_indices)
            if self.kind in ("make", "rewrite"):
                records.extend(routed.records)
            aside.extend(routed.aside)
            changes.extend(routed.changes)
            for part in routed.parts or ():
                parts[part] = parts.get(part, 0) + 1
            facts.update(routed.facts)
        kept = data.keeping(indices) if self.kind in ("judge", "build") else data.made(records)
        return Outcome(kept, aside, parts, changes, facts, rows_in, rows_kept)

    def stream(self, data: Dataset, options: O, folder: Path | None = None) -> Iterator[Routed]:
        """Every row exactly once, routed: the one pass that feeds the writers.

        Raises `TilthError` when the body loses, doubles or invents a row: rows in = kept + set aside is checked
        here, for every operation, and not left to its author.
        """
        if self.kind == "make":
            yield from (_route_made(made) for made in cast(MakeBody[O], self.body)(data, options))
            return
        judged_rows = 0
        for judged in self._judgements(data, options, folder):
            if self.kind != "rewrite" and judged.records is not None:
                raise TilthError(f"{self.name} is a {self.kind} operation and changes rows; a rewrite may")
            judged_rows += len(judged.batch)
            yield _route(judged, self.name)
        if judged_rows != data.count():
            raise TilthError(
                f"{self.name} was given {data.count()} rows and judged {judged_rows}: this is a bug in {self.name}"
            )

    def _judgements(self, data: Dataset, options: O, folder: Path | None) -> Iterator[Judged]:
        if self.kind != "build":
            return cast(JudgeBody[O], self.body)(data, options)
        if folder is None:
            raise UsageError(
                f"{self.name} needs a folder for its results", fix=f"{self.name}.run(data, options, folder)"
            )
        return cast(BuildBody[O], self.body)(data, options, folder)


def judge(options: Callable[P, O], *, command: str = "") -> Callable[[JudgeBody[O]], Operation[P, O]]:
    """Bind options to a body that keeps rows or sets them aside.

    `command` is what is typed after `tilth` (`generate self-instruct`); the operation's own name when it is not given.
    """
    return lambda body: Operation("judge", options, body, command)


def rewrite(options: Callable[P, O], *, command: str = "") -> Callable[[JudgeBody[O]], Operation[P, O]]:
    """Bind options to a body that may also change what is in a row."""
    return lambda body: Operation("rewrite", options, body, command)


def make(options: Callable[P, O], *, command: str = "") -> Callable[[MakeBody[O]], Operation[P, O]]:
    """Bind options to a body that makes new records."""
    return lambda body: Operation("make", options, body, command)


def build(options: Callable[P, O], *, command: str = "") -> Callable[[BuildBody[O]], Operation[P, O]]:
    """Bind options to a body that builds a folder of results from the rows it hands on."""
    return lambda body: Operation("build", options, body, command)


def load(name: str) -> Operation[..., Options]:
    """The installed operation of that name, ours or another package's. Imports only its own file."""
    found = plugins.load("tilth.ops", name)
    if not isinstance(found, Operation):
        raise TilthError(f"the entry point {name} in tilth.ops is not an operation")
    return found


def explain(failure: ValidationError, name: str, options: type[BaseModel], where: str = "") -> UsageError:
    """Every problem with the given options, in the user's words, with the nearest name for an unknown one."""
    lines, fix = [], f"tilth {name} --help"
    for problem in failure.errors():
        option = ".".join(map(str, problem["loc"])) or "the options"
        if problem["type"] == "extra_forbidden":
            lines.append(f"{name} has no option {option}")
            fix = nearest(option, options.model_fields)
        elif problem["type"] == "missing":
            lines.append(f"{name} needs the option {option}")
        else:
            lines.append(
                f"{name}: {option} is {problem['input']!r}; {problem['msg'][:1].lower()}{problem['msg'][1:]}"
            )
    return UsageError("; ".join(lines), where=where, fix=fix)


def _call_signature(options: type[BaseModel]) -> Signature:
    """What `help()` and a notebook show."""
    return signature(options)


def _route(judged: Judged, name: str) -> Routed:
    batch, reasons = judged.batch, judged.reasons
    if len(reasons) != len(batch):
        raise TilthError(
            f"{name} gave {len(reasons)} verdicts for {len(batch)} rows: this is a bug in {name}"
        )
    kept_indices = [index for index, reason in enumerate(reasons) if reason is None]
    aside = [
        SetAside(batch.ids[index], batch.origins[index], reason, batch.rows[index])
        for index, reason in enumerate(reasons)
        if reason is not None
    ]
    kept = batch if len(kept_indices) == len(batch) else batch.take(kept_indices)
    changes: list[tuple[Fields, Fields]] = []
    if judged.records is not None:
        changed = [judged.records[index] for index in kept_indices]
        changes = [
            (before, after) for before, after in zip(kept.records, changed, strict=True) if after is not None
        ]
        kept = kept.replaced(changed) if changes else kept
    parts = None if judged.parts is None else [judged.parts[index] for index in kept_indices]
    return Routed(len(batch), kept, [], kept_indices, parts, aside, changes, judged.facts)


def _route_made(made: Made) -> Routed:
    pairs = list(zip(made.records, made.reasons, strict=True))
    kept = [record for record, reason in pairs if reason is None]
    aside = [
        SetAside(record.get("id", ""), None, reason, record) for record, reason in pairs if reason is not None
    ]
    return Routed(len(pairs), None, kept, [], None, aside, [], made.facts)
