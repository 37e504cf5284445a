"""Where the rows of a JSON document lie: found in one pass that parses next to nothing."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, BinaryIO

from tilth.errors import DataError, UsageError
from tilth.formats._json_document_items import CHUNK_BYTES, SPACE, Cutter, Items, Place, moved
from tilth.formats._json_document_scan import CLOSE_OBJECT
from tilth.formats._json_document_survey import ListMember, Survey
from tilth.formats.container import ReadSettings
from tilth.formats.strict_json import StrictJsonError, parse_json
from tilth.schemas.envelope import Envelope
from tilth.schemas.safe_text import safe_text

_BOM = b"\xef\xbb\xbf"
_TURNS = ({"role", "content"}, {"from", "value"})
_SHOWN_LISTS = 4
_SHOWN_BYTES = 20


class Kind(Enum):
    """What a JSON document is."""

    LIST = "a list of rows"
    MEMBER = "an object with a list of rows in it"
    OBJECT = "one object, which is a row"
    OBJECTS = "several objects, one after another"
    LINES = "JSON Lines"


@dataclass(frozen=True)
class Layout:
    """Where the rows of a document are."""

    kind: Kind
    begin: Place
    """The first byte of the rows: behind the bracket of their list, or the brace of the first object."""
    envelope: Envelope | None = None
    """What stands around a list that is a member."""


def layout_of(source: BinaryIO, settings: ReadSettings) -> Layout | None:
    """The layout of a document in a stream that can be gone through again; None when there is nothing in it.

    Raises `DataError` for what is no such document, and `UsageError` for one of which the settings have to say more.
    """
    source.seek(0)
    begin, start = _beginning(source)
    first = start[:1]
    if not start:
        return None
    if first == b"[" and settings.table is not None:
        raise UsageError("the file is one list, and --table names a list in an object", where=settings.name)
    if first == b"[":
        return Layout(Kind.LIST, moved(begin, first))
    if first != b"{":
        raise DataError(f"found {_named(start)}, expected a list of objects", where=_where(settings, begin))
    survey = _surveyed(source, begin, settings)
    if survey.closed_at is None:
        raise DataError(
            "the object that begins here is never closed: the file is cut short", where=_where(settings, begin)
        )
    behind = _behind(source, moved(survey.closed_at, b"}"))
    if behind is not None:
        is_lines = survey.closed_at.line == begin.line < behind.line
        return Layout(Kind.LINES if is_lines else Kind.OBJECTS, begin)
    member = _rows_member(source, begin, survey, settings)
    if member is None:
        return Layout(Kind.OBJECT, begin)
    return Layout(Kind.MEMBER, member.begin, _envelope(source, begin, member, survey.closed_at, settings))


def _beginning(source: BinaryIO) -> tuple[Place, bytes]:
    """Where the document begins behind white space, and its first bytes."""
    place, skip = Place(1, 0), _BOM
    while piece := source.read(CHUNK_BYTES):
        lead = len(piece) - len(piece.removeprefix(skip).lstrip(SPACE))
        place, skip = moved(place, piece[:lead]), b""
        if lead < len(piece):
            return place, piece[lead : lead + _SHOWN_BYTES]
    return place, b""


def _named(start: bytes) -> str:
    """What a document is that begins with neither a list nor an object."""
    if start.startswith(b'"'):
        return "a text"
    if start[:1].isdigit() or start.startswith(b"-"):
        return "a number"
    word = next((word for word in ("true", "false", "null") if start.startswith(word.encode())), None)
    shown = safe_text(start.decode("utf-8", errors="replace"), one_line=True)
    return word or f'no JSON ("{shown}...")'


def _surveyed(source: BinaryIO, begin: Place, settings: ReadSettings) -> Survey:
    survey = Survey(begin)
    source.seek(begin.byte_offset)
    while survey.closed_at is None and (piece := source.read(CHUNK_BYTES)):
        survey.see(piece)
    if survey.closed_at is not None and survey.closed_by != CLOSE_OBJECT:
        raise DataError("broken JSON: found ], expected }", where=_where(settings, survey.closed_at))
    return survey


def _behind(source: BinaryIO, place: Place) -> Place | None:
    """Where something stands behind `place`; None when nothing does."""
    source.seek(place.byte_offset)
    while piece := source.read(CHUNK_BYTES):
        lead = len(piece) - len(piece.lstrip(SPACE))
        place = moved(place, piece[:lead])
        if lead < len(piece):
            return place
    return None


def _rows_member(source: BinaryIO, begin: Place, survey: Survey, settings: ReadSettings) -> ListMember | None:
    """The list that holds the rows; None when the object itself is a row."""
    if settings.table is not None:
        members = {_key(source, member): member for member in survey.objects}
        if settings.table not in members:
            there = f"there are {_listed(list(members))}" if members else "there is none at all"
            raise UsageError(f'no list of objects is called "{settings.table}": {there}', where=settings.name)
        return members[settings.table]
    if not survey.objects or any(_is_turn(_first_item(source, member)) for member in survey.objects[:_SHOWN_LISTS]):
        return None
    if len(survey.objects) == 1:
        is_row = _is_table_of_columns(source, begin, survey, settings) or not _key(source, survey.objects[0])
        return None if is_row else survey.objects[0]
    names = [_key(source, member) for member in survey.objects]
    raise UsageError(
        f"the object holds {len(names)} lists of objects, {_listed(names)}, and one of them has to be the rows",
        where=settings.name,
        fix=f"--table {names[0]}",
    )


def _first_item(source: BinaryIO, member: ListMember) -> object:
    """The first object of a list; None when it cannot be read, which is not said here."""
    source.seek(member.begin.byte_offset)
    found = next(iter(Cutter(source, member.begin, CHUNK_BYTES, is_list=True)), None)
    try:
        return parse_json(found.texts[0]) if isinstance(found, Items) else None
    except StrictJsonError:
        return None


def _is_turn(item: object) -> bool:
    """Whether an object is a turn of a conversation, so that the list of them is part of a row."""
    return isinstance(item, dict) and any(names <= item.keys() for names in _TURNS)


def _is_table_of_columns(source: BinaryIO, begin: Place, survey: Survey, settings: ReadSettings) -> bool:
    """Whether the object is a table written by columns: nothing but lists, two or more of them, all of one length."""
    if survey.closed_at is None or not survey.lists == survey.members > 1 == len(survey.lengths):
        return False
    if survey.lengths != {1}:
        return True
    # An empty list looks like a list of one until it is read.
    return all(_parsed([_between(source, begin, survey.closed_at, settings), b"}"], begin, settings).values())


def _envelope(source: BinaryIO, begin: Place, member: ListMember, end: Place, settings: ReadSettings) -> Envelope:
    """What stands around the rows, by reading the document with none in it."""
    before = _between(source, begin, member.begin, settings)
    after = _between(source, Place(0, member.end), end, settings)
    members = _parsed([before, after, b"}"], begin, settings)
    key = _key(source, member)
    names = list(members)
    place = names.index(key)
    return Envelope(
        key,
        {name: members[name] for name in names[:place]},
        {name: members[name] for name in names[place + 1 :]},
    )


def _parsed(texts: list[bytes], begin: Place, settings: ReadSettings) -> dict[str, Any]:
    try:
        members: dict[str, Any] = parse_json(b"".join(texts).replace(b"\n", b"\r"), settings.max_depth)
    except StrictJsonError as refusal:
        raise DataError(f"the object around the rows: {refusal}", where=_where(settings, begin)) from refusal
    return members


def _between(source: BinaryIO, begin: Place, end: Place, settings: ReadSettings) -> bytes:
    size = end.byte_offset - begin.byte_offset
    if size > settings.max_line_bytes:
        raise DataError(
            f"what stands around the rows has more than {settings.max_line_bytes} bytes", where=_where(settings, begin)
        )
    source.seek(begin.byte_offset)
    return source.read(size)


def _key(source: BinaryIO, member: ListMember) -> str:
    source.seek(member.key_at)
    text = source.read(member.begin.byte_offset - 1 - member.key_at).rstrip(SPACE + b":").lstrip(SPACE)
    try:
        return str(parse_json(text))
    except StrictJsonError:
        return text.decode("utf-8", errors="replace")


def _listed(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:_SHOWN_LISTS])
    return shown + (f" and {len(names) - _SHOWN_LISTS} more" if len(names) > _SHOWN_LISTS else "")


def _where(settings: ReadSettings, place: Place) -> str:
    return f"{settings.name}:{place.line}"
