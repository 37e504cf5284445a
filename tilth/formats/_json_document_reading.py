"""Rows from a JSON document: cut from it piece by piece, then parsed as strictly as a line of JSON Lines."""

import json
from collections.abc import Iterator
from typing import BinaryIO, cast

from tilth.errors import DataError
from tilth.formats._json_document_items import CHUNK_BYTES, SPACE, Cutter, Items, LongItem
from tilth.formats._json_document_layout import Kind, Layout, layout_of
from tilth.formats._json_document_scan import CLOSE_LIST
from tilth.formats._json_document_stream import Rereadable, rereadable
from tilth.formats.block import Block, LineBlock, Row, RowBlock
from tilth.formats.container import BLOCK_ROWS, ReadSettings
from tilth.formats.jsonl import Jsonl, why_no_row
from tilth.formats.strict_json import parse_block
from tilth.schemas.envelope import Envelope


def read_blocks(source: BinaryIO, settings: ReadSettings) -> Iterator[Block]:
    """The rows of a document in blocks."""
    stream = cast(BinaryIO, rereadable(source))
    layout = layout_of(stream, settings)
    if layout is None:
        return
    if note := _note(layout):
        settings.note(note)
    stream.seek(0 if layout.kind is Kind.LINES else layout.begin.byte_offset)
    if isinstance(stream, Rereadable):
        stream.let_go()
    if layout.kind is Kind.LINES:
        yield from Jsonl().read(stream, settings)
        return
    is_list = layout.kind in (Kind.LIST, Kind.MEMBER)
    cutter = Cutter(stream, layout.begin, settings.max_line_bytes, is_list=is_list)
    for items in cutter:
        if isinstance(items, LongItem):
            settings.refuse(items.place.line, items.place.byte_offset, _too_long(settings), items.start)
        else:
            yield from _blocks(items, settings)
    _check_end(cutter, layout, stream, settings)


def envelope_of(source: BinaryIO, settings: ReadSettings) -> Envelope | None:
    """What stands around the rows of a document."""
    layout = layout_of(cast(BinaryIO, rereadable(source)), settings)
    return layout.envelope if layout is not None else None


def _note(layout: Layout) -> str:
    if layout.kind is Kind.MEMBER and layout.envelope is not None:
        return f'the rows are the list "{layout.envelope.key}" of the object in the file'
    if layout.kind in (Kind.LINES, Kind.OBJECTS):
        return "the file is no JSON document: it holds several objects (JSON Lines), and each is read as a row"
    return ""


def _blocks(items: Items, settings: ReadSettings) -> Iterator[Block]:
    for begin in range(0, len(items.texts), BLOCK_ROWS):
        end = begin + BLOCK_ROWS
        part = Items(items.texts[begin:end], items.lines[begin:end], items.offsets[begin:end])
        block = _parsed(part, settings)
        if block:
            yield block


def _parsed(items: Items, settings: ReadSettings) -> Block:
    texts = items.texts
    has_lines = any(b"\n" in text for text in texts)
    # The strict reader is made for lines, where no newline is. Between values both are white space, and both break a
    # string, so the one can stand for the other.
    values = parse_block([text.replace(b"\n", b"\r") for text in texts] if has_lines else texts, settings.max_depth)
    good = []
    for index, value in enumerate(values):
        is_long = len(texts[index]) > settings.max_line_bytes
        if isinstance(value, dict) and not is_long:
            good.append(index)
        else:
            reason = _too_long(settings) if is_long else _reason(value, texts[index], items.lines[index])
            settings.refuse(items.lines[index], items.offsets[index], reason, texts[index])
    rows = cast(list[Row], values)
    block: Block = RowBlock(rows, items.lines) if has_lines else LineBlock(texts, rows, items.lines)
    return block if len(good) == len(values) else block.take(good)


def _reason(value: object, text: bytes, line: int) -> str:
    if not text:
        return "found nothing, expected an object on both sides of a comma"
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], str | dict):
        return "found a text with what is said of it, which is a row with --from pairs"
    fault = value.__cause__ if isinstance(value, Exception) else None
    if b"\n" not in text or not isinstance(fault, json.JSONDecodeError):
        return why_no_row(value)
    before = text.decode("utf-8")[: fault.pos]
    line, column = line + before.count("\n"), fault.pos - before.rfind("\n")
    return f"broken JSON at line {line}, column {column}: {fault.msg[:1].lower()}{fault.msg[1:]}"


def _too_long(settings: ReadSettings) -> str:
    return f"the row is longer than {settings.max_line_bytes} bytes"


def _check_end(cutter: Cutter, layout: Layout, stream: BinaryIO, settings: ReadSettings) -> None:
    """Refuse what stands behind the last row, or that nothing does where something has to."""
    place, text = cutter.rest()
    where = f"{settings.name}:{place.line}"
    is_list = layout.kind in (Kind.LIST, Kind.MEMBER)
    if cutter.is_long:
        raise DataError(f"{_too_long(settings)}, and the file ends within it", where=where)
    if cutter.closed_by is None:
        if is_list:
            what = "inside this row" if text else "where a row or ] is expected"
            settings.refuse(place.line, place.byte_offset, f"the file is cut short: it ends {what}", text)
        elif text:
            (value,) = parse_block([text.replace(b"\n", b"\r")], settings.max_depth)
            settings.refuse(place.line, place.byte_offset, _reason(value, text, place.line), text)
    elif cutter.closed_by != CLOSE_LIST or not is_list:
        expected = "]" if is_list else "{"
        raise DataError(f"broken JSON: found {chr(cutter.closed_by)}, expected {expected}", where=where)
    elif layout.kind is Kind.LIST and (text or _goes_on(stream)):
        raise DataError("something stands behind the list, where the file should end", where=where)


def _goes_on(stream: BinaryIO) -> bool:
    while piece := stream.read(CHUNK_BYTES):
        if piece.strip(SPACE):
            return True
    return False
