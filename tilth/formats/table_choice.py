"""Which of several tables or sheets in a file is meant: the one that is named, or the only one with rows."""

from collections.abc import Sequence
from difflib import get_close_matches

from tilth.errors import UsageError
from tilth.schemas.safe_text import safe_text

_SHOWN_TABLES, _NAME_WIDTH = 12, 60


def no_such_table(kind: str, wanted: str, names: Sequence[str], where: str) -> UsageError:
    """The error for a name that no table (or sheet) has; names the nearest one, or all."""
    close = get_close_matches(wanted, names, 1, cutoff=0.5) or list(names)[:1]
    listed = f"; there is {listed_names(names)}" if names else ""
    fix = f"--table {_quoted(close[0])}" if close else ""
    return UsageError(f"no {kind} is called {shown_name(wanted)}{listed}", where=where, fix=fix)


def several_tables(what: str, names: Sequence[str], where: str) -> UsageError:
    """The error where nobody said which one is meant. `what` is a clause such as `the workbook has 2 sheets`."""
    return UsageError(what, where=where, fix=f"--table {_quoted(names[0])}")


def listed_names(names: Sequence[str]) -> str:
    """Names as a sentence has them: not more than a dozen, and none that a terminal would obey."""
    more = f" and {len(names) - _SHOWN_TABLES} more" if len(names) > _SHOWN_TABLES else ""
    return ", ".join(map(shown_name, names[:_SHOWN_TABLES])) + more


def shown_name(name: str) -> str:
    """A name from a file, safe to show."""
    return safe_text(name, one_line=True)[:_NAME_WIDTH]


def _quoted(name: str) -> str:
    """A name as a shell takes it."""
    shown = safe_text(name, one_line=True)
    return shown if shown.isidentifier() else "'" + shown.replace("'", "'\\''") + "'"
