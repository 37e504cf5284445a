"""The OASST dialect of single messages: one a row, each naming the message that it replies to."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Folding, Numbered, Row, flat_row, held, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.dialects.oasst import message_losses, new_nodes, read_message, said_by, without_said
from tilth.schemas.dialects.oasst_tree import MESSAGE_ID, is_lone_message
from tilth.schemas.dialects.row_threads import AT, TURNS, Threads, conversations
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, with_note, without_note

_NOTE = "oasst-messages"


class OasstMessages(Dialect):
    """Open Assistant's messages as they are published on the Hugging Face hub (oasst1, oasst2).

        {"message_id": "1", "parent_id": null, "text": "Is 9 a prime?", "role": "prompter"}
        {"message_id": "2", "parent_id": "1", "text": "No.", "role": "assistant"}

    The two rows are one chat. Where several messages reply to one, each way from the first to a last message is a
    chat; written back, what they share is one row again, in its old place. All rows are held in memory.
    """

    name: ClassVar[str] = "oasst-messages"
    summary: ClassVar[str] = "one message a row, with the id of the one it replies to (Open Assistant: oasst1, oasst2)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = (MESSAGE_ID, "parent_id", "text", "role")
    unfolds: ClassVar[bool] = True

    def recognise(self, row: Row) -> str | None:
        """A message that names the one before it, and does not hold its replies."""
        return f"every row has {', '.join(self.needs)}" if is_lone_message(row) else None

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """A row for each chat, with the rows that it goes through."""
        return conversations(rows, MESSAGE_ID)

    def folding(self) -> Folding:
        """Puts each message into a row of its own, once."""
        return Threads(MESSAGE_ID)

    def decode(self, row: Row) -> Fields:
        """The messages on the way, with what else their rows say of them noted."""
        turns = row.get(TURNS)
        if not (isinstance(turns, list) and turns and all(map(is_lone_message, turns))):
            return noted(sort_fields(row, "chat", ()), _NOTE, {})
        note: dict[str, Any] = {TURNS: [without_said(turn) for turn in turns]}
        note.update((name, row[name]) for name in (AT,) if name in row)
        return with_note({"type": "chat", "messages": [read_message(turn) for turn in turns]}, _NOTE, note)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """A row with all messages. Raises `LossError` for what a message of Open Assistant cannot say."""
        note, fields = without_note(held(self, fields), _NOTE)
        if "messages" not in fields:
            return flat_row(self.name, {}, fields, ())  # a row of another shape, carried along
        refuse_leftovers(self.name, fields, ("messages",))
        messages, extra = fields["messages"], fields.get("extra") or {}
        lost = [name for name in ("meta",) if fields.get(name)] + [f"extra.{name}" for name in extra]
        lost += message_losses(messages)
        if lost:
            raise LossError(self.name, lost)
        bones = note.get(TURNS)
        if not (isinstance(bones, list) and len(bones) == len(messages)):
            nodes = new_nodes(messages)
            tree = nodes[0][MESSAGE_ID]
            said = {"text": None, "role": None, "message_tree_id": tree}
            bones, note = (
                [{MESSAGE_ID: node[MESSAGE_ID], "parent_id": node.get("parent_id"), **said} for node in nodes],
                {},
            )
        places = {name: note[name] for name in (AT,) if name in note}
        return {TURNS: [said_by(node, each) for node, each in zip(bones, messages, strict=True)], **places}
