"""Plain text, one document per row, as every trainer reads it for pre-training."""

from typing import ClassVar

from tilth.schemas.dialects.plain import PlainDialect


class BareText(PlainDialect):
    """Axolotl's `completion`, LLaMA-Factory's pre-training, TRL's language modelling, every corpus.

    {"text": "It was a bright cold day in April."}
    """

    name: ClassVar[str] = "text"
    summary: ClassVar[str] = "text alone (Axolotl completion, LLaMA-Factory pre-training, TRL language modelling)"
    record_types: ClassVar[tuple[str, ...]] = ("text",)
    needs: ClassVar[tuple[str, ...]] = ("text",)
    fields: ClassVar[tuple[str, ...]] = ("text",)
    is_detected: ClassVar[bool] = False  # a text beside a label or spans is something else
