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


def find_row(against: str, step: Step, others: Iterable[Step] = ()) -> FoundRow | None:
    """The row that a reason names: by its id, or by file and line.

    Looked for where the step left its rows, then in what it read, in files that its options name, and elsewhere.
    """
    if (place := _PLACE.fullmatch(against)) is not None:
        named = rows_in([Path(place["file"])] if Path(place["file"]).is_file() else [])
        return next((row for row in named if row.place.endswith(f":{place['line']}")), None)
    files = dict.fromkeys([*step.outputs, *step.inputs, *_named_in(step.options)])
    files.update(dict.fromkeys(path for other in others for path in other.outputs))
    return next((row for row in rows_in(path for path in files if path.exists()) if row.id == against), None)


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
