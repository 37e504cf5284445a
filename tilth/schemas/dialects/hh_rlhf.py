"""The HH-RLHF dialect: two conversations as text, alike up to the last answer."""

import re
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.preference_forms import common_turns, in_messages
from tilth.schemas.identity import Fields

_ANSWERS = ("chosen", "rejected")
_SPEAKERS = {"Human": "user", "Assistant": "assistant"}
_MARKS = {role: f"\n\n{speaker}: " for speaker, role in _SPEAKERS.items()}
_MARK = re.compile(r"\n\n(Human|Assistant): ")


class HhRlhf(Dialect):
    """Anthropic's HH-RLHF: the same conversation twice, with another answer at the end.

        {"chosen": "\\n\\nHuman: Is 9 a prime?\\n\\nAssistant: No.",
         "rejected": "\\n\\nHuman: Is 9 a prime?\\n\\nAssistant: Yes."}

    The turns become messages. A row whose text is not cut that way keeps it, as a pair of texts.
    """

    name: ClassVar[str] = "hh-rlhf"
    summary: ClassVar[str] = "chosen and rejected as text with Human: and Assistant: turns (HH-RLHF)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = _ANSWERS

    def recognise(self, row: Row) -> str | None:
        """Both answers are texts that begin with a turn."""
        return "every row has chosen and rejected with Human: and Assistant: turns" if is_hh_rlhf(row) else None

    def decode(self, row: Row) -> Fields:
        """The turns as messages: the ones that both have as the prompt, the others as the answers."""
        kept = sort_fields(row, "preference", _ANSWERS, as_written=_ANSWERS)
        chosen, rejected = (_turns(row.get(name)) for name in _ANSWERS)
        if chosen is None or rejected is None:
            # Read as texts: without a prompt, which validation will miss, but with nothing lost.
            return kept
        border = common_turns(chosen, rejected)
        said = {"prompt": chosen[:border], "chosen": chosen[border:], "rejected": rejected[border:]}
        return put(kept, {"chosen": said, "rejected": {}})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages as text. Raises `LossError` for what a turn cannot say: other speakers, tools, turn marks."""
        fields = held(self, fields)
        if "prompt" not in fields:
            content = {name: fields[name] for name in _ANSWERS if name in fields}
            return flat_row(self.name, content, fields, _ANSWERS)
        fields = in_messages(self.name, fields)
        said = {name: value for name, value in fields.items() if value is not None}
        refuse_leftovers(self.name, said, {"prompt", *_ANSWERS})
        lost = [loss for name in ("prompt", *_ANSWERS) for loss in _losses(name, fields[name])]
        if lost:
            raise LossError(self.name, lost)
        content = {name: _text([*fields["prompt"], *fields[name]]) for name in _ANSWERS}
        row = flat_row(self.name, content, fields, _ANSWERS)
        if any(self.decode(row).get(name) != fields[name] for name in ("prompt", *_ANSWERS)):
            raise LossError(self.name, ["border (where the prompt ends: the answers begin alike)"])
        return row

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """Without the border, the turns that both answers begin with count as prompt."""
        if name != "border":
            return super().forgo(fields, name)
        fields = in_messages(self.name, fields)
        whole = [[*fields["prompt"], *fields[answer]] for answer in _ANSWERS]
        border = common_turns(*whole)
        return {**fields, "prompt": whole[0][:border], "chosen": whole[0][border:], "rejected": whole[1][border:]}


def is_hh_rlhf(row: Row) -> bool:
    """Whether both answers of a row are texts that begin with a turn."""
    return all(isinstance(row.get(name), str) and _MARK.match(row[name]) for name in _ANSWERS)


def _turns(text: Any) -> list[dict[str, str]] | None:
    """The messages of a text, or None when it is not exactly what writing them gives."""
    if not (isinstance(text, str) and _MARK.match(text)):
        return None
    _, *pieces = _MARK.split(text)
    return [
        {"role": _SPEAKERS[speaker], "content": said} for speaker, said in zip(pieces[::2], pieces[1::2], strict=True)
    ]


def _text(messages: list[dict[str, str]]) -> str:
    return "".join(_MARKS[message["role"]] + message["content"] for message in messages)


def _losses(part: str, messages: list[Any]) -> list[str]:
    lost: list[str] = []
    for index, message in enumerate(messages):
        place = f"{part}[{index}]"
        if not (isinstance(message, dict) and message.get("role") in [*_MARKS]):
            lost.append(f"{place} (a message of neither the user nor the assistant)")
            continue
        lost += [f"{place}.{name}" for name in message if name not in ("role", "content")]
        content = message.get("content")
        if not isinstance(content, str):
            lost.append(f"{place}.content (no text)")
        elif _MARK.search(content):
            lost.append(f"{place}.content (it has a turn in it)")
    return lost
