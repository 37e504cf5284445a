"""Who speaks in a transcript: which labels stand for the side that a model learns to be."""

import re
from typing import Literal

SpeakerRole = Literal["system", "user", "assistant"]

ASSISTANTS = frozenset(
    (
        "advisor", "adviser", "agent", "assistant", "bot", "chatbot", "chatgpt", "clerk", "copilot", "gpt",
        "host", "interviewee", "llm", "model", "operator", "rep", "representative", "support"
    )
)  # fmt: skip
"""Words in a speaker's label, whole and in any case, that make it the assistant. So does `AI`, in capitals or alone."""

OTHERS = frozenset(
    (
        "caller", "client", "customer", "guest", "human", "interviewer", "participant", "person",
        "speaker", "user", "visitor"
    )
)  # fmt: skip
"""Words that are known to label a speaker who is not the assistant."""

_PLAIN_ROLES: dict[str, SpeakerRole] = {"system": "system", "user": "user", "assistant": "assistant"}
_WORDS = re.compile(r"[^\W\d_]+")


def role_of(label: str) -> SpeakerRole:
    """The role of a speaker: `assistant` by the list above, `system` for that label alone, `user` for all others."""
    if label.casefold() == "system":
        return "system"
    words = _WORDS.findall(label)
    is_assistant = "AI" in words or label.casefold() == "ai" or any(word.casefold() in ASSISTANTS for word in words)
    return "assistant" if is_assistant else "user"


def role_in(label: str, assistant: str | None) -> SpeakerRole:
    """The role of a speaker in a conversation of which somebody may have said who the assistant is, and nobody else."""
    if assistant is None:
        return plain_role(label) or role_of(label)
    return "assistant" if is_speaker(label, assistant) else "system" if label.casefold() == "system" else "user"


def is_speaker(label: str, name: str) -> bool:
    """Whether a label is that name, in whatever case."""
    return label.strip().casefold() == name.strip().casefold()


def plain_role(label: str) -> SpeakerRole | None:
    """The role that a label spells and that is all it says: `user`, `assistant`, `system`."""
    return _PLAIN_ROLES.get(label)


def is_known_label(label: str) -> bool:
    """Whether a label is sure to be one, wherever it stands: a role, a numbered speaker, or words in capitals."""
    words = _WORDS.findall(label)
    is_role = any(word.casefold() in ASSISTANTS | OTHERS or word == "AI" for word in (*words[:1], *words[-1:]))
    is_in_capitals = sum(map(len, words)) > 1 and label == label.upper() and label != label.lower()
    return is_role or is_in_capitals or label.casefold() in ("system", "q", "a")
