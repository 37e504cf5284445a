"""`tilth convert` as a new user would type it wrong: each time one helpful line, and nothing written."""

import gzip
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from tilth.cli import border

ROWS = [{"instruction": f"Name plant {n}.", "input": "", "output": f"Plant {n} is a fern."} for n in range(5)]
CHAT = {
    "messages": [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c"},
    ]
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files that people try to convert."""
    monkeypatch.chdir(tmp_path)
    lines = "".join(json.dumps(row) + "\n" for row in ROWS)
    Path("good.jsonl").write_text(lines)
    Path("chats.jsonl").write_text(json.dumps(CHAT) + "\n")
    Path("list.json").write_text(json.dumps(ROWS))
    Path("pretty.jsonl").write_text("\n".join(json.dumps(row, indent=1) for row in ROWS))
    Path("page.jsonl").write_text("<!DOCTYPE html><html><body>Not found</body></html>")
    Path("latin.csv").write_bytes("text,label\ncafé,food\n".encode("latin-1"))
    Path("wide.csv").write_bytes("text,label\ncafé,food\n".encode("utf-16"))
    Path("qa.csv").write_text("Question,Answer\nWho?,Ada\n")
    Path("broken.jsonl").write_text('{"text": "a"}\n{"text": "b"\n')
    Path("cut.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-20])
    Path("lines.csv").write_text('{"text": "a"}\n{"text": "b"}\n')
    Path("gbk.csv").write_bytes("文本,标签\n你好世界今天天气很好,正\n".encode("gbk"))
    Path("pointer.jsonl").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n")
    Path("comment.json").write_text('// rows\n[{"a": 1}]')
    Path("twice.csv").write_text("text,text\na,b\n")
    Path("exists.csv").write_text("a\n1\n")
    Path("empty.jsonl").write_text("")
    Path("picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    Path("renamed.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    Path("folder").mkdir()
    with zipfile.ZipFile("data.zip", "w") as archive:
        archive.writestr("good.jsonl", lines)
    return tmp_path


MISTAKES = [
    ("", 2, "convert needs SOURCE: a file, a glob"),
    ("good.jsonl", 2, "-o OUT.jsonl"),
    ("good.jsonl out.csv", 2, "-o out.csv"),
    ("good.jsonl list.json -o out.csv", 2, "one too many"),
    ("god.jsonl -o out.csv", 2, "good.jsonl"),
    ("god.jsnl -o out.csv", 2, "there is no such file"),
    ("god -o out.csv", 2, "there is no such file"),
    ("nothing-*.jsonl -o out.csv", 2, "no file is named like that"),
    ("https://example.org/data.jsonl -o out.csv", 2, "nothing is fetched from the network"),
    ("folder -o out.jsonl", 2, "the folder holds nothing"),
    ("empty.jsonl -o out.jsonl", 1, "holds no rows"),
    ("picture.png -o out.csv", 2, "picture.png"),
    ("renamed.jsonl -o out.csv", 1, "PNG"),
    ("data.zip -o out.csv", 2, "data.zip"),
    ("page.jsonl -o out.csv", 1, "HTML"),
    ("pretty.jsonl -o out.csv", 1, "--from json"),
    ("list.json -o out.csv --from jsonl", 1, "--from json"),
    ("broken.jsonl -o out.csv", 1, "broken.jsonl:2"),
    ("cut.jsonl.gz -o out.csv", 1, "cut.jsonl.gz"),
    ("latin.csv -o out.jsonl", 1, "--encoding windows-1252"),
    ("latin.csv -o out.jsonl --limit 1", 1, "; or --on-error reject"),
    ("gbk.csv -o out.jsonl --on-error reject", 1, "try  --encoding gb18030\n"),
    ("lines.csv -o out.jsonl", 1, "--from jsonl"),
    ("pointer.jsonl -o out.csv", 1, "git lfs pull"),
    ("twice.csv -o out.jsonl", 1, "another name"),
    ("wide.csv -o out.jsonl", 1, "--encoding utf-16"),
    ("good.jsonl -o good.jsonl", 2, "the output is the input"),
    ("good.jsonl -o good.jsonl --overwrite", 2, "the output is the input"),
    ("good.jsonl -o exists.csv", 2, "--overwrite"),
    ("good.jsonl -o nowhere/out.csv", 2, "mkdir -p"),
    ("good.jsonl -o out.docx", 2, "--to "),
    ("good.jsonl -o out", 2, "txt | yaml | hf | save-to-disk"),
    ("good.jsonl -o out.xlsx", 2, "read and not written"),
    ("good.jsonl -o out.csv --to parket", 2, "parquet"),
    ("good.jsonl -o out.csv --from jsonlines", 2, "jsonl"),
    ("good.jsonl -o out.jsonl --to-dialect alpca", 2, "alpaca"),
    ("good.jsonl -o out.jsonl --to-dialekt alpaca", 2, "--to-dialect"),
    ("good.jsonl -o out.jsonl --to-dialect squad", 1, "--to-dialect"),
    ("chats.jsonl -o out.jsonl --to-dialect alpaca", 1, "--on-error reject"),
    ("chats.jsonl -o out.jsonl --to-dialect alpaca --dry-run", 1, "--on-error reject"),
    ("qa.csv -o out.jsonl --to-dialect alpaca --map Answer=output Question=instruction", 2, "no column"),
    ("qa.csv -o out.jsonl --to-dialect alpaca --map instruction", 2, "FIELD=COLUMN"),
    ("qa.csv -o out.jsonl --to-dialect alpaca --map instruction=Qestion output=Answer", 2, "Question"),
    ("qa.csv -o out.jsonl --map instruction=Question output=Answer", 2, "--to-dialect"),
    ("good.jsonl -o out.csv --dialect chat --to-dialect openai", 2, "no dialect is called chat"),
    ("good.jsonl -o out.csv --as chatt --to-dialect openai", 2, "chat"),
    ("good.jsonl -o out.csv --delimiter ;;", 2, "one character"),
    ("good.jsonl -o out.csv --encoding utf8x", 2, "utf8x"),
    ("good.jsonl -o out.csv --limit 0", 2, "--limit"),
    ("good.jsonl -o out.csv --on-error ignore", 2, "reject"),
    ("good.jsonl -o out-{shard}.csv", 2, "--shard"),
    ("good.jsonl -o out.csv --shard-rows 2", 2, "{shard}"),
    ("good.jsonl -o out.csv --table x", 2, "several sheets or tables, and this is jsonl"),
    ("list.json -o out.csv --table x", 2, "the file is one list"),
    ("good.jsonl -o out.csv --delimiter ;", 2, "cells of CSV, and this is jsonl"),
    ("good.jsonl -o out.csv.gzip", 2, "try  out.csv.gz, or"),
    ("good.jsonl -o out.zip", 2, "try  out.jsonl.gz, or"),
    ("good.jsonl -o out.jsonl --as chat --to-dialect openai", 2, "alpaca with instruction records, and not chat"),
    ("good.jsonl -o out.jsonl --to-dialect chat", 2, "| openai |"),
    ("good.jsonl -o out.jsonl --to-dialect ShareGPT", 2, "try  sharegpt"),
    ("good.jsonl -o out.jsonl --to-dialect dpo", 2, "try  axolotl-dpo"),
    ("good.jsonl -o hf://me/plants", 2, "nothing is sent over the network"),
    ("s3://plants/good.jsonl -o out.jsonl", 2, "try  a copy of it on this machine"),
    ("comment.json -o out.jsonl", 1, "expected a list of objects"),
]


@pytest.mark.parametrize(("words", "code", "says"), MISTAKES, ids=[words for words, _, _ in MISTAKES])
def test_a_mistake_is_one_helpful_answer_and_nothing_is_written(
    words: str, code: int, says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in here.iterdir())
    found = border.run(["convert", *words.split()])
    out, err = capsys.readouterr()
    assert (found, out) == (code, ""), err
    assert err.startswith("error: ")
    assert says in err, err
    assert "Traceback" not in err
    lines = err.strip().splitlines()
    assert len(lines) <= (4 if "would lose" in err else 2), err
    assert sorted(path.name for path in here.iterdir()) == before


@pytest.mark.parametrize("words", [["", "-o", "out.csv"], ["good.jsonl", "-o", ""]])
def test_an_empty_name_is_not_the_folder_here(words: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert border.run(["convert", *words, "--overwrite"]) == 2
    assert capsys.readouterr().err.startswith("error: a name is empty\n")
    assert border.run(["inspect", ""]) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [("q,a\nhi,yo\n", "--from csv"), ("q\ta\n", "--from tsv"), ("- a: 1\n", "--from yaml"), ("Hello there\n", "txt")],
)
def test_what_is_piped_in_without_a_word_is_told_apart(
    content: str, says: str, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Piped:
        buffer = io.BytesIO(content.encode())

    monkeypatch.setattr(sys, "stdin", Piped)
    assert border.run(["convert", "-", "-o", "out.jsonl"]) == 2
    assert says in capsys.readouterr().err
    assert not Path("out.jsonl").exists()


def test_a_dry_run_says_what_would_be_lost_and_writes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = "good.jsonl -o out.jsonl --to-dialect openai --dry-run"
    assert border.run(["convert", *words.split()]) == 0
    assert "5 in" in capsys.readouterr().err
    assert not Path("out.jsonl").exists()


def test_rows_under_names_of_their_own_are_said_to_be_one_row(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("keyed.json").write_text(json.dumps({"q1": {"q": "x", "a": "y"}, "q2": {"q": "z", "a": "w"}}))
    Path("other.json").write_text(json.dumps({"model": {"layers": 2}, "data": {"path": "x"}}))
    assert border.run(["convert", "keyed.json", "-o", "out.jsonl"]) == 0
    assert "to_entries" in capsys.readouterr().err
    assert border.run(["convert", "other.json", "-o", "other.jsonl"]) == 0
    assert "to_entries" not in capsys.readouterr().err
