"""Which dialect a file is in, and why: by evidence from its first rows, and never by a guess between two."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

from tilth.errors import DataError, TilthError, UsageError
from tilth.schemas.dialects.base import Dialect, Row
from tilth.schemas.dialects.companion import Neighbours
from tilth.schemas.dialects.likely import as_flags, likely_mapping
from tilth.schemas.dialects.mapped import Mapped
from tilth.schemas.dialects.registry import dialect as dialect_named
from tilth.schemas.dialects.registry import dialects
from tilth.schemas.dialects.tilth import BareTilth, Tilth, fitting_types
from tilth.schemas.envelope import Envelope
from tilth.schemas.registry import record_type_named
from tilth.schemas.safe_text import safe_text

ROWS_LOOKED_AT = 100
"""Enough to outvote a few broken rows, few enough to cost nothing."""
_NAMES_SHOWN = 12
_NAME_WIDTH = 40


@dataclass(frozen=True)
class Detection:
    """What a file was taken for, and on what evidence."""

    dialect: Dialect
    """Reads and writes the rows; `dialect.name` is its name."""
    record_types: tuple[str, ...]
    """The record types among the rows that were looked at, most frequent first."""
    why: tuple[str, ...]
    """The evidence, in words for people."""
    rivals: tuple[str, ...] = ()
    """Other dialects that some of the rows look like."""
    notes: tuple[str, ...] = ()
    """What was taken from elsewhere than the rows, and must be said aloud."""


class NoDialectError(UsageError):
    """Rows that are in no known dialect."""


def detect(
    rows: Iterable[Row],
    *,
    dialect: str | None = None,
    record_type: str | None = None,
    mapping: Mapping[str, str] | None = None,
    envelope: Envelope | None = None,
    beside: Neighbours | None = None,
) -> Detection:
    """The dialect of a file, from its first rows (at most 100).

    A dialect fits when at least half of the rows show it, so that a few broken rows change nothing. Rows that name
    a record type of Tilth are Tilth's own; after that, named dialects come before bare fields of a record type.
    `dialect` and `record_type` are what the user named: they are obeyed, and checked only against each other. So is
    `mapping`, the column for each field of a file with names of its own. `envelope` is what stands around the rows,
    `beside` what lies beside their file: a description of the rows there decides over their looks.

    Raises `UsageError` when two dialects fit and when none does, and `DataError` for shapes that are known traps.
    """
    sample = list(islice(rows, ROWS_LOOKED_AT))
    found = _found(sample, dialect, record_type, mapping, beside)
    if not found.dialect.unfolds:
        return found
    unfolded = found.dialect.unfold(enumerate(sample, 1), envelope)
    return replace(found, record_types=_types(found.dialect, [row for _, row in islice(unfolded, ROWS_LOOKED_AT)]))


def _found(
    sample: list[Row],
    dialect: str | None,
    record_type: str | None,
    mapping: Mapping[str, str] | None,
    beside: Neighbours | None,
) -> Detection:
    if mapping is not None:
        chosen = Mapped.of(mapping, record_type, sample)
        return _described(chosen, sample, ("named by --map",), ())
    named_type = None if record_type is None else record_type_named(record_type).name()
    described = _described_beside(sample, dialect, named_type, beside)
    if described is not None:
        return described
    if dialect is not None:
        return _named(dialect, named_type, sample)
    if not sample:
        raise DataError("there are no rows to tell the dialect from", fix="name it with --dialect")
    own = _votes(Tilth(), sample)
    if _is_most(own, sample):
        return _own(sample, named_type, _share(own, sample, "names its record type"))
    _refuse_traps([Tilth()], sample)
    return _among_others(sample, named_type)


def _described_beside(
    sample: list[Row], dialect: str | None, record_type: str | None, beside: Neighbours | None
) -> Detection | None:
    """What a file beside the rows says of them, unless another dialect is named or they are nothing of the kind."""
    if beside is None:
        return None
    # A dialect that is named is the only one that has to be loaded.
    for each in _able(record_type) if dialect is None else [dialect_named(dialect)]:
        name = each.companion_name(beside.file_name)
        content = beside.read(name) if name else None
        informed = each.informed(content, beside.file_name) if content is not None else None
        if informed is not None and _is_most(_votes(informed, sample), sample):
            why = f"{name} beside it says so"
            return replace(_described(informed, sample, (why,), ()), notes=(f"read as {each.name}: {why}",))
    return None


def _named(name: str, record_type: str | None, sample: list[Row]) -> Detection:
    chosen = dialect_named(name)
    if not (isinstance(chosen, Tilth) and _is_most(_votes(chosen, sample), sample)):
        chosen = dialect_named(name, record_type)
    return _described(chosen.settled(sample, record_type), sample, ("named by --dialect",), ())


def _own(sample: list[Row], record_type: str | None, why: str) -> Detection:
    found = _described(Tilth(), sample, (why,), ())
    if record_type is not None and record_type not in found.record_types:
        raise UsageError(f"the rows say that they are {_words(found.record_types)} records, not {record_type}")
    return found


def _among_others(sample: list[Row], record_type: str | None) -> Detection:
    able = [each for each in _able(record_type) if each.is_detected]
    votes = {each: _votes(each, sample) for each in able}
    fitting = _most_telling([each for each in able if _is_most(votes[each], sample)], sample)
    _refuse_traps(fitting or able, sample)
    if len(fitting) > 1:
        raise _two_fit([each.name for each in fitting])
    if not fitting:
        return _bare(sample, record_type)
    chosen = fitting[0].settled(sample, record_type)
    rivals = tuple(each.name for each in able if votes[each] and each is not fitting[0])
    why = _share(_votes(chosen, sample), sample, f"has {_telling_words(chosen, sample)}")
    notes = tuple(_more_of_some(each, votes[each], sample) for each in able if _knows_more(each, chosen, votes, sample))
    return replace(_described(chosen, sample, (why,), rivals), notes=notes)


def _bare(sample: list[Row], record_type: str | None) -> Detection:
    if record_type is not None:
        chosen = BareTilth(record_type)
        if _is_most(_votes(chosen, sample), sample):
            why = _share(_votes(chosen, sample), sample, f"has the fields of a {record_type} record")
            return _described(chosen, sample, ("named by --as", why), ())
        raise _none_fits(sample, record_type)
    counts = Counter(name for row in sample for name in fitting_types(row))
    fitting = [name for name, count in counts.items() if _is_most(count, sample)]
    if len(fitting) > 1:
        raise UsageError(f"the rows can be {_words(fitting)} records", fix=f"--as {fitting[0]}")
    if not fitting:
        raise _none_fits(sample, None)
    found = next(BareTilth(fitting[0]).recognise(row) for row in sample if fitting[0] in fitting_types(row)) or ""
    why = _share(counts[fitting[0]], sample, found.removeprefix("every row "))
    return _described(BareTilth(fitting[0]), sample, (why, f"these are the fields of a {fitting[0]} record"), ())


def _described(chosen: Dialect, sample: list[Row], why: tuple[str, ...], rivals: tuple[str, ...]) -> Detection:
    return Detection(chosen, () if chosen.unfolds else _types(chosen, sample), why, rivals)


def _types(chosen: Dialect, sample: list[Row]) -> tuple[str, ...]:
    types = Counter(str(chosen.decode(row).get("type", "")) for row in sample)
    return tuple(name for name, _ in types.most_common() if name)


def _votes(candidate: Dialect, sample: list[Row]) -> int:
    return sum(candidate.recognise(row) is not None for row in sample)


def _is_most(count: int, sample: list[Row]) -> bool:
    return 0 < len(sample) <= count * 2


def _most_telling(fitting: list[Dialect], sample: list[Row]) -> list[Dialect]:
    """Those that fit, without any that knows the rows only by a part of the names by which another one does."""
    known = {each: _evidence(each, sample) for each in fitting}
    return [each for each in fitting if not any(known[each] < other for other in known.values())]


def _evidence(candidate: Dialect, sample: list[Row]) -> frozenset[str]:
    """The names by which a dialect knows every row that it recognises."""
    found = [candidate.evidence(row) for row in sample if candidate.recognise(row) is not None]
    return frozenset.intersection(*found) if found else frozenset()


def _knows_more(other: Dialect, chosen: Dialect, votes: Mapping[Dialect, int], sample: list[Row]) -> bool:
    """Whether another dialect knows some rows by more names, too few for the file to be taken for it."""
    is_of_some = votes[other] > 0 and not _is_most(votes[other], sample)
    return is_of_some and _evidence(chosen, sample) < _evidence(other, sample)


def _more_of_some(other: Dialect, count: int, sample: list[Row]) -> str:
    some = f"{count} of {len(sample)} rows looked at {'has' if count == 1 else 'have'}"
    return f"{some} {_telling_words(other, sample)}; --dialect {other.name} reads all rows so"


def _telling_words(chosen: Dialect, sample: list[Row]) -> str:
    known = _evidence(chosen, sample)
    return _words([*(name for name in chosen.needs if name in known), *sorted(known - set(chosen.needs))])


def _able(record_type: str | None) -> list[Dialect]:
    """The dialects, other than Tilth's own, that can hold records of that type."""
    others = [each for each in dialects().values() if not isinstance(each, Tilth)]
    return [each for each in others if record_type is None or each.holds(record_type)]


def _refuse_traps(candidates: Iterable[Dialect], sample: list[Row]) -> None:
    for candidate in candidates:
        objections = [found for row in sample if (found := candidate.objection(row))]
        if _is_most(len(objections), sample):
            raise DataError(objections[0], fix=candidate.way_out)


def _two_fit(names: list[str]) -> UsageError:
    return UsageError(f"the rows fit {_words(names)}", fix=" or ".join(f"--dialect {name}" for name in names))


def _none_fits(sample: list[Row], record_type: str | None) -> NoDialectError:
    names = Counter(name for row in sample for name in row)
    seen = [name for name, _ in names.most_common(_NAMES_SHOWN)]
    message = f"no dialect fits rows with the fields {_words(seen)}" if seen else "the rows have no fields"
    wanted = f"{message}, as {record_type} records" if record_type else message
    if record_type and (other := _as_another(sample)) is not None:
        what = f"the rows are {other.dialect.name} with {_words(other.record_types)} records, and not {record_type}"
        return NoDialectError(what, fix="no --as; --to-dialect says what they are made into")
    likely = likely_mapping(sample)
    renamed = {field: column for field, column in likely.items() if field != column}
    if renamed and (record_type is None or set(likely) <= set(record_type_named(record_type).field_names())):
        return NoDialectError(f"{wanted}; {_words(renamed.values())} may be {_words(renamed)}", fix=as_flags(likely))
    common = {name for name, count in names.items() if count * 2 >= len(sample)}
    near = _nearest(common, [each for each in _able(record_type) if each.is_detected])
    if near is None:
        return NoDialectError(wanted, fix="--map FIELD=COLUMN, to say which column is what")
    missing = [name for name in near.needs if name not in common]
    lacks = f"which also needs {_words(missing)}" if missing else "which has something else in these fields"
    return NoDialectError(f"{wanted}; nearest is {near.name}, {lacks}", fix=f"--dialect {near.name}")


def _as_another(sample: list[Row]) -> Detection | None:
    """What rows are whose type was named wrong, where that can be told."""
    with suppress(TilthError):
        return _among_others(sample, None)
    return None


def _nearest(names: set[str], candidates: list[Dialect]) -> Dialect | None:
    """The dialect of whose needs most are met; of two alike, the one that needs more."""

    def met(candidate: Dialect) -> tuple[float, int]:
        return len(names & set(candidate.needs)) / max(1, len(candidate.needs)), len(candidate.needs)

    best = max(candidates, key=met, default=None)
    return best if best is not None and met(best)[0] > 0 else None


def _share(count: int, sample: list[Row], what: str) -> str:
    every = "every row" if count == len(sample) else f"{count} of {len(sample)} rows looked at"
    return f"{every} {what}"


def _words(names: Iterable[str]) -> str:
    # Names of fields come from the file: they are as hostile as any text in it.
    *most, last = [safe_text(name, one_line=True)[:_NAME_WIDTH] for name in names] or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
