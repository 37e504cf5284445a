"""JSON documents whose rows lie in one object, each under a name of its own: `{"q1": {...}, "q2": {...}}`."""

from collections.abc import Mapping, Sequence
from typing import Any

_LEAST = 2  # rows, and names that all of them have


def note_on_keys(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """What to say about a single row that looks like a table of rows by their ids; None where it does not."""
    if len(rows) != 1 or len(rows[0]) < _LEAST:
        return None
    values = list(rows[0].values())
    if not all(isinstance(value, Mapping) and value for value in values):
        return None
    shared = set(values[0]).intersection(*values[1:])
    if not shared or any(len(shared) * _LEAST < len(value) for value in values):
        return None
    return (
        f"this is one object, read as one row; its {len(values)} values look like rows, and "
        "jq -c 'to_entries[] | {id: .key} + .value' makes JSON Lines of them"
    )
