"""A small file that a tool wants beside the rows, or cannot read them: written with them, and read before them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Companion(Protocol):
    """What will lie beside rows that are being written. It sees each of them, and then says what the file holds."""

    def add(self, row: dict[str, Any]) -> None:
        """Take note of a row that is written, as the dialect encodes it."""
        ...

    def content(self, there: bytes | None) -> bytes:
        """The file, given what a file of that name holds by now.

        What it says of other rows has to stay. Raises `DataError` when that cannot be: nothing is written then, the
        rows neither.
        """
        ...


@dataclass(frozen=True)
class Neighbours:
    """What lies beside a file of rows that is about to be read."""

    file_name: str
    """The name of the file of rows, without its folder."""
    read: Callable[[str], bytes | None]
    """The content of the file of that name in the same folder; None when there is none, or too large a one."""
