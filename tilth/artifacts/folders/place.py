"""One folder under the magnifier: what lies directly in it, and each file recognised once, when somebody asks."""

import os
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

from tilth.artifacts.artifact import Artifact
from tilth.errors import TilthError

MAX_ENTRIES = 10_000
"""Entries of one folder that are read."""


class Place:
    """A folder that is looked at. Links to folders are not followed, so that no loop of them is walked."""

    def __init__(self, path: Path, recognise: Callable[[Path], Artifact | None]) -> None:
        self.path, self.name = path, path.absolute().name
        self._recognise = recognise
        self._seen: dict[str, Artifact | None] = {}
        self.sizes: dict[str, int] = {}
        """Regular files, with their sizes."""
        self.folders: list[str] = []
        self.others: dict[str, str] = {}
        """What is neither: pipes, devices, links to folders and to nothing."""
        with os.scandir(path) as entries:
            found = sorted(islice(entries, MAX_ENTRIES), key=lambda entry: entry.name)
            self.is_cut = next(entries, None) is not None
        for entry in found:
            self._sort_in(entry)

    def has(self, *names: str) -> bool:
        """Whether one of these files is here."""
        return any(name in self.sizes for name in names)

    def first(self, *names: str) -> str:
        """The first of these files that is here; empty when none is."""
        return next((name for name in names if name in self.sizes), "")

    def named(self, *endings: str) -> list[str]:
        """The files with one of these endings."""
        return [name for name in self.sizes if name.endswith(endings)]

    def look(self, name: str) -> Artifact | None:
        """What a file is; None where nobody knows it, where it is absent, and where it cannot be read."""
        if name not in self._seen:
            try:
                self._seen[name] = self._recognise(self.path / name) if name in self.sizes else None
            except (TilthError, OSError):
                self._seen[name] = None
        return self._seen[name]

    def inside(self, name: str) -> "Place":
        """A folder in it."""
        return Place(self.path / name, self._recognise)

    def take_warnings(self, artifact: Artifact, names: Iterable[str]) -> None:
        """Add to `artifact` what is broken and unsafe about these files."""
        dangers: dict[str, list[str]] = {}
        for name in names:
            found = self.look(name)
            if self.sizes.get(name) == 0:
                artifact.broken.append(f"{name}: empty")
            if found is not None:
                artifact.broken += [f"{name}: {reason}" for reason in found.broken]
                for reason in found.unsafe:
                    dangers.setdefault(reason, []).append(name)
        # The same is wrong with many files as a rule: every state of a checkpoint is a pickle.
        artifact.unsafe += [f"{', '.join(files)}: {reason}" for reason, files in dangers.items()]

    def _sort_in(self, entry: "os.DirEntry[str]") -> None:
        try:
            if entry.is_dir(follow_symlinks=False):
                self.folders.append(entry.name)
            elif entry.is_file():
                self.sizes[entry.name] = entry.stat().st_size
            elif entry.is_symlink():
                self.others[entry.name] = "a link to a folder" if entry.is_dir() else "a link that leads nowhere"
            else:
                self.others[entry.name] = "a pipe, a device or a socket"
        except OSError:
            self.others[entry.name] = "cannot be looked at"


def shard_gaps(names: Sequence[str]) -> list[str]:
    """Files that are missing among shards, such as `train-00001-of-00003.parquet`, of which the others are there."""
    sets: dict[tuple[str, str, str], set[int]] = {}
    for name in names:
        stem, _, rest = name.rpartition("-of-")
        total, dot, suffix = rest.partition(".")
        begin, _, number = stem.rpartition("-")
        if number.isdigit() and total.isdigit() and len(total) <= 6:
            sets.setdefault((begin, total, dot + suffix), set()).add(int(number))
    gaps = []
    for (begin, total, suffix), numbers in sets.items():
        start = min(numbers & {0}, default=1)  # data sets count from 0, weights from 1
        wanted = range(start, start + min(int(total), MAX_ENTRIES))
        gaps += [f"{begin}-{number:0{len(total)}}-of-{total}{suffix}" for number in wanted if number not in numbers]
    return gaps
