"""The H2O LLM Studio dialect: one row per exchange, linked to the one before it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tilth.schemas.dialects.base import (
    Dialect,
    Folding,
    Numbered,
    Row,
    flat_row,
    held,
    put,
    refuse_leftovers,
    sort_fields,
)
from tilth.schemas.dialects.exchanges import exchange, exchanges_of
from tilth.schemas.dialects.row_threads import AT, TURNS, Threads, conversations
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, with_note, without_note

_NOTE = "h2o"
_SAID = ("system", "instruction", "input", "output")
_COLUMNS = (*_SAID, "id", "parent_id")
_BETWEEN = "\n\n"
"""What H2O LLM Studio puts between the prompt columns of a row."""


class H2o(Dialect):
    """H2O LLM Studio: instruction and output with an `id`, and in `parent_id` the id of the exchange before.

        {"instruction": "Is 9 a prime?", "output": "No.", "id": "a", "parent_id": null}
        {"instruction": "And 11?", "output": "Yes.", "id": "b", "parent_id": "a"}

    The two rows are one conversation. Where several rows reply to one, each way from the first to a last exchange is
    a conversation; written back, what they share is one row again, in its old place. All rows are held in memory.
    """

    name: ClassVar[str] = "h2o"
    summary: ClassVar[str] = "instruction, output, id and parent_id, one row per exchange (H2O LLM Studio)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = ("instruction", "output", "id", "parent_id")
    unfolds: ClassVar[bool] = True

    def recognise(self, row: Row) -> str | None:
        """All four are there."""
        return f"every row has {', '.join(self.needs)}" if all(name in row for name in self.needs) else None

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """A row for each conversation, with the rows that it goes through."""
        return conversations(rows)

    def folding(self) -> Folding:
        """Puts each exchange into a row of its own, once."""
        return Threads()

    def decode(self, row: Row) -> Fields:
        """The exchanges as messages. What else the rows have is noted."""
        turns = row.get(TURNS)
        if not (isinstance(turns, list) and turns and all(_is_text(turn) for turn in turns)):
            return noted(sort_fields(row, "chat", ()), _NOTE, {})
        *before, last = turns
        # What a row has beside its exchange is the conversation's in the last row, which is no other conversation's.
        kept = sort_fields(last, "chat", _COLUMNS)
        bones = [*before, {name: value for name, value in last.items() if name in _COLUMNS}]
        note: dict[str, Any] = {TURNS: [_bones(turn, place) for place, turn in enumerate(bones)]}
        note.update((name, row[name]) for name in (AT,) if name in row)
        said = {name: {"messages": _messages(turns)} if name == "instruction" else {} for name in _COLUMNS}
        return with_note(put(kept, said), _NOTE, note)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """A row with all exchanges. Raises `LossError` where user and assistant do not take turns in plain text."""
        note, fields = without_note(held(self, fields), _NOTE)
        if "messages" not in fields:
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        refuse_leftovers(self.name, fields, ("messages",))
        system, pairs = exchanges_of(self.name, fields["messages"])
        bones = note.get(TURNS)
        if not (isinstance(bones, list) and len(bones) == len(pairs) and all(_is_bones(each) for each in bones)):
            bones, note = [_FRESH] * len(pairs), {}
        texts = [(user["content"], assistant["content"]) for user, assistant in pairs]
        turns = [
            _turn(each, system or "", *said, place) for place, (each, said) in enumerate(zip(bones, texts, strict=True))
        ]
        *before, last = turns
        places = {name: note[name] for name in (AT,) if name in note}
        return {TURNS: [*before, flat_row(self.name, last, fields, _COLUMNS)], **places}


def _is_text(turn: Any) -> bool:
    if not isinstance(turn, dict) or not {"instruction", "output"} <= turn.keys():
        return False
    return all(isinstance(turn.get(name) or "", str) for name in _SAID)


def _messages(turns: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    system = turns[0].get("system")
    messages = [{"role": "system", "content": system}] if system else []
    for turn in turns:
        messages += exchange(_prompt(turn), turn["output"] or "")
    return messages


def _prompt(turn: Mapping[str, Any]) -> str:
    return _BETWEEN.join(text for text in (turn["instruction"], turn.get("input")) if text)


def _bones(turn: Mapping[str, Any], place: int) -> dict[str, Any]:
    """What a row has, with true for each text that the messages say too."""
    said = ("instruction", "output", *(("system",) if place == 0 else ()))
    return {name: True if name in said and value else value for name, value in turn.items()}


def _is_bones(turn: Any) -> bool:
    if not isinstance(turn, dict) or not {"instruction", "output"} <= turn.keys():
        return False
    return all(turn.get(name) is True or isinstance(turn.get(name) or "", str) for name in _SAID)


def _turn(bones: Mapping[str, Any], system: str, user: str, assistant: str, place: int) -> dict[str, Any]:
    """The row of an exchange, on the bones of the row that it was."""
    turn = {name: None if value is True and name in _SAID else value for name, value in bones.items()}
    if assistant != (turn["output"] or ""):
        turn["output"] = assistant
    given = turn.get("input")
    ending = f"{_BETWEEN}{given}" if given else ""
    if bones["instruction"] is True and user.endswith(ending) and user != ending:
        turn["instruction"] = user.removesuffix(ending)
    elif user != _prompt(turn):
        turn["instruction"] = user
        turn.update((name, "") for name in ("input",) if name in turn)
    # A new conversation has its system prompt in every row, for a column has no gaps.
    if (place == 0 or bones is _FRESH) and system != (turn.get("system") or ""):
        turn["system"] = system
    return turn


_FRESH: dict[str, Any] = {"system": "", "instruction": True, "output": True, "id": None, "parent_id": None}
