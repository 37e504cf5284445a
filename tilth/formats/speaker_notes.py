"""Who was taken for a speaker, in words for people."""

from collections import Counter

from tilth.schemas.dialects.speakers import plain_role, role_of
from tilth.schemas.safe_text import safe_text

_SHOWN = 8


def spoken_by(turns: Counter[str]) -> str:
    """The speakers with how often they speak, most first; whom a chat makes the assistant is marked."""
    named = [f"{safe_text(label, one_line=True)} {count}{_mark(label)}" for label, count in turns.most_common(_SHOWN)]
    more = f" and {len(turns) - _SHOWN} more" if len(turns) > _SHOWN else ""
    return ", ".join(named) + more


def _mark(label: str) -> str:
    return " (assistant)" if (plain_role(label) or role_of(label)) == "assistant" else ""
