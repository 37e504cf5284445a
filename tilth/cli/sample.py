"""`sample`: some rows, each as likely as any other, untouched."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from tilth.cli.files import Building, Reading, input_paths
from tilth.cli.look import rejected_rows, write_line
from tilth.cli.summary import DONE_WITH_REJECTS, say


@Parameter(name="*", group="Output", negative=())
class SampledRows(Building):
    """Where the sample goes."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """File for the rows as they are; without it they are printed as JSON, one a line."""
    to: str | None = None
    """Container of the output, where its suffix does not say."""


_PRINTED = SampledRows()


def sample(
    source: str,
    /,
    *,
    rows: Annotated[int, Parameter(name=["--rows", "-n"], group="Options", validator=validators.Number(gte=1))] = 20,
    seed: Annotated[int, Parameter(group="Options")] = 0,
    by: Annotated[str | None, Parameter(group="Options")] = None,
    reading: Reading = Reading(),
    writing: SampledRows = _PRINTED,
) -> int:
    """Draw rows at random, in one pass over any container, and keep them as they are and in their order.

    The same data, seed and options give the same rows.

    Parameters
    ----------
    source
        A file, a glob, a folder, or - for standard input.
    rows
        How many; all where there are no more.
    seed
        Another seed draws other rows.
    by
        Give each value of this field its share of the sample, and at least one row while there is room.
    """
    from tilth.curate.sample import sample as draw
    from tilth.formats import open_output
    from tilth.formats.container import WriteSettings

    data = reading.open(source, as_rows=True)
    drawn = list(draw(data, rows, seed, by))
    if writing.output is None:
        for batch in drawn:
            write_line(batch.rows[0])
        sys.stdout.flush()
        return rejected_rows("sample", data)
    from tilth.cli.evidence import Evidence

    target = writing.target("sample")
    path = target if isinstance(target, Path) and not writing.dry_run else None
    with Evidence("sample", path, overwrite=writing.overwrite) as evidence:
        evidence.tally.rows_in = evidence.tally.kept = len(drawn)
        if not writing.dry_run:
            settings, inputs = WriteSettings(data.envelope), input_paths(source)
            with open_output(
                target, format=writing.to, overwrite=writing.overwrite, inputs=inputs, settings=settings
            ) as output:
                for batch in drawn:
                    output.write(batch)
    evidence.complete([data], input_paths(source), {"rows": rows, "seed": seed, "by": by, "of": data.count()})
    if writing.json_:
        say({"operation": "sample", "output": str(path) if path else None, "rows": len(drawn), "of": data.count()})
    elif not writing.quiet:
        print(f"sample: {len(drawn):,} of {data.count():,} rows" + (f" -> {path}" if path else ""), file=sys.stderr)
    return DONE_WITH_REJECTS if evidence.tally.rejected else 0
