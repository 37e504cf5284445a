"""The TRL preference dialect: prompt, chosen and rejected, all text or all messages."""

from typing import ClassVar

from tilth.schemas.dialects.base import Row
from tilth.schemas.dialects.plain import PlainDialect
from tilth.schemas.dialects.preference_forms import repeats_prompt


class TrlPreference(PlainDialect):
    """TRL's explicit preference, as `DPOTrainer` wants it: one comparison per row.

        {"prompt": "Name a prime.", "chosen": "7 is a prime.", "rejected": "9 is a prime."}

    Either all three are text, or all three are lists of messages in which `chosen` and `rejected` hold the answers
    alone. A known trap is refused: text as the prompt beside lists of messages, unless these say the
    prompt again, which is another dialect.
    """

    name: ClassVar[str] = "trl-preference"
    summary: ClassVar[str] = "prompt, chosen and rejected, as text or as messages (TRL)"
    record_types: ClassVar[tuple[str, ...]] = ("preference",)
    needs: ClassVar[tuple[str, ...]] = ("prompt", "chosen", "rejected")
    way_out: ClassVar[str] = "make prompt a list of messages and take its turns out of chosen and rejected"
    fields: ClassVar[tuple[str, ...]] = ("prompt", "chosen", "rejected", "system", "margin", "ratings")

    def recognise(self, row: Row) -> str | None:
        """All needed fields are there, and the answers do not repeat a prompt that is text."""
        return None if repeats_prompt(row) else super().recognise(row)

    def objection(self, row: Row) -> str | None:
        """Prompt as text, answers as messages: a trainer would show the prompt twice, or not at all."""
        if not isinstance(row.get("prompt"), str) or repeats_prompt(row):
            return None
        lists = [name for name in ("chosen", "rejected") if isinstance(row.get(name), list)]
        if not lists:
            return None
        return (
            f"prompt is text, and {lists[0]} is a list of messages; trl-preference has all three as text, "
            "or all three as messages with the prompt's turns in prompt alone"
        )
