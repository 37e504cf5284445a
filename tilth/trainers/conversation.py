"""A record as the conversation that a chat template renders, and which of its answers are to be learned."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tilth.judgement import Fields, Reason
from tilth.schemas import record_type
from tilth.schemas.problem import dotted
from tilth.schemas.registry import is_record_type

ANSWER_TYPES = ("instruction", "chat", "qa")
"""Record types that hold answers to learn."""
PAIR_TYPES = ("preference",)
"""Record types that hold a better and a worse answer."""

Message = dict[str, Any]


@dataclass(frozen=True)
class Conversation:
    """Messages in order, the tools they may call, and the indices of the answers that belong in the loss."""

    messages: list[Message]
    answers: tuple[int, ...]
    tools: list[Any] | None = None

    @property
    def last_prompt(self) -> list[Message]:
        """Everything before the last answer: what a model is asked when it is to give that answer itself."""
        return self.messages[: self.answers[-1]]

    @property
    def answer_text(self) -> str:
        """The text of all answers to learn, one after the other."""
        return "".join(self.messages[index].get("content") or "" for index in self.answers)


def answers_of(fields: Fields) -> Conversation | Reason:
    """The conversation in an instruction, chat or QA record, or the reason why there is nothing to learn in it."""
    if (wrong := misshapen(fields)) is not None:
        return wrong
    if fields["type"] not in ANSWER_TYPES:
        return Reason("no-answer", detail=f"a record of the type {fields['type']} holds no answer to learn")
    if fields["type"] == "chat":
        return _chat(fields)
    if fields["type"] == "instruction":
        prompt, answer = _joined(fields["instruction"], fields.get("input")), fields["output"]
    else:
        prompt = _joined(fields.get("context"), fields["question"])
        # Several answers are alternatives: the first is the one that its author put first.
        answer = next((found["text"] for found in fields["answers"]), "")
    if not answer.strip():
        return Reason("no-answer", detail="the record holds no answer to learn")
    messages = [*_system(fields), {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    return Conversation(messages, (len(messages) - 1,))


def pair_of(fields: Fields) -> tuple[Conversation, Conversation] | Reason:
    """The chosen and the rejected conversation of a preference record; both begin with the same prompt."""
    if (wrong := misshapen(fields)) is not None:
        return wrong
    prompt = fields["prompt"]
    shared = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else [_message(turn) for turn in prompt]
    shared = [*_system(fields), *shared]
    sides = [_one_answer(fields[side], shared) for side in ("chosen", "rejected")]
    for side, found in zip(("chosen", "rejected"), sides, strict=True):
        if found is None:
            return Reason("no-answer", detail=f"{side} is not one answer of the assistant with text in it")
    chosen, rejected = (Conversation([*shared, turn], (len(shared),)) for turn in sides if turn is not None)
    if chosen.messages == rejected.messages:
        return Reason("equal-answers", detail="chosen and rejected are the same")
    return chosen, rejected


def texts_of(fields: Fields) -> Iterator[str]:
    """Every text of a record that a tokenizer should know how to write."""
    if fields.get("type") in PAIR_TYPES:
        found: Any = pair_of(fields)
        conversations = [] if isinstance(found, Reason) else list(found)
    elif fields.get("type") in ANSWER_TYPES:
        found = answers_of(fields)
        conversations = [] if isinstance(found, Reason) else [found]
    else:
        return
    for conversation in conversations:
        yield from (message["content"] for message in conversation.messages if message.get("content"))


def misshapen(fields: Fields) -> Reason | None:
    """Why a record cannot be written as text: a field is missing, is no text, or is made of parts."""
    if not is_record_type(fields.get("type")):
        return Reason("unknown-record-type", detail="the record names no known record type")
    for problem in record_type(fields["type"]).problems(fields):
        if problem.code in ("missing", "wrong-type"):
            return Reason(problem.code, detail=f"{dotted(problem.path)} {problem.message}, not {problem.expected}")
    for name in ("messages", "prompt", "chosen", "rejected"):
        turns = fields.get(name)
        for number, turn in enumerate(turns if isinstance(turns, list) else ()):
            if isinstance(turn.get("content"), list):
                return Reason("wrong-type", detail=f"{name}[{number}].content is in parts; only text is learned")
    return None


def _chat(fields: Fields) -> Conversation | Reason:
    messages = [_message(turn) for turn in fields["messages"]]
    answers = tuple(
        index
        for index, (message, turn) in enumerate(zip(messages, fields["messages"], strict=True))
        if message["role"] == "assistant" and turn.get("weight", 1) != 0
    )
    if not answers:
        return Reason("no-answer", detail="no assistant message carries weight")
    for index in answers:
        if not (messages[index].get("content") or "").strip() and not messages[index].get("tool_calls"):
            return Reason("no-answer", detail=f"message {index + 1} is an assistant message without text or tool call")
    tools = _tools(fields.get("tools"))
    return tools if isinstance(tools, Reason) else Conversation(messages, answers, tools or None)


def _tools(tools: Any) -> list[Any] | Reason:
    """Tools as templates expect them: a list, also where the record holds it as JSON text, of named functions."""
    if isinstance(tools, str):
        try:
            tools = json.loads(tools) if tools.strip() else None
        except json.JSONDecodeError:
            return Reason("wrong-type", detail="tools is a text and no JSON")
    if not isinstance(tools, list | None):
        return Reason("wrong-type", detail="tools is no list")
    is_bare = [isinstance(tool, Mapping) and "name" in tool and "function" not in tool for tool in tools or ()]
    return [
        {"type": "function", "function": tool} if bare else tool
        for tool, bare in zip(tools or (), is_bare, strict=True)
    ]


def _message(turn: Mapping[str, Any]) -> Message:
    """A message as templates expect it: no training weight, tool arguments as an object instead of as JSON text."""
    message = {name: value for name, value in turn.items() if name != "weight" and value is not None}
    message.setdefault("content", "")
    if "tool_calls" in message:
        message["tool_calls"] = [_tool_call(call) for call in message["tool_calls"]]
    return message


def _tool_call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function")
    if not isinstance(function, Mapping) or not isinstance(function.get("arguments"), str):
        return dict(call)
    try:
        arguments = json.loads(function["arguments"])
    except json.JSONDecodeError:
        return dict(call)
    return {**call, "function": {**function, "arguments": arguments}}


def _one_answer(side: Any, shared: list[Message]) -> Message | None:
    if isinstance(side, str):
        return {"role": "assistant", "content": side} if side.strip() else None
    messages = [_message(turn) for turn in side]
    # Some sources repeat the prompt inside both answers.
    if messages[: len(shared)] == shared:
        messages = messages[len(shared) :]
    if len(messages) != 1 or messages[0]["role"] != "assistant":
        return None
    return messages[0] if (messages[0].get("content") or "").strip() else None


def _system(fields: Fields) -> list[Message]:
    return [{"role": "system", "content": fields["system"]}] if fields.get("system") else []


def _joined(first: str | None, second: str | None) -> str:
    return "\n".join(part for part in (first, second) if part)
