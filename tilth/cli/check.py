"""`check`: hold a data set to numbers, for a pipeline that must not go on with a bad one."""

import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from tilth.cli.files import Reading
from tilth.cli.look import opened_somehow
from tilth.cli.summary import DONE_WITH_REJECTS, Json, Quiet, say

if TYPE_CHECKING:
    from tilth.curate.measures import Value

NOT_PASSED = 4
"""Exit code when a gate trips."""
_EXAMPLE = "duplicates>1%,rows<1000"


def check(
    source: str,
    /,
    *,
    fail_on: Annotated[tuple[str, ...], Parameter(group="Options", negative=())] = (),
    reading: Reading = Reading(),
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Measure a data set and fail, with exit code 4, when a gate of --fail-on trips.

    A gate is a measure, a sign and a limit: 'duplicates>1%', 'rows<1000', 'p95(answer_words)>400'. Without a gate
    the quick measures are printed, and the names of the others.

    Parameters
    ----------
    source
        A file, a glob, a folder of splits, or - for standard input.
    fail_on
        Gates, each with one or several between commas. A count of rows is compared as a share where the limit has a %.
    json_
        Print the measures and the gates as one JSON object.
    quiet
        Print only the gates that trip.
    """
    from tilth.curate.condition import parse_conditions
    from tilth.curate.measures import check_name, known, take
    from tilth.curate.measures.subject import Subject

    gates = parse_conditions(fail_on, _EXAMPLE, check_name)
    data = opened_somehow(source, reading)
    quick = ("rows", "duplicates", "empty-answers", "labels")
    values = take([gate.name for gate in gates] or quick, Subject(data))
    tripped = [gate for gate in gates if gate.holds(_compared(values[gate.name], gate.is_share))]
    if json_:
        say({
            "measures": {name: {"value": value.number, "of": value.of} for name, value in values.items()},
            "gates": [{"gate": gate.words, "trips": gate in tripped} for gate in gates],
            "passed": not tripped,
        })  # fmt: skip
    elif not quiet:
        _print(values, () if gates else [name for name in known() if name not in quick])
    for gate in tripped:
        print(f"not passed: {gate.words}: {gate.name} is {values[gate.name].words()}", file=sys.stderr)
    if tripped:
        return NOT_PASSED
    return DONE_WITH_REJECTS if len(data.rejects) else 0


def _compared(value: "Value", is_share: bool) -> float:
    return value.share if is_share else value.number


def _print(values: "dict[str, Value]", others: "list[str] | tuple[()]") -> None:
    from tilth.cli.aligned import aligned, terminal_width

    rows = [(name, value.words()) for name, value in values.items()]
    if others:
        signals = "and min, max, mean, median, p95 of any signal: mean(answer_words)"
        rows.append(("also", f"{', '.join(others)}, {signals}"))
    print(*aligned(rows, terminal_width()), sep="\n")
