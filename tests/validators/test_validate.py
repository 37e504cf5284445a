"""`validate` sets aside what is wrong, repairs what has one right answer, and leaves every other row as it was."""

import json
from pathlib import Path
from typing import Any

import pytest

from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.validators import ValidateOptions, check, is_wrong
from tilth.validators.validate import validate

ROWS: list[dict[str, Any]] = [
    {"instruction": "Add 2 and 2.", "input": "", "output": "4", "id": "a"},
    {"instruction": "Add 2 and 3. ", "output": "\n5", "id": "b"},
    {"instruction": "Add 2 and 4.", "output": "  ", "id": "c"},
    {"instruction": "Add 2 and 5.", "input": "", "id": "d"},
    {"instruction": "Add 2 and 6.", "output": "8", "seen": [1, {"x": None}]},
]


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    path = tmp_path / "sums.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return Dataset.open(path)


def rows_of(data: Any) -> list[dict[str, Any]]:
    return [dict(row) for batch in data.batches() for row in batch.rows]


def test_wrong_rows_are_set_aside_with_the_reason(data):
    outcome = validate(data)
    assert (outcome.rows_in, outcome.rows_kept) == (5, 3)
    assert rows_of(outcome.kept) == [ROWS[0], ROWS[1], ROWS[4]]
    assert [(aside.origin.line, aside.reason.code) for aside in outcome.set_aside] == [(3, "empty"), (4, "missing")]
    assert outcome.set_aside[0].reason.detail == (
        'output: empty: holds nothing but whitespace (found "  ", expected some text)'
    )
    assert outcome.set_aside[1].row == ROWS[3]
    assert outcome.facts == {"findings": {"empty": 1, "missing": 1, "whitespace": 2}, "fixed": 0}


def test_fixing_changes_only_what_is_wrong_and_keeps_before_and_after(data):
    outcome = validate(data, fix=True)
    fixed = {"instruction": "Add 2 and 3.", "output": "5", "id": "b"}
    assert rows_of(outcome.kept) == [ROWS[0], fixed, ROWS[4]]
    (change,) = outcome.changes
    assert (change.before["output"], change.after["output"]) == ("\n5", "5")
    assert outcome.facts["fixed"] == 1
    assert list(check(outcome.kept)) == []


def test_a_row_that_a_repair_does_not_save_is_set_aside_as_it_was(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"instruction": " a ", "output": ""}\n{"instruction": "a", "output": "b"}\n')
    outcome = validate(Dataset.open(path), fix=True)
    assert outcome.set_aside[0].row == {"instruction": " a ", "output": ""}
    assert outcome.changes == []


def test_warnings_count_as_errors_when_asked_to(data):
    outcome = validate(data, warnings_as_errors=True)
    assert [aside.reason.code for aside in outcome.set_aside] == ["whitespace", "empty", "missing"]


def test_a_code_that_is_off_sets_nothing_aside(data):
    assert validate(data, off=("empty", "missing")).rows_kept == 5


def test_an_unknown_code_gets_the_nearest_one(data):
    with pytest.raises(UsageError, match="no finding has the code whitespce; nearest: whitespace"):
        validate(data, off=("whitespce",))


def test_declared_labels_hold_and_another_spelling_is_repaired(tmp_path):
    path = tmp_path / "labels.jsonl"
    path.write_text('{"text": "a", "label": "Billing"}\n{"text": "b", "label": "weather"}\n')
    outcome = validate(Dataset.open(path), labels=("billing", "delivery"), fix=True)
    assert rows_of(outcome.kept) == [{"text": "a", "label": "billing"}]
    assert [aside.reason.code for aside in outcome.set_aside] == ["undeclared-label"]


def test_every_finding_of_a_row_is_in_its_detail(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"messages": [{"role": "user", "content": ""} for _ in range(8)]}) + "\n")
    (aside,) = validate(Dataset.open(path)).set_aside
    assert aside.reason.detail.startswith("messages[0].content: empty: is empty")
    assert aside.reason.detail.endswith("and 11 more")


def test_checking_finds_the_same_and_changes_nothing(data):
    found = list(check(data))
    assert [(finding.line, finding.field, finding.code, finding.severity) for finding in found] == [
        (2, "instruction", "whitespace", "warning"),
        (2, "output", "whitespace", "warning"),
        (3, "output", "empty", "error"),
        (4, "output", "missing", "error"),
    ]
    assert [is_wrong(finding, ValidateOptions()) for finding in found] == [False, False, True, True]
    assert all(is_wrong(finding, ValidateOptions(warnings_as_errors=True)) for finding in found)
    assert {finding.id for finding in found} <= {id for batch in data.batches() for id in batch.ids}


def test_checking_with_fix_names_what_repairs_leave_over(data):
    assert [finding.code for finding in check(data, ValidateOptions(fix=True))] == ["empty", "missing"]
