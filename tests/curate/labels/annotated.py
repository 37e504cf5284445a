"""Made-up notes of a nursery: who ordered what, and where it goes, with the spans labelled."""

import random
from typing import Any

from tilth.operation import Fields

NAMES = {
    "PERSON": ["Ada Brook", "Tom Vale", "Ines Moor", "Olaf Lind", "Mira Stone"],
    "PLACE": ["Oslo", "North Ferry", "Porto", "Elm Court", "Lima"],
    "PLANT": ["red maple", "sage", "tea rose", "thyme", "white birch"],
}
PATTERNS = [
    "{PERSON} ordered {PLANT} for {PLACE} .",
    "yesterday {PERSON} sent {PLANT} to {PLACE} .",
    "in {PLACE} the {PLANT} of {PERSON} grows well .",
    "we told {PERSON} that {PLANT} is sold out in {PLACE} .",
    "nobody waters the {PLANT} when {PERSON} is in {PLACE} .",
]


def notes(count: int, seed: int = 0) -> list[Fields]:
    """Rows with one span of each label, correctly labelled."""
    rng = random.Random(seed)
    return [_filled(PATTERNS[place % len(PATTERNS)], rng) for place in range(count)]


def changed(rows: list[Fields], line: int, label: str, /, **into: Any) -> list[Fields]:
    """The rows, where in the given line, from 1, the span of a label is another one; without `into` it is gone."""
    entities = [{**one, **into} if one["label"] == label else one for one in rows[line - 1]["entities"]]
    left = [one for one in entities if into or one["label"] != label]
    return [*rows[: line - 1], {**rows[line - 1], "entities": left}, *rows[line:]]


def span(row: Fields, label: str) -> Fields:
    """The span of a label."""
    found: Fields = next(one for one in row["entities"] if one["label"] == label)
    return found


def _filled(pattern: str, rng: random.Random) -> Fields:
    text, entities = "", []
    for piece in pattern.split():
        label = piece.strip("{}")
        words = rng.choice(NAMES[label]) if label in NAMES else piece
        start = len(text) + bool(text)
        text = f"{text} {words}".strip()
        if label in NAMES:
            entities.append({"start": start, "end": len(text), "label": label})
    return {"type": "ner", "text": text, "entities": entities}
