"""Signs spelled out: escapes of program text, entities of HTML, control characters, in text that is neither."""

import re
import unicodedata

from tilth.curate.flaws.flaw import Asked

_ESCAPE = re.compile(r"\\(?:[nrt](?![a-z{(])|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\"'](?=\s|\Z|[.,;]))")
_ENTITY = re.compile(r"&(?:nbsp|amp|quot|apos|lt|gt|#\d{2,5}|#x[0-9a-fA-F]{2,5});")
_PROGRAM = re.compile(
    r"```|`[^`\n]+`|<[a-z!/][^<>\n]*>|\$|\\(?:frac|times|sqrt|left|begin|text)\b|[A-Za-z]:\\"
    r"|\b(?:code|html|xml|json|regex|regular expression|escape|python|javascript|java|c\+\+|php|sql|latex|string"
    r"|function|script|print|printf|newline|entit(?:y|ies)|unicode|ascii)\b",
    re.IGNORECASE,
)
_PLAIN_CONTROLS = frozenset("\n\t\r")


def escapes(asked: Asked) -> str | None:
    """The first such sign of the prompt or the answer; none where the talk is of programs."""
    for part, text in (("instruction", asked.instruction), ("input", asked.given), ("answer", asked.answer)):
        control = next((one for one in text if unicodedata.category(one) == "Cc" and one not in _PLAIN_CONTROLS), None)
        if control is not None:
            return f"U+{ord(control):04X}, a control character, in the {part}"
    if _PROGRAM.search(asked.prompt) or _PROGRAM.search(asked.answer):
        return None
    for part, text in (("instruction", asked.instruction), ("input", asked.given), ("answer", asked.answer)):
        found = _ESCAPE.search(text) or _ENTITY.search(text)
        if found is not None:
            return f"{found.group()} in the {part}"
    return None
