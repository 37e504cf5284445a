"""The LMSYS dialect: messages in a column called conversation."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.identity import Fields

_COLUMN = "conversation"


class LmsysChat(Dialect):
    """LMSYS-Chat-1M and WildChat: OpenAI's messages under another name, with more beside them.

    {"conversation_id": "33f",
     "conversation": [{"content": "Hello", "role": "user"}, {"content": "Hi!", "role": "assistant"}]}
    """

    name: ClassVar[str] = "lmsys-chat"
    summary: ClassVar[str] = "conversation with role and content (LMSYS-Chat-1M, WildChat)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    needs: ClassVar[tuple[str, ...]] = (_COLUMN,)

    def recognise(self, row: Row) -> str | None:
        """Turns with a role."""
        turns = row.get(_COLUMN)
        is_turns = isinstance(turns, list) and bool(turns)
        is_turns = is_turns and all(isinstance(turn, dict) and "role" in turn for turn in turns or ())
        return "every row has conversation with roles" if is_turns else None

    def decode(self, row: Row) -> Fields:
        """The turns as messages."""
        kept = sort_fields(row, "chat", (_COLUMN,))
        return put(kept, {_COLUMN: {"messages": row.get(_COLUMN)}})

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The messages under their other name. Raises `LossError` for tools."""
        fields = held(self, fields)
        refuse_leftovers(self.name, fields, ("messages",))
        content = {_COLUMN: fields["messages"]} if "messages" in fields else {}
        return flat_row(self.name, content, fields, (_COLUMN,))
