"""Real public data sets to try things on, where a folder with them is at hand."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

_BESIDE = Path(__file__).parents[2].parent / "shared" / "data"


def public_folder() -> Path:
    """That folder (`TILTH_SHARED_DATA`), whether it is there or not."""
    return Path(os.environ.get("TILTH_SHARED_DATA", _BESIDE))


def public_file(name: str) -> Path:
    """A file of that folder; skips the test when there is none."""
    path = public_folder() / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    return path


def json_rows(name: str) -> list[dict[str, Any]]:
    """The rows of a JSON list or of JSON Lines."""
    text = public_file(name).read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else [json.loads(line) for line in text.split("\n") if line]


def squad_rows(name: str) -> list[dict[str, Any]]:
    """The questions of a nested SQuAD file, flat as Hugging Face has them."""
    rows = []
    for article in json.loads(public_file(name).read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = question["answers"]
                pair = {
                    "text": [answer["text"] for answer in answers],
                    "answer_start": [answer["answer_start"] for answer in answers],
                }
                row = {"id": question["id"], "title": article.get("title"), "context": paragraph["context"]}
                row |= {"question": question["question"], "answers": pair}
                rows.append(row | {key: question[key] for key in ("is_impossible",) if key in question})
    return rows
