"""The text record: plain text, for continued pre-training and for everything that has no other shape yet."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from tilth.schemas.identity import Parts, text_or_none
from tilth.schemas.record import Record


class Text(Record):
    """A text, and nothing else.

    {"type": "text", "text": "It was a bright cold day in April."}
    """

    type: Literal["text"] = "text"
    """Always `text`."""
    text: str
    """The text."""

    summary: ClassVar[str] = "plain text"
    joins: ClassVar[Mapping[str, tuple[str, ...]]] = {"prompt": ("text",), "text": ("text",)}

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: text; no answer; text: text."""
        text = text_or_none(fields.get("text"))
        return Parts(text, None, text or "")
