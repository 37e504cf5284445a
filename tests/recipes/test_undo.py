import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tilth.cli.border import run as cli

ODD = [
    '{"instruction": "Why?\\u200b", "output": "Because\\r\\nof it  "}',
    '{"instruction":"fine","output":"fine"}',
    '{ "output":"größer","instruction" : "wie\\u200b?" , "n": 1.50 }',
    '{"instruction":"fine","output":"fine "}',
    '{"instruction":"a","output":"b","meta":{"k":"\\u200b"}}',
    '{"instruction":"a\\/b\\u200b","output":"b"}',
    '{"instruction":"Stra\\u00dfe ","output":"\\ud83d\\ude00"}',
]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: Any) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text("\n".join(ODD) + "\n")
    assert cli(["clean", "in.jsonl", "-o", "out.jsonl", "-q"]) == 0
    return tmp_path


def test_every_line_comes_back_byte_by_byte(files: Path) -> None:
    assert Path("out.jsonl").read_bytes() != Path("in.jsonl").read_bytes()
    assert cli(["undo", "out.jsonl", "-o", "back.jsonl", "-q"]) == 0
    assert Path("back.jsonl").read_bytes() == Path("in.jsonl").read_bytes()


def test_changed_lines_keep_the_spelling_of_their_file(files: Path) -> None:
    lines = Path("out.jsonl").read_text().splitlines()
    assert lines[0] == '{"instruction": "Why?", "output": "Because\\nof it"}'
    assert lines[6] == '{"instruction":"Stra\\u00dfe","output":"\\ud83d\\ude00"}'


def test_the_changes_say_where_each_row_stands(files: Path) -> None:
    lines = [json.loads(line) for line in Path("out.jsonl.changes.jsonl").read_text().splitlines()]
    assert [(line["row"], line["file"], line["line"]) for line in lines] == [
        (row, "in.jsonl", row) for row in (1, 3, 4, 6, 7)
    ]
    assert lines[0]["detail"] == "line-ends, invisible, edges"


def test_rows_go_back_into_another_container(files: Path) -> None:
    assert cli(["undo", "out.jsonl", "-o", "back.csv", "-q", "--dry-run"]) == 0
    assert not Path("back.csv").exists()
    Path("in.csv").write_text('instruction,output\n"a ",b\n')
    assert cli(["clean", "in.csv", "-o", "out.csv", "-q"]) == 0
    assert cli(["undo", "out.csv", "-o", "back.csv", "-q"]) == 0
    assert Path("back.csv").read_text().splitlines()[1] == "a ,b"


def edited() -> None:
    Path("out.jsonl").write_text(Path("out.jsonl").read_text().replace("Because", "As"))


def shortened() -> None:
    Path("out.jsonl").write_text("\n".join(Path("out.jsonl").read_text().splitlines()[:3]) + "\n")


def lost() -> None:
    Path("out.jsonl.changes.jsonl").unlink()


@pytest.mark.parametrize(
    ("happened", "message"),
    [(edited, "row 1: the file is not the one"), (shortened, "it has 3 rows"), (lost, "nothing says what was changed")],
)
def test_an_output_that_is_no_longer_what_was_written_is_refused(
    files: Path, capsys: Any, happened: Callable[[], None], message: str
) -> None:
    happened()
    assert cli(["undo", "out.jsonl", "-o", "back.jsonl"]) in (1, 2)
    assert message in capsys.readouterr().err
    assert not Path("back.jsonl").exists()


def test_masks_come_back_only_where_they_were_kept(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text('{"text": "mail bob@shop.example"}\n')
    assert cli(["pii", "in.jsonl", "-o", "a.jsonl", "-q"]) == 0
    assert cli(["undo", "a.jsonl", "-o", "back.jsonl"]) == 2
    assert "--keep-before" in capsys.readouterr().err
    assert cli(["pii", "in.jsonl", "-o", "b.jsonl", "-q", "--keep-before"]) == 0
    assert cli(["undo", "b.jsonl", "-o", "back.jsonl", "-q"]) == 0
    assert Path("back.jsonl").read_bytes() == Path("in.jsonl").read_bytes()
