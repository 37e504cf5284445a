"""Offsets that do not hold: spans that are not in their text, and answers that do not stand where they claim to."""

from collections.abc import Iterator
from typing import Any

from tilth.schemas.identity import Fields

MISPLACED = "misplaced"
"""The name of such a loss."""


def misplaced(fields: Fields) -> list[str]:
    """What in a record is not where its offsets say, in the words of a loss; empty when all of it is.

    Such a record is not carried on into another shape, where nobody would look for the fault.
    """
    if fields.get("type") == "ner":
        return list(_misplaced_entities(fields.get("text"), fields.get("entities")))
    if fields.get("type") == "qa":
        return list(_misplaced_answers(fields.get("context"), fields.get("answers")))
    return []


def without_misplaced(fields: Fields) -> Fields | None:
    """The record without the spans that are not in their text, and without the offsets at which no answer stands.

    None where relations count the spans: they would lead elsewhere.
    """
    if fields.get("type") == "ner":
        if fields.get("relations"):
            return None
        text, entities = fields.get("text"), fields["entities"]
        return {**fields, "entities": [found for found in entities if not list(_misplaced_entities(text, [found]))]}
    context, answers = fields.get("context"), []
    for found in fields["answers"]:
        is_wrong = bool(list(_misplaced_answers(context, [found])))
        answers.append({name: value for name, value in found.items() if name != "start"} if is_wrong else found)
    return {**fields, "answers": answers}


def _misplaced_entities(text: Any, entities: Any) -> Iterator[str]:
    if not (isinstance(text, str) and isinstance(entities, list)):
        return
    for place, found in enumerate(entities):
        start, end = (found.get("start"), found.get("end")) if isinstance(found, dict) else (None, None)
        if not (type(start) is int and type(end) is int):
            continue
        if not 0 <= start < end <= len(text):
            yield f"{MISPLACED} (entities[{place}]: {start} to {end} is no span of a text of {len(text)})"
        elif isinstance(found.get("text"), str) and found["text"] != text[start:end]:
            yield f"{MISPLACED} (entities[{place}]: the text from {start} to {end} is not what the span says it is)"


def _misplaced_answers(context: Any, answers: Any) -> Iterator[str]:
    if not (isinstance(context, str) and isinstance(answers, list)):
        return
    for place, found in enumerate(answers):
        start, text = (found.get("start"), found.get("text")) if isinstance(found, dict) else (None, None)
        if type(start) is int and isinstance(text, str) and not (start >= 0 and context.startswith(text, start)):
            yield f"{MISPLACED} (answers[{place}]: the context does not say so at {start})"
