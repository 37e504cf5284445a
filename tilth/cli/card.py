"""`card`: a dataset card from what can be counted."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tilth.cli.files import Building, Reading, input_paths
from tilth.cli.look import opened_somehow, rejected_rows
from tilth.cli.summary import say


@Parameter(name="*", group="Output", negative=())
@dataclass(frozen=True)
class CardFile(Building):
    """Where the card goes."""

    output: Annotated[str | None, Parameter(name=["--output", "-o"])] = None
    """File for the card, such as README.md; without it the card is printed."""


_PRINTED = CardFile()


def card(
    source: str,
    /,
    *,
    name: Annotated[str | None, Parameter(group="Options")] = None,
    reading: Reading = Reading(),
    writing: CardFile = _PRINTED,
) -> int:
    """Write a dataset card: a header for the Hugging Face hub, and what is in the data with real numbers.

    Rows, splits, fields, lengths, labels, languages, licences, sources and exact repeats are counted; how the data was
    made is read from the manifests beside it. What only a person can know is left as a comment to fill in.

    Parameters
    ----------
    source
        A file, a glob, a folder of splits, or - for standard input.
    name
        What the data set is called; the name of its file or folder when it is not given.
    """
    from tilth.recipes.card import dataset_card

    data = opened_somehow(source, replace(reading, on_error="reject"))
    target = None if writing.output is None or writing.dry_run else writing.target("card")
    text = dataset_card(data, name or Path(source).name.split(".")[0] or "data")
    if isinstance(target, Path):
        from tilth.formats import replacing
        from tilth.formats.atomic import refuse_same_file

        refuse_same_file(target, input_paths(source))
        with replacing(target, overwrite=writing.overwrite) as temporary:
            temporary.write_text(text, encoding="utf-8")
    elif not writing.json_:
        print(text, end="")
    if writing.json_:
        say({"operation": "card", "output": str(target) if isinstance(target, Path) else None, "rows": data.count()})
    if not writing.quiet and isinstance(target, Path):
        print(f"card: {data.count():,} rows -> {target}", file=sys.stderr)
    return rejected_rows("card", data)
