"""`tilth inspect` as a person and as a script see it: rows, files, folders, gates."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.artifacts.made import CONFIG, write_checkpoint, write_model
from tilth import plugins
from tilth.artifacts import Artifact, Kind, Probe
from tilth.cli.border import run

ROWS = [{"instruction": f"Where is {n}?", "output": f"In the shed {n}.", "source": f"set-{n % 2}"} for n in range(40)]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def shown(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert run(["inspect", *words]) == code
    return capsys.readouterr().out


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shown(capsys, *words, "--json"))
    return found


def test_rows_are_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        shown(capsys, "rows.jsonl")
        == """\
file       rows.jsonl
container  jsonl, utf-8; 40 rows
dialect    alpaca: every row has instruction and output
records    40 instruction
merged     from 2 sets, by source: set-0 20, set-1 20
fields     instruction: string
           output: string
           source: string
problems   none found
convert    tilth convert rows.jsonl -o OUT.parquet --to-dialect tilth
"""
    )


def test_json_of_rows_has_all_that_the_text_says(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "rows.jsonl")
    expected = {
        "kind": "rows",
        "file": "rows.jsonl",
        "format": "jsonl",
        "compression": None,
        "encoding": "utf-8",
        "dialect": "alpaca",
        "rows": 40,
        "is_whole": True,
        "record_types": {"instruction": 40},
        "merged_from": {"source": {"set-0": 20, "set-1": 20}},
    }
    assert {name: found[name] for name in expected} == expected


def test_rows_of_several_records_are_told_as_the_file_has_them(capsys: pytest.CaptureFixture[str]) -> None:
    said = [{"completed_by": who, "result": []} for who in (1, 2)]
    Path("tasks.json").write_text(json.dumps([{"id": 1, "data": {"text": "Ada"}, "annotations": said}] * 3))
    found = told(capsys, "tasks.json")
    assert (found["rows"], found["record_types"]) == (3, {"ner": 6})
    assert list(found["fields"]) == ["id", "data", "annotations"]
    assert "json, 3 rows, label-studio (ner)" in " ".join(shown(capsys, ".").split())


def test_rows_that_cannot_be_read_are_problems_and_no_end(capsys: pytest.CaptureFixture[str]) -> None:
    with Path("rows.jsonl").open("a") as file:
        file.write('{"instruction": \n{"instruction": "a", "output": ""}\n')
    text = shown(capsys, "rows.jsonl")
    assert "41 rows, 1 cannot be read" in text
    assert "line 41: broken JSON" in text
    assert "line 42: output: empty" in text
    assert "--on-error reject" in text


def test_a_limit_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "jsonl, utf-8; the first 7 rows" in shown(capsys, "rows.jsonl", "--limit", "7")


def test_rows_of_no_dialect_are_told_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    Path("odd.jsonl").write_text('{"x": 1, "y": [1]}\n{"x": "a"}\n')
    text = shown(capsys, "odd.jsonl")
    assert "dialect    none: no dialect fits" in text
    assert "x: 1 integer, 1 string" in text
    assert "y: 1 list, 1 absent" in text


def test_rows_of_token_ids_are_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tokens.jsonl").write_text('{"input_ids": [1, 2], "labels": [1, 2]}\n')
    assert "a tokenized set" in shown(capsys, "tokens.jsonl")
    assert told(capsys, "tokens.jsonl")["kind"] == "tokenized rows"


def test_compressed_rows_are_told_with_their_compression(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", "rows.jsonl", "-o", "rows.csv.gz", "--quiet"]) == 0
    assert "csv, gz, utf-8; 40 rows" in shown(capsys, "rows.csv.gz")


def test_an_artifact_is_told_in_lines_that_fit(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    write_model(Path("model"))
    assert (
        shown(capsys, "model/config.json")
        == """\
file            model/config.json
kind            model-config: the description of a model: its architecture and
                sizes
architecture    LlamaForCausalLM
model type      llama
layers          2
width           64
vocabulary      100
context length  4,096
dtype           bfloat16
"""
    )
    for columns in (40, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        for line in shown(capsys, "model").splitlines():
            assert len(line) <= columns or "tilth train sft" in line


def test_a_folder_is_told_as_a_whole_and_thing_by_thing(capsys: pytest.CaptureFixture[str]) -> None:
    write_model(Path("base"))
    text = shown(capsys, ".")
    assert "base/" in text and "model, architecture LlamaForCausalLM" in text
    assert "jsonl, 40 rows, alpaca" in text
    whole = told(capsys, "base")
    assert whole["whole"]["kind"] == "model"
    assert {entry["path"] for entry in whole["entries"]} >= {"config.json", "model.safetensors"}


@pytest.mark.parametrize(
    ("gate", "harm", "code"),
    [
        ("broken", lambda folder: (folder / "trainer_state.json").unlink(), 4),
        ("missing", lambda folder: (folder / "optimizer.pt").unlink(), 4),
        ("unsafe", lambda folder: None, 4),  # states are pickles
        ("broken", lambda folder: None, 0),
        ("missing", lambda folder: None, 0),
    ],
)
def test_a_gate_fails_on_what_it_is_told_to(gate: str, harm: Any, code: int, capsys: Any) -> None:
    harm(write_checkpoint(Path("checkpoint-5"), 5, 5))
    assert run(["inspect", "checkpoint-5", "--fail-on", gate]) == code
    assert (f"{gate}:" in capsys.readouterr().err) is (code == 4)


def test_flags_about_rows_say_that_a_file_holds_rows(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.json").write_text(json.dumps([CONFIG]))
    assert "json, utf-8; 1 row\n" in shown(capsys, "config.json", "--from", "json")


def test_what_is_not_there_is_named_with_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", "rows.json"]) == 2
    assert "rows.jsonl" in capsys.readouterr().err


def test_a_file_that_is_not_what_its_name_says_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("model.gguf").write_bytes(b"<!doctype html>")
    assert run(["inspect", "model.gguf"]) == 1
    assert "this is no GGUF file, whatever its name says" in capsys.readouterr().err


def test_hostile_names_and_texts_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\x1b]0;t\x07.json"
    Path(name).write_text(json.dumps({**CONFIG, "architectures": ["\x1b[31m\u202ex"]}))
    assert "\x1b" not in shown(capsys, name) + shown(capsys, ".")


def test_another_package_brings_a_kind_of_its_own(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Recipe:
        kinds = (Kind("cake", "a recipe for a cake", "begins with CAKE"),)

        def match(self, probe: Probe) -> Artifact | None:
            return self.kinds[0].found() if probe.head.startswith(b"CAKE") else None

    monkeypatch.setattr(plugins, "installed", lambda group: {"cake": None} if group == "tilth.artifacts" else {})
    monkeypatch.setattr(plugins, "load", lambda group, name: Recipe)
    Path("x.cake").write_text("CAKE")
    assert "cake: a recipe for a cake" in shown(capsys, "x.cake")


@pytest.mark.slow
def test_a_large_file_is_answered_in_two_seconds_and_counted_whole_on_request(capsys: Any) -> None:
    line = json.dumps({"instruction": "Where is the spade?", "output": "In the shed. " * 8}) + "\n"
    rows = 1_500_000
    with Path("large.jsonl").open("w") as file:
        for _ in range(rows // 1000):
            file.write(line * 1000)
    began = time.process_time()
    found = told(capsys, "large.jsonl")
    assert time.process_time() - began < 2
    assert not found["is_whole"]
    assert 0 < found["rows"] < rows
    assert "at least" in shown(capsys, "large.jsonl")
    assert told(capsys, "large.jsonl", "--whole")["rows"] == rows


def test_the_command_that_is_shown_says_what_it_would_leave_behind(capsys: pytest.CaptureFixture[str]) -> None:
    Path("set.json").write_text('{"version": 1, "data": [{"a": 1}]}')
    assert told(capsys, "set.json")["convert"] == "tilth convert set.json -o OUT.parquet --allow-loss envelope"
    assert run(["convert", "set.json", "-o", "OUT.parquet", "--allow-loss", "envelope"]) == 0


def test_a_second_file_is_to_be_inspected_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inspect", "rows.jsonl", "b.jsonl"]) == 2
    assert "try  tilth inspect b.jsonl" in capsys.readouterr().err
