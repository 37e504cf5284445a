"""The dialect of tagged tokens as Hugging Face's sets have them, with whatever else a row says."""

from collections.abc import Sequence
from typing import Any, ClassVar

from tilth.schemas.annotation import tag_scheme
from tilth.schemas.annotation.tag_scheme import parted_tag
from tilth.schemas.annotation.tokens import without_tokens
from tilth.schemas.annotation.told_scheme import told_scheme
from tilth.schemas.annotation.unread_tags import without_unread_tags
from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.conll import are_columns
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.token_tags import are_texts, forgo_for_tags, read_tags, write_tags
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, with_note, without_note

_NOTE, _NAME = "token-tags", "name"
_TOKENS, _USUAL, _OTHER = "tokens", "ner_tags", "tags"


class HfTokenTags(FaithfulDialect):
    """A sentence as tokens, a tag for each, and any fields beside them, as sets on Hugging Face have it.

        {"id": "0", "tokens": ["Ada", "lives", "in", "Oslo"], "ner_tags": ["B-PER", "O", "O", "B-LOC"]}

    The scheme is told by the tags of the first rows, and IOB2 where rows come from elsewhere. Tags that are numbers
    cannot be read: what they stand for is not in the rows.
    """

    name: ClassVar[str] = "token-tags"
    summary: ClassVar[str] = "tokens and ner_tags of a sentence, with any fields beside them (Hugging Face)"
    record_types: ClassVar[tuple[str, ...]] = ("ner",)
    needs: ClassVar[tuple[str, ...]] = (_TOKENS, _USUAL)
    way_out: ClassVar[str] = "write the tags as names, which the set's features list"

    def __init__(self, scheme: tag_scheme.Scheme = tag_scheme.IOB2) -> None:
        self.scheme = scheme

    def recognise(self, row: Row) -> str | None:
        """Tokens with as many tags of spans, in a row that is no sentence of the format `conll`."""
        tokens, tags = row.get(_TOKENS), row.get(_tags_name(row))
        if not (are_texts(tokens) and tokens and are_texts(tags) and isinstance(tags, list)) or are_columns(row):
            return None
        is_tagged = len(tokens) == len(tags) and all(parted_tag(tag)[0] for tag in tags)
        return f"every row has tokens and {_tags_name(row)}" if is_tagged else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The tokens, and the tags under their name."""
        return frozenset((_TOKENS, _tags_name(row)))

    def objection(self, row: Row) -> str | None:
        """Tags that are numbers."""
        tags = row.get(_USUAL)
        is_numbered = isinstance(tags, list) and bool(tags) and all(type(tag) is int for tag in tags)
        return f"{_USUAL} are numbers, and no row says what they stand for" if _TOKENS in row and is_numbered else None

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> Dialect:
        """The dialect of the scheme that most sentences with an entity are in."""
        found = told_scheme([row[_tags_name(row)] for row in sample if self.recognise(row)])
        return self if found is None else HfTokenTags(found)

    def read(self, row: Row) -> Fields:
        """The text and its entities; other fields go to `extra`."""
        name = _tags_name(row)
        said = read_tags(row.get(_TOKENS), row.get(name), self.scheme)
        kept = {key: said[key] for key in ("text", _TOKENS) if key in said}
        entities = {"entities": said["entities"]} if "entities" in said else {}
        fields = put(sort_fields(row, "ner", (_TOKENS, name)), {_TOKENS: kept, name: entities})
        for note, value in said.get("meta", {}).get("as_read", {}).items():
            fields = with_note(fields, note, value)
        return noted(fields, _NOTE, {_NAME: name} if name != _USUAL else {})

    def write(self, fields: Fields) -> dict[str, Any]:
        """The tokens and their tags, then the unknown fields."""
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, fields, ("text", "entities", _TOKENS))
        tokens, tags = write_tags(self.name, fields, self.scheme)
        name = _OTHER if note.get(_NAME) == _OTHER else _USUAL
        _, bare = without_tokens(without_unread_tags(fields))
        return flat_row(self.name, {_TOKENS: tokens, name: tags}, bare, (_TOKENS, _USUAL, _OTHER))

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """What tags cannot say of spans is made sayable; see `forgo_for_tags`."""
        lighter = forgo_for_tags(fields, name)
        return super().forgo(fields, name) if lighter is fields else lighter


def _tags_name(row: Row) -> str:
    return _OTHER if _USUAL not in row and _OTHER in row else _USUAL
