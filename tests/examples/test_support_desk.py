"""The example's key says what is in the files: every planted row is as described, every other row is clean."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from tests.examples.rows import Row, load_key, load_rows

ROWS = load_rows()
KEY = load_key()
PLANTED: list[dict[str, Any]] = KEY["planted"]
KINDS = [kind for kind in dict.fromkeys(entry["kind"] for entry in PLANTED) if "duplicate" not in kind]
PLACES = {(entry["file"], entry["line"]) for entry in PLANTED}


def test_the_key_counts_the_rows_of_every_file() -> None:
    counted = {name: sum(place[0] == name for place in ROWS) for name in KEY["rows"]}

    assert counted == KEY["rows"]


def test_at_least_three_hundred_rows_are_clean_and_no_defect_is_listed_twice() -> None:
    assert len(PLACES) == len(PLANTED)
    assert len(ROWS) - len(PLANTED) >= 300


@pytest.mark.parametrize("entry", PLANTED, ids=lambda entry: f"{entry['kind']}-{entry['file']}-{entry['line']}")
def test_a_planted_row_is_as_the_key_describes_it(entry: dict[str, Any]) -> None:
    row = ROWS[entry["file"], entry["line"]]

    assert DESCRIBED[entry["kind"]](row), entry["what"]


@pytest.mark.parametrize(
    "kind", [kind for kind in dict.fromkeys(e["kind"] for e in PLANTED) if "duplicate" not in kind]
)
def test_no_clean_row_has_a_planted_defect(kind: str) -> None:
    alike = [row.place for row in ROWS.values() if row.place not in PLACES and DESCRIBED[kind](row)]

    assert alike == []


def test_an_exact_duplicate_repeats_an_earlier_row() -> None:
    order = list(ROWS)
    for entry in (entry for entry in PLANTED if entry["kind"] == "exact-duplicate"):
        copy, original = (entry["file"], entry["line"]), (entry["of"]["file"], entry["of"]["line"])
        assert order.index(original) < order.index(copy)
        assert (ROWS[copy].prompt, ROWS[copy].answers) == (ROWS[original].prompt, ROWS[original].answers)


def test_only_planted_near_duplicates_resemble_another_row() -> None:
    order = list(ROWS)
    expected = {
        frozenset([(entry["file"], entry["line"]), (entry["of"]["file"], entry["of"]["line"])]): entry
        for entry in PLANTED
        if "of" in entry
    }
    shingles = {place: row.shingles for place, row in ROWS.items() if row.content is not None}
    for left, right in combinations(shingles, 2):
        score = len(shingles[left] & shingles[right]) / len(shingles[left] | shingles[right])
        entry = expected.get(frozenset([left, right]))
        if entry is None:
            assert score < 0.5, (left, right)
        elif entry["kind"] == "near-duplicate":
            assert 0.8 <= score <= 0.95 and score == pytest.approx(entry["jaccard"], abs=0.001)
            assert order.index((entry["of"]["file"], entry["of"]["line"])) < order.index((entry["file"], entry["line"]))
        else:
            assert score == 1.0


def _answers(predicate: Callable[[str], bool]) -> Callable[[Row], bool]:
    return lambda row: _is_written(row) and any(predicate(answer) for answer in row.answers)


def _is_written(row: Row) -> bool:
    """A row with free text as its answer, unlike a label or a span of a context."""
    return row.content is not None and "label" not in row.content and "context" not in row.content


def _is_lopsided(row: Row) -> bool:
    words = len(row.prompt.split())
    return _is_written(row) and (words < 3 or words > 150)


def _is_out_of_turn(row: Row) -> bool:
    roles = [role for role, _ in row.turns or () if role != "system"]
    return bool(roles) and roles != ["user", "assistant"] * (len(roles) // 2)


def _answer_lies_at(row: Row) -> tuple[str, str, int] | None:
    content = row.content or {}
    if "context" not in content:
        return None
    return content["context"], content["answers"]["text"][0], content["answers"]["answer_start"][0]


def _is_misplaced(row: Row, *, occurs_once: bool) -> bool:
    if (found := _answer_lies_at(row)) is None:
        return False
    context, answer, start = found
    return context[start : start + len(answer)] != answer and (context.count(answer) == 1) is occurs_once


DESCRIBED: dict[str, Callable[[Row], bool]] = {
    "exact-duplicate": lambda row: row.content is not None,
    "near-duplicate": lambda row: row.content is not None,
    "long-answer": _answers(lambda text: len(text.split()) > 200),
    "one-word-answer": _answers(lambda text: len(text.split()) == 1),
    "repeated-word": _answers(lambda text: len(text.split()) > 5 and len(set(text.split())) == 1),
    "lopsided": _is_lopsided,
    "broken-line": lambda row: row.content is None,
    "missing-output": lambda row: _is_written(row) and (row.turns is None) and not any(row.answers),
    "blank-output": _answers(lambda text: text != "" and not text.strip()),
    "answer-is-question": lambda row: _is_written(row) and row.prompt in row.answers,
    "same-pair": lambda row: len(row.answers) == 2 and row.turns is None and row.answers[0] == row.answers[1],
    "roles": _is_out_of_turn,
    "empty-turn": lambda row: any(text == "" for _, text in row.turns or ()),
    "answer-not-found": lambda row: _is_misplaced(row, occurs_once=False),
    "shifted-offset": lambda row: _is_misplaced(row, occurs_once=True),
    "padded": _answers(lambda text: text.strip() != "" and text != text.strip()),
}
