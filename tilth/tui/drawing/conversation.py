"""How the turns of a conversation are drawn."""

from typing import Any

from textual.content import Content

from tilth.operation import Fields
from tilth.tui.drawing.page import ODD, QUIET, Drawing, blocks, field, label, passage, stack, value

_ROLE_STYLES = {
    "system": "bold $secondary",
    "user": "bold $primary",
    "assistant": "bold $success",
    "tool": "bold $warning",
}
_DRAWN_APART = ("role", "content", "name", "tool_calls")


def draw_chat(record: Fields, limit: int | None) -> Drawing:
    """The turns in order, then the tools that were on offer."""
    tools = [field("tools", record["tools"], limit)] if record.get("tools") else []
    return Drawing(blocks([*turns(record["messages"], limit), *tools]))


def said(text_or_messages: Any, limit: int | None) -> Content:
    """What one side says: a text, or turns."""
    if isinstance(text_or_messages, list):
        return blocks(turns(text_or_messages, limit))
    return value(text_or_messages, limit)


def turns(messages: list[dict[str, Any]], limit: int | None) -> list[Content]:
    """Each message under its number and role."""
    return [_turn(number, message, limit) for number, message in enumerate(messages, 1)]


def _turn(number: int, message: dict[str, Any], limit: int | None) -> Content:
    role = str(message.get("role"))
    more = {name: given for name, given in message.items() if name not in _DRAWN_APART and given is not None}
    remarks = [str(message["name"])] if message.get("name") else []
    remarks += [f"{name} {given}" for name, given in more.items() if isinstance(given, str | int | float)]
    parts = [label(f"{number} {role}", ", ".join(remarks), _ROLE_STYLES.get(role, ODD))]
    if message.get("content") is not None:
        parts.append(value(message["content"], limit))
    parts += [_call(call, limit) for call in message.get("tool_calls") or []]
    parts += [field(name, given, limit) for name, given in more.items() if not isinstance(given, str | int | float)]
    return stack(parts)


def _call(call: dict[str, Any], limit: int | None) -> Content:
    function = call.get("function")
    if not isinstance(function, dict):
        return value(call, limit)
    arguments = function.get("arguments")
    shown = passage(arguments, limit) if isinstance(arguments, str) else value(arguments, limit)
    return Content.assemble(("calls ", QUIET), passage(str(function.get("name")), limit), " ", shown)
