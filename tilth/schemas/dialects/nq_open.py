"""The dialect of questions with all their answers and no text to find them in."""

from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels
from tilth.schemas.dialects.base import Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields


class NqOpen(FaithfulDialect):
    """NQ-open, TriviaQA-like: a question and the texts that count as right.

    {"question": "when did the eagles win last super bowl", "answer": ["2017"]}
    """

    name: ClassVar[str] = "nq-open"
    summary: ClassVar[str] = "question and answer, a list of texts that count as right (NQ-open)"
    record_types: ClassVar[tuple[str, ...]] = ("qa",)
    needs: ClassVar[tuple[str, ...]] = ("question", "answer")

    def recognise(self, row: Row) -> str | None:
        """A question and a list of texts."""
        is_open = isinstance(row.get("question"), str) and are_labels(row.get("answer"))
        return "every row has a question and a list of texts in answer" if is_open else None

    def read(self, row: Row) -> Fields:
        """The texts as answers."""
        fields = sort_fields(row, "qa", self.needs, as_written=self.needs)
        texts: Any = row.get("answer")
        answers = [{"text": text} for text in texts] if are_labels(texts) else texts
        return put(fields, {"answer": {"answers": answers}})

    def write(self, fields: Fields) -> dict[str, Any]:
        """The answers' texts. Raises `LossError` for a context and for offsets in one."""
        fields = held(self, fields)
        refuse_leftovers(self.name, fields, ("question", "answers"))
        answers = fields.get("answers")
        if not isinstance(answers, list):
            raise LossError(self.name, ["answers (there are none to write)"])
        lost: list[str] = []
        for place, answer in enumerate(answers):
            if not (isinstance(answer, dict) and isinstance(answer.get("text"), str)):
                lost.append(f"answers[{place}] (no text)")
            else:
                said = [name for name in answer if name != "text" and answer[name] is not None]
                lost += [f"answers[{place}].{name}" for name in said]
        if lost:
            raise LossError(self.name, lost)
        content = {"question": fields["question"]} if "question" in fields else {}
        content["answer"] = [answer["text"] for answer in answers]
        return flat_row(self.name, content, fields, self.needs)
