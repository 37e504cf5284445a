"""Words that stand where there should be a text, or nothing."""

import re

_PLACEHOLDER = re.compile(
    r"[<\[({]?\s*no[\s_-]?(?:in|out)put\s*(?:required|needed|given|provided)?\s*[>\])}]?\.?", re.IGNORECASE
)


def is_placeholder(text: str) -> bool:
    """Whether a text is nothing but a word such as `<noinput>`, `No input` or `<No Output>`."""
    return len(text) < 60 and _PLACEHOLDER.fullmatch(text.strip()) is not None
