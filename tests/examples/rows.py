"""The rows of the example, read with nothing of Tilth: what the key is checked against."""

import csv
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "examples" / "support-desk"
FILES = (
    "faq.jsonl",
    "tickets.csv",
    "chats.yaml",
    "macros.jsonl",
    "preferences.jsonl",
    "handbook.jsonl",
    "labels.jsonl",
)
"""In reading order: of two equal rows the later one is the duplicate."""

Place = tuple[str, int]


@dataclass(frozen=True)
class Row:
    """One row as its file holds it; `content` is None for a line that cannot be read."""

    place: Place
    content: dict[str, Any] | None

    @property
    def prompt(self) -> str:
        row = self.content or {}
        if (turns := self.turns) is not None:
            return "\n".join(text for role, text in turns if role != "assistant")
        if "context" in row:
            return f"{row['question']}\n{row['context']}"
        names = ("instruction", "input", "prompt", "text")
        return "\n".join(row[name] for name in names if row.get(name))

    @property
    def answers(self) -> list[str]:
        row = self.content or {}
        if (turns := self.turns) is not None:
            return [text for role, text in turns if role == "assistant"]
        if "context" in row:
            return list(row["answers"]["text"])
        return [row[name] for name in ("output", "completion", "chosen", "rejected") if row.get(name) is not None]

    @property
    def text(self) -> str:
        if self.turns is not None:
            return "\n".join(text for _, text in self.turns)
        return "\n".join([self.prompt, *self.answers])

    @property
    def turns(self) -> list[tuple[str, str]] | None:
        row = self.content or {}
        if "conversations" in row:
            names = {"human": "user", "gpt": "assistant"}
            return [(names[turn["from"]], turn["value"]) for turn in row["conversations"]]
        if "messages" in row:
            return [(turn["role"], turn["content"]) for turn in row["messages"]]
        return None

    @property
    def shingles(self) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", self.text.lower())
        return {tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))}


def load_rows() -> dict[Place, Row]:
    """Every row of the example by file and first line, in reading order."""
    found = {}
    for name in FILES:
        text = (FOLDER / name).read_text(encoding="utf-8")
        reader = {"csv": _csv_rows, "yaml": _yaml_rows, "jsonl": _json_rows}[name.rsplit(".", 1)[1]]
        for line, content in reader(text):
            found[name, line] = Row((name, line), content)
    return found


def load_key() -> dict[str, Any]:
    key: dict[str, Any] = yaml.safe_load((FOLDER / "key.yaml").read_text(encoding="utf-8"))
    return key


def _json_rows(text: str) -> list[tuple[int, dict[str, Any] | None]]:
    rows: list[tuple[int, dict[str, Any] | None]] = []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        try:
            rows.append((number, json.loads(line)))
        except ValueError:
            rows.append((number, None))
    return rows


def _csv_rows(text: str) -> list[tuple[int, dict[str, Any] | None]]:
    rows: list[tuple[int, dict[str, Any] | None]] = []
    reader = csv.reader(io.StringIO(text, newline=""))
    names, first = next(reader), 2
    for cells in reader:
        rows.append((first, dict(zip(names, cells, strict=True)) if len(cells) == len(names) else None))
        first = reader.line_num + 1
    return rows


def _yaml_rows(text: str) -> list[tuple[int, dict[str, Any] | None]]:
    starts = [number for number, line in enumerate(text.split("\n"), 1) if line.startswith("- ")]
    return list(zip(starts, yaml.safe_load(text), strict=True))
