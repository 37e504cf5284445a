"""A record of one type as another type, where both say the same: an instruction is a chat of one exchange."""

from collections.abc import Iterable
from typing import Any

from tilth.errors import DataError
from tilth.schemas.note import with_note, without_note
from tilth.schemas.record import Fields

_NOTE, _INPUT_AT = "recast", "input_at"


class RecastError(DataError):
    """A record that another type cannot say; `lost` names what stands in the way."""

    def __init__(self, lost: list[str]) -> None:
        self.lost = lost
        super().__init__(f"the record does not fit another type: {', '.join(lost)}")


def recast(fields: Fields, record_type: str) -> Fields:
    """The record as one of another type; raises `RecastError` when that type cannot say it all.

    Instruction and chat become each other when there is one exchange of plain text. An instruction's input goes
    below the instruction, and `meta` notes where it began, so that the way back gives the same instruction.
    """
    pair = (fields.get("type"), record_type)
    if pair == ("instruction", "chat"):
        return _as_chat(fields)
    if pair == ("chat", "instruction"):
        return _as_instruction(fields)
    raise RecastError([f"type (a record of the type {fields.get('type')})"])


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
    return {"type": "chat", "messages": [{"role": role, "content": text} for role, text in said], **_carried(flat)}


def _as_instruction(fields: Fields) -> Fields:
    messages = fields.get("messages")
    lost = _strange(fields, ("messages",) if fields.get("tools") else ("messages", "tools"))
    said = messages if isinstance(messages, list) else []
    plain = all(isinstance(message, dict) and _is_plain(message) for message in said)
    roles = [message["role"] for message in said] if plain else []
    if roles not in (["user", "assistant"], ["system", "user", "assistant"]):
        lost.append("messages (other than one exchange of plain text)")
    if lost:
        raise RecastError(lost)
    texts = {message["role"]: message["content"] for message in said}
    fields = {"type": "instruction", "instruction": texts["user"], "output": texts["assistant"], **_carried(fields)}
    if "system" in texts:
        fields["system"] = texts["system"]
    return unfold_input(fields)


def _strange(fields: Fields, known: Iterable[str]) -> list[str]:
    return [name for name in fields if name not in (*known, "id", "type", "meta", "extra")]


def _carried(fields: Fields) -> dict[str, Any]:
    return {name: fields[name] for name in ("meta", "extra") if name in fields}


def _is_plain(message: dict[str, Any]) -> bool:
    there = {name for name, value in message.items() if value is not None}
    return there == {"role", "content"} and isinstance(message["content"], str)
