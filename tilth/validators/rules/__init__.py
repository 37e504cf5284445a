"""The rules of each record type, one file a type."""

from tilth.validators.rule import Rule
from tilth.validators.rules import (
    chat,
    classification,
    instruction,
    ner,
    preference,
    prompt,
    qa,
    stepwise,
    text,
    unpaired,
)

RULES: dict[str, tuple[Rule, ...]] = {
    "instruction": instruction.RULES,
    "chat": chat.RULES,
    "preference": preference.RULES,
    "qa": qa.RULES,
    "ner": ner.RULES,
    "classification": classification.RULES,
    "text": text.RULES,
    "unpaired": unpaired.RULES,
    "stepwise": stepwise.RULES,
    "prompt": prompt.RULES,
}
"""Record type to its rules, in the order in which they are applied. A type without rules is checked by its schema."""

SCHEMA_CODES: dict[str, str] = {
    "missing": "A field that the record type needs is not there.",
    "wrong-type": "A field is of another type than the record type wants, such as a number for text.",
    "schema": "A record is against its schema in another way.",
    "unknown-record-type": "A row names no record type, or one that is not known.",
}
"""What the schema of a record type finds, by code; always an error."""


def codes() -> frozenset[str]:
    """Every code that a finding can have."""
    return frozenset(SCHEMA_CODES) | {each.code for rules in RULES.values() for each in rules}
