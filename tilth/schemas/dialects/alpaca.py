"""The Alpaca dialect: instruction, input and output."""

from typing import ClassVar

from tilth.schemas.dialects.plain import PlainDialect


class Alpaca(PlainDialect):
    """Stanford Alpaca, LLaMA-Factory, litgpt, H2O: one task per row.

        {"instruction": "Translate to French.", "input": "Good morning.", "output": "Bonjour."}

    An empty `input` is kept as it is and counts as none.
    """

    name: ClassVar[str] = "alpaca"
    summary: ClassVar[str] = "instruction, input and output (Stanford Alpaca, LLaMA-Factory, litgpt)"
    record_types: ClassVar[tuple[str, ...]] = ("instruction",)
    needs: ClassVar[tuple[str, ...]] = ("instruction", "output")
    fields: ClassVar[tuple[str, ...]] = ("instruction", "input", "output", "system")
