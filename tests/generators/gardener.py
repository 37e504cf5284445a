"""A model that a script plays: new tasks about a garden, good and bad, always the same for the same prompt."""

import json
from hashlib import sha256
from typing import Any

from tilth.formats import Dataset

SEEDS = [
    ("How long do tomato seeds keep?", "Four to five years in a dry and cool place."),
    ("Write a reply to a customer whose watering can arrived with a crack.", "We are sorry. A new one leaves today."),
    ("Decide if this message is about delivery, returns or plants.", "delivery"),
    ("Name three herbs that grow well in the shade.", "Mint, chervil and woodruff."),
    ("Explain to a beginner why soil needs compost.", "Compost feeds the soil life and holds water."),
    ("Shorten this product text to one sentence.", "A sturdy trowel for small hands."),
    ("What is the difference between annual and perennial flowers?", "Annuals live one year, perennials many."),
    ("Suggest a polite way to decline a late return.", "The thirty days are over, and we cannot take it back."),
    ("Turn these notes into a planting calendar.", "March: peas. May: beans. June: kale."),
]  # fmt: skip

_VERBS = [
    "Describe",
    "Compare",
    "Recommend",
    "List",
    "Outline",
    "Justify",
    "Summarise",
    "Rank",
    "Rephrase",
    "Estimate",
    "Classify",
    "Propose",
]
_THINGS = [
    "rakes",
    "seedlings",
    "greenhouses",
    "slugs",
    "hoses",
    "tulips",
    "hedges",
    "fertilisers",
    "ponds",
    "beehives",
    "wheelbarrows",
    "lawns",
]
_WAYS = (
    "for a balcony in the north", "that an allotment club can afford", "before the first frost comes",
    "in words a child understands", "when rain has been scarce for weeks", "with two reasons each",
    "so that a new colleague can repeat it", "as a letter to the town council", "from cheapest to dearest",
    "without using any chemical", "as seen by a snail", "in the style of an almanac",
)  # fmt: skip


def seeds() -> Dataset:
    """Nine records to grow from."""
    return Dataset.of({"type": "instruction", "instruction": task, "output": answer} for task, answer in SEEDS)


def answer(request: dict[str, Any]) -> str:
    """What the gardener says to a prompt."""
    prompt = request["messages"][-1]["content"]
    wants_json = "response_format" in request
    if "classification task, one whose" in prompt:
        task = prompt.rpartition("Task: ")[2]
        return "Yes" if task.startswith("Classify") else "No"
    if "new tasks" in prompt:
        tasks = _tasks(prompt)
        numbered = "\n".join(f"{number}. {task}" for number, task in enumerate(tasks, 1))
        return json.dumps({"tasks": tasks}) if wants_json else f"Here you are:\n{numbered}\n\nMore?"
    task = prompt.rpartition("Task: ")[2].partition("\n")[0]
    if "Give 2 different" in prompt:
        both = [{"input": "", "output": f"Way {number} of {len(task)}"} for number in (1, 2)]
        return json.dumps({"instances": both})
    told = f"Done in {sha256(task.encode()).hexdigest()[:8]} ways"
    given = "Slugs ate my lettuce." if task.startswith("Classify") else ""
    if "almanac" in task:
        told = ""
    return json.dumps({"instances": [{"input": given, "output": told}]}) if wants_json else (
        f"Input: {given}\nOutput: {told}"
    )  # fmt: skip


def _tasks(prompt: str) -> list[str]:
    tasks = []
    for number in range(5):
        lot = sha256(f"{number}/{prompt}".encode()).digest()
        verb, thing, other = _VERBS[lot[0] % 12], _THINGS[lot[1] % 12], _THINGS[lot[2] % 12]
        tasks.append(f"{verb} {thing} beside {other} {_WAYS[lot[3] % 12]}.")
    return [*tasks, "Dig.", "Draw a picture of a rose in bloom.", "How long do tomato seeds keep fresh?"]
