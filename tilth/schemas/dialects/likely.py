"""What the columns of a file probably are, by their names: for advice, and never for reading."""

import re
import shlex
from collections.abc import Iterable, Sequence

from tilth.schemas.dialects.base import Row
from tilth.schemas.safe_text import safe_text

_TASKS = (
    "instruction",
    "question",
    "prompt",
    "query",
    "problem",
    "task",
    "user",
    "human",
    "q",
    "instruct",
    "input",
    "source",
)
_ANSWERS = (
    "output",
    "answer",
    "response",
    "completion",
    "reply",
    "solution",
    "assistant",
    "bot",
    "a",
    "resp",
    "target",
    "summary",
)
_INPUTS = ("input", "context", "passage", "document", "article", "background")
_TEXTS = ("text", "content", "body", "document", "article", "message", "review", "comment", "sentence", "utterance")
_LABELS = ("label", "category", "class", "intent", "sentiment")
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+(?![a-z])")


def likely_mapping(sample: Sequence[Row]) -> dict[str, str]:
    """A mapping of fields to columns to suggest; empty when no names of columns say what they are."""
    columns = _texts(sample)
    task = _first(_TASKS, columns)
    answer = _first(_ANSWERS, [column for column in columns if column != task])
    if task and answer:
        given = _first(_INPUTS, [column for column in columns if column not in (task, answer)])
        return {"instruction": task, **({"input": given} if given else {}), "output": answer}
    text = _first(_TEXTS, columns)
    label = _first(_LABELS, [column for column in columns if column != text])
    if text is None:
        return {}
    return {"text": text, "label": label} if label else {"text": text}


def as_flags(mapping: dict[str, str]) -> str:
    """The mapping as it is typed, without what has its name already."""
    return "--map " + " ".join(shlex.quote(f"{field}={column}") for field, column in mapping.items() if field != column)


def _texts(sample: Sequence[Row]) -> list[str]:
    """The columns that are text in most rows, in the order of the first row that has them."""
    names = dict.fromkeys(name for row in sample for name in row)
    shown = [name for name in names if safe_text(name, one_line=True) == name]  # what can be typed as it is shown
    return [name for name in shown if sum(isinstance(row.get(name), str) for row in sample) * 2 >= len(sample)]


def _first(words: Iterable[str], columns: Sequence[str]) -> str | None:
    """The column that has one of the words as its name or, failing that, in it; the first of the words decides."""
    known = {column: [word.lower() for word in _WORDS.findall(column)] for column in columns}
    for word in words:
        alone = next((column for column, said in known.items() if said == [word]), None)
        if alone:
            return alone
    # One letter says something alone and nothing among others.
    return next((c for word in words if len(word) > 1 for c, said in known.items() if word in said), None)
