"""The dialect of multiple choice: a question, the choices, and the number or the letter of the right one."""

from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels
from tilth.schemas.dialects.base import Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields

_CHOICES, _ANSWER = "choices", "answer"


class MultipleChoice(FaithfulDialect):
    """MMLU and sets like it: the answer is the place of the right choice, from 0, or its letter, from A.

        {"question": "Which is a prime?", "choices": ["4", "7", "9"], "answer": 1}

    The right choice is the answer of the record; all of them stay in `extra.choices`.
    """

    name: ClassVar[str] = "multiple-choice"
    summary: ClassVar[str] = "question, choices, and as answer the place of the right one (MMLU)"
    record_types: ClassVar[tuple[str, ...]] = ("qa",)
    needs: ClassVar[tuple[str, ...]] = ("question", _CHOICES, _ANSWER)
    way_out: ClassVar[str] = "write choices as a JSON list"

    def recognise(self, row: Row) -> str | None:
        """A question with choices, and a number or a letter for its answer."""
        choices, answer = row.get(_CHOICES), row.get(_ANSWER)
        is_number = type(answer) is int or (isinstance(answer, str) and answer.isdecimal())
        is_asked = isinstance(row.get("question"), str) and (are_labels(choices) or isinstance(choices, str))
        is_place = is_number or _letter_place(choices, answer) is not None
        return "every row has a question, choices and the place of the answer" if is_asked and is_place else None

    def objection(self, row: Row) -> str | None:
        """Choices that are one text: what an answer counts in is then a matter of parsing it."""
        if self.recognise(row) is None or not isinstance(row.get(_CHOICES), str):
            return None
        return "answer is the place of one of the choices, and these are one text and no list"

    def read(self, row: Row) -> Fields:
        """The right choice as the answer."""
        choices, answer = row.get(_CHOICES), row.get(_ANSWER)
        fields = sort_fields(row, "qa", ("question", _ANSWER), as_written=("question", _ANSWER))
        place = answer if type(answer) is int else _letter_place(choices, answer)
        if not (isinstance(choices, list) and are_labels(choices) and place is not None and 0 <= place < len(choices)):
            return put(fields, {_ANSWER: {"answers": answer}})
        return put(fields, {_ANSWER: {"answers": [{"text": choices[place]}]}})

    def write(self, fields: Fields) -> dict[str, Any]:
        """The place of the answer among the choices. Raises `LossError` where it is not one of them."""
        fields = held(self, fields)
        refuse_leftovers(self.name, fields, ("question", "answers"))
        answers, choices = fields.get("answers"), (fields.get("extra") or {}).get(_CHOICES)
        if not (isinstance(choices, list) and are_labels(choices)):
            raise LossError(self.name, ["answers (there are no choices to count in)"])
        if not (isinstance(answers, list) and len(answers) == 1 and isinstance(answers[0], dict)):
            raise LossError(self.name, ["answers (other than one)"])
        if more := [name for name in answers[0] if name != "text" and answers[0][name] is not None]:
            raise LossError(self.name, [f"answers.{name}" for name in more])
        if choices.count(answers[0].get("text")) != 1:
            raise LossError(self.name, ["answers (not one of the choices)"])
        content = {"question": fields["question"]} if "question" in fields else {}
        content[_ANSWER] = choices.index(answers[0]["text"])
        return flat_row(self.name, content, fields, ("question", _ANSWER))


def _letter_place(choices: Any, answer: Any) -> int | None:
    """The place that a letter names, A being the first, where it is no choice itself."""
    if not (are_labels(choices) and isinstance(answer, str) and len(answer) == 1 and answer not in choices):
        return None
    place = ord(answer) - ord("A")
    return place if 0 <= place < len(choices) else None
