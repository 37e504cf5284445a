"""What is wrong with a classified text: nothing to classify, no label, a label that was not declared."""

from collections.abc import Iterator

from tilth.schemas import Fields
from tilth.validators.rule import Repair, Rule, RuleContext, Violation, rule
from tilth.validators.rules.labels import undeclared
from tilth.validators.rules.plain import blank, blanks, is_blank_text, untrimmed


@rule("empty")
def _empty(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The text or a label is empty, or holds only whitespace or invisible characters."""
    yield from blanks(fields, "text", "label")
    for index, label in enumerate(_labels(fields)):
        if is_blank_text(label):
            yield blank(("labels", index), label)


@rule("undeclared-label")
def _undeclared_label(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A label is not among the declared ones; repaired when it differs only in case or spacing."""
    yield from undeclared(("label",), fields.get("label"), context)
    for index, label in enumerate(_labels(fields)):
        yield from undeclared(("labels", index), label, context)


@rule("repeated-label", "warning")
def _repeated_label(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """A label is given twice."""
    labels = _labels(fields)
    once = [label for index, label in enumerate(labels) if label not in labels[:index]]
    if len(once) < len(labels):
        yield Violation(("labels",), "hold a label twice", labels, "each label once", Repair(once))


@rule("whitespace", "warning")
def _whitespace(fields: Fields, context: RuleContext) -> Iterator[Violation]:
    """The text or a label has whitespace before or after it."""
    for name in ("text", "label"):
        yield from untrimmed((name,), fields.get(name))
    for index, label in enumerate(_labels(fields)):
        yield from untrimmed(("labels", index), label)


def _labels(fields: Fields) -> list[object]:
    labels = fields.get("labels")
    return labels if isinstance(labels, list) else []


RULES: tuple[Rule, ...] = (_empty, _undeclared_label, _repeated_label, _whitespace)
