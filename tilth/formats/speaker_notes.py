"""Who was taken for a speaker, in words for people."""

from collections import Counter
from difflib import get_close_matches

from tilth.errors import UsageError
from tilth.formats.container import ReadSettings
from tilth.schemas.dialects.speakers import is_speaker, role_in
from tilth.schemas.safe_text import safe_text

_SHOWN = 8


def speakers_note(turns: Counter[str], settings: ReadSettings) -> str:
    """The speakers with how often they speak, most first; whom a chat makes the assistant is marked.

    Raises `UsageError` where the assistant was named and nobody is called like that.
    """
    labels = [(safe_text(label, one_line=True), label, count) for label, count in turns.most_common()]
    wanted = settings.assistant
    if wanted is not None and not any(is_speaker(label, wanted) for label in turns):
        shown_names = [shown for shown, _, _ in labels]
        near = [*get_close_matches(wanted, shown_names, 1), *shown_names][:1]
        what = f"nobody is called {safe_text(wanted, one_line=True)}; there speak: {', '.join(shown_names[:_SHOWN])}"
        raise UsageError(what, where=settings.name, fix="".join(f"--assistant {name!r}" for name in near))
    named = [f"{shown} {count}{_mark(label, wanted)}" for shown, label, count in labels[:_SHOWN]]
    more = f" and {len(turns) - _SHOWN} more" if len(turns) > _SHOWN else ""
    return f"speakers: {', '.join(named)}{more}"


def _mark(label: str, assistant: str | None) -> str:
    return " (assistant)" if role_in(label, assistant) == "assistant" else ""
