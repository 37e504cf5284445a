"""Conditions on rows: what they mean, what is refused before a row is read, and that nothing breaks the reader."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.curate.expression import FUNCTIONS, Expression
from tilth.curate.expression.functions import SPECIAL
from tilth.curate.expression.rows import Rows
from tilth.errors import DataError, TilthError, UsageError
from tilth.formats import Dataset
from tilth.schemas import Record

ROWS: Sequence[dict[str, Any]] = [
    {
        "type": "instruction",
        "instruction": "Where is my parcel?",
        "output": "On its way to you.",
        "meta": {"stars": 5, "tags": ["mail", "calm"], "big": 9007199254740993, "flag": True, "code": "007"},
    },
    {"type": "instruction", "instruction": "Refund me", "output": "Sorry, no.", "meta": {"stars": 2, "tags": []}},
    {"type": "instruction", "instruction": "Hello", "output": "", "meta": {"note": None}},
]


def outcomes(text: str, rows: Sequence[dict[str, Any]] = ROWS) -> list[bool | None]:
    data = Dataset.of(rows)
    condition = Expression(text).bound(tuple({row["type"] for row in rows}))
    return [holds for batch in data.batches() for holds in condition.holds(Rows(batch))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("answer_words > 2", [True, False, False]),
        ("words(answer) == 5 or words(answer) == 0", [True, False, True]),
        ("len(answer) >= 10", [True, True, False]),
        ('output == ""', [False, False, True]),
        ('contains(lower(answer), "sorry")', [False, True, False]),
        ('startswith(prompt, "Where") or endswith(prompt, "me")', [True, True, False]),
        ('matches(prompt, "(?i)^re\\w+ me$")', [False, True, False]),
        ("meta.stars > 4", [True, False, None]),
        ("meta.stars is null", [False, False, True]),
        ("meta.stars is not null and meta.stars < 3", [False, True, False]),
        ("not meta.stars > 4", [False, True, None]),
        ("meta.stars in [1, 2, 5]", [True, True, None]),
        ("meta.stars not in [2]", [True, False, None]),
        ('"mail" in meta.tags', [True, False, None]),
        ('any(meta.tags, it == "calm")', [True, False, None]),
        ("all(meta.tags, len(it) == 4)", [True, True, None]),
        ("coalesce(meta.stars, 0) * 2 + 1 <= 5", [False, True, True]),
        ("-meta.stars < -4 / 1", [True, False, None]),
        ("meta.stars / 0 == 1", [None, None, None]),
        ("meta.big == 9007199254740993", [True, None, None]),
        ("meta.big == 9007199254740992", [False, None, None]),
        ("meta.flag", [True, None, None]),
        ('meta.code == "007" and number(meta.code) == 7', [True, None, None]),
        ("meta.note is null", [True, True, True]),
        ("`meta`.`stars` == 5", [True, False, None]),
        ("true", [True, True, True]),
    ],
)
def test_an_expression_means_what_it_says(text: str, expected: list[bool | None]) -> None:
    assert outcomes(text) == expected


def test_a_path_through_a_list_is_what_each_item_has_there() -> None:
    rows = [
        {"type": "chat", "messages": [{"role": "user", "content": "hi"}, {"role": "tool", "content": "1"}]},
        {"type": "chat", "messages": [{"role": "user", "content": "hello"}]},
    ]
    assert outcomes('"tool" in messages.role', rows) == [True, False]
    assert outcomes('any(messages, it.role == "user" and len(it.content) > 3)', rows) == [False, True]
    assert outcomes('any(messages, any(messages.content, it == "1") and it.role == "user")', rows) == [True, False]


class Product(Record):
    """Something that is sold."""

    type: Literal["product"] = "product"
    sku: str
    price: float
    sizes: list[int]


def test_numbers_of_a_record_type_of_ones_own_stay_numbers() -> None:
    from tilth.schemas import register

    register(Product)
    rows = [{"type": "product", "sku": "a", "price": price, "sizes": [3]} for price in (9, 10.5, "12.25", "n/a")]
    assert outcomes("price > 10", rows) == [False, True, True, None]
    with pytest.raises(UsageError, match="== compares a number with text"):
        outcomes('price == "9"', rows)
    with pytest.raises(UsageError, match="it is a number"):
        outcomes("any(sizes, startswith(it, sku))", rows)


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        ('len(answer) > "5"', "> compares a number with text; write 5 without quotes", 12),
        ("answer > 5", "> compares text with a number; write number(answer), or 5 in quotes", 7),
        ("answer", "answer is text, and a condition is true or false", 0),
        ("answer == null", "nothing compares with null; write `is null`", 0),
        ("lenn(answer) > 1", "there is no function lenn; try len", 0),
        ("len(answer, 2) > 1", "len takes one value, and here are 2", 0),
        ('matches(answer, "(")', "this is no pattern: missing ): (", 16),
        ("meta.a = 3", "there is no = here; write ==", 7),
        ("meta.a == 3 && true", "there is no && here; write and", 12),
        ("meta.a == 3 AND true", "write and for AND", 12),
        ("1 < meta.a < 3", "comparisons do not chain", 11),
        ("(meta.a == 3", "the ( that opens here is not closed", 0),
        ('answer == "x', "the text that begins here has no end", 10),
        ('"a" in answer', 'in looks into a list; write contains(answer, "a")', 0),
        ('meta.a in [1, "a"]', 'a list holds values of one kind, and "a" is text', 14),
        ("meta.a >", "the expression ends where", 8),
        ("3kg == 3", "a number runs into a word", 0),
        ("it == 3", "it stands for an item", 0),
        ("answer + 1 == 2", "answer is text, and + takes numbers", 0),
        ("true > false", "true is true or false, and > asks which is greater", 0),
        ("", "the expression is empty", 0),
        ("(" * 90 + "true" + ")" * 90, "an expression is at most 40 levels deep", 40),
        ("not " * 90 + "true", "an expression is at most 40 levels deep", 164),
        ("1 + " * 90 + "1 == 2", "an expression is at most 40 levels deep", 166),
    ],
)
def test_what_is_no_condition_is_pointed_out(text: str, what: str, place: int) -> None:
    with pytest.raises(UsageError) as raised:
        Expression(text).bound(("instruction",))
    said, *_, carets = str(raised.value).split("\n")
    assert what in said
    if len(text) < 90:
        assert carets.index("^") == place + 2


def test_an_expression_without_end_is_refused_and_a_list_in_it_may_be_long() -> None:
    listed = ", ".join(map(str, range(0, 40_000, 5)))
    assert outcomes(f"answer_words in [{listed}]") == [True, False, True]
    with pytest.raises(UsageError, match="at most 2,000 names and values; a list of them is one"):
        Expression(" or ".join(f"answer_words == {number}" for number in range(2_000)))
    with pytest.raises(UsageError, match="at most 1,000,000 characters"):
        Expression(f"answer == '{'x' * 1_000_000}'")


def test_a_caret_stands_under_wide_characters() -> None:
    with pytest.raises(UsageError) as raised:
        Expression('meta.日本 == "語" = 1')
    assert str(raised.value).split("\n")[2] == " " * 2 + " " * 18 + "^"


def test_a_value_of_another_kind_is_told_with_its_place() -> None:
    rows = [*ROWS, {"type": "instruction", "instruction": "x", "output": "y", "meta": {"stars": "five"}}]
    with pytest.raises(DataError, match=r"records:4: meta.stars is text here, and > compares it with a number") as told:
        outcomes("meta.stars > 3", rows)
    assert told.value.fix == "number(meta.stars)"
    with pytest.raises(DataError, match=r"records:1: it is text here"):
        outcomes("any(meta.tags, it == 3)", rows)


def test_a_pattern_that_would_hang_a_backtracking_matcher_does_not() -> None:
    row = {"type": "text", "text": "a" * 50_000 + "b"}
    assert outcomes('matches(text, "(a+)+c$")', [row]) == [False]


def test_every_function_is_explained_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "choose.md").read_text()
    assert not [name for name in (*FUNCTIONS, *SPECIAL) if f"`{name}(" not in guide]


PIECES = """
answer meta.stars meta.tags output id type it and or not in is null true false any all matches len number coalesce
contains ( ) [ ] , . == != < > <= >= + - * / 1 0 2.5 -3 1e400 'a' "b" "\\" `x` = && % \\ é answer.__class__
__import__('os')
"""
pieces = st.lists(st.sampled_from([*PIECES.split(), "\n"]), max_size=14).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), pieces))
def test_no_text_does_anything_but_mean_something_or_be_refused(text: str) -> None:
    try:
        found = outcomes(text)
    except TilthError as refused:
        assert str(refused)
    else:
        assert len(found) == len(ROWS)
        assert set(found) <= {True, False, None}


literals = st.sampled_from([("true", True), ("false", False), ("meta.flag", None)])


def joined(inner: Any) -> Any:
    return st.one_of(
        inner.map(lambda one: (f"not ({one[0]})", None if one[1] is None else not one[1])),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda many: (
                " and ".join(f"({text})" for text, _ in many),
                False if any(v is False for _, v in many) else None if any(v is None for _, v in many) else True,
            )
        ),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda many: (
                " or ".join(f"({text})" for text, _ in many),
                True if any(v is True for _, v in many) else None if any(v is None for _, v in many) else False,
            )
        ),
    )


@settings(max_examples=150, deadline=None)
@given(st.recursive(literals, joined, max_leaves=12))
def test_what_is_unknown_follows_the_logic_of_three_values(case: tuple[str, bool | None]) -> None:
    text, expected = case
    assert outcomes(text, [{"type": "text", "text": "x", "meta": {"flag": None}}]) == [expected]
