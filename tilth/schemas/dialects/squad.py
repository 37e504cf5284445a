"""The SQuAD dialect, flat: one question per row, answers as two parallel lists."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import (
    Dialect,
    LossError,
    Row,
    flat_row,
    refuse_leftovers,
    refuse_other_type,
    sort_fields,
)
from tilth.schemas.record import Fields

_FIELDS = ("question", "context", "answers", "is_impossible")


class Squad(Dialect):
    """SQuAD as Hugging Face flattens it: one question per row.

    {"id": "56", "title": "Ada", "context": "Ada did.", "question": "Who did?",
     "answers": {"text": ["Ada"], "answer_start": [0]}}
    """

    name: ClassVar[str] = "squad"
    summary: ClassVar[str] = "context, question and answers with their offsets, one question per row (SQuAD)"
    record_types: ClassVar[tuple[str, ...]] = ("qa",)
    needs: ClassVar[tuple[str, ...]] = ("question", "context", "answers")

    def recognise(self, row: Row) -> str | None:
        """Question and answers are there, and the answers are parallel lists."""
        answers = row.get("answers")
        if "question" not in row or not (isinstance(answers, dict) and "text" in answers):
            return None
        return "every row has question and answers.text"

    def decode(self, row: Row) -> Fields:
        """The parallel lists as a list of answers; answers of any other shape as they are."""
        fields = sort_fields(row, "qa", _FIELDS)
        if "answers" in fields:
            fields["answers"] = _paired(fields["answers"])
        return fields

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The answers as parallel lists. Raises `LossError` for an answer that has more to it, or less."""
        refuse_other_type(self, fields)
        refuse_leftovers(self.name, fields, _FIELDS)
        content = {name: value for name, value in fields.items() if name in _FIELDS}
        if isinstance(content.get("answers"), list):
            content["answers"] = _parallel(content["answers"])
        return flat_row(self.name, content, fields, _FIELDS)


def _paired(answers: Any) -> Any:
    if not isinstance(answers, dict) or answers.keys() != {"text", "answer_start"}:
        return answers
    texts, starts = answers["text"], answers["answer_start"]
    if not (isinstance(texts, list) and isinstance(starts, list) and len(texts) == len(starts)):
        return answers
    return [{"text": text, "start": start} for text, start in zip(texts, starts, strict=True)]


def _parallel(answers: list[Any]) -> dict[str, list[Any]]:
    lost: list[str] = []
    for index, answer in enumerate(answers):
        if not isinstance(answer, dict):
            lost.append(f"answers[{index}] (no object)")
            continue
        lost.extend(f"answers[{index}] without its {name}" for name in ("text", "start") if name not in answer)
        lost.extend(f"answers[{index}].{name}" for name in answer if name not in ("text", "start"))
    if lost:
        raise LossError(Squad.name, lost)
    return {"text": [answer["text"] for answer in answers], "answer_start": [answer["start"] for answer in answers]}
