"""TRL's shapes that name the fields of a record type as Tilth does."""

from typing import ClassVar

from tilth.schemas.dialects.base import Row
from tilth.schemas.dialects.plain import PlainDialect


class TrlUnpaired(PlainDialect):
    """TRL's unpaired preference, as `KTOTrainer` wants it: one answer and whether it is a good one.

    {"prompt": "The sky is", "completion": " green.", "label": false}
    """

    name: ClassVar[str] = "trl-unpaired"
    summary: ClassVar[str] = "prompt, completion and a true or false label (TRL, KTO)"
    record_types: ClassVar[tuple[str, ...]] = ("unpaired",)
    needs: ClassVar[tuple[str, ...]] = ("prompt", "completion", "label")
    fields: ClassVar[tuple[str, ...]] = ("prompt", "completion", "label", "tools")

    def recognise(self, row: Row) -> str | None:
        """All three are there, and the label is true or false."""
        return super().recognise(row) if isinstance(row.get("label"), bool) else None


class TrlStepwise(PlainDialect):
    """TRL's stepwise supervision, for process reward models: the steps of an answer, and which are right.

    {"prompt": "Is 9 a prime?", "completions": ["9 = 3 x 3.", "So it is."], "labels": [true, false]}
    """

    name: ClassVar[str] = "trl-stepwise"
    summary: ClassVar[str] = "prompt, completions and a label for each (TRL, process reward models)"
    record_types: ClassVar[tuple[str, ...]] = ("stepwise",)
    needs: ClassVar[tuple[str, ...]] = ("prompt", "completions", "labels")
    fields: ClassVar[tuple[str, ...]] = ("prompt", "completions", "labels")


class TrlPrompt(PlainDialect):
    """TRL's prompt only, as `GRPOTrainer` wants it: something to answer.

    {"prompt": [{"role": "user", "content": "What colour is the sky?"}]}
    """

    name: ClassVar[str] = "trl-prompt"
    summary: ClassVar[str] = "prompt alone, as text or as messages (TRL, online training)"
    record_types: ClassVar[tuple[str, ...]] = ("prompt",)
    needs: ClassVar[tuple[str, ...]] = ("prompt",)
    fields: ClassVar[tuple[str, ...]] = ("prompt", "tools")

    def recognise(self, row: Row) -> str | None:
        """A prompt, and no text beside it that could be an answer: `prompt` and `response` are another shape."""
        others = [value for name, value in row.items() if name not in (*self.fields, "id", "meta")]
        return None if any(isinstance(value, str | list) for value in others) else super().recognise(row)
