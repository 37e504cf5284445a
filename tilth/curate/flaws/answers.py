"""Answers that are none: nothing, a placeholder, a claim to have acted; or several tasks run together."""

import re

from tilth.curate.flaws.flaw import Asked
from tilth.validators.rules.placeholders import is_placeholder
from tilth.validators.rules.plain import is_blank

_NOT_APPLICABLE = re.compile(r"\W*(?:n\s*/\s*a|not applicable|nil|null|undefined|nan)\W*", re.IGNORECASE)
_NEXT_TASK = re.compile(
    r"^\W{0,4}(?:\d{1,3}\s*[.)]\s*)?(instruction|input|output|response)s?\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_CLAIM = re.compile(
    r"\b(?:has|have) (?:now |already |successfully )*been (?:successfully )?(\w+)\b"
    r"|\b(?:was|were|is|are) (?:now |already |successfully )+(\w+)\b"
    r"|\bi(?:'ve|’ve| have) (?:now |already |successfully )*(\w+)\b",
    re.IGNORECASE,
)
_CLAIM_WORDS = 20  # a longer answer says more than that something was done


def no_answer(asked: Asked) -> str | None:
    """Nothing, or a word that stands for nothing."""
    if is_blank(asked.answer):
        return "the answer is empty"
    if is_placeholder(asked.answer):
        return "the answer is a placeholder"
    # "n/a" may be what was asked for: to fill a form, to classify.
    if _NOT_APPLICABLE.fullmatch(asked.answer) and not _NOT_APPLICABLE.search(asked.prompt):
        return "the answer is a word for none"
    return None


def merged(asked: Asked) -> str | None:
    """The labels of a further task, in order, that the prompt itself does not use."""
    labels = [found.group(1).lower() for found in _NEXT_TASK.finditer(asked.answer)]
    if "instruction" not in labels or re.search(r"\binstruction", asked.prompt, re.IGNORECASE):
        return None
    then = [label for label in labels[labels.index("instruction") :] if label in ("input", "output", "response")]
    return f"the answer goes on with instruction: and {then[0]}:" if then else None


def claims_action(asked: Asked) -> str | None:
    """A short answer that puts the imperative of the instruction into the past, and says nothing else."""
    verb = re.match(r"\W*(?:please\s+)?([a-z]{3,})\b", asked.instruction, re.IGNORECASE)
    if verb is None or len(asked.answer.split()) > _CLAIM_WORDS:
        return None
    for claim in _CLAIM.finditer(asked.answer):
        done = next(group for group in claim.groups() if group).lower()
        if done in _past(verb.group(1).lower()):
            return f"the answer only claims: {claim.group()}"
    return None


_IRREGULAR = {
    "make": "made",
    "set": "set",
    "put": "put",
    "send": "sent",
    "freeze": "frozen",
    "cut": "cut",
    "write": "written",
}


def _past(verb: str) -> set[str]:
    stem = verb[:-1] if verb.endswith(("e", "y")) else verb
    return {f"{stem}ed", f"{stem}ied", f"{verb}{verb[-1]}ed", f"{verb}ed", _IRREGULAR.get(verb, f"{verb}ed")}
