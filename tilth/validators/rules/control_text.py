"""Text that spells a control token of a chat template.

Measured with a real tokenizer: `<|im_start|>` inside a user's message becomes the token that begins a message, so a
record can forge a turn. Training refuses such text; validation finds it first.
"""

import re
from collections.abc import Iterator
from typing import Any

from tilth.schemas.problem import Path
from tilth.validators.rule import Violation

_CONTROL = re.compile(
    r"<\|[a-z][a-z0-9_▁]{1,40}\|>"  # ChatML, Llama 3, Phi, GPT: <|im_start|>, <|eot_id|>, <|endoftext|>
    r"|\[/?INST\]|<</?SYS>>"  # Llama 2, Mistral
    r"|<(?:start|end)_of_turn>"  # Gemma
    r"|<\｜[^｜<>]{1,40}\｜>"  # DeepSeek, with full-width bars
    r"|</s>|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]"  # Llama 2, Mistral
)


def control_text(path: Path, value: Any) -> Iterator[Violation]:
    """A violation when a text spells a control token of a well-known template."""
    if isinstance(value, str) and (found := _CONTROL.search(value)):
        hint = "take it out, or train with a template that does not use it"
        yield Violation(path, "spells a control token of chat templates", found.group(), "plain text", hint=hint)
