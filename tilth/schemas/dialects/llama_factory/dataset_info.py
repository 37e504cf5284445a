"""`dataset_info.json`: which names a file has for what LLaMA-Factory looks for, read and written."""

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from tilth.errors import DataError
from tilth.schemas.dialects.llama_factory.entry import COLUMNS, DEFAULT_COLUMNS, DEFAULT_TAGS, Entry
from tilth.schemas.exact_json import load_json

NAME = "dataset_info.json"
_OURS = ("file_name", "formatting", "ranking", "columns", "tags")
_KINDS = {
    "ranking": "with chosen and rejected",
    "kto_tag": "with kto_tag",
    "response": "with one answer",
    "text": "of text",
}


def entry_for(content: bytes, file_name: str) -> Entry | None:
    """What the file says of the rows in `file_name`; None when it is another kind of file, or silent. Never raises."""
    try:
        said = load_json(content)
    except ValueError:
        return None
    entries = said.values() if isinstance(said, dict) else ()
    found = (each for each in entries if isinstance(each, dict) and each.get("file_name") == file_name)
    return Entry.read(next(found, None))


class DatasetInfo:
    """The entry of a file that is being written, in among the entries that are there."""

    def __init__(self, file_name: str, entry: Entry, kind_of: Callable[[Mapping[str, Any]], str]) -> None:
        self._file_name, self._entry, self._kind_of = file_name, entry, kind_of
        self._rows: dict[str, int] = {}
        self._seen: set[str] = set()

    def add(self, row: dict[str, Any]) -> None:
        """Count the row among its kind, and note the columns that it has."""
        kind = self._kind_of(row)
        self._rows[kind] = self._rows.get(kind, 0) + 1
        self._seen.update(row)

    def content(self, there: bytes | None) -> bytes:
        """All entries, this file's own replaced or put at the end."""
        if len(self._rows) > 1:
            counts = {kind: "1 row" if count == 1 else f"{count} rows" for kind, count in self._rows.items()}
            kinds = " and ".join(f"{count} {_KINDS[kind]}" for kind, count in counts.items())
            raise DataError(f"LLaMA-Factory reads rows of one kind from a file, and these are {kinds}")
        entries = _entries(there)
        name = next((key for key, said in entries.items() if _is_of(said, self._file_name)), None)
        if name is None:
            name = _free_name(self._file_name, entries)
        kept = {key: value for key, value in entries.get(name, {}).items() if key not in _OURS}
        entries[name] = {**self._described(), **kept}
        return json.dumps(entries, ensure_ascii=False, indent=2).encode("utf-8") + b"\n"

    def _described(self) -> dict[str, Any]:
        """The entry: all columns that rows have, for LLaMA-Factory takes none for granted once one is named."""
        kind = next(iter(self._rows), "")
        # A column that no row has must not be named either: LLaMA-Factory looks it up in every row.
        columns = {name: self._entry.columns[name] for name in COLUMNS if self._entry.columns.get(name) in self._seen}
        said: dict[str, Any] = {"file_name": self._file_name, "formatting": self._entry.formatting}
        if kind == "ranking":
            said["ranking"] = True
        said["columns"] = columns if kind != "text" else {"prompt": "text"}
        if self._entry.formatting == "sharegpt":
            said["tags"] = {name: self._entry.tags.get(name, tag) for name, tag in DEFAULT_TAGS.items()}
        return said


def default_entry(formatting: str) -> Entry:
    """The entry of a file with the usual names."""
    mine = [name for name in COLUMNS if (name == "messages") <= (formatting == "sharegpt")]
    if formatting == "sharegpt":
        mine = [name for name in mine if name not in ("prompt", "query", "response", "history")]
    return Entry(formatting, {name: DEFAULT_COLUMNS.get(name, name) for name in mine}, DEFAULT_TAGS)


def _entries(there: bytes | None) -> dict[str, Any]:
    if there is None:
        return {}
    try:
        said = load_json(there)
    except ValueError as failure:
        raise DataError(
            f"the entries of other sets cannot be kept: {failure}", fix="mend it, or move it away"
        ) from None
    if not (isinstance(said, dict) and all(isinstance(entry, dict) for entry in said.values())):
        raise DataError("this is no list of LLaMA-Factory's data sets", fix="-o ANOTHER_FOLDER/FILE")
    return said


def _is_of(said: dict[str, Any], file_name: str) -> bool:
    return said.get("file_name") == file_name


def _free_name(file_name: str, entries: Mapping[str, Any]) -> str:
    stem = PurePath(file_name).name.split(".")[0] or file_name
    return next(
        name for name in (stem, file_name, *(f"{stem}_{n}" for n in range(2, len(entries) + 3))) if name not in entries
    )
