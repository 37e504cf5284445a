"""`head`, `cat`, `stats`: look at a data set without changing it."""

import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Annotated, Any

from cyclopts import Parameter, validators

from tilth.cli.files import Reading
from tilth.cli.summary import Json, say


def head(
    source: str,
    /,
    *,
    rows: Annotated[int, Parameter(name=["--rows", "-n"], validator=validators.Number(gte=0))] = 5,
    reading: Reading = Reading(),
) -> int:
    """Print the first rows as JSON, one a line.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    rows
        How many.
    """
    return _print_rows(islice(_rows(source, reading), rows))


def cat(source: str, /, *, reading: Reading = Reading()) -> int:
    """Print all rows as JSON, one a line, whatever the container.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    """
    return _print_rows(_rows(source, reading))


def stats(
    source: str,
    /,
    *,
    reading: Reading = Reading(),
    json_: Json = False,
) -> int:
    """Count and measure: record types, lengths, labels, duplicates.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    json_
        Print it as one JSON object.
    """
    from tilth.curate.stats import describe

    statistics = describe(reading.open(source))
    if json_:
        say(statistics.as_json())
    else:
        print(statistics.table())
    return 0


def _rows(source: str, reading: Reading) -> Iterator[Mapping[str, Any]]:
    for batch in reading.open(source, as_rows=True).batches():
        yield from batch.rows


def _print_rows(rows: Iterator[Mapping[str, Any]]) -> int:
    """Exact bytes into a pipe; on a terminal no control character of the data arrives as one."""
    from tilth.schemas import dump_json
    from tilth.schemas.safe_text import safe_text

    on_terminal = sys.stdout.isatty()
    for row in rows:
        line = dump_json(row)
        sys.stdout.buffer.write(safe_text(line.decode()).encode() if on_terminal else line)
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
    return 0
