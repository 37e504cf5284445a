"""What a model wrote, read: tasks out of a list, instances out of their fields. Each reader takes JSON and plain text.

Servers that promise a JSON Schema do not all keep it, and small models forget the braces, so both shapes are looked
for in every reply. Readers never raise; what cannot be read gives nothing, and the caller sets it aside.
"""

import re
from typing import Any, NamedTuple

import orjson

_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)  # what a reasoning model says to itself first
_NUMBER = re.compile(r"(?:^|\n)\s*\d{1,3}\s?[.)]\s+")
_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)\n?```", re.DOTALL)
_EXAMPLE = re.compile(r"(?:^|\n)\s*Example \d+\s*[:.]?\s*(?=\n|$)")
_FIELD = re.compile(r"(?:^|\n)\s*(Input|Output|Class label):[ \t]*", re.IGNORECASE)
_NO_INPUT = frozenset({"", "<noinput>", "noinput", "none", "n/a", "no input", "(none)", "..."})
_YES = frozenset({"yes", "answer: yes"})


class Instance(NamedTuple):
    """One input (often empty) and the output that belongs to it."""

    input: str
    output: str


def read_instructions(text: str) -> list[str]:
    """The tasks in a reply: out of JSON, or out of a numbered list. Whitespace collapsed, a final colon cut."""
    text = _THOUGHT.sub("", text)
    found = _json(text)
    items = found.get("tasks") if isinstance(found, dict) else found
    if not isinstance(items, list):
        # What stands before the first number is a greeting; what follows an empty line is a farewell.
        items = [item.split("\n\n")[0] for item in _NUMBER.split(text)[1:]]
    texts = [item.get("instruction") if isinstance(item, dict) else item for item in items]
    return [_tidy(item) for item in texts if isinstance(item, str)]


def read_is_classification(text: str) -> bool:
    """True where the model says yes."""
    return _THOUGHT.sub("", text).strip().split("\n")[0].strip(" .*").lower() in _YES


def read_instances(text: str) -> list[Instance]:
    """The instances in a reply, in whichever order their two fields were asked for."""
    text = _THOUGHT.sub("", text)
    found = _json(text)
    items = found.get("instances", [found]) if isinstance(found, dict) else found
    if isinstance(items, list):
        return [_instance(item) for item in items if isinstance(item, dict) and isinstance(item.get("output"), str)]
    return [_instance(fields) for part in _EXAMPLE.split(text) if "output" in (fields := _fields(part))]


def _instance(fields: dict[str, Any]) -> Instance:
    given = fields.get("input")
    text = given.strip() if isinstance(given, str) else ""
    return Instance("" if text.lower() in _NO_INPUT else text, str(fields["output"]).strip())


def _fields(text: str) -> dict[str, Any]:
    pieces = _FIELD.split(text)[1:]
    names = ["output" if name.lower() == "class label" else name.lower() for name in pieces[::2]]
    fields: dict[str, Any] = {}
    for name, value in zip(names, pieces[1::2], strict=True):
        fields.setdefault(name, value)
    return fields


def _tidy(text: str) -> str:
    line = " ".join(text.split())
    return line.removeprefix("**").removesuffix("**").removesuffix(":").strip()


def _json(text: str) -> Any:
    fenced = _FENCE.search(text)
    for candidate in (text, fenced.group(1) if fenced else "", text[text.find("{") : text.rfind("}") + 1]):
        try:
            return orjson.loads(candidate)
        except ValueError:
            continue
    return None
