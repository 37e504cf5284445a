"""The SQuAD dialect, flat: one question per row, answers as two parallel lists."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import (
    Dialect,
    Row,
    flat_row,
    held,
    refuse_leftovers,
    sort_fields,
)
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_NOTE, _ANSWERS = "squad", "answers"
_STARTS_FIRST = "starts first"
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
        """Question and answers are there, and the answers have SQuAD's offsets."""
        answers = row.get("answers")
        is_squad = "question" in row and (_is_listed(answers) or (isinstance(answers, dict) and "text" in answers))
        return "every row has question and answers with their offsets" if is_squad else None

    def decode(self, row: Row) -> Fields:
        """The parallel lists as a list of answers; answers of any other shape as they are."""
        fields = sort_fields(row, "qa", _FIELDS)
        answers: Any = row.get("answers")
        note: dict[str, str] = {}
        if isinstance(answers, list):
            note = {_ANSWERS: "list" if _is_listed(answers) else "as they are"}
            if _is_listed(answers):
                fields["answers"] = [_renamed(answer, "answer_start", "start") for answer in answers]
        elif _is_parallel(answers):
            if next(iter(answers)) == "answer_start":
                note = {_ANSWERS: _STARTS_FIRST}
            pairs = zip(answers["text"], answers["answer_start"], strict=True)
            fields["answers"] = [{"text": text, "start": start} for text, start in pairs]
        return noted(fields, _NOTE, note)

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The answers as parallel lists, or in the list they came in; `LossError` for one without a place there."""
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, fields, _FIELDS)
        content = {name: value for name, value in fields.items() if name in _FIELDS}
        answers = content.get("answers")
        if isinstance(answers, list) and note.get(_ANSWERS) == "list":
            content["answers"] = [_renamed(answer, "start", "answer_start") for answer in answers]
        elif isinstance(answers, list) and note.get(_ANSWERS) in (None, _STARTS_FIRST):
            pair = _parallel(answers)
            content["answers"] = dict(reversed(pair.items())) if _ANSWERS in note else pair
        return flat_row(self.name, content, fields, _FIELDS)


def _is_parallel(answers: Any) -> bool:
    if not isinstance(answers, dict) or answers.keys() != {"text", "answer_start"}:
        return False
    texts, starts = answers["text"], answers["answer_start"]
    return isinstance(texts, list) and isinstance(starts, list) and len(texts) == len(starts)


def _is_listed(answers: Any) -> bool:
    """Whether the answers are a list of objects with offsets, as SQuAD's own file nests them."""
    if not isinstance(answers, list) or not answers:
        return False
    return all(isinstance(answer, dict) and "answer_start" in answer and "start" not in answer for answer in answers)


def _renamed(answer: Any, old: str, new: str) -> Any:
    if not isinstance(answer, dict):
        return answer
    return {new if name == old else name: value for name, value in answer.items()}


def _parallel(answers: list[Any]) -> dict[str, list[Any]]:
    lost: list[str] = []
    for index, answer in enumerate(answers):
        if not isinstance(answer, dict):
            lost.append(f"answers[{index}] (no object)")
            continue
        lost.extend(f"answers[{index}] (without its {name})" for name in ("text", "start") if name not in answer)
        lost.extend(f"answers[{index}].{name}" for name in answer if name not in ("text", "start"))
    if lost:
        raise LossError(Squad.name, lost)
    return {"text": [answer["text"] for answer in answers], "answer_start": [answer["start"] for answer in answers]}
