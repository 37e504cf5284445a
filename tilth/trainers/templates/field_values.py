"""The texts that a record has for the places of a template, under every name that templates know them by."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tilth.judgement import Fields, Reason
from tilth.schemas import RecastError, dump_json, recast
from tilth.trainers.conversation import pair_of

ANSWER_NAMES = frozenset({"output", "answer", "response", "completion", "label", "labels", "entities"})
"""Places that hold what a model is to learn."""
_ANSWER = ("output", "answer", "response", "completion")


class Value(NamedTuple):
    """A text for a place, and the fields of the record that are written with it."""

    text: str
    covers: frozenset[str] = frozenset()


def values_of(fields: Fields, side: str = "") -> dict[str, Value] | Reason:
    """Text by name. Of a preference, `side` says whether the chosen or the rejected answer is the answer.

    `extra` and `meta` can be named by their path (`{meta.licence}`); a field of `extra` also by its own name.
    """
    kind = fields["type"]
    if kind == "chat":
        return _chat(fields)
    own = _OWN[kind](fields, side) if kind in _OWN else _plain(fields)
    return {**_carried(fields), **own} if isinstance(own, dict) else own


def _instruction(fields: Fields, _: str) -> dict[str, Value]:
    task, given, system = (fields.get(name) or "" for name in ("instruction", "input", "system"))
    return {
        "system": Value(system, frozenset({"system"})),
        "instruction": Value(task, frozenset({"instruction"})),
        "input": Value(given, frozenset({"input"})),
        **_all(("question", "prompt"), _joined(task, given), "instruction", "input" if given else "instruction"),
        **_all(_ANSWER, fields["output"], "output"),
    }


def _qa(fields: Fields, _: str) -> dict[str, Value]:
    question, context = fields["question"], fields.get("context") or ""
    # Several answers are alternatives: the first is the one that its author put first.
    answer = next((found["text"] for found in fields["answers"]), "")
    return {
        "system": Value(""),
        **_all(("question", "instruction"), question, "question"),
        **_all(("context", "input"), context, "context"),
        **_all(("prompt",), _joined(context, question), "question", "context" if context else "question"),
        **_all(_ANSWER, answer, "answers"),
    }


def _preference(fields: Fields, side: str) -> dict[str, Value] | Reason:
    sides = pair_of(fields)
    if isinstance(sides, Reason):
        return sides
    messages = sides[0 if side == "chosen" else 1].messages
    system = messages[0]["content"] if messages[0]["role"] == "system" else ""
    said = messages[1:] if system else messages
    if [message["role"] for message in said] != ["user", "assistant"]:
        return Reason("no-place", detail="the template has no place for several messages")
    return {
        "system": Value(system, frozenset({"system"})),
        "input": Value(""),
        **_all(("prompt", "instruction", "question"), said[0]["content"], "prompt"),
        **_all(_ANSWER, said[1]["content"], side),
    }


def _classification(fields: Fields, _: str) -> dict[str, Value]:
    labels = fields.get("labels") if fields.get("label") is None else [fields["label"]]
    joined = ", ".join(labels or ())
    return {
        **_all(("text", "prompt", "question", "instruction"), fields["text"], "text"),
        "input": Value(""),
        **_all(("label", "labels", *_ANSWER), joined, "label"),
    }


def _ner(fields: Fields, _: str) -> dict[str, Value]:
    return {
        **_all(("text", "prompt", "question", "instruction"), fields["text"], "text"),
        "input": Value(""),
        **_all(("entities", *_ANSWER), dump_json(fields.get("entities") or []).decode(), "entities"),
    }


def _text(fields: Fields, _: str) -> dict[str, Value]:
    return {"text": Value(fields["text"], frozenset({"text"}))}


def _plain(fields: Fields) -> dict[str, Value]:
    """A record type of somebody else: its fields under their own names."""
    names = [name for name in fields if name not in ("type", "id", "meta", "extra")]
    return {name: Value(_written(fields[name]), frozenset({name})) for name in names}


def _chat(fields: Fields) -> dict[str, Value] | Reason:
    """A conversation of one exchange is an instruction; a longer one has no place in plain text."""
    try:
        return values_of(recast(fields, "instruction"))
    except RecastError as failure:
        return Reason("no-place", detail=f"the template has no place for {', '.join(failure.lost)}")


_OWN = {
    "instruction": _instruction,
    "qa": _qa,
    "preference": _preference,
    "classification": _classification,
    "ner": _ner,
    "text": _text,
}


def _carried(fields: Fields) -> dict[str, Value]:
    """What travels with a record, by its path."""
    extra, meta = fields.get("extra") or {}, fields.get("meta") or {}
    return {
        **{f"meta.{path}": Value(_written(value)) for path, value in _leaves(meta)},
        **{f"extra.{path}": Value(_written(value)) for path, value in _leaves(extra)},
        **{path: Value(_written(value)) for path, value in _leaves(extra)},
    }


def _leaves(value: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    for name, item in value.items():
        yield f"{above}{name}", item
        if isinstance(item, Mapping):
            yield from _leaves(item, f"{above}{name}.")


def _written(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else dump_json(value).decode()


def _joined(first: str, second: str) -> str:
    return "\n".join(part for part in (first, second) if part)


def _all(names: Iterable[str], text: str, *covers: str) -> dict[str, Value]:
    return {name: Value(text, frozenset(covers)) for name in names}
