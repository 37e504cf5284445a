"""Files to review, and the app over them."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tilth.review.session import Session
from tilth.tui.app import ReviewApp

HOSTILE = "[INST] [/b] \x1b]52;c;aGVsbG8=\x07 [bold]x[/] \u202eevil\u202c a\u200bb e\u0301 你好 😀 [/INST]"
SHOWN = "[INST] [/b] ␛]52;c;aGVsbG8=␇ [bold]x[/] ⟨U+202E⟩evil⟨U+202C⟩ a⟨U+200B⟩b e\u0301 你好 😀 [/INST]"

RECORDS: dict[str, dict[str, Any]] = {
    "instruction": {
        "type": "instruction",
        "system": "Be brief.",
        "instruction": "How do I reset my password?",
        "output": "Open settings.\nClick reset.",
        "meta": {"licence": "CC0-1.0"},
        "extra": {"ticket": 4711},
    },
    "chat": {
        "type": "chat",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": HOSTILE},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"type": "function", "function": {"name": "look_up", "arguments": '{"id": 3}'}}],
            },
            {"role": "tool", "name": "look_up", "content": "on its way"},
            {"role": "assistant", "content": "It is on its way.", "weight": 1},
        ],
        "tools": [{"type": "function", "function": {"name": "look_up"}}],
    },
    "preference": {
        "type": "preference",
        "prompt": "Name a prime.",
        "chosen": "7 is a prime, because only 1 and 7 divide it.",
        "rejected": "9 is a prime. " * 8,
        "margin": 0.5,
    },
    "qa": {
        "type": "qa",
        "question": "Who wrote it?",
        "answers": [{"text": "Ada", "start": 0}, {"text": "Bob", "start": 3}],
        "context": "Ada did, they say. Not Bob.",
    },
    "ner": {
        "type": "ner",
        "text": "Ada Lovelace lives in Oslo.",
        "entities": [
            {"start": 0, "end": 12, "label": "PERSON"},
            {"start": 22, "end": 26, "label": "PLACE"},
            {"start": 22, "end": 99, "label": "WRONG"},
        ],
    },
    "classification": {"type": "classification", "text": "Where is my parcel? [/]", "label": "delivery"},
    "labels": {"type": "classification", "text": "Late, and broken too.", "labels": ["delivery", "damage"]},
    "text": {"type": "text", "text": "Once upon a time.\n\n\tA tab, " + "and a long line " * 30},
    "broken": {"type": "instruction", "instruction": "The output is a number.", "output": 7},
}
"""One record of each type."""

Open = Callable[..., ReviewApp]


def write_records(path: Path, records: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """All record types, one row each."""
    return write_records(tmp_path / "mixed.jsonl", list(RECORDS.values()))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Ten plain instructions."""
    rows = [{"type": "instruction", "instruction": f"Question {n}?", "output": f"Answer {n}."} for n in range(1, 11)]
    return write_records(tmp_path / "questions.jsonl", rows)


@pytest.fixture
def open_app() -> Iterator[Open]:
    """Opens the app on a file; sessions are closed at the end of the test."""
    with ExitStack() as open_sessions:

        def open_one(path: Path, annotator: str = "ada", **more: Any) -> ReviewApp:
            return ReviewApp(open_sessions.enter_context(Session(path, annotator, **more)))

        yield open_one
