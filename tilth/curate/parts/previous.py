"""An earlier split of the same rows, of some of them, or of rows that are gone."""

from collections.abc import Sequence
from pathlib import Path

from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.formats.folders.names import part_of_file


def previous_parts(folder: Path, names: Sequence[str]) -> list[tuple[int, Dataset]]:
    """The files of an earlier split and the part that each belongs to. Raises `UsageError` where there are none."""
    if not folder.is_dir():
        raise UsageError("there is no such folder, and --previous names one", where=str(folder))
    parts = {file: part_of_file(file.name) for file in sorted(folder.iterdir()) if file.is_file()}
    found = [(file, part) for file, part in parts.items() if part is not None]
    if not found:
        raise UsageError("the folder holds no earlier split", where=str(folder), fix="the folder of `tilth split -o`")
    for file, part in found:
        if part not in names:
            raise UsageError(
                f"{file.name} is no part of this split, which has {', '.join(names)}",
                where=str(folder),
                fix="the options of the earlier split",
            )
    return [(names.index(part), Dataset.open(file)) for file, part in found if file.stat().st_size]
