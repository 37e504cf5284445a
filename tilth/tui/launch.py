"""`tilth review`: open the screens on a file, or write out what was decided, and say how to go on."""

import getpass
import shlex
import sys
from pathlib import Path

from tilth.errors import UsageError
from tilth.review.export import export as write_reviewed
from tilth.review.journal import journal_path
from tilth.review.reviewed import ReviewedOptions
from tilth.review.rows import Reading
from tilth.review.session import Session
from tilth.schemas.safe_text import safe_text

_DONE_WITH_REJECTS = 3  # the exit code that every command gives when a row could not be read


def review(
    path: str | Path,
    *,
    journal: str | Path | None = None,
    annotator: str | None = None,
    export: str | Path | None = None,
    overwrite: bool = False,
    reading: Reading | None = None,
    queue: Path | None = None,
    allow_network: bool = False,
) -> int:
    """Review a file in the terminal; with `export`, write the reviewed data instead. Returns the exit code.

    With `queue`, rows come in the order of that list, each with why it is in it.
    Decisions go to `journal`, or beside the file; they are `annotator`'s, or the login name's. Raises `UsageError`
    where there is no terminal to draw on.
    """
    path, reading = Path(path), reading or Reading()
    journal = journal_path(path) if journal is None else Path(journal)
    if export is not None:
        options = ReviewedOptions(journal=journal)
        written = write_reviewed(reading.open(path), options, Path(export), overwrite=overwrite)
        _tell(written.sentence())
        return _DONE_WITH_REJECTS if written.unreadable else 0
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError(
            "the review screen needs a terminal for its input and output",
            fix=f"tilth review {shlex.quote(str(path))} --export OUT.jsonl writes what was decided without one",
        )
    with Session(
        path, annotator or _login_name(), journal=journal, reading=reading, queue=queue, allow_network=allow_network
    ) as session:
        code = _run(session)
        _tell(_summary(session))
    return code


def _run(session: Session) -> int:
    from tilth.tui.app import ReviewApp

    return ReviewApp(session).run_to_end()


def _summary(session: Session) -> str:
    """What was decided, and the commands that go on from here."""
    counts = session.counts
    decided = ", ".join(f"{counts[status]} {status}" for status in ("accepted", "rejected", "edited", "skipped"))
    command = f"tilth review {shlex.quote(str(session.path))}"
    if session.journal.path != journal_path(session.path):
        command += f" --journal {shlex.quote(str(session.journal.path))}"
    resume = (
        command if session.annotator == _login_name() else f"{command} --annotator {shlex.quote(session.annotator)}"
    )
    return (
        f"{session.path}: {decided}, {counts['undecided']} left; {session.decided_now} in this sitting; saved in "
        f"{session.journal.path}\n  resume  {resume}\n  export  {command} --export OUT.jsonl"
    )


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "annotator"  # a container's user may have no name


def _tell(text: str) -> None:
    sys.stderr.write(f"{safe_text(text)}\n")
