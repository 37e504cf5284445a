"""A list of suspicions gives the review its order and its reasons, and changes nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tilth.errors import DataError, UsageError
from tilth.formats import Dataset
from tilth.review.session import Session

ROWS = [{"text": f"text number {n}"} for n in (0, 1, 2, 1, 3, 1)]


def put(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def entry(row: int, file: Path) -> dict[str, Any]:
    ids = [each for batch in Dataset.open(file).batches() for each in batch.ids]
    reasons = [{"operation": "dedup", "code": "exact-duplicate", "score": 1.0, "detail": f"see \x1b{row}"}]
    return {"id": ids[row], "copy": ids[:row].count(ids[row]), "reasons": reasons}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return put(tmp_path / "in.jsonl", ROWS)


def test_the_order_is_that_of_the_list_and_copies_are_told_apart(file: Path, tmp_path: Path) -> None:
    queue = put(tmp_path / "list.jsonl", [entry(5, file), entry(0, file), entry(3, file)])
    with Session(file, "ada", queue=queue) as session:
        assert list(session.filtered("queue")) == [5, 0, 3]
        assert session.start_row == 5
        assert session.suspicions(5) == ["dedup exact-duplicate 1: see ␛5"]
        assert session.suspicions(1) == ()


def test_a_sitting_goes_on_at_the_first_undecided_and_the_journal_is_the_same(file: Path, tmp_path: Path) -> None:
    queue = put(tmp_path / "list.jsonl", [entry(4, file), entry(1, file)])
    with Session(file, "ada", queue=queue) as session:
        session.decide(4, "reject", next_row=1)
    with Session(file, "ada", queue=queue) as session:
        assert session.start_row == 1
    with Session(file, "ada") as session:
        assert session.standing(4).status == "rejected"


def test_the_list_outlives_another_order_of_the_rows(file: Path, tmp_path: Path) -> None:
    queue = put(tmp_path / "list.jsonl", [entry(4, file), entry(0, file), {"id": "0" * 32, "reasons": []}])
    put(file, list(reversed(ROWS)))
    with Session(file, "ada", queue=queue) as session:
        assert list(session.filtered("queue")) == [1, 5]
        assert session.queue is not None
        assert session.queue.missing == 1


def test_rows_set_aside_are_a_list_too(file: Path, tmp_path: Path) -> None:
    line = {key: value for key, value in entry(2, file).items() if key == "id"}
    queue = put(tmp_path / "out.set-aside.jsonl", [{**line, "operation": "score", "code": "low-quality", "score": 3.5}])
    with Session(file, "ada", queue=queue) as session:
        assert session.suspicions(2) == ["score low-quality 3.5"]


@pytest.mark.parametrize("line", ["[]", "{", '{"row": 1}', '{"id": 7}'])
def test_a_line_that_names_no_record_is_refused_with_its_place(line: str, file: Path, tmp_path: Path) -> None:
    queue = tmp_path / "list.jsonl"
    queue.write_text(f"{line}\n")
    with pytest.raises(DataError, match=r"list\.jsonl:1"):
        Session(file, "ada", queue=queue)
    with pytest.raises(UsageError):
        Session(file, "ada", queue=tmp_path / "nowhere.jsonl")
