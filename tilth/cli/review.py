"""`review`: open the review screen on a file, or write out what was decided."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tilth.cli.files import InputShape


def review(
    source: Path,
    /,
    *,
    journal: Path | None = None,
    annotator: str | None = None,
    queue: Path | None = None,
    export: Path | None = None,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
    allow_network: Annotated[bool, Parameter(negative=())] = False,
    shape: InputShape = InputShape(),
) -> int:
    """Review records one by one: accept, reject, edit, note. Every decision is on disk before the next record.

    Parameters
    ----------
    source
        The file to review. It is never changed.
    journal
        Where decisions are kept; FILE.review.sqlite beside the file when it is not given.
    annotator
        Whose decisions these are; the login name when it is not given.
    queue
        Go through the rows of this list (tilth suspects FILE -o LIST.jsonl) in its order, each with why it is there.
    export
        Write the reviewed data to this file instead of opening the screen.
    overwrite
        Replace an export that exists.
    allow_network
        Allow a journal on a network filesystem, where a decision may not be safe when it is shown as saved.
    """
    from tilth.review.rows import Reading
    from tilth.tui import review as open_review

    reading = Reading(format=shape.from_, dialect=shape.dialect, record_type=shape.as_, encoding=shape.encoding)
    return open_review(
        source,
        journal=journal,
        annotator=annotator,
        export=export,
        overwrite=overwrite,
        reading=reading,
        queue=queue,
        allow_network=allow_network,
    )
