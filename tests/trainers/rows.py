"""Rows in a test's own words, and data sets of them on disk, split as `tilth split` leaves them."""

import json
from pathlib import Path
from typing import Any

from tilth.formats import Dataset

THINGS = [
    "lamp",
    "kettle",
    "ladder",
    "bicycle",
    "teapot",
    "jacket",
    "window",
    "garden",
    "pencil",
    "blanket",
    "bucket",
    "candle",
    "mirror",
    "basket",
]
PLACES = ["kitchen", "cellar", "attic", "hallway", "garage", "workshop", "library", "balcony"]


def instruction(question: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"type": "instruction", "instruction": question, "output": answer, **more}


def chat(*turns: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"type": "chat", "messages": [{"role": role, "content": content} for role, content in turns], **more}


def preference(prompt: str, chosen: str, rejected: str, **more: Any) -> dict[str, Any]:
    return {"type": "preference", "prompt": prompt, "chosen": chosen, "rejected": rejected, **more}


def where_is_it(count: int) -> list[dict[str, Any]]:
    """A little world that a tiny model can learn: every thing has its place."""
    rows = []
    for number in range(count):
        thing, place = THINGS[number % len(THINGS)], PLACES[(number % len(THINGS)) % len(PLACES)]
        opening = ("Where is the", "Please tell me where to find the", "I am looking for the")[number % 3]
        rows.append(instruction(f"{opening} {thing} number {number}?", f"The {thing} is in the {place}."))
    return rows


def polite_or_not(count: int) -> list[dict[str, Any]]:
    """Pairs that differ in manner: the polite answer is the chosen one."""
    return [
        preference(
            f"Where is the {THINGS[number % len(THINGS)]} number {number}?",
            f"The {THINGS[number % len(THINGS)]} is in the {PLACES[number % len(PLACES)]}, thank you for asking.",
            f"Find the {THINGS[number % len(THINGS)]} yourself, the {PLACES[number % len(PLACES)]} is over there.",
        )
        for number in range(count)
    ]


def split_data(folder: Path, **parts: list[dict[str, Any]]) -> Dataset:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in parts.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return Dataset.open(folder, dialect="tilth")
