"""What a chat template is, told from its text: it is a small program, and it is not run here."""

import re

from tilth.artifacts.artifact import Artifact

_FAMILIES = {
    "<|channel|>": "Harmony",
    "<|im_start|>": "ChatML",
    "<|start_header_id|>": "Llama 3",
    "<|header_start|>": "Llama 4",
    "<start_of_turn>": "Gemma",
    "<|START_OF_TURN_TOKEN|>": "Command R",
    "<｜User｜>": "DeepSeek",
    "<<SYS>>": "Llama 2",
    "[INST]": "Mistral",
    "<|user|>": "Zephyr and Phi",
    "### Instruction": "Alpaca",
    "USER:": "Vicuna",
}
_FEATURES = {
    "system messages": re.compile(r"""['"]system['"]"""),
    "tools": re.compile(r"\btools\b"),
    "thinking": re.compile(r"reasoning_content|<think>|enable_thinking"),
    "generation prompt": re.compile("add_generation_prompt"),
    "answers marked for the loss": re.compile(r"\{%-?\s*generation\b"),
}
_ESCAPES = re.compile(
    r"__\w+__|\|\s*attr\s*\(|\bmro\b|\bpopen\b|\bsubprocess\b|\bos\.system\b|\{%-?\s*(?:include|import|from|extends)\b"
)
"""What no template needs that only lays out messages, and every known way out of Jinja does."""


def tell_template(artifact: Artifact, source: object) -> None:
    """Add what a template's text tells: whose layout it is, what it can do, and whether it reaches for Python."""
    if isinstance(source, str) and source:
        artifact.tell("chat_template", template_summary(source))
        artifact.unsafe += template_dangers(source)


def template_summary(source: str) -> str:
    """Its layout and its features, such as `ChatML; system messages, tools, generation prompt`."""
    family = next((name for mark, name in _FAMILIES.items() if mark in source), "a layout of its own")
    features = [name for name, pattern in _FEATURES.items() if pattern.search(source)]
    return f"{family}; {', '.join(features)}" if features else family


def template_dangers(source: str) -> list[str]:
    """A warning when the template reaches for Python's insides."""
    found = _ESCAPES.search(source)
    if found is None:
        return []
    return [f"its template says {found[0]!r}, by which templates break out into Python: render it only in a sandbox"]
