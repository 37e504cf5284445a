"""What can be wrong with a list of messages, wherever a record holds one."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, get_args

from tilth.schemas.message import Role, message_text
from tilth.schemas.problem import Path
from tilth.validators.rule import Repair, Violation
from tilth.validators.rules import plain
from tilth.validators.rules.control_text import control_text

_ROLES = frozenset(get_args(Role))
# One right answer each: these names are used for nothing else.
_ALIASES = {
    "human": "user",
    "prompter": "user",
    "customer": "user",
    "gpt": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "ai": "assistant",
    "observation": "tool",
}
_CALL_PARTS = ("tool_call", "tool_calls", "tool_use", "function_call")  # a call as a part of the content
_SYSTEM = ("system", "developer")
_TOOL = ("tool", "function")


def is_unknown_role(role: Any) -> bool:
    """Whether no template knows the role."""
    return not (isinstance(role, str) and role in _ROLES)


def unknown_roles(path: Path, value: Any) -> Iterator[Violation]:
    """Roles that no template knows; another spelling of a known one can be repaired."""
    for index, message in _numbered(value):
        role = message.get("role")
        if isinstance(role, str) and is_unknown_role(role):
            plain_name = role.strip().lower()
            known = _ALIASES.get(plain_name, plain_name)
            repair = Repair(known) if known in _ROLES else None
            expected = "system, user, assistant or tool"
            yield Violation((*path, index, "role"), "is no role", role, expected, repair, "name the speaker")


def empty_turns(path: Path, value: Any) -> Iterator[Violation]:
    """Turns that say nothing; the assistant may call a tool instead, or refuse in the field that OpenAI has for it."""
    for index, message in _numbered(value):
        content = message.get("content")
        instead = message.get("tool_calls") or message.get("function_call") or message.get("refusal")
        if "content" not in message and "role" not in message:
            continue  # no message at all: the schema says what is missing
        is_silent = content is None or content == [] or plain.is_blank_text(content)
        if is_silent and not (instead and message.get("role") == "assistant"):
            found = content if isinstance(content, str) else ""
            yield plain.blank((*path, index, "content"), found)


def out_of_turn(path: Path, value: Any) -> Iterator[Violation]:
    """Turns that the speaker may not take: two users or two assistants in a row, a tool that nobody called."""
    said = [(index, message) for index, message in _numbered(value) if message.get("role") not in _SYSTEM]
    if said and said[0][1].get("role") in _TOOL:
        yield _not_called(path, said[0][0], said[0][1])
    for (_, before), (index, message) in pairwise(said):
        role, previous = message.get("role"), before.get("role")
        if role in _TOOL and previous not in _TOOL and not _calls(before):
            yield _not_called(path, index, message)
        elif role == previous and role in ("user", "assistant") and not (role == "assistant" and _calls(before)):
            other = "assistant" if role == "user" else "user"
            hint = "join the two turns, or add the one that is missing"
            yield Violation((*path, index, "role"), "speaks twice in a row", role, other, hint=hint)


def untrimmed_turns(path: Path, value: Any) -> Iterator[Violation]:
    """Turns with whitespace around what they say."""
    for index, message in _numbered(value):
        yield from plain.untrimmed((*path, index, "content"), message.get("content"))


def control_text_turns(path: Path, value: Any) -> Iterator[Violation]:
    """Turns that spell a control token."""
    for index, message in _numbered(value):
        yield from control_text((*path, index, "content"), message_text(message))


def say_the_same(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether two messages say the same, but for case and whitespace."""
    return plain.same_text(message_text(left), message_text(right))


def _numbered(value: Any) -> list[tuple[int, dict[str, Any]]]:
    items = value if isinstance(value, list) else []
    return [(index, item) for index, item in enumerate(items) if isinstance(item, dict)]


def _calls(message: dict[str, Any]) -> bool:
    if message.get("tool_calls") or message.get("function_call"):
        return True
    parts = message.get("content")
    kinds = [part.get("type") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return any(kind in _CALL_PARTS for kind in kinds)


def _not_called(path: Path, index: int, message: dict[str, Any]) -> Violation:
    return Violation((*path, index, "role"), "answers without being called", message["role"], "a call before it")
