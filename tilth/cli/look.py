"""`inspect`, `head`, `cat`, `stats`: look at a data set without changing it."""

import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

from tilth.cli.files import Reading, standard
from tilth.cli.summary import Json, say

if TYPE_CHECKING:
    from tilth.formats import Dataset

_PROBLEMS_SHOWN = 5
_ROWS_CHECKED = 10_000


def inspect(
    source: str,
    /,
    *,
    reading: Reading = Reading(),
    json_: Json = False,
) -> int:
    """Tell what a file is: container, dialect, record types, fields, first problems, and how to convert it.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    json_
        Print it as one JSON object.
    """
    from tilth.schemas.safe_text import safe_text
    from tilth.validators import ValidateOptions, check

    data, known, why = _opened(source, reading)
    fields: dict[str, Counter[str]] = {}
    types: Counter[str] = Counter()
    for batch in data.batches():
        for row in batch.rows:
            for name, value in row.items():
                fields.setdefault(name, Counter())[_json_type(value)] += 1
        types.update(str(record.get("type")) for record in batch.records)
    findings = islice(check(data.first(_ROWS_CHECKED), ValidateOptions()), _PROBLEMS_SHOWN) if known else ()
    found: dict[str, Any] = {
        "file": standard(source),
        "format": data.format.name if data.format else None,
        "dialect": data.dialect.name if known else None,
        "why": why,
        "rows": data.count(),
        "rejected": len(data.rejects),
        "record_types": types if known else {},
        "fields": fields,
        "problems": [str(finding) for finding in findings],
        "convert": _conversion(standard(source), reading, known),
    }
    if json_:
        say(found)
    else:
        print(safe_text("\n".join(_described(found))))
    return 0


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


def _conversion(source: str, reading: Reading, known: bool) -> str:
    """The command that would convert what was looked at, with the flags that it took to look at it."""
    words = ["tilth", "convert", source, "-o", "OUT.parquet"]
    words += ["--from", reading.from_] if reading.from_ else []
    words += ["--on-error", "reject"] if reading.on_error == "reject" else []
    words += ["--to-dialect", "tilth"] if known else []
    return shlex.join(words)


def _opened(source: str, reading: Reading) -> "tuple[Dataset, bool, list[str]]":
    """The data set, whether its dialect is known, and why; one of no known dialect is looked at all the same."""
    from tilth.schemas import NoDialectError

    try:
        data = reading.open(source)
    except NoDialectError as failure:
        return reading.open(source, as_rows=True), False, [failure.what]
    return data, True, list(data.detection.why) if data.detection else ["named by --dialect"]


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


def _described(found: Mapping[str, Any]) -> Iterator[str]:
    rejected = f", {found['rejected']} cannot be read" if found["rejected"] else ""
    yield f"file      {found['file']}"
    yield f"container {found['format']}, {found['rows']} rows{rejected}"
    yield f"dialect   {found['dialect'] or 'none'}: {'; '.join(found['why'])}"
    if found["record_types"]:
        yield "records   " + ", ".join(f"{number} {kind}" for kind, number in found["record_types"].items())
    for position, (name, kinds) in enumerate(found["fields"].items()):
        seen = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
        yield f"{'fields' if position == 0 else '':<10}{name}: {seen}"
    for position, problem in enumerate(found["problems"] or ["none found"]):
        yield f"{'problems' if position == 0 else '':<10}{problem}"
    yield f"convert   {found['convert']}"


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
