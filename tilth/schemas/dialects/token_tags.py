"""Tokens with a tag each, as named entities of a text: what all dialects of tagged tokens share."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from tilth.schemas.annotation.spans import Span, entity, spans_of
from tilth.schemas.annotation.tag_scheme import Scheme, TokenSpan
from tilth.schemas.annotation.tokens import borders, strange_tokens, with_tokens, without_tokens
from tilth.schemas.annotation.unread_tags import unread, with_unread_tags
from tilth.schemas.annotation.words import Borders
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields

OVERLAPS, BORDERS, SPACES, NEIGHBOURS = "overlaps", "borders", "spaces", "neighbours"
"""Names of what tags cannot say of spans, beside the fields of the record."""


class Tagged(NamedTuple):
    """Tokens, and the tag of each."""

    tokens: list[str]
    tags: list[str]


def read_tags(tokens: Any, tags: Any, scheme: Scheme) -> Fields:
    """The record of tagged tokens: its text is the tokens with a space between them.

    Tags that break the scheme stay in the record as they are, in the place of entities.
    """
    fields: Fields = {"type": "ner"}
    if not are_texts(tokens):
        return with_unread_tags({**fields, "tokens": tokens}, tags, scheme)
    fields = with_tokens({**fields, "text": " ".join(tokens)}, tokens)
    if not (are_texts(tags) and len(tags) == len(tokens) and all(tokens)):
        return with_unread_tags(fields, tags, scheme)
    spans, strays = scheme.read(tags)
    if strays:
        return with_unread_tags(fields, tags, scheme)
    starts = [0]
    for token in tokens:
        starts.append(starts[-1] + len(token) + 1)
    fields["entities"] = [entity(starts[span.first], starts[span.end] - 1, span.label) for span in spans]
    return fields


def write_tags(dialect: str, fields: Fields, scheme: Scheme) -> Tagged:
    """The tokens of a record and their tags. Raises `LossError` for what these cannot say; see `forgo_for_tags`."""
    if (broken := unread(fields)) is not None and broken[0] is scheme:
        return _as_they_were(dialect, fields, broken[1])
    text = fields.get("text")
    if not isinstance(text, str):
        raise LossError(dialect, ["text (there is none)"])
    spans = sorted(spans_of(dialect, fields))
    tokens = token_borders(text, fields, spans)
    wanted, losses = placed(spans, tokens, scheme)
    lost = [f"{name} (they are no tags)" for name in ("relations", "labels") if fields.get(name)]
    lost += strange_tokens(fields)
    lost += losses if tokens else ["text (there is no token in it)"]
    texts = [text[start:end] for start, end in tokens]
    if " ".join(texts) != text:
        lost.append(f"{SPACES} (the text is not its tokens with a space between them)")
    if lost:
        raise LossError(dialect, lost)
    return Tagged(texts, scheme.write(wanted, len(tokens)))


def placed(spans: Sequence[Span], tokens: Sequence[Borders], scheme: Scheme) -> tuple[list[TokenSpan], list[str]]:
    """Sorted spans by the tokens that they cover, and what the scheme loses of them."""
    lost = []
    if any(after.start < before.end for before, after in pairwise(spans)):
        lost.append(f"{OVERLAPS} (a token has one tag, and here two spans share characters)")
    found = [_in_tokens(span, tokens) for span in spans]
    for span, place in zip(spans, found, strict=True):
        if place is None:
            lost.append(f"{BORDERS} (a span from {span.start} to {span.end} begins or ends inside a token)")
    wanted = [place for place in found if place is not None]
    if not lost and scheme.read(scheme.write(wanted, len(tokens))) != (wanted, []):
        lost.append(f"{NEIGHBOURS} ({scheme.name.upper()} cannot keep two spans of one label apart here)")
    return wanted, lost


def forgo_for_tags(fields: Fields, name: str) -> Fields | None:
    """The record without a loss that `write_tags` has named; as it is when the name is another.

    `overlaps` leaves of spans that share characters the first, and of these the longest; `borders` widens spans to
    whole tokens; `spaces` puts one space between tokens; `neighbours` makes one entity of two.
    """
    text, entities = fields.get("text"), fields.get("entities")
    if name not in (OVERLAPS, BORDERS, SPACES, NEIGHBOURS) or not (
        isinstance(text, str) and isinstance(entities, list)
    ):
        return fields
    spans = sorted(spans_of("", fields), key=lambda span: (span.start, -span.end))
    if name == OVERLAPS:
        return {**fields, "entities": [entity(*span) for span in _apart(spans)]}
    if name == NEIGHBOURS:
        return {**fields, "entities": [entity(*span) for span in _joined(spans)]}
    tokens = token_borders(text, fields, spans)
    if name == BORDERS:
        return {**fields, "entities": [entity(*span) for span in _widened(spans, tokens)]}
    return _respaced(fields, text, spans, tokens)


def token_borders(text: str, fields: Fields, spans: Sequence[Span]) -> list[Borders]:
    """The tokens' borders; tokens that could not stand in a line are left for words."""
    recorded, _ = without_tokens(fields)
    cuts = {place for span in spans for place in (span.start, span.end)}
    found = borders(text, recorded, cuts)
    return found if all(_fits_a_line(text[start:end]) for start, end in found) else borders(text, None, cuts)


def are_texts(value: Any) -> bool:
    """Whether a value is a list of nothing but texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _as_they_were(dialect: str, fields: Fields, tags: Any) -> Tagged:
    """Tags that break their scheme, where they are written in the same."""
    tokens, _ = without_tokens(fields)
    if tokens is not None and are_texts(tokens) and are_texts(tags) and " ".join(tokens) == fields.get("text"):
        return Tagged(tokens, tags)
    raise LossError(dialect, ["entities (there are none to write)"])


def _fits_a_line(token: str) -> bool:
    return token == token.strip(" ") and not any(sign in token for sign in "\t\r\n")


def _in_tokens(span: Span, tokens: Sequence[Borders]) -> TokenSpan | None:
    first = next((place for place, (start, _) in enumerate(tokens) if start == span.start), None)
    last = next((place for place, (_, end) in enumerate(tokens) if end == span.end), None)
    return None if first is None or last is None or last < first else TokenSpan(first, last + 1, span.label)


def _apart(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _joined(spans: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].label == span.label and span.start <= joined[-1].end + 1:
            span = Span(joined.pop().start, span.end, span.label)
        joined.append(span)
    return joined


def _widened(spans: Sequence[Span], tokens: Sequence[Borders]) -> list[Span]:
    """The spans with whole tokens for the parts of them; one that has no part of a token is left out."""
    widened = []
    for span in spans:
        inside = [(start, end) for start, end in tokens if start < span.end and end > span.start]
        if inside:
            widened.append(Span(inside[0][0], inside[-1][1], span.label))
    return widened


def _respaced(fields: Fields, text: str, spans: Sequence[Span], tokens: Sequence[Borders]) -> Fields | None:
    placed = [_in_tokens(span, tokens) for span in spans]
    if any(found is None for found in placed):
        return None
    texts = [text[start:end] for start, end in tokens]
    starts = [0]
    for token in texts:
        starts.append(starts[-1] + len(token) + 1)
    entities = [
        entity(starts[found.first], starts[found.end] - 1, found.label) for found in placed if found is not None
    ]
    _, rest = without_tokens(fields)
    return with_tokens({**rest, "text": " ".join(texts), "entities": entities}, texts)
