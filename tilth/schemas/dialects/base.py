"""What a dialect is: the shape in which some tool writes a record, read into Tilth's own and written back."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any, ClassVar, NamedTuple, Protocol

from tilth.schemas.dialects.companion import Companion
from tilth.schemas.dialects.loss import LossError, without
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields, says_nothing
from tilth.schemas.note import noted, with_empty, without_note
from tilth.schemas.recast import RecastError, lightened, recast

Row = Mapping[str, Any]
"""A row as its container gives it: names and JSON values, in order."""

_ORDER = "order"

Numbered = tuple[int, Row]
"""A row with its line (or row) number in the file, from 1."""


class Folding(Protocol):
    """Puts rows of one record each together as the container holds them: several in one, or one in several."""

    def add(self, row: Row) -> Iterable[Row]:
        """Take the next row; gives the container's rows that are complete now."""
        ...

    def close(self) -> Iterable[Row]:
        """Give what is outstanding when all rows have come."""
        ...


class Keys(NamedTuple):
    """Where the content of records lies in rows that are all of one type."""

    record_type: str
    of: Mapping[str, str]
    """The key of each field."""


class Dialect(ABC):
    """One shape of row. Stateless: one instance serves all files.

    Decoding is total and forgiving: a field of the wrong type is handed on as it is, for validation to report with
    its place; only unknown names move, verbatim and in order, into `extra`. Encoding what was decoded gives an
    equal row again.
    """

    name: ClassVar[str]
    """The name on the command line, kebab-case."""
    summary: ClassVar[str]
    """One line: who writes this shape and what it looks like."""
    record_types: ClassVar[tuple[str, ...]]
    """The record types that it can hold; empty when it can hold all of them."""
    needs: ClassVar[tuple[str, ...]] = ()
    """The fields without which a row is not in this dialect."""
    is_detected: ClassVar[bool] = True
    """Whether rows are taken for this dialect by their looks; not so where another tool's dialect looks the same."""

    way_out: ClassVar[str] = ""
    """What to try when there is an objection to the rows."""

    unfolds: ClassVar[bool] = False
    """Whether the container's rows are other than one per record; then `unfold` and `folding` say how."""
    envelope: ClassVar[Envelope | None] = None
    """What this shape has around its rows in a JSON document."""

    def holds(self, record_type: str) -> bool:
        """Whether records of that type can be written in this dialect."""
        return not self.record_types or record_type in self.record_types

    @abstractmethod
    def recognise(self, row: Row) -> str | None:
        """What about the row says that it is this dialect (words for people), or None when it is not."""

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> "Dialect":
        """The dialect of the rows, where their shape leaves a part of it open: the scheme of tags, what a label labels.

        Asked once for the first rows of a file, with the record type that the user named. Raises `UsageError` when
        these rows leave it open too.
        """
        return self

    def evidence(self, row: Row) -> frozenset[str]:
        """The names in a row it recognises that make it this dialect: of two that fit, the one with more wins.

        A dialect of several shapes says here which of them the row has.
        """
        return frozenset(self.needs)

    def objection(self, row: Row) -> str | None:
        """Why a row that looks like this dialect cannot be read as it, where there is a known trap.

        Heard when no other dialect knows more of the row than this one.
        """
        return None

    @abstractmethod
    def decode(self, row: Row) -> Fields:
        """The row in Tilth's own shape."""

    def keys(self) -> "Keys | None":
        """Under which keys rows hold the fields of their records as they are; None where only decoding tells."""
        return None

    @abstractmethod
    def encode(self, fields: Fields) -> dict[str, Any]:
        """The row this record makes. Raises `LossError` when something in it has no place in this dialect.

        A record of another type is recast when a type that the dialect holds says the same (see `recast`).
        """

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """The container's rows as rows of one record each, each with the number of the row it begins in.

        Called anew for every file, and lazily: a file may be longer than memory.
        """
        yield from rows

    def folding(self) -> Folding | None:
        """What undoes `unfold` when rows are written; None where they are written as they are."""
        return None

    def folding_in(self, envelope: Envelope | None) -> Folding | None:
        """The `folding` for rows that are written into that envelope, or into none."""
        return self.folding()

    def companion_name(self, file_name: str) -> str | None:
        """Name of what has to lie beside a file of that name for its tool to read the rows, where anything has to."""
        return None

    def companion(self, file_name: str) -> Companion | None:
        """What writes the file of `companion_name` while rows are written in this dialect."""
        return None

    def informed(self, companion: bytes, file_name: str) -> "Dialect | None":
        """This dialect as the file beside the rows describes them; None when it says nothing of these. Never raises.

        It decides over what the rows look like, as long as at least half of them can be what it says.
        """
        return None

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """The record without what a loss of that name means, or None when it cannot go without.

        Here the name is a path in the record, and what lies there is dropped; or it is a word of `recast`.
        """
        lighter = lightened(fields, name)
        return without(fields, name) if lighter is fields else lighter


def sort_fields(row: Row, record_type: str, known: Collection[str], *, as_written: Sequence[str] = ()) -> Fields:
    """A row as a record: known names stay where they are, an object `meta` stays `meta`, the rest goes to `extra`.

    The order of the names is kept. `extra` stands before the known fields if all the unknown ones do; an order that
    this cannot say is noted. `as_written` is the order in which the dialect writes known names, where that is not the
    order of the record's fields.
    """
    kept: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    runs, latest = 0, extra
    for name, value in row.items():
        side = kept if name in known or _is_meta(name, value) else extra
        runs += side is not latest or not runs
        latest = side
        side[name] = value
    leads = bool(extra) and runs <= 2 and next(iter(row)) in extra
    fields: Fields = {"type": record_type, "extra": extra, **kept} if leads else {"type": record_type, **kept}
    if extra and not leads:
        fields["extra"] = extra
    if runs <= 2 and "meta" not in kept and not as_written:
        return fields
    usual = [name for name in as_written or kept if name in kept and name != "meta"]
    usual += ["meta"] if "meta" in kept else []
    usual = [*extra, *usual] if leads else [*usual, *extra]
    return noted(fields, _ORDER, {"names": list(row)} if usual != list(row) else {})


def put(fields: Fields, into: Mapping[str, Mapping[str, Any]]) -> Fields:
    """The record with other fields in the place of some: those that `into` names, given in its values."""
    return {name: value for old in fields for name, value in into.get(old, {old: fields[old]}).items()}


def flat_row(dialect: str, content: Mapping[str, Any], fields: Fields, known: Collection[str]) -> dict[str, Any]:
    """A row of content fields, then `meta`, then the unknown fields beside them, as most tools write it.

    The unknown ones come first, or in between, where `sort_fields` found them so. `known` are the names that decoding
    would take for content. Raises `LossError` for an unknown field whose name is one of them, and for a field of the
    record that has no place in the row.
    """
    note, fields = without_note(fields, _ORDER)
    extra, meta = fields.get("extra") or {}, fields.get("meta")
    row = dict(content)
    if meta is not None:
        row["meta"] = meta
        if extra.get("meta") == {} and "meta" not in known:  # an empty one that came with the row of another tool
            row["meta"] = with_empty(meta)
            extra = {name: value for name, value in extra.items() if name != "meta"}
    taken = [name for name in extra if name in known or name in row or _is_meta(name, extra[name])]
    if taken:
        raise LossError(dialect, [f"extra.{name} (the name has a meaning there)" for name in taken])
    leads = next((name for name in fields if name not in ("type", "id")), None) == "extra"
    return _ordered({**extra, **row} if leads else {**row, **extra}, extra, note.get("names"))


def _is_meta(name: str, value: Any) -> bool:
    return name == "meta" and isinstance(value, dict) and bool(value)


def _ordered(row: dict[str, Any], extra: Mapping[str, Any], names: Any) -> dict[str, Any]:
    """The row in the order that was noted; of another row's order, what it says of the unknown fields at its head."""
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        return row
    if set(names) == row.keys():
        return {name: row[name] for name in names}
    head = {name: row[name] for name in takewhile(extra.__contains__, names)}
    return {**head, **row}


def held(dialect: Dialect, fields: Fields) -> Fields:
    """The record as a type that the dialect holds; raises `LossError` when none of them can say it all."""
    name = fields.get("type")
    if isinstance(name, str) and dialect.holds(name):
        return fields
    losses: list[list[str]] = []
    for possible in dialect.record_types:
        try:
            return recast(fields, possible)
        except RecastError as failure:
            losses.append(failure.lost)
    raise LossError(dialect.name, min(losses, key=len))


def refuse_leftovers(dialect: str, fields: Fields, known: Collection[str]) -> None:
    """Raise `LossError` for the record's fields that are not among `known`, unless they say nothing."""
    beside = [name for name in fields if name not in known and name not in ("id", "type", "meta", "extra")]
    left = [name for name in beside if not says_nothing(fields[name])]
    if left:
        raise LossError(dialect, left)


def judged_answers(dialect: str, row: Row) -> str | None:
    """The objection of a dialect of answers to learn, when the row says of its answers which is good.

    Read as answers to learn, the bad ones would be learned too.
    """
    if "chosen" in row and "rejected" in row and "prompt" not in row:
        return f"the rows are conversations beside chosen and rejected; {dialect} would read the conversations alone"
    marks = [name for name in ("label", "kto_tag") if isinstance(row.get(name), bool)]
    if marks:
        return f"the rows call their answers good or bad in {marks[0]}; {dialect} would read both as answers to learn"
    return None
