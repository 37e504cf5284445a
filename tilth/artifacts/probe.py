"""One file under the magnifier: its name, its size, its first bytes, its neighbours, and reads that stay bounded."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.cursor import BrokenError, Cursor
from tilth.artifacts.document import Document, json_document, visible_keys, yaml_document
from tilth.errors import DataError, UsageError

HEAD_BYTES = 64 * 1024
"""What is read of every file: enough for the keys of a config, and nothing against a second."""
MAX_NEIGHBOURS = 10_000
"""Names that are read of the folder around a file."""


class Probe:
    """A regular file that is open for a look. Recognisers ask it; nobody reads the file past it."""

    def __init__(self, path: Path, stream: BinaryIO, size: int) -> None:
        self.path, self.size = path, size
        self.name, self.suffix = path.name.lower(), path.suffix.lower()
        self._stream = stream
        self.head = stream.read(HEAD_BYTES)

    def cursor(self, start: int = 0) -> Cursor:
        """A walk through the file from byte `start` on."""
        self._stream.seek(start)
        return Cursor(self._stream, self.size, start)

    def stream(self) -> BinaryIO:
        """The file itself, at its start, for what has to jump about in it."""
        self._stream.seek(0)
        return self._stream

    def text(self, most: int) -> str:
        """The file as text, or its first so many bytes."""
        self._stream.seek(0)
        return self._stream.read(min(most, self.size)).decode("utf-8", errors="replace")

    @cached_property
    def beside(self) -> frozenset[str]:
        """Names of the other files and folders in its folder."""
        try:
            with os.scandir(self.path.parent) as entries:
                return frozenset(entry.name for entry in islice(entries, MAX_NEIGHBOURS)) - {self.path.name}
        except OSError:
            return frozenset()

    def lies_beside(self, *names: str) -> bool:
        """Whether one of these files is in the same folder."""
        return any(name in self.beside for name in names)

    def has_keys(self, *names: str) -> bool:
        """Whether it is a JSON object or a YAML mapping with all of these outermost keys."""
        return self.keys.issuperset(names)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The outermost keys of a JSON object or a YAML mapping, as far as the first bytes show them."""
        return visible_keys(self.head, self.suffix)

    @cached_property
    def document(self) -> Document:
        """The JSON object or YAML mapping in the file. Raises `BrokenError` when there is none that can be read."""
        if self.suffix in (".yaml", ".yml"):
            return yaml_document(self._whole)
        return json_document(self._whole)

    def described(self, kind: Kind, tell: Callable[[Artifact, Document], None]) -> Artifact:
        """An artifact of that kind with what `tell` adds from the document, or with why it cannot be read."""
        artifact = kind.found()
        try:
            document = self.document
        except BrokenError as failure:
            artifact.broken.append(str(failure))
        else:
            tell(artifact, document)
        return artifact

    def _whole(self, most: int) -> bytes:
        self._stream.seek(0)
        return self._stream.read(most + 1)


@contextmanager
def probed(path: Path) -> Iterator[Probe]:
    """The file at `path`, open for a look.

    Raises `UsageError` for what is no file (a pipe, a device), and `DataError` for a file that is empty.
    """
    try:
        # Not blocking: opening a named pipe that nobody writes into would wait for ever.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as failure:
        raise UsageError("there is no such file", where=str(path)) from failure
    except (OSError, ValueError) as failure:
        raise UsageError(f"cannot be opened: {failure}", where=str(path)) from failure
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UsageError("this is a pipe, a device or a socket; a file or a folder is needed", where=str(path))
        if status.st_size == 0:
            raise DataError("the file is empty: nothing was ever written to it", where=str(path))
        yield Probe(path, file, status.st_size)
