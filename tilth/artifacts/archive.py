"""Zip archives, as PyTorch and NumPy use them: their list of members, and members as streams, never unpacked whole."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from tilth.artifacts.cursor import BrokenError, Cursor
from tilth.artifacts.probe import Probe

MAX_DIRECTORY_BYTES = 4 << 20
"""The longest list of members that is read: some 40,000 tensors."""


class Archive:
    """An open zip archive."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.sizes = {member.filename: member.file_size for member in file.infolist()}
        """Members with the sizes that they claim to have unpacked."""

    def find(self, name: str) -> str | None:
        """The first member of that name, in whatever folder."""
        return next((member for member in self.sizes if member == name or member.endswith(f"/{name}")), None)

    @contextmanager
    def cursor(self, member: str) -> Iterator[Cursor]:
        """A walk through the unpacked bytes of a member."""
        with _worded(f"{member} cannot be unpacked"), self._file.open(member) as stream:
            yield Cursor(cast(BinaryIO, _Forward(cast(BinaryIO, stream))), self.sizes[member])


@contextmanager
def opened_archive(probe: Probe) -> Iterator[Archive]:
    """The archive in a file. Raises `BrokenError` where it is none, or none of a sane size."""
    with _worded("no whole zip archive"):
        file = zipfile.ZipFile(cast(BinaryIO, _Sparing(probe.stream())))
    with file:
        yield Archive(file)


@contextmanager
def _worded(what: str) -> Iterator[None]:
    """Turn everything that `zipfile` raises over bytes that lie into a `BrokenError`."""
    try:
        yield
    except BrokenError:
        raise
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError, EOFError),
        *(OSError, ValueError, RuntimeError, LookupError, OverflowError),
    ) as failure:
        raise BrokenError(f"{what} ({failure})") from failure


class _Sparing:
    """The file, for a reader that would read as much at once as the file claims it must."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise BrokenError(f"its list of members claims {size:,} bytes")
        return self._stream.read(min(size, MAX_DIRECTORY_BYTES) if size >= 0 else MAX_DIRECTORY_BYTES)

    def close(self) -> None:
        """Leave the file open: it is not ours."""


class _Forward:
    """A stream that is read and never sought in: skipping inside packed data means unpacking it anyway."""

    def __init__(self, stream: BinaryIO) -> None:
        self.read, self.readline = stream.read, stream.readline

    def seekable(self) -> bool:
        return False
