"""Rows as questions and answers, gathered in one pass."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tilth.curate.contradictory.answers import Answer
from tilth.curate.contradictory.open_ended import is_open_ended
from tilth.curate.contradictory.words import subject
from tilth.curate.normalize import Rule, normalized
from tilth.operation import Batch, Dataset, Fields
from tilth.schemas.message import messages_text

if TYPE_CHECKING:
    from tilth.curate.contradictions import ContradictionsOptions

_SAME: tuple[Rule, ...] = ("unicode", "case", "space")

Exchange = tuple[str | None, str, Answer | None]
"""What is asked, the context if there is one, and what is answered."""


@dataclass
class Exchanges:
    """All rows in file order."""

    inputs: dict[str, int] = field(default_factory=dict)
    """Every distinct input, and its number."""
    input_of: list[int] = field(default_factory=list)
    """The input of each row, -1 where there is none."""
    answers: list[Answer | None] = field(default_factory=list)
    """The answer of each row; None where it has none, or one that is not compared."""
    questions: dict[int, str] = field(default_factory=dict)
    """What is asked, of inputs that also hold a context to find the answer in."""
    too_long: int = 0
    """Rows whose answer is too long to compare."""
    open_ended: int = 0
    """Rows with an answer of many right ones, which is not compared either."""


def gather(data: Dataset, options: "ContradictionsOptions") -> Exchanges:
    """One pass over the data."""
    found = Exchanges()
    shared: dict[Answer, Answer] = {}  # a label that a million rows have is held once
    for batch in data.batches():
        for text, context, answer in _read(batch, options):
            if answer and not answer.is_label and max(map(_length, answer.said), default=0) > options.most_words:
                answer = None
                found.too_long += 1
            known = (text or "").strip() != ""
            question = _plain(text or "").rstrip(" .?!")
            if answer and not answer.is_label and is_open_ended(question):
                answer = None
                found.open_ended += 1
            if answer and not answer.is_label:
                question = subject(question) or question
            same = f"{question} {subject(context)}" if context else question
            number = found.inputs.setdefault(same, len(found.inputs)) if known else -1
            found.input_of.append(number)
            if context:
                found.questions[number] = question
            found.answers.append(answer and shared.setdefault(answer, answer))
    return found


def _read(batch: Batch, options: "ContradictionsOptions") -> list[Exchange]:
    inputs, answers = batch.column(options.input).to_pylist(), batch.column(options.answer).to_pylist()
    own = (options.input, options.answer) == ("prompt", "answer")
    rows: list[Exchange] = []
    for record, text, said in zip(batch.records, inputs, answers, strict=True):
        kind = record.get("type")
        if own and kind == "qa":
            context = record.get("context")
            rows.append((text, context if isinstance(context, str) else "", _qa(record)))
        elif own and kind == "preference":
            rows.append((text, "", _preference(record)))
        else:
            is_label = options.answers == "label" or (options.answers == "auto" and kind == "classification")
            rows.append((text, "", Answer((_plain(said),), is_label) if said is not None and said.strip() else None))
    return rows


def _qa(record: Fields) -> Answer | None:
    """All right answers: none at all where the context holds no answer."""
    held: Any = record.get("answers")
    texts = [one.get("text") for one in held if isinstance(one, dict)] if isinstance(held, list) else []
    said = tuple(sorted({_plain(text) for text in texts if isinstance(text, str) and text.strip()}))
    return Answer(said, False) if said or record.get("is_impossible") is True else None


def _preference(record: Fields) -> Answer | None:
    """Which of two answers is the better one: the question is about the two, whichever was chosen."""
    chosen, rejected = (_plain(messages_text(record.get(name)) or "") for name in ("chosen", "rejected"))
    return Answer((chosen,), True, tuple(sorted((chosen, rejected)))) if chosen != rejected else None


def _plain(text: str) -> str:
    return normalized(text, _SAME)


def _length(text: str) -> int:
    return len(text.split())
