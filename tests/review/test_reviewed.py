"""The operation applies what people decided, and the export writes the same."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tilth.errors import UsageError
from tilth.formats import Dataset
from tilth.operation import Outcome
from tilth.review import Journal, RecordKey, ReviewedOptions, reviewed
from tilth.review.export import export
from tilth.review.session import Session

ROWS: list[dict[str, Any]] = [{"instruction": f"Question {n}", "output": f"Answer {n}", "ticket": n} for n in range(6)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "support.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


@pytest.fixture
def journal(file: Path) -> Path:
    return Path(f"{file}.review.sqlite")


def decide(file: Path, annotator: str, decisions: Callable[[Session], None]) -> None:
    with Session(file, annotator) as session:
        decisions(session)


def edit(session: Session, row: int, **new: Any) -> None:
    record = session.record(row)
    assert record is not None
    session.decide(row, "edit", next_row=row, after={**record, **new})


def apply(file: Path, journal: Path, **options: Any) -> Outcome:
    return reviewed(Dataset.open(file), journal=journal, **options)


def rows_of(outcome: Outcome) -> list[Any]:
    return [row for batch in outcome.kept.batches() for row in batch.rows]


def test_rejected_rows_are_set_aside_and_edited_rows_leave_edited(file: Path, journal: Path) -> None:
    def decisions(session: Session) -> None:
        session.decide(0, "accept", next_row=1)
        session.decide(1, "reject", next_row=1)
        session.decide(1, "note", next_row=2, note="rude")
        edit(session, 2, output="Better")
        session.decide(3, "skip", next_row=4)

    decide(file, "ada", decisions)
    outcome = apply(file, journal)
    assert rows_of(outcome) == [
        ROWS[0],
        {**ROWS[2], "output": "Better", "meta": {"annotator": "ada"}},
        *ROWS[3:],
    ]
    assert [(row.origin and row.origin.line, row.reason.code, row.reason.detail) for row in outcome.set_aside] == [
        (2, "rejected-in-review", "ada: rude")
    ]
    assert outcome.facts["decisions"] == {"accepted": 1, "edited": 1, "rejected": 1, "undecided": 3}
    assert outcome.rows_in == len(ROWS)


def test_undecided_rows_can_be_set_aside(file: Path, journal: Path) -> None:
    decide(file, "ada", lambda session: session.decide(0, "accept", next_row=1) and None)
    outcome = apply(file, journal, undecided="set-aside")
    assert rows_of(outcome) == ROWS[:1]
    assert {row.reason.code for row in outcome.set_aside} == {"undecided"}


def test_the_last_edit_counts_and_undo_brings_the_one_before_back(file: Path, journal: Path) -> None:
    def decisions(session: Session) -> None:
        edit(session, 0, output="First")
        edit(session, 0, output="Second")
        edit(session, 0, output="Third")
        session.undo()

    decide(file, "ada", decisions)
    assert rows_of(apply(file, journal))[0]["output"] == "Second"


def test_annotators_who_disagree_are_not_overruled_unless_asked(file: Path, journal: Path) -> None:
    decide(file, "ada", lambda session: session.decide(0, "accept", next_row=1) and None)
    decide(file, "bob", lambda session: session.decide(0, "reject", next_row=1) and None)
    decide(file, "cleo", lambda session: session.decide(0, "skip", next_row=1) and None)
    (aside,) = apply(file, journal).set_aside
    assert aside.reason.code == "disagreement"
    assert aside.reason.detail == "ada accepted, bob rejected"
    (aside,) = apply(file, journal, conflicts="latest").set_aside
    assert aside.reason.code == "rejected-in-review"
    decide(file, "ada", lambda session: session.decide(0, "accept", next_row=1) and None)
    assert not apply(file, journal, conflicts="latest").set_aside


def test_the_same_edit_by_two_people_is_no_disagreement(file: Path, journal: Path) -> None:
    decide(file, "ada", lambda session: edit(session, 0, output="Same"))
    decide(file, "bob", lambda session: edit(session, 0, output="Same"))
    assert not apply(file, journal).set_aside


def test_only_the_decided_copy_of_equal_rows_changes(tmp_path: Path) -> None:
    file = tmp_path / "copies.jsonl"
    file.write_text((json.dumps(ROWS[0]) + "\n") * 3)
    decide(file, "ada", lambda session: session.decide(1, "reject", next_row=2) and None)
    outcome = apply(file, Path(f"{file}.review.sqlite"))
    assert [row.origin and row.origin.line for row in outcome.set_aside] == [2]


def test_decisions_without_a_row_are_counted(file: Path, journal: Path) -> None:
    with Journal(journal) as open_journal:
        open_journal.append("accept", RecordKey("0" * 32, 0), 0, "ada")
    assert apply(file, journal).facts["decisions_without_a_row"] == 1


def test_a_missing_journal_is_one_clear_error(file: Path, journal: Path) -> None:
    with pytest.raises(UsageError, match="there is no journal"):
        apply(file, journal)


def test_the_export_is_what_the_operation_gives(file: Path, journal: Path, tmp_path: Path) -> None:
    def decisions(session: Session) -> None:
        session.decide(1, "reject", next_row=1)
        edit(session, 2, output="Better")

    decide(file, "ada", decisions)
    output = tmp_path / "out.jsonl"
    written = export(Dataset.open(file), ReviewedOptions(journal=journal), output)
    assert [json.loads(line) for line in output.read_text().splitlines()] == rows_of(apply(file, journal))
    (aside,) = [json.loads(line) for line in written.aside.read_text().splitlines()]
    assert (aside["operation"], aside["code"], aside["line"], aside["row"]) == (
        "reviewed",
        "rejected-in-review",
        2,
        ROWS[1],
    )
    assert written.sentence() == f"5 rows (1 edited) written to {output}, 1 set aside in {output}.set-aside.jsonl"
    with pytest.raises(UsageError, match="exists"):
        export(Dataset.open(file), ReviewedOptions(journal=journal), output)
    export(Dataset.open(file), ReviewedOptions(journal=journal), output, overwrite=True)


def test_an_export_never_replaces_the_file_or_the_journal(file: Path, journal: Path) -> None:
    decide(file, "ada", lambda session: session.decide(0, "accept", next_row=1) and None)
    before = file.read_bytes()
    for output in (file, journal):
        with pytest.raises(UsageError):
            export(Dataset.open(file), ReviewedOptions(journal=journal), output, overwrite=True)
    assert file.read_bytes() == before
    assert not Path(f"{file}.set-aside.jsonl").exists()


def test_an_unreadable_row_stops_neither_the_review_nor_the_export(file: Path, journal: Path, tmp_path: Path) -> None:
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:2], '{"instruction": "cut', *lines[2:]]) + "\n")
    with Session(file, "ada") as session:
        assert session.seen(2).problem
        session.decide(3, "reject", next_row=4)
        data = session.rows.reading.open(file)
    written = export(data, ReviewedOptions(journal=journal), tmp_path / "out.jsonl")
    assert (written.kept, written.set_aside, written.unreadable) == (5, 1, 1)
    (reject,) = [json.loads(line) for line in written.rejects.read_text().splitlines()]
    assert (reject["line"], reject["raw"]) == (3, '{"instruction": "cut')
