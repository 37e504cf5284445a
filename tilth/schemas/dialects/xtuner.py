"""The XTuner dialect: a conversation as a list of what goes in and what comes out."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.exchanges import exchanges_of
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.spelling import is_same
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_COLUMN, _NOTE = "conversation", "xtuner"
_LEARNED = "output_with_loss"


class XTuner(Dialect):
    """XTuner and InternLM: one conversation per row, input and output by turns.

        {"conversation": [{"system": "Be kind.", "input": "Hello", "output": "Hi!"}, {"input": "Bye", "output": "By!"}]}

    An `output_with_loss` is the weight of the answer. Turns that say more, or less, are noted in `meta` and written
    back as they were.
    """

    name: ClassVar[str] = "xtuner"
    summary: ClassVar[str] = "conversation with input and output in each turn (XTuner, InternLM)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = (_COLUMN,)

    def recognise(self, row: Row) -> str | None:
        """Turns with an output."""
        turns = row.get(_COLUMN)
        is_turns = isinstance(turns, list) and bool(turns)
        is_turns = is_turns and all(isinstance(turn, dict) and "output" in turn for turn in turns or ())
        return "every row has conversation with input and output" if is_turns else None

    def decode(self, row: Row) -> Fields:
        """Input and output as messages of user and assistant."""
        if self.recognise(row) is None:
            return noted(sort_fields(row, "chat", ()), _NOTE, {})
        kept, turns = sort_fields(row, "chat", (_COLUMN,)), row[_COLUMN]
        messages = _messages(turns)
        note = {} if is_same(_usual(messages), turns) else {"turns": turns}
        return noted(put(kept, {_COLUMN: {"messages": messages}}), _NOTE, note)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages by twos. Raises `LossError` where user and assistant do not take turns in plain text."""
        note, fields = without_note(held(self, fields), _NOTE)
        if "messages" not in fields:
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        refuse_leftovers(self.name, fields, ("messages",))
        turns = note.get("turns")
        if not (self.recognise({_COLUMN: turns}) and is_same(_messages(turns), fields["messages"])):
            turns = _turns(fields["messages"])
        return flat_row(self.name, {_COLUMN: turns}, fields, (_COLUMN,))


def _messages(turns: Any) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    for turn in turns:
        if turn.get("system"):
            said.append({"role": "system", "content": turn["system"]})
        if turn.get("input"):
            said.append({"role": "user", "content": turn["input"]})
        said.append({"role": "assistant", "content": turn["output"]})
        if isinstance(turn.get(_LEARNED), bool):
            said[-1]["weight"] = int(turn[_LEARNED])
    return said


def _usual(messages: list[dict[str, Any]]) -> Any:
    try:
        return _turns(messages)
    except LossError:
        return None


def _turns(messages: Any) -> list[dict[str, Any]]:
    exchanges = exchanges_of(XTuner.name, messages, ("weight",))
    turns: list[dict[str, Any]] = []
    for user, assistant in exchanges.pairs:
        turns.append({"input": user["content"], "output": assistant["content"]})
        if not user["content"]:
            raise LossError(XTuner.name, ["messages.content (empty, which means no turn at all)"])
        weight = assistant.get("weight")
        if weight in (0, 1):
            turns[-1][_LEARNED] = bool(weight)
        elif weight is not None:
            raise LossError(XTuner.name, ["messages.weight (neither 0 nor 1)"])
    if exchanges.system is not None:
        turns[0] = {"system": exchanges.system, **turns[0]}
    return turns
