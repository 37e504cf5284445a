"""Which dialect a file is in, and why: by evidence from its first rows, and never by a guess between two."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from tilth.errors import DataError, UsageError
from tilth.schemas.dialects.base import Dialect, Row
from tilth.schemas.dialects.registry import dialect as dialect_named
from tilth.schemas.dialects.registry import dialects
from tilth.schemas.dialects.tilth import BareTilth, Tilth, fitting_types

ROWS_LOOKED_AT = 100
"""Enough to outvote a few broken rows, few enough to cost nothing."""
_NAMES_SHOWN = 12


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


def detect(rows: Iterable[Row], *, dialect: str | None = None, record_type: str | None = None) -> Detection:
    """The dialect of a file, from its first rows (at most 100).

    A dialect fits when at least half of the rows show it, so that a few broken rows change nothing. Rows that name
    a record type of Tilth are Tilth's own; after that, named dialects come before bare fields of a record type.
    `dialect` and `record_type` are what the user named: they are obeyed, and checked only against each other.

    Raises `UsageError` when two dialects fit and when none does, and `DataError` for shapes that are known traps.
    """
    sample = list(islice(rows, ROWS_LOOKED_AT))
    if dialect is not None:
        return _named(dialect_named(dialect, record_type), sample, "named by --dialect")
    if not sample:
        raise DataError("there are no rows to tell the dialect from", fix="name it with --dialect")
    if record_type is None and (own := _votes(Tilth(), sample)) * 2 >= len(sample):
        return _described(Tilth(), sample, (_share(own, sample, "names its record type"),), ())
    return _among_others(sample, record_type)


def _named(chosen: Dialect, sample: list[Row], why: str) -> Detection:
    return _described(chosen, sample, (why,), ())


def _among_others(sample: list[Row], record_type: str | None) -> Detection:
    others = [each for each in dialects().values() if not isinstance(each, Tilth)]
    able = [each for each in others if record_type is None or each.holds(record_type)]
    votes = {each: _votes(each, sample) for each in able}
    fitting = [each for each in able if votes[each] * 2 >= len(sample)]
    _refuse_traps(able, sample)
    if len(fitting) > 1:
        raise _two_fit([each.name for each in fitting])
    if not fitting:
        return _bare(sample, record_type, others)
    chosen = fitting[0]
    rivals = tuple(each.name for each in able if votes[each] and each is not chosen)
    return _described(chosen, sample, (_share(votes[chosen], sample, f"has {_words(chosen.needs)}"),), rivals)


def _bare(sample: list[Row], record_type: str | None, others: list[Dialect]) -> Detection:
    if record_type is not None:
        chosen = BareTilth(record_type)
        if _votes(chosen, sample) * 2 >= len(sample):
            why = _share(_votes(chosen, sample), sample, f"has the fields of a {record_type} record")
            return _described(chosen, sample, ("named by --as", why), ())
        raise _none_fits(sample, [each for each in others if each.holds(record_type)], record_type)
    counts = Counter(name for row in sample for name in fitting_types(row))
    fitting = [name for name, count in counts.items() if count * 2 >= len(sample)]
    if len(fitting) > 1:
        raise UsageError(f"the rows can be {_words(fitting)} records", fix=f"--as {fitting[0]}")
    if not fitting:
        raise _none_fits(sample, others, None)
    found = next(BareTilth(fitting[0]).recognise(row) for row in sample if fitting[0] in fitting_types(row)) or ""
    why = _share(counts[fitting[0]], sample, found.removeprefix("every row "))
    return _described(BareTilth(fitting[0]), sample, (why, f"these are the fields of a {fitting[0]} record"), ())


def _described(chosen: Dialect, sample: list[Row], why: tuple[str, ...], rivals: tuple[str, ...]) -> Detection:
    types = Counter(str(chosen.decode(row).get("type", "")) for row in sample)
    return Detection(chosen, tuple(name for name, _ in types.most_common() if name), why, rivals)


def _votes(candidate: Dialect, sample: list[Row]) -> int:
    return sum(candidate.recognise(row) is not None for row in sample)


def _refuse_traps(able: list[Dialect], sample: list[Row]) -> None:
    for candidate in able:
        objections = [found for row in sample if (found := candidate.objection(row))]
        if len(objections) * 2 >= len(sample):
            raise DataError(objections[0])


def _two_fit(names: list[str]) -> UsageError:
    return UsageError(f"the rows fit {_words(names)}", fix=" or ".join(f"--dialect {name}" for name in names))


def _none_fits(sample: list[Row], candidates: list[Dialect], record_type: str | None) -> UsageError:
    names = Counter(name for row in sample for name in row)
    seen = [name for name, _ in names.most_common(_NAMES_SHOWN)]
    message = f"no dialect fits rows with the fields {_words(seen)}" if seen else "the rows have no fields"
    wanted = f"{message}, as {record_type} records" if record_type else message
    near = _nearest(names, candidates, len(sample))
    if near is None:
        return UsageError(wanted, fix="name the dialect with --dialect, or the record type with --as")
    missing = [name for name in near.needs if names[name] * 2 < len(sample)]
    return UsageError(
        f"{wanted}; nearest is {near.name}, which also needs {_words(missing)}", fix=f"--dialect {near.name}"
    )


def _nearest(names: Mapping[str, int], candidates: list[Dialect], rows: int) -> Dialect | None:
    def found(candidate: Dialect) -> float:
        return sum(names[need] * 2 >= rows for need in candidate.needs) / max(1, len(candidate.needs))

    best = max(candidates, key=found, default=None)
    return best if best is not None and found(best) > 0 else None


def _share(count: int, sample: list[Row], what: str) -> str:
    every = "every row" if count == len(sample) else f"{count} of {len(sample)} rows looked at"
    return f"{every} {what}"


def _words(names: Iterable[str]) -> str:
    *most, last = list(names) or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last
