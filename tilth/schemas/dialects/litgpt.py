"""The litgpt dialect: Alpaca's three fields and nothing else that it would look at."""

from typing import ClassVar

from tilth.schemas.dialects.plain import PlainDialect


class LitGPT(PlainDialect):
    """litgpt's JSON data: Alpaca without a system prompt.

    {"instruction": "Translate to French.", "input": "Good morning.", "output": "Bonjour."}
    """

    name: ClassVar[str] = "litgpt"
    summary: ClassVar[str] = "instruction, input and output, no system prompt (litgpt)"
    record_types: ClassVar[tuple[str, ...]] = ("instruction",)
    needs: ClassVar[tuple[str, ...]] = ("instruction", "output")
    fields: ClassVar[tuple[str, ...]] = ("instruction", "input", "output")
    is_detected: ClassVar[bool] = False
