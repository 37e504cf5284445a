"""Preferences in their two forms: everything as text, or everything as messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from tilth.schemas.dialects.loss import LossError
from tilth.schemas.exact_json import dump_json
from tilth.schemas.identity import Fields

_ROLES = {"prompt": "user", "chosen": "assistant", "rejected": "assistant"}


def in_messages(dialect: str, fields: Fields) -> Fields:
    """The preference with lists of messages; a system prompt is the first message.

    Raises `LossError` for a part that is neither text nor a list.
    """
    said: dict[str, Any] = {}
    for name, role in _ROLES.items():
        value = fields.get(name)
        if isinstance(value, str):
            said[name] = [{"role": role, "content": value}]
        elif isinstance(value, list):
            said[name] = value
        else:
            raise LossError(dialect, [f"{name} (neither text nor messages)"])
    system = fields.get("system")
    if system:
        said["prompt"] = [{"role": "system", "content": system}, *said["prompt"]]
    return {name: said.get(name, value) for name, value in fields.items() if name != "system"}


def in_text(dialect: str, fields: Fields) -> Fields:
    """The preference with texts, where each part is one plain message; a system message goes to `system`.

    Raises `LossError` for anything that text alone cannot say.
    """
    if all(isinstance(fields.get(name), str) for name in _ROLES):
        return fields
    said: dict[str, Any] = {name: fields.get(name) for name in _ROLES}
    prompt = said["prompt"]
    if isinstance(prompt, list) and prompt and _text_of(prompt[:1], "system") is not None and not fields.get("system"):
        said["system"], said["prompt"] = _text_of(prompt[:1], "system"), prompt[1:]
    lost: list[str] = []
    for name, role in _ROLES.items():
        text = said[name] if isinstance(said[name], str) else _text_of(said[name], role)
        if text is None:
            lost.append(f"{name} (more than one plain message of the {role})")
        said[name] = text
    if lost:
        raise LossError(dialect, lost)
    return {**{name: said.get(name, value) for name, value in fields.items()}, **said}


def common_turns(one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many turns two conversations share at their beginning, the last turn of each left aside.

    Shared is what is written alike: `1` is not `true`, and another order of keys would be lost.
    """
    most = max(0, min(len(one), len(other)) - 1)
    return next((count for count in range(most) if dump_json(one[count]) != dump_json(other[count])), most)


def common_text(one: str, other: str) -> int:
    """How many characters two texts share at their beginning; a space before the border goes to the answers (TRL)."""
    most = min(len(one), len(other))
    count = next((place for place in range(most) if one[place] != other[place]), most)
    return count - 1 if count and one[count - 1] == " " else count


def repeats_prompt(row: Mapping[str, Any]) -> bool:
    """Whether the prompt of a row is text, and both answers are conversations that begin with it as a user's turn."""
    prompt, answers = row.get("prompt"), [row.get(name) for name in ("chosen", "rejected")]
    if not isinstance(prompt, str):
        return False
    return all(isinstance(answer, list) and said_first(answer) == prompt for answer in answers)


def said_first(messages: Sequence[Any]) -> Any:
    """What the user says first; None where no user speaks."""
    users = (each for each in messages if isinstance(each, dict) and each.get("role") == "user")
    return next(users, {}).get("content")


def _text_of(messages: Any, role: str) -> str | None:
    if not (isinstance(messages, list) and len(messages) == 1 and isinstance(messages[0], dict)):
        return None
    said = {name: value for name, value in messages[0].items() if value is not None}
    is_plain = said.keys() == {"role", "content"} and said["role"] == role and isinstance(said["content"], str)
    return said["content"] if is_plain else None
