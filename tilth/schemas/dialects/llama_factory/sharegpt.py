"""LLaMA-Factory's sharegpt formatting: conversations, with two answers or a verdict where they have them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Row, held, put, refuse_leftovers
from tilth.schemas.dialects.llama_factory.entry import DEFAULT_TAGS, Entry, exchanged
from tilth.schemas.dialects.llama_factory.formatting import Formatting, Kind
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.sharegpt import ShareGPT
from tilth.schemas.identity import Fields, says_nothing
from tilth.schemas.note import noted, without_note

_TURNS, _ROLE = "conversations", "from"
_NOTE = "llama-factory"
_ROLES = ("user_tag", "assistant_tag", "observation_tag", "function_tag", "system_tag")
_JUDGED: dict[Kind, tuple[str, ...]] = {"ranking": ("chosen", "rejected"), "kto_tag": ("kto_tag",)}
_TYPES: dict[Kind, str] = {"ranking": "preference", "kto_tag": "unpaired"}
_SHAREGPT = ShareGPT()


class LlamaFactoryShareGPT(Formatting):
    """LLaMA-Factory's `formatting: sharegpt`, with `dataset_info.json` beside the rows.

        {"conversations": [{"from": "human", "value": "Is 9 a prime?"}],
         "chosen": {"from": "gpt", "value": "No."}, "rejected": {"from": "gpt", "value": "Yes."}}
        {"conversations": [{"from": "human", "value": "Is 9 a prime?"}, {"from": "gpt", "value": "Yes."}],
         "kto_tag": false}

    `chosen` and `rejected` make a preference of the row, `kto_tag` an unpaired one, anything else is a chat. Columns
    of images, videos and sounds travel along. An entry may have names of its own for columns, keys and speakers.
    """

    name: ClassVar[str] = "llama-factory-sharegpt"
    summary: ClassVar[str] = "conversations, with chosen and rejected or kto_tag, and dataset_info.json (LLaMA-Factory)"
    record_types: ClassVar[tuple[str, ...]] = ("chat", "preference", "unpaired")
    formatting: ClassVar[str] = "sharegpt"

    def __init__(self, entry: Entry | None = None) -> None:
        super().__init__(entry)
        tags = self.entry.tags
        keys = [(tags[tag], DEFAULT_TAGS[tag]) for tag in ("role_tag", "content_tag") if tag in tags]
        self._keys = exchanged(keys)
        self._speakers = exchanged((tags[tag], DEFAULT_TAGS[tag]) for tag in _ROLES if tag in tags)

    def recognise(self, row: Row) -> str | None:
        """The messages that the entry names; without an entry, what `sharegpt` does not know."""
        usual = self.usual(row)
        if not self.has(usual, _TURNS) or not isinstance(usual[_TURNS], list):
            return None
        if self.is_told:
            return "every row has what dataset_info.json names"
        return "every row has more than sharegpt" if self.kind(usual) != "response" else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The conversation, and what makes it more than a chat."""
        judged = {"ranking": ("chosen", "rejected"), "kto_tag": ("kto_tag",)}.get(self.kind(self.usual(row)), ())
        return frozenset({_TURNS, *judged})

    def kind(self, row: Mapping[str, Any]) -> Kind:
        """By the columns that the row has."""
        turns = row.get(_TURNS)
        if not isinstance(turns, list):
            return "response"
        if self.has(row, "chosen", "rejected") and all(isinstance(row[name], dict) for name in ("chosen", "rejected")):
            return "ranking" if self.entry.is_ranking or not self.is_told else "response"
        is_judged = self.has(row, "kto_tag") and isinstance(row["kto_tag"], bool)
        return "kto_tag" if is_judged and turns else "response"

    def usual(self, row: Row) -> dict[str, Any]:
        """The row with the usual names of columns, keys and speakers."""
        return self._with_turns(super().usual(row), self._usual_turn)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The record under the file's names of columns, keys and speakers."""
        row = self._with_turns(self.encode_usual(fields), self._own_turn)
        return {self._own.get(name, name): value for name, value in row.items()}

    def decode_usual(self, row: Mapping[str, Any]) -> Fields:
        """The record in a row under the usual names; what is judged is read as the last turns of the conversation."""
        kind = self.kind(row)
        if kind == "response":
            return _SHAREGPT.decode(row)
        answers = [row[name] for name in _JUDGED[kind]] if kind == "ranking" else []
        beside = {name: value for name, value in row.items() if name not in _JUDGED[kind]}
        chat = _SHAREGPT.decode({**beside, _TURNS: [*row[_TURNS], *answers]})
        *prompt, last = chat["messages"]
        if kind == "kto_tag":
            said = {"prompt": prompt, "completion": [last], "label": row["kto_tag"]}
        else:
            said = {"prompt": prompt[:-1], "chosen": prompt[-1:], "rejected": [last]}
        fields = {**put(chat, {"messages": said}), "type": _TYPES[kind]}
        usual = _with_judged(beside, {name: row[name] for name in _JUDGED[kind]})
        return noted(fields, _NOTE, {"names": list(row)} if list(usual) != list(row) else {})

    def encode_usual(self, fields: Fields) -> dict[str, Any]:
        """The record as a row under the usual names."""
        fields = held(self, fields)
        kind = next((kind for kind, name in _TYPES.items() if name == fields["type"]), "response")
        if kind == "response":
            return self._checked(_SHAREGPT.encode(fields), kind)
        note, fields = without_note(fields, _NOTE)
        answers = ("chosen", "rejected") if kind == "ranking" else ("completion",)
        refuse_leftovers(self.name, fields, ("prompt", *answers, "label", "system", "tools"))
        prompt, *said = (_messages(self.name, fields, name) for name in ("prompt", *answers))
        if any(len(each) != 1 for each in said):
            raise LossError(self.name, [f"{answers[0]} (more than one message)"])
        system = [] if says_nothing(fields.get("system")) else [{"role": "system", "content": fields["system"]}]
        messages = [*system, *prompt, *(each[0] for each in said)]
        dropped: dict[str, Mapping[str, Any]] = {name: {} for name in (*answers, "label", "system")}
        chat = {**put(fields, {**dropped, "prompt": {"messages": messages}}), "type": "chat"}
        try:
            row = _SHAREGPT.encode(chat)
        except LossError as failure:
            raise LossError(
                self.name, [_renamed(lost, len(prompt) + len(system), answers) for lost in failure.lost]
            ) from None
        turns = row[_TURNS]
        judged = {"chosen": turns[-2], "rejected": turns[-1]} if kind == "ranking" else {"kto_tag": fields.get("label")}
        row = _with_judged({**row, _TURNS: turns[:-2] if kind == "ranking" else turns}, judged)
        names = note.get("names")
        is_noted = isinstance(names, list) and all(isinstance(name, str) for name in names) and set(names) == row.keys()
        return self._checked({name: row[name] for name in names} if is_noted and names else row, kind)

    def _checked(self, row: dict[str, Any], kind: Kind) -> dict[str, Any]:
        """The row, if it would be read as what it is: an unknown field may be called `chosen` too."""
        if self.kind(row) != kind:
            raise LossError(self.name, [f"extra.{name} (the name has a meaning there)" for name in _names(row)])
        return row

    def _with_turns(self, row: dict[str, Any], turned: Callable[[Any], Any]) -> dict[str, Any]:
        turns = row.get(_TURNS)
        said = {_TURNS: [turned(turn) for turn in turns]} if isinstance(turns, list) else {}
        said.update((name, turned(row[name])) for name in ("chosen", "rejected") if name in row)
        return {**row, **said}

    def _usual_turn(self, turn: Any) -> Any:
        if not isinstance(turn, dict):
            return turn
        named = {self._keys.get(key, key): value for key, value in turn.items()}
        return {key: _word(self._speakers, value) if key == _ROLE else value for key, value in named.items()}

    def _own_turn(self, turn: Any) -> Any:
        if not isinstance(turn, dict):
            return turn
        speakers, keys = ({new: old for old, new in each.items()} for each in (self._speakers, self._keys))
        spoken = {key: _word(speakers, value) if key == _ROLE else value for key, value in turn.items()}
        return {keys.get(key, key): value for key, value in spoken.items()}


def _word(words: Mapping[str, str], value: Any) -> Any:
    return words.get(value, value) if isinstance(value, str) else value


def _with_judged(row: Mapping[str, Any], judged: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what is judged right behind its conversation."""
    return {name: value for old in row for name, value in {old: row[old], **(judged if old == _TURNS else {})}.items()}


def _messages(dialect: str, fields: Fields, part: str) -> list[Any]:
    """A part of a judged record as messages; text is one message."""
    value = fields.get(part)
    if isinstance(value, str):
        return [{"role": "user" if part == "prompt" else "assistant", "content": value}]
    if not isinstance(value, list):
        raise LossError(dialect, [f"{part} (neither text nor messages)"])
    return value


def _renamed(lost: str, turns: int, answers: tuple[str, ...]) -> str:
    """A loss in a message under the name of the part that the message is in."""
    found = re.match(r"messages\[(\d+)\]", lost)
    if not found:
        return lost
    index = int(found[1])
    part = f"prompt[{index}]" if index < turns else f"{answers[min(index - turns, len(answers) - 1)]}[0]"
    return part + lost[found.end() :]


def _names(row: Mapping[str, Any]) -> list[str]:
    return [name for name in ("chosen", "rejected", "kto_tag") if name in row] or [_TURNS]
