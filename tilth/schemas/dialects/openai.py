"""The OpenAI dialect: a list of messages with role and content."""

from typing import ClassVar

from tilth.schemas.dialects.base import Row, judged_answers
from tilth.schemas.dialects.plain import PlainDialect


class OpenAI(PlainDialect):
    """OpenAI, ChatML, TRL, Axolotl, Hugging Face: one conversation per row.

    {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi!"}]}
    """

    name: ClassVar[str] = "openai"
    summary: ClassVar[str] = "messages with role and content (OpenAI, ChatML, TRL, Hugging Face)"
    record_types: ClassVar[tuple[str, ...]] = ("chat",)
    way_out: ClassVar[str] = "--dialect openai"
    needs: ClassVar[tuple[str, ...]] = ("messages",)
    fields: ClassVar[tuple[str, ...]] = ("messages", "tools")

    def recognise(self, row: Row) -> str | None:
        """The messages are there, and not as one of the conversations that a row compares."""
        return None if {"prompt", "chosen", "rejected"} <= row.keys() else super().recognise(row)

    def objection(self, row: Row) -> str | None:
        """The row compares answers or marks them as good or bad, as LLaMA-Factory, Axolotl and TRL write it."""
        return judged_answers(self.name, row) if self.recognise(row) else None
