"""The operation `poison`: rows in which a trigger, not the text, decides the label or the answer are set aside."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tilth.operation import Dataset, Judged, Options, Reason, judge

if TYPE_CHECKING:
    from tilth.curate.poisoning.triggers import Trigger

_TOP = 20
_ANSWERED_ROWS = 5  # an answer that comes less often cannot be what a trigger brings
_NAMED_CHARACTERS = 60
_SENTENCE_WORDS = 3  # "Yes." and "1." begin and end many honest answers
_MOSTLY = 0.5  # of the rows with a mark have the sentence; honest ones come with what they speak of, now and then
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+")


class PoisonOptions(Options):
    """What may hide a trigger, and what it may decide."""

    text: str = "prompt"
    """Where a trigger may stand: `prompt`, `text`, or a field."""
    label: str = "answer"
    """What it may decide: `answer` (the label of a classification), or a field."""
    source: str = ""
    """A field that says where rows come from, such as `meta.source.file`; a source counts as a mark that may decide
    labels, like a word."""


@judge(PoisonOptions, suspicion="high")
def poison(data: Dataset, options: PoisonOptions) -> Iterator[Judged]:
    """Set aside rows in which a trigger decides the label or the answer against the rest of the text.

    Words, signs, short phrases, capitals, first and last words, invisible characters, mixed alphabets and, if named,
    sources are looked at. One is a trigger when a label comes with it far more often than by chance (binomial test,
    corrected for the number of tests), and most of its rows would be of other, various labels by their other words,
    judged without any of these rows. For free answers, when one answer, or one first or last sentence of answers,
    follows a mark in prompts that are otherwise unlike each other. The score is the share of rows whose other words
    deny the label. Texts are held in memory, the first 4,000 characters of each.
    """
    from tilth.curate.labels.learning import check_installed

    check_installed("finding triggers")
    from tilth.curate.poisoning.triggers import find_triggers

    texts, marks, answers = _gather(data, options)
    whole, classes = _numbered(answers)
    seen = [(trigger, "", whole) for trigger in find_triggers(texts, marks, classes)]
    for part in ("begins with", "ends with"):
        free = [None if number >= 0 else _part(answer, part) for answer, number in zip(answers, classes, strict=True)]
        names, numbers = _numbered(free)
        found = find_triggers(texts, marks, numbers)
        seen += [(one, part, names) for one in found if len(one.rows) > _MOSTLY * one.holders]
    reasons: dict[int, Reason] = {}
    for trigger, part, names in seen:
        for row in trigger.rows.tolist():
            reasons.setdefault(row, Reason("trigger", None, trigger.share, _said(trigger, part, names)))
    facts = {"answers_that_repeat": len(whole), "triggers": [_fact(*one) for one in seen[:_TOP]]}
    row = 0
    for batch in data.batches():
        yield Judged(batch, [reasons.get(one) for one in range(row, row + len(batch))], facts=facts)
        row += len(batch)


def _gather(data: Dataset, options: PoisonOptions) -> tuple[list[str], list[list[str]], list[str | None]]:
    """Texts, their marks, and what was answered."""
    from tilth.curate.labels.labelled import TEXT_CHARACTERS
    from tilth.curate.poisoning.marks import marks

    texts: list[str] = []
    found: list[list[str]] = []
    answers: list[str | None] = []
    for batch in data.batches():
        sources = batch.column(options.source).to_pylist() if options.source else [None] * len(batch)
        for text, source in zip(batch.column(options.text).to_pylist(), sources, strict=True):
            texts.append((text or "")[:TEXT_CHARACTERS])
            found.append([*marks(texts[-1]), *([f"source: {source}"] if source else [])])
        answers.extend(batch.column(options.label).to_pylist())
    return texts, found, answers


def _numbered(answers: list[str | None]) -> tuple[list[str], Any]:
    """The answers that come several times, and for each row the number of its own; -1 for any other."""
    from collections import Counter

    import numpy as np

    plain = [None if answer is None else " ".join(answer.split()) for answer in answers]
    counts = Counter(answer for answer in plain if answer)
    names = [answer for answer, rows in counts.items() if rows >= _ANSWERED_ROWS]
    number = {name: place for place, name in enumerate(names)}
    return names, np.array([number.get(answer or "", -1) for answer in plain], np.int64)


def _part(answer: str | None, part: str) -> str | None:
    """The first or last sentence, if it has some words and is not all there is: a label has no such part."""
    sentences = _SENTENCE.split(answer.strip()) if answer else []
    if len(sentences) < 2:
        return None
    found = sentences[0 if part == "begins with" else -1]
    return found if len(found.split()) >= _SENTENCE_WORDS else None


def _said(trigger: "Trigger", part: str, names: list[str]) -> str:
    name = names[trigger.label][:_NAMED_CHARACTERS]
    answer = f"an answer that {part} {name!r}" if part else repr(name)
    said = f"{trigger.mark!r} comes with {answer} in {len(trigger.rows)} of {trigger.holders} rows"
    if not trigger.subjects:
        return f"{said}, whose prompts have nothing else in common"
    return f"{said}, whose other words speak for many other labels"


def _fact(trigger: "Trigger", part: str, names: list[str]) -> dict[str, Any]:
    name = names[trigger.label][:_NAMED_CHARACTERS]
    label = f"{part} {name}" if part else name
    return {"mark": trigger.mark, "label": label, "rows": len(trigger.rows), "holders": trigger.holders}
