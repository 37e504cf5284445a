"""Requests that have many right answers, told by their words: two poems do not contradict each other."""

import re

_VERBS = """brainstorm come\\ up\\ with compose continue craft describe design draft imagine improvise invent make\\ up
paraphrase propose recommend rephrase restate reword rewrite suggest summari[sz]e think\\ of"""
_MAKING = """add build compile complete construct create find form formulate generate give list make name
produce provide say share show tell think use write"""
_ANY = """\\d+ a an another any few five four nine one original random random several seven six some ten three two
your"""


def _one_of(words: str) -> str:
    return "|".join(re.split(r"(?<!\\)\s+", words.strip()))


_OPEN = re.compile(
    # At the start of a sentence or a clause, or after a courtesy.
    r"(?:^|[.!?:;,]\s|\b(?:please|kindly|(?:can|could|will|would)\syou|and)\s)"
    rf"(?:(?:{_one_of(_VERBS)})\b|(?:{_one_of(_MAKING)})(?:\s(?:me|us|out|up|down))?\s(?:{_one_of(_ANY)})\b)"
    r"|\byour\s(?:favou?rite|opinion|own|view)\b|\bwhat\s(?:is|are|would be)\s(?:a|an|some|one|two|three)\s(?:\w+\s)?"
    r"(?:examples?|ideas?|names?|tips?|titles?|ways?)\b"
)


def is_open_ended(question: str) -> bool:
    """Whether a question, in lower case, asks for any of many things and not for the one that is right.

    Known by English words only: a verb of making up (`compose`, `suggest`, `rewrite`), or one of giving before a word
    that leaves the choice open (`write a line`, `name two rivers`, and not `name the river`).
    """
    return _OPEN.search(question) is not None
