"""Blocks out of a columnar file, decoded elsewhere, with what cannot be read rejected row by row."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from tilth.errors import DataError
from tilth.formats._arrow_rows import RowReader
from tilth.formats._decoding import BadRow, decoding
from tilth.formats.arrow_block import ArrowBlock
from tilth.formats.container import ReadSettings
from tilth.formats.opening import spooled


def read_blocks(source: BinaryIO, settings: ReadSettings, container: str, label: str) -> Iterator[ArrowBlock]:
    """The rows of a whole file; `container` and `label` as `decoding` has them."""
    with _real_file(source) as file, decoding(file.fileno(), container, label, settings.name) as decoded:
        reader = RowReader(decoded.schema, settings)
        for piece in decoded:
            if isinstance(piece, BadRow):
                settings.refuse(piece.number, None, piece.reason, piece.raw.encode("utf-8"))
                continue
            first, batch = piece
            block = ArrowBlock(batch, reader, range(first, first + batch.num_rows))
            yield block if settings.reject is None else _without_bad(block, settings)


@contextmanager
def _real_file(source: BinaryIO) -> Iterator[BinaryIO]:
    """The source itself where it is a file, and a temporary one with its content where it is not."""
    if isinstance(getattr(source, "raw", None), io.FileIO):
        yield source
    else:
        with spooled(source) as file:
            yield file


def _without_bad(block: ArrowBlock, settings: ReadSettings) -> ArrowBlock:
    """The block without the rows that cannot be read; those are rejected one by one."""
    try:
        _ = block.rows
    except DataError:
        good = [index for index in range(len(block)) if not _is_bad(block, index, settings)]
        return block.take(good)
    return block


def _is_bad(block: ArrowBlock, index: int, settings: ReadSettings) -> bool:
    one = block.take(range(index, index + 1))
    try:
        _ = one.rows
    except DataError as failure:
        settings.refuse(one.lines[0], None, failure.what, repr(one.batch.to_pylist()[0]).encode("utf-8", "replace"))
        return True
    return False
