"""Records of odd shapes, as a file of any origin may hold them: judged, or refused in a line, and never a traceback."""

import json
from pathlib import Path

import pytest

from tilth.cli import border

ROWS = [
    {"foo": 1},
    {"type": {"a": 1}, "instruction": "Say it.", "output": "It."},
    {"type": ["chat"], "messages": [{"role": {"a": 1}, "content": "x"}, {"role": ["user"], "content": 7}]},
    {"type": "ner", "text": "a\u200b  b"},
    {"type": "ner", "text": "a\u200b  b", "entities": True},
    {"type": "chat", "messages": [{"role": {"a": 1}, "content": "x"}, {"role": "assistant", "content": "y"}]},
    {"type": "classification", "text": "a", "labels": [{"a": 1}]},
    {"type": "qa", "question": 1, "answers": {"text": "x"}},
    {"type": "preference", "prompt": {"a": 1}, "chosen": ["x"], "rejected": None},
]
COMMANDS = {
    "clean": "clean {} -o out.jsonl",
    "defects": "defects {} -o out.jsonl",
    "score": "score {} -o out.jsonl",
    "suspects": "suspects {}",
    "render": "render {} --template alpaca",
    "validate": "validate {}",
    "stats": "stats {}",
    **{
        name: f"convert {{}} --to-dialect {name} -o out.jsonl --on-error reject"
        for name in ("hh-rlhf", "oasst-messages", "spacy-training", "label-studio", "doccano", "openai-preference")
    },
}


def run_on_input(command: str) -> int:
    """A command on `in.jsonl`; returns its exit code."""
    words = command.format("in.jsonl").split()
    return border.run([*words, "--dialect", "tilth", *(["--overwrite"] if "-o" in words else [])])


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_record_of_an_odd_shape_is_no_traceback(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for row in ROWS:
        Path("in.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
        assert run_on_input(command) in (0, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_row_does_not_name_code_that_is_run(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text("open('canary', 'w').close()\nclass Own: pass\n", encoding="utf-8")
    for name in ("own.py:Own", "own.py", str(tmp_path / "own.py:Own")):
        Path("in.jsonl").write_text(json.dumps({"type": name, "text": "x", "instruction": "y", "output": "z"}) + "\n")
        run_on_input(command)
        assert not Path("canary").exists()
