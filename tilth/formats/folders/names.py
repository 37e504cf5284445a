"""Which names mean a split, and which files beside data are no data."""

import re
from collections.abc import Callable
from pathlib import Path, PurePath

from tilth.formats.compression import compression_of

PARTS = ("train", "validation", "test")
_ALSO = {
    "training": "train",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "testing": "test",
    "eval": "test",
    "evaluation": "test",
}
_PART = re.compile(r"(train|validation|test|fold-\d+)(-\d{5}-of-\d{5})?(\.\w+)+")
_BOOKS = re.compile(
    r"""
    [._].*                                       # hidden files, and Spark's _SUCCESS
    | (README|LICENSE|LICENCE|NOTICE|CHANGELOG|CITATION)\b.*
    | .*\.(manifest\.json|(set-aside|restored|changes|rejects)\.jsonl)   # what Tilth writes beside an output
    | (manifest|dataset_infos?|dataset_dict|state)\.json
    | (set-aside|restored|changes|rejects)\.jsonl
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def split_named(name: str) -> str | None:
    """The split that a name means: its own, or the usual one that it is another word for."""
    known = name.lower()
    return known if known in PARTS else _ALSO.get(known)


def part_of_file(name: str) -> str | None:
    """The part that `split` wrote to a file of that name: a split, or one of several folds; None for other files."""
    found = _PART.fullmatch(name)
    return found and found[1]


def stem_of(path: Path) -> str:
    """A file's name without its suffixes of format and compression."""
    plain = PurePath(path.stem) if compression_of(path.name) else path
    return plain.stem


def data_files(folder: Path, is_data: Callable[[str], bool]) -> list[Path]:
    """The files that lie in a folder as data, in alphabetical order."""
    return [
        file
        for file in sorted(folder.iterdir())
        if not _BOOKS.fullmatch(file.name) and is_data(file.name) and file.is_file()
    ]
