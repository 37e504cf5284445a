"""The CoNLL dialect: sentences of tokens with a tag each, in each of the schemes of tags."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from tilth.schemas.annotation import tag_scheme
from tilth.schemas.annotation.tag_scheme import Scheme, parted_tag
from tilth.schemas.annotation.told_scheme import told_scheme
from tilth.schemas.dialects.base import Dialect, Row, held
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.token_tags import are_texts, forgo_for_tags, read_tags, write_tags
from tilth.schemas.identity import Fields, says_nothing
from tilth.schemas.note import noted, without_note, without_notes

_NOTE, _LAYOUT = "conll", "layout"
_COLUMN = re.compile(r"column_[2-9][0-9]*\Z|column_1[0-9]+\Z")
_FIRST, _SECOND = "column_1", "column_2"
_SHOWN_TAGS = 3


class Conll(FaithfulDialect):
    """Sentences as the format `conll` has them, tags last; the scheme is told by the tags, and IOB2 when written.

        {"tokens": ["Ada", "lives", "in", "Oslo", "."], "tags": ["B-PER", "O", "O", "B-LOC", "O"]}

    The text is the tokens with a space between them. A row holds nothing but columns, as a CoNLL file does.
    """

    name: ClassVar[str] = "conll"
    summary: ClassVar[str] = "tokens and tags of a sentence in columns (CoNLL); IOB2 when written"
    record_types: ClassVar[tuple[str, ...]] = ("ner",)
    needs: ClassVar[tuple[str, ...]] = ("tokens", "tags")
    scheme: ClassVar[Scheme] = tag_scheme.IOB2
    way_out: ClassVar[str] = "--dialect tilth, for rows of tokens and tags as they are"

    def __init__(self, is_numbered: bool = False) -> None:
        self.is_numbered = is_numbered
        """Whether the first column counts the words, which stand in the second, as in CoNLL-U and GermEval."""

    def recognise(self, row: Row) -> str | None:
        """Columns of texts, the last of them tags."""
        is_tagged = are_columns(row) and all(parted_tag(tag)[0] for tag in row["tags"])
        return "every row has tokens and tags" if is_tagged else None

    def evidence(self, row: Row) -> frozenset[str]:
        """Tokens and tags, and the scheme where the row is in it."""
        is_valid = not self.scheme.read(row["tags"])[1]
        return frozenset((*self.needs, *([f"the scheme {self.scheme.name.upper()}"] if is_valid else [])))

    def objection(self, row: Row) -> str | None:
        """Tags of something else than spans."""
        if not are_columns(row) or all(parted_tag(tag)[0] for tag in row["tags"]):
            return None
        strange = list(dict.fromkeys(tag for tag in row["tags"] if not parted_tag(tag)[0]))[:_SHOWN_TAGS]
        return f"the tags are of no span: {', '.join(strange)} have no B- or I- before them"

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> Dialect:
        """The dialect of the scheme that most sentences with an entity are in; and whether these count their words."""
        found = told_scheme([row["tags"] for row in sample if self.recognise(row)])
        schemes = (ConllIob1, ConllIoe1, ConllIoe2, ConllIobes, ConllBilou)
        chosen = next((each for each in schemes if each.scheme is found), type(self))
        return chosen(count_their_words(sample))

    def read(self, row: Row) -> Fields:
        """The text and its entities; further columns go to `extra`."""
        if self.is_numbered and are_columns(row) and _SECOND in row:
            row = {_FIRST: row["tokens"], **row, "tokens": row[_SECOND]}
            row = {name: value for name, value in row.items() if name != _SECOND}
        fields = read_tags(row.get("tokens"), row.get("tags"), self.scheme)
        extra = {name: value for name, value in row.items() if name not in (*self.needs, _LAYOUT)}
        layout = {_LAYOUT: row[_LAYOUT]} if _LAYOUT in row else {}
        return noted({**fields, "extra": extra} if extra else fields, _NOTE, layout)

    def write(self, fields: Fields) -> dict[str, Any]:
        """The tokens and their tags. Raises `LossError` for all that is no column."""
        note, fields = without_note(held(self, fields), _NOTE)
        extra, lost = fields.get("extra") or {}, []
        try:
            tokens, tags = write_tags(self.name, fields, self.scheme)
        except LossError as failure:
            tokens, tags, lost = [], [], failure.lost
        # Where there are no tokens to count, a column that could fit is not called lost before it has to be.
        numbers: Any = extra.get(_FIRST)
        is_numbered = are_texts(numbers) and len(numbers) == len(tokens)
        if is_numbered:
            extra = {name: value for name, value in extra.items() if name != _FIRST} | {_SECOND: tokens}
        columns = _columns(extra, len(tokens) if tokens else None)
        lost += [f"extra.{name}" for name in extra if name not in columns and not _is_empty(extra[name])]
        lost += [f"meta.{name}" for name in without_notes(fields).get("meta") or {}]
        if not all(map(_fits_a_cell, tags)):
            lost.append("entities.label (a label with a tab or a line break in it)")
        if lost:
            raise LossError(self.name, lost)
        layout = {_LAYOUT: note[_LAYOUT]} if _LAYOUT in note else {}
        return {"tokens": numbers if is_numbered else tokens, **columns, "tags": tags, **layout}

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """What tags cannot say of spans is made sayable; see `forgo_for_tags`."""
        lighter = forgo_for_tags(fields, name)
        return super().forgo(fields, name) if lighter is fields else lighter


class ConllIo(Conll):
    """The scheme IO: no mark where an entity begins, so that two of one label next to each other would be one."""

    name: ClassVar[str] = "conll-io"
    summary: ClassVar[str] = "tokens and tags in columns, in the scheme IO"
    scheme: ClassVar[Scheme] = tag_scheme.IO
    is_detected: ClassVar[bool] = False

    def recognise(self, row: Row) -> str | None:
        """Columns of texts, the last of them tags of the scheme."""
        is_valid = are_columns(row) and not self.scheme.read(row["tags"])[1]
        return f"every row has tokens and tags of {self.scheme.name.upper()}" if is_valid else None

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> Dialect:
        """The scheme is named: nothing is open but whether sentences count their words."""
        return type(self)(count_their_words(sample))


class ConllIob1(ConllIo):
    """The scheme IOB1, that of CoNLL 2003 as published: B- only between two entities of one label."""

    name: ClassVar[str] = "conll-iob1"
    summary: ClassVar[str] = "tokens and tags in columns, in the scheme IOB1 (B- only between neighbours)"
    scheme: ClassVar[Scheme] = tag_scheme.IOB1


class ConllIob2(ConllIo):
    """The scheme IOB2, often called BIO: every entity begins with B-."""

    name: ClassVar[str] = "conll-iob2"
    summary: ClassVar[str] = "tokens and tags in columns, in the scheme IOB2 (every entity begins with B-)"
    scheme: ClassVar[Scheme] = tag_scheme.IOB2


class ConllIoe1(ConllIo):
    """The scheme IOE1: E- only between two entities of one label."""

    name: ClassVar[str] = "conll-ioe1"
    summary: ClassVar[str] = "tokens and tags in columns, in the scheme IOE1 (E- only between neighbours)"
    scheme: ClassVar[Scheme] = tag_scheme.IOE1


class ConllIoe2(ConllIo):
    """The scheme IOE2: every entity ends with E-."""

    name: ClassVar[str] = "conll-ioe2"
    summary: ClassVar[str] = "tokens and tags in columns, in the scheme IOE2 (every entity ends with E-)"
    scheme: ClassVar[Scheme] = tag_scheme.IOE2


class ConllIobes(ConllIo):
    """The scheme IOBES: B- and E- at the borders, S- for a single token."""

    name: ClassVar[str] = "conll-iobes"
    summary: ClassVar[str] = "tokens and tags in columns, in the scheme IOBES"
    scheme: ClassVar[Scheme] = tag_scheme.IOBES


class ConllBilou(ConllIo):
    """The scheme BILOU, that of spaCy: B- and L- at the borders, U- for a single token."""

    name: ClassVar[str] = "conll-bilou"
    summary: ClassVar[str] = "tokens and tags in columns, in the scheme BILOU"
    scheme: ClassVar[Scheme] = tag_scheme.BILOU


def count_their_words(sample: Sequence[Row]) -> bool:
    """Whether the first column of most sentences of several words is 1, 2, 3, ... and another follows it."""
    several = [row for row in sample if are_columns(row) and len(row["tokens"]) > 1]
    counted = [row for row in several if _SECOND in row and row["tokens"] == _numbers(len(row["tokens"]))]
    return 0 < len(several) < 2 * len(counted)


def _numbers(count: int) -> list[str]:
    return [str(number) for number in range(1, count + 1)]


def are_columns(row: Row) -> bool:
    """Whether a row is a sentence in columns: lists of texts of one length, and nothing else."""
    tokens = row.get("tokens")
    if not (are_texts(tokens) and tokens and "tags" in row):
        return False
    columns = {name: value for name, value in row.items() if name != _LAYOUT}
    known = all(name in ("tokens", "tags") or _COLUMN.match(name) for name in columns)
    return known and all(are_texts(column) and len(column) == len(tokens) for column in columns.values())


def _columns(extra: Row, count: int | None) -> dict[str, Any]:
    """Of the unknown fields those that are columns of so many cells, or of any, from the second on without a gap."""
    found: dict[str, Any] = {}
    while (name := f"column_{len(found) + 2}") in extra:
        column = extra[name]
        if not (are_texts(column) and count in (None, len(column)) and all(map(_fits_a_cell, column))):
            break
        found[name] = column
    return found


def _is_empty(value: Any) -> bool:
    return says_nothing(value) or value == {}


def _fits_a_cell(text: str) -> bool:
    return bool(text) and text == text.strip(" ") and not any(sign in text for sign in "\t\r\n")
