"""The functions of the expression language. This table is the only list of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tilth.curate.expression.kinds import BOOL, NUMBER, TEXT, Kind, Type, kind_of
from tilth.curate.expression.rows import Values
from tilth.schemas import dump_json

_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)


@dataclass(frozen=True)
class Function:
    """What a function takes, what it gives, and how."""

    takes: tuple[frozenset[Kind], ...]
    """The kinds that each argument may be."""
    gives: Type
    compute: Callable[..., Any]
    """From one value per argument, none of them null, to the result."""
    summary: str
    nulls: bool = False
    """Whether it wants to see nulls; otherwise null goes in and null comes out."""

    def over(self, columns: list[Values]) -> Values:
        """The result for every row."""
        if self.nulls or not columns:
            return [self.compute(*values) for values in zip(*columns, strict=True)]
        if len(columns) == 1:
            return [None if value is None else self.compute(value) for value in columns[0]]
        return [
            None if any(value is None for value in values) else self.compute(*values)
            for values in zip(*columns, strict=True)
        ]


def number(value: Any) -> Any:
    """The number that a value is or that a text spells; None for everything else."""
    kind = kind_of(value)
    if kind is Kind.NUMBER:
        return value
    if kind is not Kind.TEXT or _NUMBER.fullmatch(value) is None:
        return None
    try:
        return int(value)
    except ValueError:
        found = float(value)
        return None if found in (float("inf"), float("-inf")) else found


def _contains(whole: Any, part: Any) -> bool:
    return part in whole if isinstance(whole, str) else any(same(part, item) for item in whole)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal and of one kind: 1 is not true."""
    return kind_of(one) is kind_of(other) and bool(one == other)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else dump_json(value).decode()


_TEXT = frozenset({Kind.TEXT})
_NUMERIC = frozenset({Kind.NUMBER})
_LONG = frozenset({Kind.TEXT, Kind.LIST})
_ALL = frozenset({Kind.TEXT, Kind.NUMBER, Kind.BOOL, Kind.LIST, Kind.OBJECT})

FUNCTIONS: dict[str, Function] = {
    "len": Function((_LONG,), NUMBER, len, "characters of a text, or items of a list"),
    "words": Function((_TEXT,), NUMBER, lambda text: len(text.split()), "words of a text, cut at blanks"),
    "lower": Function((_TEXT,), TEXT, str.lower, "the text in lower case"),
    "upper": Function((_TEXT,), TEXT, str.upper, "the text in upper case"),
    "trim": Function((_TEXT,), TEXT, str.strip, "the text without blanks around it"),
    "contains": Function((_LONG, _ALL), BOOL, _contains, "whether a text has another in it, or a list an item"),
    "startswith": Function((_TEXT, _TEXT), BOOL, str.startswith, "whether a text begins with another"),
    "endswith": Function((_TEXT, _TEXT), BOOL, str.endswith, "whether a text ends with another"),
    "number": Function((_ALL,), NUMBER, number, "the number that a text spells; null where it spells none"),
    "text": Function((_ALL,), TEXT, _text, "a value as text; what is no text as its JSON"),
    "abs": Function((_NUMERIC,), NUMBER, abs, "a number without its sign"),
}
"""Functions of values, each row by itself. `matches`, `any`, `all` and `coalesce` are checked in ways of their own."""

SPECIAL = {
    "matches": 'whether a pattern is found in a text: `matches(answer, "^Sorry\\b")`, as RE2 reads it',
    "any": 'whether a condition holds for one item of a list: `any(messages, it.role == "tool")`',
    "all": "whether it holds for every item; true for an empty list",
    "coalesce": 'the first of several values that is not null: `coalesce(meta.lang, "en")`',
}
"""Functions whose arguments are no plain values, or any number of values."""
