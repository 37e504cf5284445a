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

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any, Generic, Literal, ParamSpec, TypeVar, cast, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from tilth import plugins
from tilth.errors import TilthError, UsageError, nearest
from tilth.judgement import Batch, Change, Dataset, Fields, Judged, Made, Origin, Outcome, Reason, Routed, SetAside

P = ParamSpec("P")
O = TypeVar("O", bound="Options")  # noqa: E741
Kind = Literal["judge", "rewrite", "make", "build"]
Suspicion = Literal["high", "low"]
RESTORING: tuple[Kind, ...] = ("judge", "rewrite")
"""Kinds whose verdict on a row a person may overrule; what cannot be made or trained on, no decision brings back."""

__all__ = [
    "RESTORING",
    "Batch",
    "Change",
    "Dataset",
    "Fields",
    "Judged",
    "Kind",
    "Made",
    "Operation",
    "Options",
    "Origin",
    "Outcome",
    "Reason",
    "Routed",
    "SetAside",
    "State",
    "Suspicion",
    "build",
    "explain",
    "judge",
    "load",
    "make",
    "problems_of",
    "rewrite",
    "wrong_value",
]


class Options(BaseModel):
    """Base of every options class. A field is an option; the docstring under it is its help everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True)

    def only_looks(self) -> bool:
        """Whether a run with these options only tells something: every row stays, and no output is needed."""
        return False

    @classmethod
    def __pydantic_init_subclass__(cls, **given: Any) -> None:
        """Unwrap the docstrings of the options: where a line of source ends is no concern of help and docs."""
        for option in cls.model_fields.values():
            option.description = " ".join((option.description or "").split())


@dataclass(frozen=True, slots=True)
class State:
    """Marks an option that names a file which the operation keeps for itself between runs (`Annotated[Path, State()]`).

    What is in such a file saves work and money; it is no part of what the result depends on.
    """


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
        suspicion: Suspicion | None = None,
        doubting: Mapping[str, Any] | None = None,
    ) -> None:
        # To a type checker the class is also a function of its fields: that is what types the call.
        self.options_type = cast(type[O], options)
        self.kind, self.body, self.__doc__ = kind, body, body.__doc__
        self.name = body.__name__.rstrip("_").replace("_", "-")
        self.command = tuple((command or self.name).split())
        self.suspicion = suspicion
        """How the score of a reason is read where rows are only doubted; None for an operation that doubts no rows."""
        self.doubting = dict(doubting or {})
        """The options with which it sets aside what it doubts, where its defaults do something else with it."""
        self.__signature__ = signature(self.options_type)  # what help() and a notebook show
        self.estimator: Callable[[Dataset, O], Mapping[str, Any]] | None = None

    def __call__(self, data: Dataset, /, *_: P.args, **given: P.kwargs) -> Outcome:
        """Run over `data` with the options as keywords; every row is in the outcome, kept or set aside."""
        return self.run(data, self.options(given))

    def __repr__(self) -> str:
        return f"<operation {self.name}: {(self.__doc__ or '').strip().splitlines()[0]}>"

    def options(self, given: Mapping[str, Any] | object, where: str = "") -> O:
        """Options from keywords, flags or a recipe step: the one place where they are checked."""
        try:
            return self.options_type.model_validate(given)
        except ValidationError as failure:
            fix = f"tilth {' '.join(self.command)} --help"
            raise explain(failure, self.name, self.options_type, where, fix) from failure

    def estimate(self, body: Callable[[Dataset, O], Mapping[str, Any]]) -> Callable[[Dataset, O], Mapping[str, Any]]:
        """Decorator: the function that tells what a run would do and cost, for `--dry-run`."""
        self.estimator = body
        return body

    def run(self, data: Dataset, options: O, folder: Path | None = None, *, restored: Collection[str] = ()) -> Outcome:
        """Run to the end and keep the evidence; `folder` is where a `build` operation leaves its results.

        Rows whose id is among `restored` stay, whatever the verdict on them.
        """
        indices: list[Sequence[int]] = []
        records: list[Fields] = []
        aside: list[SetAside] = []
        changes: list[Change] = []
        parts: dict[str, int] = {}
        facts: dict[str, Any] = {}
        rows_in = rows_kept = 0
        back: list[SetAside] = []
        for routed in self.stream(data, options, folder, restored=restored):
            back.extend(routed.restored)
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
        return Outcome(kept, aside, parts, changes, facts, rows_in, rows_kept, back)

    def stream(
        self, data: Dataset, options: O, folder: Path | None = None, *, restored: Collection[str] = ()
    ) -> Iterator[Routed]:
        """Every row exactly once, routed: the one pass that feeds the writers.

        A row that a person restored (its id is among `restored`) stays where an operation judges or rewrites. The
        body never hears of it, so that the verdicts on all other rows are what they were.

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
            yield _route(judged, self.name, restored if self.kind in RESTORING else ())
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


def judge(
    options: Callable[P, O],
    *,
    command: str = "",
    suspicion: Suspicion | None = None,
    doubting: Mapping[str, Any] | None = None,
) -> Callable[[JudgeBody[O]], Operation[P, O]]:
    """Bind options to a body that keeps rows or sets them aside.

    `command` is what is typed after `tilth` (`generate self-instruct`); the operation's own name when it is not given.
    `suspicion` makes it a detector, for `suspects` and `check`: whether a high or a low score of a reason is the more
    suspicious one. `doubting` are the options it is asked with then, where its defaults do not set doubted rows aside.
    """
    return lambda body: Operation("judge", options, body, command, suspicion, doubting)


def rewrite(
    options: Callable[P, O],
    *,
    command: str = "",
    suspicion: Suspicion | None = None,
    doubting: Mapping[str, Any] | None = None,
) -> Callable[[JudgeBody[O]], Operation[P, O]]:
    """Bind options to a body that may also change what is in a row."""
    return lambda body: Operation("rewrite", options, body, command, suspicion, doubting)


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


def explain(
    failure: ValidationError, name: str, options: type[BaseModel], where: str = "", fix: str = ""
) -> UsageError:
    """Every problem with the given options, in the user's words, with the nearest name for an unknown one."""
    lines = []
    for problem in problems_of(failure):
        # The number of a value in a list says nothing to a person; that of an entry with names of its own does.
        place = problem["loc"][:-1] if problem["loc"] and isinstance(problem["loc"][-1], int) else problem["loc"]
        option = ".".join(map(str, place))
        if not option:  # what several options together get wrong has no place, and its words say all
            lines.append(f"{name}: {problem['msg']}")
        elif problem["type"] == "extra_forbidden":
            lines.append(f"{name} has no option {option}")
            fix = nearest(str(problem["loc"][-1]), _fields_at(options, problem["loc"][:-1]))
        elif problem["type"] == "missing":
            lines.append(f"{name} needs the option {option}")
        else:
            lines.append(f"{name}: {option} {wrong_value(problem)}")
    return UsageError("; ".join(lines), where=where, fix=fix)


def _fields_at(options: type[BaseModel], place: Iterable[str | int]) -> Iterable[str]:
    """The names that could stand at a place inside options, such as in the second of a list of inputs."""
    for step in place:
        field = options.model_fields.get(str(step))
        inner = [] if field is None else [field.annotation, *get_args(field.annotation)]
        options = next((kind for kind in inner if isinstance(kind, type) and issubclass(kind, BaseModel)), options)
    return options.model_fields


def problems_of(failure: ValidationError) -> list[ErrorDetails]:
    """Every problem once: a list is not called empty as well when what was in it could not be used."""
    problems = failure.errors()
    return [
        problem
        for problem in problems
        if problem["type"] != "too_short"
        or not any(other["loc"][:-1] == problem["loc"] for other in problems if other is not problem)
    ]


def wrong_value(problem: ErrorDetails) -> str:
    """What was given and what was expected: the same words for a flag, a recipe and a keyword."""
    if problem["type"] == "too_short" and not problem["ctx"]["actual_length"]:
        return "names nothing"
    message = problem["msg"].removeprefix("Value error, ").removesuffix(" after validation")
    return f"is {problem['input']!r}; {message[:1].lower()}{message[1:]}"


def _route(judged: Judged, name: str, restored: Collection[str]) -> Routed:
    batch, reasons = judged.batch, judged.reasons
    if len(reasons) != len(batch):
        raise TilthError(f"{name} gave {len(reasons)} verdicts for {len(batch)} rows: this is a bug in {name}")
    aside_indices = [index for index, reason in enumerate(reasons) if reason is not None]
    leaving = batch.take(aside_indices)  # so that only their ids are computed
    given = [reason for reason in reasons if reason is not None]
    judged_out = [SetAside(*row) for row in zip(leaving.ids, leaving.origins, given, leaving.rows, strict=True)]
    back = {
        index: row
        for index, row in zip(aside_indices, judged_out, strict=True)
        if row.id in restored and (judged.parts is None or judged.parts[index])  # without a split it has no place
    }
    aside = [row for index, row in zip(aside_indices, judged_out, strict=True) if index not in back]
    kept_indices = [index for index, reason in enumerate(reasons) if reason is None or index in back]
    kept = batch if len(kept_indices) == len(batch) else batch.take(kept_indices)
    changes: list[Change] = []
    if judged.records is not None and any(record is not None for record in judged.records):
        rewritten = [judged.records[index] for index in kept_indices]
        details = [""] * len(kept) if judged.details is None else [judged.details[index] for index in kept_indices]
        changes = list(_changes(kept, rewritten, details, is_private=judged.is_private))
        kept = kept.replaced(rewritten)
    parts = None if judged.parts is None else [judged.parts[index] for index in kept_indices]
    return Routed(len(batch), kept, [], kept_indices, parts, aside, changes, judged.facts, list(back.values()))


def _changes(
    kept: Batch, rewritten: Sequence[Fields | None], details: Sequence[str], *, is_private: bool
) -> Iterator[Change]:
    for index, (before, after) in enumerate(zip(kept.records, rewritten, strict=True)):
        if after is not None and _content(before) != _content(after):
            line = None if kept.lines is None else kept.lines[index]
            yield Change(before, after, index, kept.origins[index], details[index], line, is_private)


def _content(record: Fields) -> Fields:
    """A record without what is said about it: a note in `meta` changes nothing."""
    return {name: value for name, value in record.items() if name != "meta"}


def _route_made(made: Made) -> Routed:
    pairs = list(zip(made.records, made.reasons, strict=True))
    kept = [record for record, reason in pairs if reason is None]
    aside = [SetAside(record.get("id", ""), None, reason, record) for record, reason in pairs if reason is not None]
    return Routed(len(pairs), None, kept, [], None, aside, [], made.facts)
