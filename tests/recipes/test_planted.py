"""Planted against found: counted from the run's own evidence, kind by kind."""

from pathlib import Path

import pytest

from tests.recipes.run_folder import write_run_folder
from tilth.errors import DataError
from tilth.recipes.evidence import read_run
from tilth.recipes.planted import Comparison, compare_planted, read_key
from tilth.recipes.report import write_report

ALL = """\
planted:
  - {kind: broken-line, expect: rejected, file: faq.jsonl, line: 24, what: cut off}
  - {kind: near-duplicate, expect: set-aside, file: faq.jsonl, line: 23, of: {file: faq.jsonl, line: 1}}
  - {kind: blank, expect: set-aside, file: data/faq.jsonl, line: 22}
  - {kind: padded, expect: changed, file: faq.jsonl, line: 20}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run_folder(tmp_path_factory.mktemp("runs") / "desk")


def compared(run: Path, tmp_path: Path, key: str) -> Comparison:
    path = tmp_path / "key.yaml"
    path.write_text(key, encoding="utf-8")
    return compare_planted(read_key(path), read_run(run))


def test_each_kind_is_found_where_it_has_to_turn_up(run: Path, tmp_path: Path) -> None:
    found = compared(run, tmp_path, ALL)

    assert [(kind.kind, kind.planted, kind.found, kind.codes) for kind in found.kinds] == [
        ("broken-line", 1, 1, ["rejected"]),
        ("near-duplicate", 1, 1, ["near-duplicate"]),
        ("blank", 1, 1, ["empty-answer"]),
        ("padded", 1, 1, ["validate"]),
    ]
    assert found.is_perfect


def test_a_row_that_did_not_turn_up_is_missed_and_named(run: Path, tmp_path: Path) -> None:
    found = compared(run, tmp_path, ALL + "  - {kind: blank, expect: set-aside, file: faq.jsonl, line: 3}\n")

    assert [kind.missed for kind in found.kinds if kind.kind == "blank"] == [[("faq.jsonl", 3)]]
    assert not found.is_perfect


def test_a_row_that_turned_up_in_the_wrong_place_is_missed(run: Path, tmp_path: Path) -> None:
    found = compared(run, tmp_path, ALL.replace("padded, expect: changed", "padded, expect: set-aside"))

    assert found.found == 3


def test_a_clean_row_that_was_removed_is_a_false_alarm(run: Path, tmp_path: Path) -> None:
    found = compared(run, tmp_path, "\n".join(line for line in ALL.splitlines() if "near-duplicate" not in line))

    assert found.false_alarms == [(("faq.jsonl", 23), "near-duplicate")]


def test_candidates_that_a_step_made_itself_are_no_false_alarms(run: Path, tmp_path: Path) -> None:
    assert compared(run, tmp_path, ALL).false_alarms == []


def test_a_key_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "key.yaml"
    path.write_text("planted: [{kind: blank, expect: lost, file: a.jsonl, line: 1}]", encoding="utf-8")

    with pytest.raises(DataError, match=r"key\.yaml: planted\.0\.expect"):
        read_key(path)


def test_the_report_of_a_run_with_a_key_shows_the_table(tmp_path: Path) -> None:
    key = tmp_path / "key.yaml"
    key.write_text(ALL, encoding="utf-8")
    folder = write_run_folder(tmp_path / "run", key=key)

    page = write_report(folder).read_text(encoding="utf-8")

    assert "All 4 were found, and no clean row was removed." in page
    assert "Of 4 planted defects, 4 turned up; no clean row was removed." in page
