"""One ShareGPT turn as a message, and one message as a ShareGPT turn."""

import json
from typing import Any

from tilth.schemas.dialects.loss import LossError
from tilth.schemas.exact_json import load_json

_ROLES = {
    "human": "user",
    "gpt": "assistant",
    "system": "system",
    "observation": "tool",
    "function_call": "assistant",
    # Spellings found in the wild; written back in the usual ones above.
    "user": "user",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bard": "assistant",
    "bing": "assistant",
    "tool": "tool",
}
_SPEAKERS = {"user": "human", "assistant": "gpt", "system": "system", "tool": "observation"}
_CALL = "function_call"


def decode_turn(turn: Any) -> Any:
    """The turn as a message: a known speaker by its role, an unknown one as it is. Never raises."""
    if not isinstance(turn, dict) or ("from" in turn and "role" in turn) or ("value" in turn and "content" in turn):
        return turn  # no turn, or two in one: for validation to report
    names = {"from": "role", "value": "content"}
    message = {names.get(name, name): value for name, value in turn.items()}
    speaker = message.get("role")
    if speaker == _CALL and "tool_calls" not in message:
        calls = _read_calls(message.get("content"))
        if calls is None:
            return message
        return {**message, "role": "assistant", "content": None, "tool_calls": calls}
    if isinstance(speaker, str):
        message["role"] = _ROLES.get(speaker, speaker) if speaker != _CALL else speaker
    return message


def encode_turn(message: Any) -> Any:
    """The message as a turn. Raises `LossError` for what ShareGPT cannot say."""
    if not isinstance(message, dict):
        return message
    if message.get("role") == "assistant" and message.get("tool_calls"):
        return _encode_call(message)
    names = {"role": "from", "content": "value"}
    taken = [name for name in ("from", "value") if name in message]
    if taken:
        raise LossError("sharegpt", [f"{name} (the name has a meaning there)" for name in taken])
    turn = {names.get(name, name): value for name, value in message.items()}
    role = message.get("role")
    if isinstance(role, str):
        turn["from"] = _SPEAKERS.get(role, role)
    return turn


def _encode_call(message: dict[str, Any]) -> dict[str, Any]:
    lost = ["content (beside tool_calls)"] if message.get("content") else []
    calls = message["tool_calls"]
    said = []
    for index, call in enumerate(calls if isinstance(calls, list) else ()):
        function = call.get("function") if isinstance(call, dict) else None
        if not (isinstance(function, dict) and function.keys() == {"name", "arguments"}):
            lost.append(f"tool_calls[{index}] (not a function with a name and arguments)")
            continue
        lost.extend(f"tool_calls[{index}].{name}" for name in call if name not in ("type", "function"))
        said.append({"name": function["name"], "arguments": _arguments(function["arguments"])})
    if lost or not said:
        raise LossError("sharegpt", lost or ["tool_calls"])
    # The spelling of Python's json module, spaces included: nearly every such file was written by it.
    value = json.dumps(said[0] if len(said) == 1 else said, ensure_ascii=False)
    others = {name: value for name, value in message.items() if name not in ("role", "content", "tool_calls")}
    return {"from": _CALL, "value": value, **others}


def _arguments(arguments: Any) -> Any:
    """OpenAI writes the arguments as a JSON text, ShareGPT as an object."""
    if not isinstance(arguments, str):
        return arguments
    try:
        value = load_json(arguments.encode())
    except ValueError:
        return arguments
    return value if isinstance(value, dict) else arguments


def _read_calls(text: Any) -> list[dict[str, Any]] | None:
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
