"""One ShareGPT turn as a message, and one message as a ShareGPT turn."""

from typing import Any

from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.tool_calls import calls_text, read_calls, said_calls

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
        calls = read_calls(message.get("content"))
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
    taken = [f"{name} (the name has a meaning there)" for name in ("from", "value") if name in message]
    if message.get("role") == "assistant" and message.get("tool_calls"):
        return _encode_call(message, taken)
    if taken:
        raise LossError("sharegpt", taken)
    names = {"role": "from", "content": "value"}
    turn = {names.get(name, name): value for name, value in message.items()}
    role = message.get("role")
    if isinstance(role, str):
        turn["from"] = _SPEAKERS.get(role, role)
    return turn


def _encode_call(message: dict[str, Any], taken: list[str]) -> dict[str, Any]:
    said, lost = said_calls(message["tool_calls"])
    lost += taken
    if message.get("content"):
        lost.insert(0, "content (beside tool_calls)")
    if lost:
        raise LossError("sharegpt", lost)
    others = {name: value for name, value in message.items() if name not in ("role", "content", "tool_calls")}
    return {"from": _CALL, "value": calls_text(said[0] if len(said) == 1 else said), **others}
