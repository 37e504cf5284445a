"""A record of one type as another type, where both say the same: an instruction is a chat of one exchange."""

from collections.abc import Collection
from typing import Any

from tilth.errors import DataError
from tilth.schemas.identity import Fields, says_nothing
from tilth.schemas.note import with_note, without_note

_NOTE, _INPUT_AT = "recast", "input_at"
_OTHER_ANSWERS = "other_answers"


class RecastError(DataError):
    """A record that another type cannot say; `lost` names what stands in the way."""

    def __init__(self, lost: list[str]) -> None:
        self.lost = lost
        super().__init__(f"the record does not fit another type: {', '.join(lost)}")


def recast(fields: Fields, record_type: str) -> Fields:
    """The record as one of another type; raises `RecastError` when that type cannot say it all.

    Instruction and chat become each other when there is one exchange of plain text. An instruction's input goes
    below the instruction, and `meta` notes where it began, so that the way back gives the same instruction.

    A preference or an answer that is called good becomes an answer to learn, and a question with answers an
    instruction, without what that has no place for: the losses are named, and gone once they are given up.
    """
    source = fields.get("type")
    if record_type == "chat" and source == "instruction":
        return _as_chat(fields)
    if record_type == "instruction" and source == "chat":
        return _as_instruction(fields)
    if record_type in ("instruction", "chat") and isinstance(source, str) and source in _ANSWERED:
        return _as_answered(fields, record_type, *_ANSWERED[source])
    if record_type == "instruction" and source == "qa":
        return _as_task(fields)
    raise RecastError([f"type (a record of the type {source})"])


def lightened(fields: Fields, name: str) -> Fields | None:
    """The record without a loss that `recast` has named in a word of its own, or in which more is at stake.

    None when it cannot go without, and the record as it is when the name is nothing special here.
    """
    if name == _OTHER_ANSWERS and isinstance(fields.get("answers"), list):
        return {**fields, "answers": fields["answers"][:1]}
    if name == "label" and fields.get("type") == "unpaired" and fields.get("label") is not True:
        return None  # nobody means to learn the bad answers
    return fields


def fold_input(fields: Fields) -> Fields:
    """An instruction with its input below its instruction, where that began noted in `meta`."""
    task, given = fields.get("instruction"), fields.get("input")
    rest = {name: value for name, value in fields.items() if name != "input"}
    if not given:
        return rest
    if not (isinstance(task, str) and isinstance(given, str)):
        raise RecastError(["input (no text)"])
    return with_note({**rest, "instruction": f"{task}\n{given}"}, _NOTE, {_INPUT_AT: len(task) + 1})


def unfold_input(fields: Fields) -> Fields:
    """The instruction that was folded; any other as it is."""
    note, without = without_note(fields, _NOTE)
    task, place = fields.get("instruction"), note.get(_INPUT_AT)
    if note.keys() != {_INPUT_AT} or type(place) is not int or not isinstance(task, str):
        return fields
    if not (0 < place < len(task) and task[place - 1] == "\n"):
        return fields
    return {**without, "instruction": task[: place - 1], "input": task[place:]}


def _as_chat(fields: Fields) -> Fields:
    flat = fold_input(fields)
    texts = {name: flat.get(name) for name in ("instruction", "output")}
    lost = [f"{name} (no text)" for name, value in texts.items() if not isinstance(value, str)]
    if flat.get("system") is not None and not isinstance(flat["system"], str):
        lost.append("system (no text)")
    lost += _strange(fields, ("instruction", "input", "output", "system"))
    if lost:
        raise RecastError(lost)
    said = [("user", texts["instruction"]), ("assistant", texts["output"])]
    if flat.get("system"):
        said.insert(0, ("system", flat["system"]))
    return _carrying(flat, "chat", {"messages": [{"role": role, "content": text} for role, text in said]})


def _as_instruction(fields: Fields) -> Fields:
    lost = _strange(fields, ("messages",))
    messages = fields.get("messages")
    said = messages if isinstance(messages, list) else []
    roles = [message.get("role") if isinstance(message, dict) else None for message in said]
    if roles not in (["user", "assistant"], ["system", "user", "assistant"]):
        raise RecastError([*lost, "messages (other than one exchange of plain text)"])
    for index, message in enumerate(said):
        beside = [name for name, value in message.items() if value is not None and name not in ("role", "content")]
        lost += [f"messages[{index}].{name}" for name in beside]
        if not isinstance(message.get("content"), str):
            lost.append(f"messages[{index}].content (no text)")
    if lost:
        raise RecastError(lost)
    texts = {message["role"]: message["content"] for message in said}
    content = {"instruction": texts["user"], "output": texts["assistant"]}
    if "system" in texts:
        content["system"] = texts["system"]
    return unfold_input(_carrying(fields, "instruction", content))


_ANSWERED = {"preference": ("chosen", ("rejected", "margin", "ratings")), "unpaired": ("completion", ("label",))}
"""Types of a prompt and an answer: where the good answer is, and what else there is to be given up."""


def _as_answered(fields: Fields, record_type: str, answer: str, others: Collection[str]) -> Fields:
    """A prompt and its good answer as an exchange."""
    is_good = fields.get("label", True) is True
    lost = [
        name if is_good else f"{name} (the answer is called a bad one)"
        for name in others
        if fields.get(name) is not None
    ]
    lost += _strange(fields, ("prompt", answer, "system", "tools", *others))
    said = {"user": fields.get("prompt"), "assistant": fields.get(answer)}
    is_text = all(isinstance(value, str) for value in said.values())
    if not is_text and not all(isinstance(value, list) for value in said.values()):
        lost.append("prompt (neither text nor messages, as the answer is)")
    if lost:
        raise RecastError(lost)
    given: dict[str, Any] = {name: fields[name] for name in ("system", "tools") if not says_nothing(fields.get(name))}
    if is_text and "tools" not in given:
        content = {"instruction": said["user"], "output": said["assistant"], **given}
        task = _carrying(fields, "instruction", content)
        return task if record_type == "instruction" else _as_chat(task)
    said_as_text: list[Any] = [{"role": role, "content": text} for role, text in said.items()]
    messages = said_as_text if is_text else [message for part in said.values() for message in part or ()]
    if "system" in given:
        messages.insert(0, {"role": "system", "content": given.pop("system")})
    chat = _carrying(fields, "chat", {"messages": messages, **given})
    return chat if record_type == "chat" else _as_instruction(chat)


def _as_task(fields: Fields) -> Fields:
    """A question as an instruction, its context as the input, its first answer as the output."""
    answers = fields.get("answers")
    texts = [answer.get("text") for answer in answers if isinstance(answer, dict)] if isinstance(answers, list) else []
    if not (texts and len(texts) == len(answers or ()) and isinstance(texts[0], str)):
        raise RecastError(["answers (none to learn)"])
    lost = _strange(fields, ("question", "context", "answers"))
    if len(texts) > 1:
        lost.append(f"{_OTHER_ANSWERS} (all but the first)")
    beside = {name: index for index, answer in enumerate(answers or ()) for name in answer if answer[name] is not None}
    lost += [f"answers[{index}].{name}" for name, index in beside.items() if name != "text"]
    if lost:
        raise RecastError(lost)
    content = {"instruction": fields.get("question"), "input": fields.get("context"), "output": texts[0]}
    return _carrying(fields, "instruction", {name: value for name, value in content.items() if value is not None})


def _strange(fields: Fields, known: Collection[str]) -> list[str]:
    beside = [name for name in fields if name not in (*known, "id", "type", "meta", "extra")]
    return [name for name in beside if not says_nothing(fields[name])]


def _carrying(fields: Fields, record_type: str, content: dict[str, Any]) -> Fields:
    """A record of other content with the same `meta` and `extra`, `extra` before the content where it was before."""
    carried: dict[str, Any] = {name: fields[name] for name in ("meta", "extra") if name in fields}
    leads = next((name for name in fields if name not in ("type", "id")), None) == "extra"
    head: dict[str, Any] = {"extra": carried["extra"]} if leads else {}
    return {"type": record_type, **head, **content, **carried}
