"""Axolotl's template-free dialect: segments of text, each learned or not."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.spelling import odd_items, written
from tilth.schemas.identity import Fields
from tilth.schemas.note import has_note, noted, with_note, without_note

_SEGMENTS, _NOTE = "segments", "axolotl-segments"
_ROLES = {True: "assistant", False: "user"}


class AxolotlSegments(Dialect):
    """Axolotl's `input_output`: the very text of a rendered conversation, cut where learning begins and ends.

        {"segments": [{"label": false, "text": "<s>Hello\\n"}, {"label": true, "text": "Hi!</s>"}]}

    What is learned counts as the assistant's, the rest as the user's. Another conversation loses `messages.role` on
    the way here: no template is applied, so its texts would stand side by side with nothing to tell who speaks.
    """

    name: ClassVar[str] = "axolotl-segments"
    summary: ClassVar[str] = "segments of text with a label, learned or not (Axolotl input_output)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = (_SEGMENTS,)

    def recognise(self, row: Row) -> str | None:
        """Segments with a label."""
        segments = row.get(_SEGMENTS)
        is_list = isinstance(segments, list) and bool(segments)
        is_labelled = is_list and all(isinstance(each, dict) and "label" in each for each in segments or ())
        return "every row has segments with labels" if is_labelled else None

    def decode(self, row: Row) -> Fields:
        """The segments as messages."""
        segments = row.get(_SEGMENTS)
        if not isinstance(segments, list):
            return noted(sort_fields(row, "chat", ()), _NOTE, {})
        messages = [_decode(segment) for segment in segments]
        fields = put(sort_fields(row, "chat", (_SEGMENTS,)), {_SEGMENTS: {"messages": messages}})
        # Always noted: it says that these texts are whole without a template.
        odd = odd_items(segments, _decode, _encode)
        return with_note(fields, _NOTE, {"odd": odd} if odd else {})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages as segments. Raises `LossError` for messages that are meant for a template."""
        fields = held(self, fields)
        is_whole = has_note(fields, _NOTE)
        note, fields = without_note(fields, _NOTE)
        if "messages" not in fields:
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        refuse_leftovers(self.name, fields, ("messages",))
        messages = fields["messages"]
        if not is_whole or not isinstance(messages, list):
            raise LossError(self.name, ["messages.role (no template says who speaks)"])
        segments = written(self.name, "messages", messages, note.get("odd"), _decode, _encode)
        return flat_row(self.name, {_SEGMENTS: segments}, fields, (_SEGMENTS,))

    def forgo(self, fields: Fields, name: str) -> Fields | None:
        """Without roles, what the assistant says is learned, and what anybody else says is not."""
        messages = fields.get("messages")
        if name != "messages.role" or not isinstance(messages, list) or has_note(fields, _NOTE):
            return super().forgo(fields, name)
        roles = [_ROLES[isinstance(each, dict) and each.get("role") == "assistant"] for each in messages]
        pairs = zip(messages, roles, strict=True)
        said = [{**each, "role": role} if isinstance(each, dict) else each for each, role in pairs]
        return with_note({**fields, "messages": said}, _NOTE, {})


def _decode(segment: Any) -> Any:
    if (
        not (isinstance(segment, dict) and isinstance(segment.get("label"), bool))
        or {"role", "content"} & segment.keys()
    ):
        return segment
    names = {"label": "role", "text": "content"}
    return {names.get(name, name): _ROLES[value] if name == "label" else value for name, value in segment.items()}


def _encode(message: Any) -> Any:
    if not isinstance(message, dict):
        return message
    lost = [f"{name} (the name has a meaning there)" for name in ("label", "text") if name in message]
    if message.get("role") not in _ROLES.values():
        lost.append("role (neither learned nor not)")
    if not isinstance(message.get("content"), str):
        lost.append("content (no text)")
    if lost:
        raise LossError(AxolotlSegments.name, lost)
    names = {"role": "label", "content": "text"}
    return {names.get(name, name): value == "assistant" if name == "role" else value for name, value in message.items()}
