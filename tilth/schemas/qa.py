"""The question-answering record: a question, the answers that count as right, and the text they are found in."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from tilth.schemas.identity import Parts, join, text_or_none
from tilth.schemas.record import Record


class Answer(BaseModel):
    """One right answer, and where in the context it stands."""

    model_config = ConfigDict(extra="allow", strict=True, use_attribute_docstrings=True)

    text: str
    """The answer."""
    start: int | None = None
    """Offset of its first character in the context, in Unicode code points."""


class Qa(Record):
    """A question and its answers, extractive when there is a context.

        {"type": "qa", "question": "Who wrote it?", "answers": [{"text": "Ada", "start": 0}], "context": "Ada did."}

    Its prompt is the question, its answer the first of the answers.
    """

    type: Literal["qa"] = "qa"
    """Always `qa`."""
    question: str
    """What is asked."""
    answers: list[Answer]
    """All answers that count as right; empty when the context does not hold one."""
    context: str | None = None
    """The text that the answers are taken from."""
    is_impossible: bool | None = None
    """True when the context does not answer the question (SQuAD 2.0)."""

    summary: ClassVar[str] = "a question, the answers that count as right, and the text they are found in"

    @classmethod
    def parts(cls, fields: Mapping[str, Any]) -> Parts:
        """Prompt: question; answer: the first answer; text: question, context and all answers."""
        question = text_or_none(fields.get("question"))
        answers = _answer_texts(fields.get("answers"))
        return Parts(question, answers[0] if answers else None, join((question, fields.get("context"), *answers)))


def _answer_texts(answers: Any) -> list[str]:
    texts = (answer.get("text") for answer in answers if isinstance(answer, dict)) if isinstance(answers, list) else ()
    return [text for text in texts if isinstance(text, str)]
