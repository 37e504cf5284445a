"""Rows found again by their content, in whatever file and shape they lie."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tilth.errors import TilthError
from tilth.formats import Dataset
from tilth.recipes.trace.steps import Step

_PLACE = re.compile(r"(?P<file>.+):(?P<line>[1-9]\d*)")


@dataclass(frozen=True)
class FoundRow:
    """A row of a file."""

    id: str
    place: str
    """`unique.jsonl:17`."""
    row: Mapping[str, Any]
    """As the file holds it, whatever its shape."""
    record: Mapping[str, Any]
    """The same in Tilth's own shape."""
    file: Path


def rows_in(files: Iterable[Path]) -> Iterator[FoundRow]:
    """Every row of some files, with its id; a file that cannot be read has none."""
    for file in files:
        try:
            data = Dataset.open(file, on_error="reject")
            for batch in data.batches():
                for each in zip(batch.ids, batch.origins, batch.rows, batch.records, strict=True):
                    yield FoundRow(each[0], str(each[1]), each[2], each[3], file)
        except (TilthError, OSError):
            continue


def find_row(line: Mapping[str, Any], step: Step, others: Iterable[Step] = ()) -> FoundRow | None:
    """The row that a verdict names as its witness: by its id, or by file and line.

    Looked for where the step left its rows, then in what it read, in files that its options name, and elsewhere; at
    last at the place that the words of the verdict end in, whatever the rows there mean.
    """
    against = str(line.get("against") or "")
    if not _PLACE.fullmatch(against):
        files = dict.fromkeys([*step.outputs, *step.inputs, *_named_in(step.options)])
        files.update(dict.fromkeys(path for other in others for path in other.outputs))
        for row in rows_in(path for path in files if path.exists()):
            if row.id == against:
                return row
    return next(filter(None, (_row_at(text, against) for text in (against, str(line.get("detail") or "")))), None)


def _row_at(text: str, against: str) -> FoundRow | None:
    """The row at the place in which a text ends, such as `same text as faq.csv:17`."""
    for word in (text, text.split()[-1] if text.split() else ""):
        place = _PLACE.fullmatch(word)
        if place is None or not Path(place["file"]).is_file():
            continue
        try:
            for batch in Dataset.open(place["file"], as_rows=True, on_error="reject").batches():
                for origin, row in zip(batch.origins, batch.rows, strict=True):
                    if origin.line == int(place["line"]):
                        return FoundRow(against, str(origin), row, row, Path(place["file"]))
        except (TilthError, OSError):
            continue
    return None


def _named_in(value: Any) -> Iterator[Path]:
    """Files that options name, such as the other set of a comparison."""
    if isinstance(value, str):
        try:
            if Path(value).is_file():
                yield Path(value)
        except (OSError, ValueError):
            return
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _named_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named_in(inner)
