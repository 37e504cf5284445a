"""`review`: open the review screen on a file, or write out what was decided."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def review(
    source: Path,
    /,
    *,
    journal: Path | None = None,
    annotator: str | None = None,
    export: Path | None = None,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
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
    export
        Write the reviewed data to this file instead of opening the screen.
    overwrite
        Replace an export that exists.
    """
    from tilth.tui import review as open_review

    return open_review(source, journal=journal, annotator=annotator, export=export, overwrite=overwrite)
