"""`diff`: what two data sets have in common and what not, whatever their containers and dialects."""

import sys
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Any, Self

from cyclopts import Parameter

from tilth.cli.files import Reading, input_paths, standard
from tilth.cli.learned_text import has_colour
from tilth.cli.summary import Json, Quiet, say
from tilth.curate.diff import DiffOptions
from tilth.errors import UsageError

if TYPE_CHECKING:
    from tilth.curate.diffs.difference import Example
    from tilth.curate.diffs.side import CountTokens
    from tilth.formats import Dataset

NOT_PASSED = 4
"""Exit code when a gate trips."""

_NO_OPTIONS = DiffOptions()
_LINES_AT_ONCE = 1024


def diff(
    a: str,
    b: str,
    /,
    *,
    options: Annotated[DiffOptions, Parameter(name="*", group="Options")] = _NO_OPTIONS,
    tokenizer: Annotated[str | None, Parameter(group="Options")] = None,
    fail_on: Annotated[tuple[str, ...], Parameter(group="Options")] = (),
    reading: Reading = Reading(),
    output: Annotated[str | None, Parameter(name=["--output", "-o"], group="Output")] = None,
    overwrite: Annotated[bool, Parameter(group="Output", negative=())] = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Compare two data sets: rows added, removed and edited, field by field, and how lengths and labels moved.

    Equal rows are equal wherever they stand; each counts as often as it is there. Containers never matter. Between
    two dialects what the records say is compared, in one dialect the rows as they are. Exit code 4 when a gate of
    --fail-on trips, otherwise 0, also when the two differ.

    Parameters
    ----------
    a
        The data set before: a file, a glob or a folder.
    b
        The data set after.
    tokenizer
        Count tokens with this tokenizer (a folder or a tokenizer.json) instead of estimating them.
    fail_on
        Gates, such as 'added,edited>1%,label-drift>0.05': added, removed, edited, changed, unchanged, repeats (a
        number of rows, or a share with %), label-drift, type-drift, length-drift, token-drift.
    output
        Write every row that differs to this file, one change a line.
    overwrite
        Replace an output that exists.
    json_
        Print the comparison as one JSON object.
    quiet
        Print no comparison, only the gates that trip.
    """
    from tilth.curate.diff import diff as compare
    from tilth.curate.diffs.gates import parse_gates

    gates = parse_gates(fail_on)
    if "-" in (standard(a), standard(b)):
        raise UsageError("diff reads two files, and standard input is none", fix="tilth convert - -o FILE.jsonl")
    before, after = _opened(a, b, reading)
    count_tokens = None if tokenizer is None else _counter(tokenizer)
    with ExitStack() as stack:
        take = None
        if output is not None:
            take = stack.enter_context(_Lines(output, [a, b], overwrite=overwrite)).take
        found = compare(before, after, options, count_tokens=count_tokens, take=take)
    if json_:
        say(found.as_json())
    elif not quiet and (output is None or standard(output) != "-"):
        print(found.table(colour=has_colour()))
    tripped = [(gate, words) for gate in gates if (words := gate.trips(found)) is not None]
    for gate, words in tripped:
        print(f"gate: {gate.words}: {words}", file=sys.stderr)
    return NOT_PASSED if tripped else 0


class _Lines:
    """The rows that differ, written one change a line; nothing is there when the comparison fails on the way."""

    def __init__(self, path: str, inputs: list[str], *, overwrite: bool) -> None:
        from tilth.formats import open_output

        files = [file for source in inputs for file in input_paths(source)]
        self._output = open_output(standard(path), overwrite=overwrite, inputs=files)
        self._waiting: list[dict[str, Any]] = []

    def take(self, example: "Example") -> None:
        self._waiting.append(example.as_json())
        if len(self._waiting) == _LINES_AT_ONCE:
            self._write()

    def _write(self) -> None:
        from tilth.formats import RowBlock

        first = self._output.rows + 1
        self._output.write(RowBlock(self._waiting, range(first, first + len(self._waiting))))
        self._waiting = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if failure is None:
            self._write()
        self._output.__exit__(kind, failure, trace)


def _opened(a: str, b: str, reading: Reading) -> "tuple[Dataset, Dataset]":
    """Both data sets; as plain rows when one of them is in no known dialect."""
    from tilth.schemas import NoDialectError

    try:
        return reading.open(a), reading.open(b)
    except NoDialectError:
        if reading.dialect or reading.as_:
            raise
        return reading.open(a, as_rows=True), reading.open(b, as_rows=True)


def _counter(tokenizer: str) -> "CountTokens":
    from tilth.trainers.tokenizer import load_text_tokenizer
    from tilth.trainers.tokenizer_files import read_tokenizer_files

    loaded = load_text_tokenizer(read_tokenizer_files(tokenizer))
    return lambda texts: [len(loaded.ids(text)) for text in texts]
