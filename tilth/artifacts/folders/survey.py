"""What lies in a folder: one entry for each thing in it, and what the whole is, within a time and a number of files."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, Protocol

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.folders.checkpoint import CheckpointFolder
from tilth.artifacts.folders.data_set import ROW_SUFFIXES, DataSetFolder, plain_name
from tilth.artifacts.folders.model import ModelFolder
from tilth.artifacts.folders.place import Place
from tilth.artifacts.folders.run import RunFolder
from tilth.artifacts.registry import RECOGNISERS, Recogniser, recognise
from tilth.errors import UsageError

MAX_LOOKED_AT = 10_000
"""Entries of the whole tree that are looked at."""
SECONDS = 1.3
"""Time after which files are listed by their names alone."""
_DEEPEST = 5
_NOTES = {".md": "text", ".txt": "text", ".rst": "text", ".html": "page", ".py": "code", ".pdf": "document"}
_SKIPPED = (".git", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints", ".cache", ".tox")


class FolderRecogniser(Protocol):
    """What a family of folders brings, as `Recogniser` does for files."""

    @property
    def kinds(self) -> Sequence[Kind]:
        """The kinds that it can find."""
        ...

    def match(self, place: Place) -> Artifact | None:
        """What the folder as a whole is, or None."""
        ...


_FOLDERS: tuple[FolderRecogniser, ...] = (RunFolder(), CheckpointFolder(), ModelFolder(), DataSetFolder())


@dataclass(frozen=True)
class Entry:
    """One thing in a folder."""

    path: str
    """From the folder that was asked about; a folder's ends in a slash."""
    bytes: int
    """Of a file; of a folder the sum of the files directly in it."""
    artifact: Artifact | None
    """What it was recognised as."""
    note: str
    """What it is where it was not: `rows` or `text` by its suffix, `other`, a pipe, a link."""


@dataclass
class Survey:
    """A folder: what it is as a whole, and everything in it."""

    path: Path
    whole: Artifact | None
    entries: list[Entry] = field(default_factory=list)
    stopped: str = ""
    """Why the list is not complete."""

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        entries = [
            {"path": each.path, "bytes": each.bytes, "note": each.note}
            | {"artifact": each.artifact.as_json() if each.artifact else None}
            for each in self.entries
        ]
        whole = self.whole.as_json() if self.whole else None
        return {"folder": str(self.path), "whole": whole, "entries": entries, "stopped": self.stopped}


def survey(path: Path, recognisers: Sequence[Recogniser] = RECOGNISERS) -> Survey:
    """Look through a folder and the folders in it.

    A folder that means one thing (a model, a checkpoint) is one entry; any other is looked into. Links to folders are
    not followed. Raises `UsageError` when the folder cannot be listed.
    """
    walk = _Walk(recognisers)
    try:
        place = Place(path, walk.recognise)
    except OSError as failure:
        raise UsageError(f"cannot be listed: {failure.strerror}", where=str(path)) from failure
    found = Survey(path, walk.whole(place))
    walk.list_into(found, place, "", 0)
    found.stopped = walk.stopped
    return found


def folder_kinds() -> list[Kind]:
    """All kinds of folders that can be recognised as one thing."""
    return [kind for each in _FOLDERS for kind in each.kinds]


class _Walk:
    """One way through a tree, with what it may still look at."""

    def __init__(self, recognisers: Sequence[Recogniser]) -> None:
        self._recognisers, self._until = recognisers, time.monotonic() + SECONDS
        self._left, self.stopped = MAX_LOOKED_AT, ""

    def recognise(self, path: Path) -> Artifact | None:
        if time.monotonic() > self._until:
            self.stopped = self.stopped or "there is more here than a look takes in: the rest is listed by name"
            return None
        return recognise(path, self._recognisers)

    def whole(self, place: Place) -> Artifact | None:
        return next((found for each in _FOLDERS if (found := each.match(place)) is not None), None)

    def list_into(self, found: Survey, place: Place, before: str, depth: int) -> None:
        if place.is_cut:
            self.stopped = f"{place.path} holds more than {len(place.sizes):,} files: only these are listed"
        for name, size in place.sizes.items():
            if not self._goes_on():
                return
            artifact = place.look(name)
            found.entries.append(Entry(before + name, size, artifact, self._note(name, size, artifact)))
        found.entries += [Entry(before + name, 0, None, what) for name, what in place.others.items()]
        for name in place.folders:
            if not self._goes_on():
                return
            self._list_folder(found, place, before + name, name, depth)

    def _list_folder(self, found: Survey, place: Place, shown: str, name: str, depth: int) -> None:
        if name in _SKIPPED:
            found.entries.append(Entry(f"{shown}/", 0, None, "not looked into"))
            return
        try:
            inner = place.inside(name)
        except OSError as failure:
            found.entries.append(Entry(f"{shown}/", 0, None, f"cannot be listed: {failure.strerror}"))
            return
        whole = self.whole(inner)
        if whole is not None or depth >= _DEEPEST or not (inner.sizes or inner.folders):
            note = "" if whole else "empty" if depth < _DEEPEST else "not looked into"
            found.entries.append(Entry(f"{shown}/", sum(inner.sizes.values()), whole, note))
        else:
            self.list_into(found, inner, f"{shown}/", depth + 1)

    def _goes_on(self) -> bool:
        self._left -= 1
        if self._left < 0:
            self.stopped = f"more than {MAX_LOOKED_AT:,} files and folders: only these are listed"
        return self._left >= 0

    def _note(self, name: str, size: int, artifact: Artifact | None) -> str:
        if artifact is not None:
            return ""
        if size == 0:
            return "empty"
        if plain_name(name).endswith(ROW_SUFFIXES):
            return "rows"
        return _NOTES.get(PurePath(name).suffix.lower(), "other")
