"""`sample`: some rows of many, untouched, printed or written."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

from cyclopts import Parameter
from pydantic import Field

from tilth.cli.files import Building, Reading, input_paths
from tilth.cli.look import opened_somehow, rejected_rows, write_line
from tilth.cli.summary import DONE_WITH_REJECTS, say
from tilth.curate.sample import SampleOptions, rows_taken


class Flags(SampleOptions):
    """The options of the operation `sample`, of which one has a short name here."""

    rows: Annotated[
        int | None,
        Parameter(name=["--rows", "-n"]),
        Field(ge=1, description=SampleOptions.model_fields["rows"].description),
    ] = None


@Parameter(name="*", group="Output", negative=())
@dataclass(frozen=True)
class SampledRows(Building):
    """Where the sample goes."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """File for the rows as they are; without it they are printed as JSON, one a line."""
    to: str | None = None
    """Container of the output, where its suffix does not say."""


_PRINTED = SampledRows()
_FLAGS = Flags()


def sample(
    source: str,
    /,
    *,
    options: Annotated[Flags, Parameter(name="*", group="Options")] = _FLAGS,
    reading: Reading = Reading(),
    writing: SampledRows = _PRINTED,
) -> int:
    """Take some rows: at random, the best, or those that cover all.

    Rows stay as they are and in their order, and the same data, seed and options give the same. The rows that are not
    taken are where they were; as a step of a recipe, `sample` sets them aside. Rows that somebody restored (`tilth
    restore`) are taken beside the others.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    """
    from tilth.formats import DialectBatch, open_output
    from tilth.formats.container import WriteSettings
    from tilth.recipes.execute import restored_facts
    from tilth.recipes.restored import restored_here

    restored = restored_here()
    # What is drawn at random need not be understood, unless it is to be known again.
    is_plain = options.method == "random" and options.budget_tokens is None and not restored.ids
    data = reading.open(source, as_rows=True) if is_plain else opened_somehow(source, reading)
    drawn = list(rows_taken(data, options, restored.ids))
    rows = sum(map(len, drawn))
    if writing.output is None:
        for row in (row for batch in drawn for row in batch.rows):
            write_line(row)
        sys.stdout.flush()
        return rejected_rows("sample", data)
    from tilth.cli.evidence import Evidence

    target = writing.target("sample")
    path = target if isinstance(target, Path) and not writing.dry_run else None
    with Evidence("sample", path, overwrite=writing.overwrite) as evidence:
        evidence.tally.rows_in = evidence.tally.kept = rows
        evidence.tally.passed_over = data.count() - rows
        back = sum(record_id in restored.ids for batch in drawn for record_id in batch.ids) if restored.ids else 0
        evidence.tally.facts.update(restored_facts(restored, back))
        if not writing.dry_run:
            settings, inputs = WriteSettings(data.envelope), input_paths(source)
            with open_output(
                target, format=writing.to, overwrite=writing.overwrite, inputs=inputs, settings=settings
            ) as output:
                for batch in drawn:
                    output.write(cast(DialectBatch, batch))
    evidence.complete([data], input_paths(source), options.model_dump(mode="json"), reading.limit)
    if writing.json_:
        say({"operation": "sample", "output": str(path) if path else None, "rows": rows, "of": data.count()})
    elif not writing.quiet:
        print(f"sample: {rows:,} of {data.count():,} rows" + (f" -> {path}" if path else ""), file=sys.stderr)
    return DONE_WITH_REJECTS if evidence.tally.rejected else 0
