"""`head`, `tail`, `cat`, `stats`: look at a data set without changing it."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from tilth.cli.files import Reading
from tilth.cli.summary import DONE_WITH_REJECTS, Json, say

if TYPE_CHECKING:
    from tilth.formats import Dataset, Reject


Fields = Annotated[tuple[str, ...], Parameter(negative=())]
_ABSENT = object()
Count = Annotated[int, Parameter(name=["--rows", "-n"], validator=validators.Number(gte=0))]


def head(source: str, /, *, rows: Count = 5, fields: Fields = (), reading: Reading = Reading()) -> int:
    """Print the first rows as JSON, one a line.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    rows
        How many.
    fields
        Print only these fields; a dotted path leads inside.
    """
    data = replace(reading, on_error="reject").open(source, as_rows=True)
    # What cannot be read further down is no reason to show nothing; what stands above a row that is shown, is.
    found = _rows(data) if reading.on_error == "reject" else _rows_before_a_reject(data)
    _print_rows(data, islice(found, rows), fields)
    return rejected_rows("head", data) if reading.on_error == "reject" else 0


def tail(source: str, /, *, rows: Count = 5, fields: Fields = (), reading: Reading = Reading()) -> int:
    """Print the last rows as JSON, one a line.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    rows
        How many.
    fields
        Print only these fields; a dotted path leads inside.
    """
    data = reading.open(source, as_rows=True)
    _print_rows(data, deque(_rows(data), maxlen=rows), fields)
    return rejected_rows("tail", data)


def cat(source: str, /, *, fields: Fields = (), reading: Reading = Reading()) -> int:
    """Print all rows as JSON, one a line, whatever the container.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    fields
        Print only these fields; a dotted path leads inside.
    """
    data = reading.open(source, as_rows=True)
    _print_rows(data, _rows(data), fields)
    return rejected_rows("cat", data)


def stats(
    source: str,
    /,
    *,
    html: Annotated[Path | None, Parameter(group="Output", negative=())] = None,
    embedder: Annotated[str | None, Parameter(group="Options")] = None,
    overwrite: Annotated[bool, Parameter(group="Output", negative=())] = False,
    reading: Reading = Reading(),
    json_: Json = False,
) -> int:
    """Count and measure: record types, lengths, labels, duplicates.

    With --html the same as one page with charts, and besides languages, repeats over sources and a map of the texts.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    html
        Write a page to this file; it holds its charts and style and opens without a network.
    embedder
        Folder of a local embedding model for the map; the built-in n-grams when it is not given.
    overwrite
        Replace a page that exists.
    json_
        Print it as one JSON object.
    """
    from tilth.curate.stats import describe

    data = opened_somehow(source, reading)
    if html is None:
        statistics = describe(data)
    else:
        from tilth.recipes.report.stats_page import write_stats_page

        statistics = write_stats_page(data, html, source, embedder=embedder, overwrite=overwrite)
        print(f"stats: {statistics.rows:,} rows -> {html}", file=sys.stderr)
    if json_:
        say(statistics.as_json())
    elif html is None:
        print(statistics.table())
    return rejected_rows("stats", data)


def opened_somehow(source: str, reading: Reading) -> "Dataset":
    """The data set; as plain rows when they are in no known dialect and nobody named one."""
    from tilth.schemas import NoDialectError

    try:
        return reading.open(source)
    except NoDialectError as failure:
        if reading.dialect or reading.as_ or reading.map_:
            raise
        print(f"note: the rows are measured as they are: {failure.what}", file=sys.stderr)
        return reading.open(source, as_rows=True)


def for_looking(source: str, reading: Reading) -> "Dataset":
    """The data set of which some rows are to be shown: one that cannot be read is told of, and is not the end."""
    return replace(reading, on_error="reject").open(source)


def write_line(row: Mapping[str, Any]) -> None:
    """Print a row: exact bytes into a pipe; on a terminal no control character of the data arrives as one."""
    from tilth.schemas import dump_json
    from tilth.schemas.safe_text import safe_text

    line = dump_json(row)
    sys.stdout.buffer.write(safe_text(line.decode()).encode() if sys.stdout.isatty() else line)
    sys.stdout.buffer.write(b"\n")


def rejected_rows(command: str, data: "Dataset") -> int:
    """Say how many rows could not be read on the way; returns the exit code."""
    from tilth.schemas.safe_text import safe_text

    if not len(data.rejects):
        return 0
    first = next(iter(data.rejects))
    place = safe_text(f"{first.file}:{first.line}: {first.reason}", one_line=True)
    many = "1 row" if len(data.rejects) == 1 else f"{len(data.rejects):,} rows"
    print(f"{command}: {many} cannot be read, the first at {place}", file=sys.stderr)
    return DONE_WITH_REJECTS


def _rows(data: "Dataset") -> Iterator[Mapping[str, Any]]:
    for batch in data.batches():
        yield from batch.rows


def _rows_before_a_reject(data: "Dataset") -> Iterator[Mapping[str, Any]]:
    """The rows up to the first that cannot be read, and then the error that tells of it."""
    from tilth.errors import DataError

    def refuse(reject: "Reject") -> DataError:
        return DataError(reject.reason, where=f"{reject.file}:{reject.line}", fix="--on-error reject")

    for batch in data.batches():
        first = next(iter(data.rejects), None)
        for row, origin in zip(batch.rows, batch.origins, strict=True):
            if first is not None and (first.file != origin.file or first.line < origin.line):
                raise refuse(first)
            yield row
    if (first := next(iter(data.rejects), None)) is not None:
        raise refuse(first)


def _print_rows(data: "Dataset", rows: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> None:
    from tilth.curate.diffs.subject import at_path
    from tilth.errors import UsageError, nearest

    wanted = [name for part in fields for name in part.split(",") if name]
    missing, known = set(wanted), set[str]()
    for row in rows:
        if wanted:
            known.update(row)
            row = {name: value for name in wanted if (value := at_path(row, name, _ABSENT)) is not _ABSENT}
            missing.difference_update(row)
        write_line(row)
    sys.stdout.flush()
    if missing and known:
        name = min(missing, key=wanted.index)
        raise UsageError(f"no row has a field {name}", where=data.path, fix=nearest(name, known))
