"""Strings that control a chat template, in content: whoever writes them there can end a turn and begin another."""

import re
from collections.abc import Iterator

from tilth.curate.hostile.sign import Sign

_CONTROL = re.compile(
    r"<\|[A-Za-z][A-Za-z0-9_▁]{1,40}\|>"  # ChatML, Llama 3, Phi, Zephyr, GPT, Cohere, Granite, GLM, gpt-oss
    r"|<｜[^｜<>\n]{1,40}｜>"  # DeepSeek, with full-width bars
    r"|\[/?INST\]|<</?SYS>>"  # Llama 2, Mistral
    r"|\[/?(?:SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|gMASK|sMASK)\]"  # Mistral, GLM
    r"|</?(?:start|end)_of_turn>|<(?:bos|eos|pad|unk|sop|eop|eoh|eoa|eom|eod)>"  # Gemma, GLM, InternLM
    r"|<fim_(?:prefix|middle|suffix|pad)>"  # code models
    r"|<TOKENS_UNUSED_\d+>|<reserved_\d+>|<unused\d+>|<\|?(?:User|Bot|Human)\|?>:"  # Baichuan, InternLM, Gemma
    r"|<s>\s*(?=\[INST\])|(?<!<s>)</s>(?=\s*(?:<s>|\[INST\]|$))"  # Llama 2; `<s>` alone is HTML's struck-out text
)
_HEADING = re.compile(
    r"(?:^|\n)[ \t]*#{2,3} ?(?P<who>Instructions?|Response|Human|Assistant|User|System):"
    r"[ \t]*(?=\n|$)"
)
"""Alpaca's and OpenAssistant's headings stand alone on their line."""
_SPEAKER = re.compile(r"(?:^|\n\n?)(?P<who>Human|H|Assistant|A|USER|ASSISTANT|SYSTEM): ?(?=\S)")
_TWO_SIDES = ({"Human", "Assistant"}, {"H", "A"}, {"USER", "ASSISTANT"})


def chat_controls(text: str) -> Iterator[Sign]:
    """Special tokens of the known families of templates, and the headings of those that have none.

    A heading counts when the text answers it: a text with `### Instruction:` and `### Response:` plays both sides of a
    conversation, one with a single heading may be a document with headings. So do `Human:` and `Assistant:`.
    """
    if "<" in text or "[" in text:
        for found in _CONTROL.finditer(text):
            yield Sign(*found.span(), "chat-control", f"spells {found.group().strip()!r}")
    if "##" in text:
        headings = list(_HEADING.finditer(text))
        if len({found["who"] for found in headings}) > 1:
            yield from (Sign(*found.span("who"), "chat-control", f"heading {found['who']!r}") for found in headings)
    if ":" in text:
        turns = list(_SPEAKER.finditer(text))
        sides = {found["who"] for found in turns}
        if len(turns) >= 2 and any(pair <= sides for pair in _TWO_SIDES):
            yield from (Sign(*found.span("who"), "chat-control", f"turn of {found['who']!r}") for found in turns)
