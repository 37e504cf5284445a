"""Made-up messages of a garden shop: four subjects with words of their own, and words that all share."""

import random

from tilth.operation import Fields

SUBJECTS = {
    "watering": ["water", "hose", "dry", "drip", "wet", "can", "thirsty", "soak", "leak", "spray"],
    "delivery": ["parcel", "late", "van", "courier", "address", "box", "arrive", "ship", "track", "door"],
    "payment": ["card", "refund", "invoice", "charge", "bill", "price", "bank", "pay", "receipt", "coupon"],
    "pests": ["aphid", "snail", "slug", "beetle", "bite", "leaf", "hole", "moth", "trap", "spider"],
}
SHARED = [
    "please",
    "my",
    "the",
    "when",
    "is",
    "can",
    "you",
    "tell",
    "about",
    "a",
    "question",
    "for",
    "today",
    "garden",
    "order",
]


def messages(count: int, seed: int = 0) -> list[Fields]:
    """Rows in turn of each subject, correctly labelled."""
    rng = random.Random(seed)
    rows: list[Fields] = []
    for place in range(count):
        label = list(SUBJECTS)[place % len(SUBJECTS)]
        words = rng.sample(SUBJECTS[label], 3) + rng.sample(SHARED, 4)
        rng.shuffle(words)
        rows.append({"type": "classification", "text": " ".join(words), "label": label})
    return rows


def flipped(rows: list[Fields], lines: list[int]) -> list[Fields]:
    """The rows with another label at the given lines, counted from 1: each gets the label after its own."""
    names = list(SUBJECTS)
    after = {name: names[(place + 1) % len(names)] for place, name in enumerate(names)}
    return [{**row, "label": after[row["label"]]} if line in lines else row for line, row in enumerate(rows, 1)]
