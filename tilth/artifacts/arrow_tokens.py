"""Tokenized sets in Arrow files: column names from the schema, rows from the heads of the batches, no value read.

An Arrow file without token ids holds rows like any other, and is left to the readers of rows.
"""

from dataclasses import dataclass, field
from pathlib import Path

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.cursor import BrokenError, Cursor, TooLongError
from tilth.artifacts.flatbuffer import Table
from tilth.artifacts.probe import Probe, probed

_TOKENS = Kind(
    "arrow-tokens", "a tokenized set: rows of token ids, ready for training", "Arrow with a column input_ids"
)
_FILE_MAGIC, _CONTINUATION = b"ARROW1", b"\xff\xff\xff\xff"
_TOKEN_COLUMNS = ("input_ids", "token_ids", "tokens")
_MASKS = ("labels", "attention_mask", "loss_mask", "completion_mask", "assistant_masks")
_SCHEMA, _RECORD_BATCH = 1, 3
_TYPES = {1: "null", 2: "int", 3: "float", 4: "bytes", 5: "text", 6: "bool", 12: "list", 13: "struct", 16: "list",
          20: "text", 21: "list"}  # fmt: skip
_LIST_TYPES = (12, 16, 21)
_INT_TYPE = 2
_MAX_COLUMNS = 1000


@dataclass
class _Found:
    columns: dict[str, str] = field(default_factory=dict)
    token_columns: list[str] = field(default_factory=list)
    rows: int = 0
    batches: int = 0
    stopped: str = ""
    broken: str = ""


class ArrowTokens:
    """Recognises Arrow files and streams whose rows are token ids."""

    kinds = (_TOKENS,)

    def match(self, probe: Probe) -> Artifact | None:
        """An Arrow schema with a list of integers under one of the usual names."""
        if not probe.head.startswith((_FILE_MAGIC, _CONTINUATION)):
            return None
        found = _looked_through(probe)
        if not found.token_columns:
            return None
        artifact = _TOKENS.found()
        artifact.tell("rows", found.rows)
        artifact.tell("columns", [f"{name} ({kind})" for name, kind in found.columns.items()])
        artifact.tell("batches", found.batches)
        artifact.tell("looked_at", found.stopped)
        if found.broken:
            artifact.broken.append(found.broken)
        if not any(name in found.columns for name in _MASKS):
            artifact.missing.append("labels or a mask: every token carries loss, the question's too")
        return artifact


def rows_of(path: Path) -> int:
    """The number of rows in an Arrow file or stream, by the heads of its batches; 0 for anything else."""
    with probed(path) as probe:
        return _looked_through(probe).rows if probe.head.startswith((_FILE_MAGIC, _CONTINUATION)) else 0


def _looked_through(probe: Probe) -> _Found:
    found = _Found()
    try:
        _walk(probe.cursor(8 if probe.head.startswith(_FILE_MAGIC) else 0), found)
    except TooLongError as failure:
        found.stopped = str(failure)
    except BrokenError as failure:
        found.broken = str(failure)
    return found


def _walk(cursor: Cursor, found: _Found) -> None:
    while cursor.left >= 8:
        if cursor.take(4) != _CONTINUATION:
            return  # the footer of a file
        length = cursor.number("<i")
        if length <= 0:
            return
        message = Table.root(cursor.take(length))
        kind, body = message.number(1, "<B"), message.number(3, "<q")
        header = message.table(2)
        if header is not None and kind == _SCHEMA:
            _read_schema(header, found)
        elif header is not None and kind == _RECORD_BATCH:
            found.rows += header.number(0, "<q")
            found.batches += 1
        cursor.skip(body)


def _read_schema(schema: Table, found: _Found) -> None:
    for column in schema.tables(1, _MAX_COLUMNS):
        name, kind = column.text(0), column.number(2, "<B")
        found.columns[name[:80]] = _TYPES.get(kind, "other")
        items = column.tables(5, 10)
        if kind in _LIST_TYPES and name in _TOKEN_COLUMNS and items and items[0].number(2, "<B") == _INT_TYPE:
            found.token_columns.append(name)
