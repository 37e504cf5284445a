"""Calls of tools as text, as ShareGPT and LLaMA-Factory write them, and as messages have them."""

import json
from typing import Any

from tilth.schemas.exact_json import load_json


def read_calls(text: Any) -> list[dict[str, Any]] | None:
    """The calls that a text spells: one object of name and arguments, or a list of such; None for any other text."""
    if not isinstance(text, str):
        return None
    try:
        value = load_json(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return None
    calls = value if isinstance(value, list) else [value]
    if not calls or not all(isinstance(call, dict) and call.keys() == {"name", "arguments"} for call in calls):
        return None
    return [{"type": "function", "function": call} for call in calls]


def said_calls(calls: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """The calls of a message as objects of name and arguments, and what of them such objects cannot say."""
    said: list[dict[str, Any]] = []
    lost: list[str] = []
    for index, call in enumerate(calls if isinstance(calls, list) else ()):
        function = call.get("function") if isinstance(call, dict) else None
        if not (isinstance(function, dict) and function.keys() == {"name", "arguments"}):
            lost.append(f"tool_calls[{index}] (not a function with a name and arguments)")
            continue
        lost.extend(f"tool_calls[{index}].{name}" for name in call if name not in ("type", "function"))
        said.append({"name": function["name"], "arguments": _arguments(function["arguments"])})
    return said, lost or ([] if said else ["tool_calls"])


def calls_text(said: Any) -> str:
    """Calls in the spelling of Python's json module, spaces included: nearly every such file was written by it."""
    return json.dumps(said, ensure_ascii=False)


def _arguments(arguments: Any) -> Any:
    """OpenAI writes the arguments as a JSON text, the others as an object."""
    if not isinstance(arguments, str):
        return arguments
    try:
        value = load_json(arguments.encode())
    except ValueError:
        return arguments
    return value if isinstance(value, dict) else arguments
