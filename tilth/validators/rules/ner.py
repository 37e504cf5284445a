"""What is wrong with a text and its spans: spans that are not in it, that cut words, that contradict each other."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tilth.schemas import Fields
from tilth.schemas.annotation.words import in_word, is_of_word
from tilth.validators.rule import Repair, Rule, RuleContext, Violation, rule
from tilth.validators.rules.labels import undeclared
from tilth.validators.rules.plain import blank, blanks, is_blank_text


class _Span(NamedTuple):
    place: int
    start: int
    end: int
    label: Any


@rule("empty")
def _empty(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The text or a label is empty, or holds only whitespace or invisible characters."""
    yield from blanks(fields, "text")
    for index, entity in _entities(fields):
        if is_blank_text(entity.get("label")):
            yield blank(("entities", index, "label"), entity["label"])


@rule("span-outside")
def _span_outside(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A span begins before the text, ends behind it, or ends where it begins."""
    for index, start, end, _ in _spans(fields):
        length = len(_text(fields))
        if not 0 <= start < end <= length:
            found = f"{start} to {end}"
            hint = "offsets count Unicode characters from 0, and end is the one behind the span"
            yield Violation(
                ("entities", index), f"is no span of a text of {length}", found, f"0 to {length}", hint=hint
            )


@rule("span-text")
def _span_text(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A span says what it covers, and the text holds something else there; repaired when it holds that once."""
    text = _text(fields)
    entities = dict(_entities(fields))
    for index, start, end, _ in _inside(fields):
        said, covered = entities[index].get("text"), text[start:end]
        if not isinstance(said, str) or said == covered:
            continue
        path, place = ("entities", index), text.find(said)
        if not said or place < 0 or text.find(said, place + 1) >= 0:
            yield Violation(path, "is not what the text holds there", said, covered, hint="correct its offsets")
            continue
        rest = {name: value for name, value in entities[index].items() if name != "text"}
        better = {**rest, "start": place, "end": place + len(said)}
        yield Violation(path, "is not what the text holds there", said, covered, Repair(better))


@rule("span-whitespace")
def _span_whitespace(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A span begins or ends on whitespace; repaired by leaving it out."""
    for index, start, end, _ in _inside(fields):
        covered = _text(fields)[start:end]
        if covered.strip():
            better_start = start + len(covered) - len(covered.lstrip())
            better_end = start + len(covered.rstrip())
            if better_start != start:
                yield _loose(index, "start", start, better_start, covered)
            if better_end != end:
                yield _loose(index, "end", end, better_end, covered)
        else:
            yield Violation(("entities", index), "covers only whitespace", covered, "some text", hint="take it out")


@rule("span-in-word")
def _span_in_word(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A span begins or ends inside a word, in scripts that put spaces between words."""
    text = _text(fields)
    for index, start, end, _ in _inside(fields):
        for name, place in (("start", start), ("end", end)):
            if in_word(text, place):
                word = _word_around(text, place)
                hint = "move it to the edge of the word"
                yield Violation(("entities", index, name), "lies inside a word", word, "the edge of a word", hint=hint)


@rule("span-overlap", "warning")
def _span_overlap(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """Two spans share characters; most formats and taggers can hold only one of them."""
    spans = sorted(_inside(fields), key=lambda span: (span.start, span.end))
    reach: _Span | None = None
    for span in spans:
        if reach is not None and span.start < reach.end and (span.start, span.end, span.label) != reach[1:]:
            said = f"shares characters with entities[{reach.place}]"
            yield Violation(("entities", span.place), said, _text(fields)[span.start : span.end], "spans apart")
        if reach is None or span.end > reach.end:
            reach = span


@rule("repeated-span", "warning")
def _repeated_span(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The same span has the same label twice."""
    entities = fields.get("entities")
    seen = [entity for _, entity in _entities(fields)]
    once = [entity for index, entity in enumerate(seen) if entity not in seen[:index]]
    if isinstance(entities, list) and len(seen) == len(entities) > len(once):
        repair = None if fields.get("relations") else Repair(once)  # relations count the entities
        yield Violation(("entities",), "hold a span twice", None, "each span once", repair, "leave one of them out")


@rule("relation-outside")
def _relation_outside(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A relation starts from or leads to an entity that is not there."""
    relations, count = fields.get("relations"), len(_entities(fields))
    for index, relation in enumerate(relations if isinstance(relations, list) else []):
        for name in ("head", "tail") if isinstance(relation, dict) else ():
            place = relation.get(name)
            if type(place) is int and not 0 <= place < count:
                path = ("relations", index, name)
                yield Violation(path, "is the place of no entity", place, f"0 to {count - 1}", hint="take it out")


@rule("undeclared-label")
def _undeclared_label(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A label is not among the declared ones; repaired when it differs only in case or spacing."""
    for index, entity in _entities(fields):
        yield from undeclared(("entities", index, "label"), entity.get("label"), context)


def _text(fields: Fields) -> str:
    text = fields.get("text")
    return text if isinstance(text, str) else ""


def _entities(fields: Fields) -> list[tuple[int, dict[str, Any]]]:
    entities = fields.get("entities")
    items = entities if isinstance(entities, list) else []
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]


def _spans(fields: Fields) -> Iterator[_Span]:
    if isinstance(fields.get("text"), str):
        for index, entity in _entities(fields):
            start, end = entity.get("start"), entity.get("end")
            if type(start) is int and type(end) is int:
                yield _Span(index, start, end, entity.get("label"))


def _inside(fields: Fields) -> list[_Span]:
    length = len(_text(fields))
    return [span for span in _spans(fields) if 0 <= span.start < span.end <= length]


def _loose(index: int, name: str, found: int, better: int, covered: str) -> Violation:
    return Violation(("entities", index, name), f"is {found}, on whitespace", covered, str(better), Repair(better))


def _word_around(text: str, place: int) -> str:
    start = end = place
    while start > 0 and is_of_word(text[start - 1]):
        start -= 1
    while end < len(text) and is_of_word(text[end]):
        end += 1
    return text[start:end]


RULES: tuple[Rule, ...] = (
    _empty,
    _span_outside,
    _span_text,
    _span_whitespace,
    _span_in_word,
    _span_overlap,
    _repeated_span,
    _relation_outside,
    _undeclared_label,
)
