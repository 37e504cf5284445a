"""Rows that stay because a person said so: a small file of content ids beside the project, honoured by every step.

One decision a line, appended and never rewritten, so that the file can be committed, reviewed and merged like code.
A content id does not know of file names, formats or order: a decision holds for the same content wherever it lies, and
for all copies of it.
"""

import fcntl
import json
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Literal

from tilth.errors import DataError

RESTORED_FILE = "tilth.restored.jsonl"
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Decision:
    """What somebody decided about one content."""

    id: str
    action: Literal["restore", "undo"]
    by: str
    at: str
    """Time in UTC, to the second."""
    why: str = ""
    operation: str = ""
    """Which operation had set it aside, where that is known."""
    code: str = ""
    """And why."""
    row: str = ""
    """The first id of the record, which had others after changes; a decision is about all of them."""


@dataclass(frozen=True)
class Restored:
    """The decisions in force for a folder."""

    path: Path
    """The file that holds them, or would."""
    ids: Collection[str] = frozenset()
    """Contents that stay."""
    decisions: Sequence[Decision] = ()
    """Everything that was decided, oldest first."""
    sha256: str | None = None
    """Of the file; None while there is none."""

    def decision(self, record_id: str) -> Decision | None:
        """The decision that keeps this content."""
        made = (entry for entry in reversed(self.decisions) if entry.id == record_id)
        return next(made, None) if record_id in self.ids else None

    def key(self) -> str | None:
        """What a result depends on: which contents stay, and not who said so when. None where none does."""
        return sha256("\n".join(sorted(self.ids)).encode()).hexdigest() if self.ids else None


NOTHING_RESTORED = Restored(Path(RESTORED_FILE))


def restored_here(folder: Path | None = None) -> Restored:
    """The decisions for a folder, the working folder unless another is named: from it or the nearest folder above.

    Raises `DataError`, with the line, for a file that holds something else than decisions.
    """
    start = (folder or Path()).resolve()
    for place in (start, *start.parents):
        if (place / RESTORED_FILE).is_file():
            return _read(place / RESTORED_FILE)
    return Restored(start / RESTORED_FILE)


def decide(restored: Restored, decisions: Sequence[Decision]) -> Restored:
    """Append decisions to the file, on the disk when this returns; gives what is in force then."""
    lines = "".join(json.dumps(_said(entry), ensure_ascii=False) + "\n" for entry in decisions)
    handle = os.open(restored.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        ends_whole = not size or os.pread(handle, 1, size - 1) == b"\n"  # an editor may have left the last line open
        os.write(handle, (b"" if ends_whole else b"\n") + lines.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return _read(restored.path)


def _said(entry: Decision) -> dict[str, str]:
    return {name: value for name, value in asdict(entry).items() if value}


def _read(path: Path) -> Restored:
    content = path.read_bytes()
    in_force: dict[str, None] = {}
    decisions: list[Decision] = []
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        entry = _decision(line, f"{path}:{number}")
        decisions.append(entry)
        if entry.action == "restore":
            in_force[entry.id] = None
        else:
            in_force.pop(entry.id, None)
    found = Restored(path, frozenset(in_force), tuple(decisions))
    return replace(found, sha256=sha256(content).hexdigest())


def _decision(line: bytes, where: str) -> Decision:
    try:
        given = json.loads(line)
        known = {name: given[name] for name in Decision.__dataclass_fields__ if name in given}
        entry = Decision(**{"by": "", "at": "", **known})
    except (ValueError, TypeError) as failure:
        raise _no_decision(where) from failure
    texts = all(isinstance(value, str) for value in asdict(entry).values())
    if not texts or entry.action not in ("restore", "undo") or not _ID.fullmatch(entry.id):
        raise _no_decision(where)
    return entry


def _no_decision(where: str) -> DataError:
    fix = '{"id": "32 hex digits", "action": "restore"}, as tilth restore ID writes it'
    return DataError("the line is no decision about a row", where=where, fix=fix)
