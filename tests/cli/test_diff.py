"""`diff`: a comparison for people and for machines, and gates that fail."""

import json
from pathlib import Path

import pytest

from tilth.cli.border import run as run_words

ROWS = [{"instruction": f"Where is thing {n}?", "output": f"In room {n}."} for n in range(20)]


def run(words: str) -> int:
    return run_words(words.split())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    after = [*ROWS[1:], {"instruction": "Name a fern.", "output": "Hart's tongue"}]
    after[3] = {**after[3], "output": "In room 4, upstairs."}
    for name, rows in (("a", ROWS), ("b", after)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def test_a_difference_is_no_failure_unless_a_gate_says_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("diff a.jsonl b.jsonl") == 0
    text = capsys.readouterr().out
    assert "unchanged    18  90.0%" in text
    assert "output: In room 4{+, upstairs+}." in text
    assert run("diff a.jsonl b.jsonl --fail-on added,edited>50% -q") == 4
    found = capsys.readouterr()
    assert (found.out, found.err) == ("", "gate: added: added is 1\n")
    assert run("diff a.jsonl a.jsonl --fail-on changed,unchanged<100%") == 0
    assert "the rows are the same, 20 of 20" in capsys.readouterr().out


def test_machines_get_stable_names(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("diff a.jsonl b.jsonl --json --examples 1") == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {
        *("a", "b", "compared", "unchanged", "edited", "added", "removed", "found_by", "fields"),
        *("types", "labels", "lengths", "tokens", "examples"),
    }
    assert found["a"] == {"name": "a.jsonl", "dialect": "alpaca", "rows": 20, "repeats": 0}
    assert found["found_by"] == {"content": 18, "prompt": 1}
    assert found["lengths"]["tokens"]["rows"] == [20, 20]
    assert [example["change"] for example in found["examples"]] == ["edited", "removed", "added"]


def test_every_change_is_written(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("diff a.jsonl b.jsonl -o changes.jsonl -q") == 0
    lines = [json.loads(line) for line in (here / "changes.jsonl").read_text().splitlines()]
    assert [(line["change"], line["a"], line["b"]) for line in lines] == [
        ("removed", "a.jsonl:1", None),
        ("edited", "a.jsonl:5", "b.jsonl:4"),
        ("added", None, "b.jsonl:20"),
    ]
    assert lines[0]["row"] == ROWS[0]
    assert lines[1]["fields"] == [{"path": "output", "before": "In room 4.", "after": "In room 4, upstairs."}]
    assert run("diff a.jsonl b.jsonl -o changes.jsonl -q") == 2
    assert run("diff a.jsonl b.jsonl -o b.jsonl --overwrite -q") == 2, "an input is no output"


def test_rows_of_no_known_dialect_are_compared_as_rows(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "c.csv").write_text("place,plants\nnorth,3\nsouth,4\n")
    (here / "d.csv").write_text("place,plants\nsouth,5\nnorth,3\n")
    assert run("diff c.csv d.csv --by place") == 0
    assert "plants: [-4-]{+5+}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("diff a.jsonl b.jsonl --fail-on addd", "there is no gate addd\n  try  added"),
        ("diff a.jsonl b.jsonl --by idd", "no row has a field idd"),
        ("diff a.jsonl", "diff needs B"),
        ("diff a.jsonl absent.jsonl", "absent.jsonl: there is no such file"),
        ("diff - b.jsonl", "standard input is none"),
        ("diff a.jsonl b.jsonl --tokenizer nowhere", "nowhere: there is no such file or folder"),
    ],
)
def test_mistakes(words: str, says: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    found = capsys.readouterr()
    assert says in found.err and "Traceback" not in found.err
