"""A file whose hash is known when it is complete, without reading it again."""

import io
import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


_BEGUN_BYTES = 8 << 20


class Digested(io.RawIOBase):
    """A file that is hashed while it is written. Writing over what is there loses the hash; starting anew does not."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash, self._hashed = sha256(), 0
        self._is_known, self._was_moved = True, False
        self._begun = 0

    def sha256(self) -> str | None:
        """Hex sha256 of the whole file; None where it was not written from one end to the other."""
        return self._hash.hexdigest() if self._is_known else None

    def write(self, data: "ReadableBuffer", /) -> int:
        """Append bytes."""
        if self._was_moved:
            self._find_place()
        self._hash.update(data)
        written = self._file.write(data)
        self._hashed += written
        if self._hashed >= self._begun + _BEGUN_BYTES:
            self._begin_writing_back()
        return written

    def _begin_writing_back(self) -> None:
        """Have the system bring to disk what it has of the file, so that little is left to wait for in the end."""
        if self._is_known and hasattr(os, "posix_fadvise"):
            self._file.flush()
            # What is not on disk yet is begun to be written, and none of it forgotten.
            with suppress(OSError):  # it is no more than a hint
                os.posix_fadvise(self._file.fileno(), self._begun, self._hashed - self._begun, os.POSIX_FADV_DONTNEED)
        self._begun = self._hashed

    def _find_place(self) -> None:
        place = self._file.tell()
        if place == 0 and not self._file.seek(0, io.SEEK_END):
            self._hash, self._hashed, self._begun, self._is_known = sha256(), 0, 0, True
        elif place != self._hashed:
            self._is_known = False
        self._file.seek(place)
        self._was_moved = False

    def readable(self) -> bool:
        """Whether it can be read: as far as the file itself can."""
        return self._file.readable()

    def writable(self) -> bool:
        """Whether it can be written: always."""
        return True

    def seekable(self) -> bool:
        """Whether it can be gone through in any order: as far as the file itself can."""
        return self._file.seekable()

    def read(self, size: int = -1, /) -> bytes:
        """Bytes from the file."""
        self._was_moved = True
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place in the file."""
        self._was_moved = True
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place in the file."""
        return self._file.tell()

    def truncate(self, size: int | None = None, /) -> int:
        """Cut the file off."""
        self._was_moved = True
        return self._file.truncate(size)

    def flush(self) -> None:
        """Hand everything to the system."""
        self._file.flush()
