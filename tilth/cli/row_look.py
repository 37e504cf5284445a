"""A look at rows: how many, of which shape, with which fields and problems, and how to convert them."""

import shlex
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tilth.cli.files import Reading, standard
from tilth.cli.time_limit import OutOfTime, processor_time
from tilth.errors import DataError, TilthError, UsageError

if TYPE_CHECKING:
    from tilth.artifacts import Survey
    from tilth.formats import Dataset, DialectBatch

LOOK_SECONDS = 1.3
"""Time of the processor for all of it: with the start of Python, an answer comes within two seconds."""
_COUNT_SECONDS = 0.9
_EXAMINED_ROWS = 20_000
_EXAMINE_SECONDS = 0.45
_CHECKED_ROWS = 1_000
_PROBLEMS = 5
_MAX_FIELDS = 5_000
_NAMING_SECONDS = 0.4
_COUNTED_BYTES = 1 << 20
_SOURCE_FIELDS = ("source", "dataset", "dataset_name", "data_source", "source_dataset", "origin", "subset")
_MOST_SOURCES = 40
_TOKEN_FIELDS = ("input_ids", "token_ids")


@dataclass
class RowLook:
    """What was seen of some rows. `rows` is all of them only where `is_whole`."""

    source: str
    format: str | None = None
    compression: str | None = None
    encoding: str | None = None
    dialect: str | None = None
    why: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    is_whole: bool = False
    is_limited: bool = False
    """Whether as many rows were seen as `--limit` allows."""
    examined: int = 0
    """Rows whose fields and types were looked at."""
    rejected: int = 0
    record_types: Counter[str] = field(default_factory=Counter)
    fields: dict[str, Counter[str]] = field(default_factory=dict)
    merged_from: dict[str, Counter[str]] = field(default_factory=dict)
    """Fields that say where a row comes from, with what they say."""
    checked: int = 0
    """Rows that were searched for problems."""
    problems: list[str] = field(default_factory=list)
    convert: str = ""
    loses_envelope: bool = False
    """Whether something stands around the rows that no other container has a place for."""

    @property
    def holds_tokens(self) -> bool:
        """Whether the rows are token ids rather than text."""
        return any("list" in self.fields.get(name, ()) for name in _TOKEN_FIELDS)

    def as_json(self) -> dict[str, Any]:
        """All of it, under the names of the fields; those of the first release stay."""
        kind = "tokenized rows" if self.holds_tokens else "rows"
        return {"kind": kind, "file": self.source, **{k: v for k, v in vars(self).items() if k != "source"}}


def look_at_rows(source: str, reading: Reading, *, whole: bool) -> RowLook:
    """Look at the rows in a file, a glob, a folder of splits or what is piped in.

    Rows that cannot be read are counted and shown like other problems. Raises `TilthError` when there is no row to
    see. Without `whole` the look ends after `LOOK_SECONDS`.
    """
    look = RowLook(standard(source))
    first: TilthError | None = None
    try:
        with processor_time(None if whole else LOOK_SECONDS):
            try:
                _fill(look, source, reading, whole=whole)
            except DataError as failure:
                # Once more, with unreadable rows set aside; when that gives nothing, the first answer was the best.
                first, look = failure, RowLook(standard(source))
                _fill(look, source, replace(reading, on_error="reject"), whole=whole)
    except OutOfTime as failure:
        if not look.rows:
            raise first or DataError(
                f"its first rows could not be read within {LOOK_SECONDS} seconds",
                where=look.source,
                fix="--whole, to give it all the time that it takes",
            ) from failure
    except TilthError:
        if first is None:
            raise
        raise first from None
    look.merged_from = {name: seen for name, seen in look.merged_from.items() if _is_of_several(seen)}
    return look


def _fill(look: RowLook, source: str, reading: Reading, *, whole: bool) -> None:
    data = _opened(look, source, reading)
    look.format = data.format.name if data.format else None
    look.notes = list(data.notes)
    look.compression, look.encoding = _wrapping(look, reading)
    is_unfolded = data.dialect.unfolds
    look.loses_envelope = data.envelope is not None and bool(data.envelope.beside) and not is_unfolded
    look.convert = _conversion(look, reading)
    rows = data.in_container()
    _go_through(look, rows, whole=whole)
    if is_unfolded:
        _count_types(look, data, whole=whole)
    look.is_limited = look.rows == reading.limit
    look.rejected = len(rows.rejects)
    look.problems = [f"{each.file}:{each.line}: {each.reason}" for each in islice(rows.rejects, _PROBLEMS)]
    if look.rejected:
        reading = replace(reading, on_error="reject")
        look.convert = _conversion(look, reading)
    if look.dialect is not None and len(look.problems) < _PROBLEMS:
        _find_problems(look, data)


def _opened(look: RowLook, source: str, reading: Reading) -> "Dataset":
    """The data set, in its dialect if it has one; rows of none, or of one too many, are looked at all the same."""
    try:
        data = reading.open(source, say_notes=False)
    except (UsageError, DataError) as failure:
        if reading.dialect or reading.as_ or reading.map_:
            raise
        try:
            data = reading.open(source, as_rows=True, say_notes=False)
        except TilthError:
            raise failure from None
        look.why = [failure.what + (f"; {failure.fix}" if failure.fix else "")]
        return data
    look.dialect = data.dialect.name
    look.why = list(data.detection.why) if data.detection else ["named by --dialect"]
    return data


def _go_through(look: RowLook, data: "Dataset", *, whole: bool) -> None:
    """Count all rows, and look into the first: within the time, unless the whole is asked for."""
    began = time.process_time()
    for batch in data.batches():
        spent = 0.0 if whole else time.process_time() - began
        if spent > _COUNT_SECONDS:
            look.rejected = len(data.rejects)
            return
        if look.examined < _EXAMINED_ROWS and spent < _EXAMINE_SECONDS:
            _examine(look, batch)
        look.rows += len(batch)
    look.is_whole = True


def _examine(look: RowLook, batch: "DialectBatch") -> None:
    for row in batch.rows:
        for name, value in row.items():
            if name not in look.fields and len(look.fields) >= _MAX_FIELDS:
                continue
            look.fields.setdefault(name, Counter())[_json_type(value)] += 1
        for name, value in _sources(row):
            seen = look.merged_from.setdefault(name, Counter())
            if value in seen or len(seen) <= _MOST_SOURCES:
                seen[value] += 1
    if look.dialect is not None and not batch.dialect.unfolds:
        look.record_types.update(str(record.get("type")) for record in batch.records)
    look.examined += len(batch)


def _count_types(look: RowLook, data: "Dataset", *, whole: bool) -> None:
    """Count the record types of the first records, where these are not one a row."""
    began, seen = time.process_time(), 0
    for batch in data.batches():
        look.record_types.update(str(record.get("type")) for record in batch.records)
        seen += len(batch)
        if seen >= _EXAMINED_ROWS or (not whole and time.process_time() - began > _EXAMINE_SECONDS):
            return


def _sources(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a row that say from which set it comes; in Tilth's own records that is the file."""
    for name in _SOURCE_FIELDS:
        if isinstance(value := row.get(name), str):
            yield name, value[:80]
    meta = row.get("meta")
    place = meta.get("source") if isinstance(meta, dict) else None
    if isinstance(place, dict) and isinstance(file := place.get("file"), str):
        yield "meta.source.file", file[:80]


def _is_of_several(seen: Counter[str]) -> bool:
    """Whether values name sets: one for all rows, or one for each, do not."""
    return 1 < len(seen) <= _MOST_SOURCES and seen.total() >= 2 * len(seen)


def _find_problems(look: RowLook, data: "Dataset") -> None:
    from tilth.validators import ValidateOptions, check

    wanted = _PROBLEMS - len(look.problems)
    found: Iterator[object] = check(data.first(_CHECKED_ROWS), ValidateOptions())
    look.problems += [str(finding) for finding in islice(found, wanted)]
    look.checked = min(_CHECKED_ROWS, look.rows)


def _wrapping(look: RowLook, reading: Reading) -> tuple[str | None, str | None]:
    """Compression and encoding of a single file."""
    from tilth.formats.compression import compression_in
    from tilth.formats.opening import format_named

    path = Path(look.source)
    if not path.is_file():
        return None, None
    with path.open("rb") as file:
        compression = compression_in(file.read(16), look.source, look.source)
    is_text = look.format is not None and not format_named(look.format).needs_seek
    return compression, reading.encoding if is_text else None


def _conversion(look: RowLook, reading: Reading) -> str:
    """The command that would convert what was looked at, with the flags that it took to look at it."""
    target = "OUT.jsonl" if look.format in ("parquet", "arrow", "feather") else "OUT.parquet"
    words = ["tilth", "convert", look.source, "-o", target]
    told = {
        "--from": reading.from_,
        "--dialect": reading.dialect,
        "--as": reading.as_,
        "--encoding": reading.encoding if reading.encoding != "utf-8" else None,
        "--delimiter": reading.delimiter,
        "--table": reading.table,
        "--header-row": None if reading.header_row is None else str(reading.header_row),
        "--on-error": reading.on_error if reading.on_error != "stop" else None,
        "--to-dialect": "tilth" if look.dialect is not None else None,
    }
    words += [word for flag, value in told.items() if value is not None for word in (flag, value)]
    words += ["--allow-loss", "envelope"] * look.loses_envelope
    words += [word for pair in reading.map_ for word in ("--map", pair)]
    return shlex.join(words)


def name_rows(survey: "Survey") -> "Survey":
    """The survey of a folder, where the first files of rows are said to be what they are: container, dialect, rows."""
    seen: dict[str, str] = {}
    try:
        with processor_time(_NAMING_SECONDS):
            for entry in survey.entries:
                if entry.note == "rows":
                    seen[entry.path] = _named(survey.path / entry.path, entry.bytes)
    except OutOfTime:
        pass  # the others are rows by their suffix, and that is what is said of them
    entries = [replace(entry, note=seen.get(entry.path, entry.note)) for entry in survey.entries]
    return replace(survey, entries=entries)


def _named(path: Path, size: int) -> str:
    """A file of rows in a few words."""
    look = RowLook(str(path))
    try:
        data = _opened(look, str(path), Reading(on_error="reject"))
        count = data.in_container().count() if size <= _COUNTED_BYTES else -1
        rows = f", {count:,} row{'s' * (count != 1)}" if count >= 0 else ""
    except TilthError as failure:
        return f"cannot be read as rows: {failure.what}"
    types = f" ({', '.join(data.record_types)})" if look.dialect and data.record_types else ""
    return f"{data.format.name if data.format else 'rows'}{rows}, {look.dialect or 'no dialect'}{types}"


def field_lines(fields: Mapping[str, Counter[str]], examined: int) -> Iterator[tuple[str, str]]:
    """Each field with its types: counted only where it is not the same type in every row."""
    for name, kinds in fields.items():
        only = next(iter(kinds)) if len(kinds) == 1 else None
        if only is not None and kinds[only] == examined:
            yield name, only
        else:
            absent = examined - sum(kinds.values())
            parts = [f"{number:,} {kind}" for kind, number in kinds.most_common()]
            yield name, ", ".join([*parts, *([f"{absent:,} absent"] if absent else [])])


def _json_type(value: object) -> str:
    names = {
        str: "string",
        bool: "boolean",
        int: "integer",
        float: "number",
        list: "list",
        dict: "object",
        type(None): "null",
    }
    return names.get(type(value), type(value).__name__)
