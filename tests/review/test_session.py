"""A sitting over a file: the same record after reopening, exact copies apart, several people side by side."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tilth.errors import DataError, UsageError
from tilth.review.rows import Reading
from tilth.review.search import search
from tilth.review.session import Session

ROWS = [{"instruction": f"Question {n}", "input": "", "output": f"Answer {n}"} for n in range(10)]


def write(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "support.jsonl", ROWS)


def settle(session: Session) -> None:
    while session.settle(3):
        pass


def test_a_sitting_goes_on_where_the_last_one_stopped(file: Path) -> None:
    with Session(file, "ada") as session:
        assert session.start_row == 0
        session.decide(0, "accept", next_row=1)
        session.decide(1, "reject", next_row=2)
    with Session(file, "ada") as session:
        assert session.start_row == 2
        assert [session.standing(row).status for row in range(3)] == ["accepted", "rejected", "undecided"]
        assert session.counts == {"accepted": 1, "rejected": 1, "edited": 0, "skipped": 0, "undecided": 8}
        session.remember_place(7)
    with Session(file, "ada") as session:
        assert session.start_row == 7


def test_the_file_is_never_changed(file: Path) -> None:
    before = file.read_bytes()
    with Session(file, "ada") as session:
        session.decide(0, "edit", next_row=1, after={**session.seen(0).record, "output": "Better"})
        assert session.record(0)["output"] == "Better"
    assert file.read_bytes() == before


def test_exact_copies_are_decided_one_by_one(tmp_path: Path) -> None:
    file = write(tmp_path / "copies.jsonl", [ROWS[0], ROWS[1], ROWS[0], {**ROWS[0], "ticket": 5}, ROWS[0]])
    with Session(file, "ada") as session:
        session.decide(2, "reject", next_row=3)
        session.decide(4, "accept", next_row=4)
    with Session(file, "ada") as session:
        settle(session)
        assert [session.standing(row).status for row in range(5)] == [
            "undecided",
            "undecided",
            "rejected",
            "undecided",
            "accepted",
        ]


def test_decisions_follow_their_records_when_the_file_changes(tmp_path: Path, file: Path) -> None:
    with Session(file, "ada") as session:
        session.decide(2, "reject", next_row=3)
        session.decide(5, "accept", next_row=6)
        session.decide(8, "accept", next_row=9)
    write(file, [ROWS[9], *ROWS[:8]])
    with Session(file, "ada") as session:
        assert session.standing(2).status == "undecided"  # another record lies there now
        settle(session)
        assert [row for row in range(9) if session.standing(row).is_decided] == [3, 6]
        assert session.unmatched == 1


def test_two_annotators_do_not_see_each_other_before_they_have_decided(file: Path) -> None:
    with Session(file, "ada") as ada, Session(file, "bob") as bob:
        ada.decide(0, "reject", next_row=1)
        assert bob.catch_up()
        assert bob.standing(0).status == "undecided"
        assert bob.others(0) == {}
        bob.decide(0, "accept", next_row=1)
        assert {name: left.status for name, left in bob.others(0).items()} == {"ada": "rejected"}
        assert bob.counts["accepted"] == 1
        assert bob.undo() is not None
        assert bob.undo() is None


def test_filters_give_the_rows_with_a_status(file: Path) -> None:
    with Session(file, "ada") as session:
        session.decide(1, "accept", next_row=2)
        session.decide(2, "reject", next_row=3)
        session.decide(3, "skip", next_row=4)
        session.decide(4, "note", next_row=4, note="?")
        found = {name: list(session.filtered(name)) for name in ("accepted", "rejected", "skipped", "noted", "edited")}
        assert found == {"accepted": [1], "rejected": [2], "skipped": [3], "noted": [4], "edited": []}
        assert list(session.filtered("undecided")) == [0, 3, 4, 5, 6, 7, 8, 9]
        assert list(session.filtered("all")) == list(range(10))


def test_a_row_is_found_by_its_number_and_by_its_id(file: Path) -> None:
    with Session(file, "ada") as session:
        settle(session)
        record = session.seen(6).id
        assert record is not None
        assert session.find("7") == session.find(record) == session.find(record[:9].upper()) == 6
        assert session.find("11") is session.find("no such row") is session.find("") is None


def test_a_row_that_cannot_be_read_is_shown_and_not_decided(tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_bytes(b'{"instruction": "a", "output": "b"}\n{"instruction": \xff\n[1]\n')
    with Session(file, "ada", reading=Reading(dialect="alpaca", on_error="reject")) as session:
        assert session.seen(1).record is session.seen(2).record is None
        assert "\\xff" in session.seen(1).raw
        with pytest.raises(DataError, match=r"broken\.jsonl:2"):
            session.decide(1, "accept", next_row=2)
        settle(session)
        assert session.counts["undecided"] == 3


@pytest.mark.parametrize("suffix", ["csv", "parquet", "yaml", "jsonl.gz"])
def test_other_containers_are_reviewed_alike(tmp_path: Path, file: Path, suffix: str) -> None:
    from tilth.formats import Dataset
    from tilth.formats.output import open_output

    other = tmp_path / f"support.{suffix}"
    with open_output(other) as output:
        for batch in Dataset.open(file).batches():
            output.write(batch)
    with Session(file, "ada") as lines, Session(other, "ada") as session:
        assert [session.seen(row).id for row in range(10)] == [lines.seen(row).id for row in range(10)]
        session.decide(3, "reject", next_row=4)
    with Session(other, "ada") as session:
        assert session.standing(3).status == "rejected"


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file_is_one_clear_error(tmp_path: Path, content: str) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text(content)
    with pytest.raises((DataError, UsageError), match="no rows"):
        Session(file, "ada")


def test_a_folder_or_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a folder"):
        Session(tmp_path, "ada")
    with pytest.raises(UsageError, match="no file"):
        Session(tmp_path / "missing.jsonl", "ada")


def test_search_finds_text_however_it_is_written(tmp_path: Path) -> None:
    rows = [
        {"text": "Grüße"},
        {"text": "x", "note": {"deep": ["GRÜSSE"]}},
        {"text": 'a "quote" /slash\\'},
        {"text": "no", "n": 4711},
    ]
    file = tmp_path / "search.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=place == 0) for place, row in enumerate(rows)))

    def found(query: str) -> list[int]:
        with Session(file, "ada", reading=Reading(record_type="text")) as session:
            return [row for step in search(session.rows, query) for row in step.found]

    assert found("grüsse") == [0, 1]
    assert found('"quote" /s') == [2]
    assert found("\\") == [2]
    assert found("4711") == [3]
    assert found("text") == []
