"""Rows that could not be read, laid by during one pass over a data set."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import BinaryIO, cast

from tilth.formats.container import Reject
from tilth.schemas import dump_json

_MEMORY_BYTES = 1 << 20


class Rejects:
    """The rejects of one pass, in the order of the file; in memory while they are few."""

    def __init__(self) -> None:
        # It lives as long as this object does, and has no name to be left behind.
        self._file = cast(BinaryIO, tempfile.SpooledTemporaryFile(_MEMORY_BYTES, prefix="tilth-"))  # noqa: SIM115
        self._count = 0

    def add(self, reject: Reject) -> None:
        """Lay by one row."""
        self._file.seek(0, 2)
        self._file.write(dump_json(asdict(reject)) + b"\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Reject]:
        self._file.seek(0)
        for line in self._file:
            yield Reject(**json.loads(line))
