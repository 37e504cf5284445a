"""Instructions whose parts have names of their own."""

from typing import Any, ClassVar

from tilth.schemas.dialects.base import Dialect, Keys, Row, flat_row, held, refuse_leftovers, sort_fields
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.recast import RecastError, fold_input, unfold_input


class RenamedInstruction(Dialect):
    """Base of dialects that say `instruction`, `input`, `output` and `system` in other words, all as text.

    Where a dialect has no word for the input, it goes below the instruction, and `meta` notes where it began.
    """

    record_types: ClassVar[tuple[str, ...]] = ("instruction",)
    names: ClassVar[dict[str, str]]
    """The dialect's word for each field that it has."""

    def recognise(self, row: Row) -> str | None:
        """What it needs is there, as text."""
        if not all(isinstance(row.get(name), str) for name in self.needs):
            return None
        return f"every row has {', '.join(self.needs)}"

    def decode(self, row: Row) -> Fields:
        """The parts under the names of the record, unknown fields in `extra`."""
        field_of = {name: field for field, name in self.names.items()}
        kept = sort_fields(row, "instruction", tuple(field_of))
        fields = {field_of.get(name, name): value for name, value in kept.items()}
        return fields if "input" in self.names else unfold_input(fields)

    def keys(self) -> Keys | None:
        """The dialect's words; None where the input is a part of another field."""
        return Keys("instruction", self.names) if "input" in self.names else None

    def encode(self, fields: Fields) -> dict[str, Any]:
        """The parts under the dialect's names. Raises `LossError` for a system prompt that has no place there."""
        fields = held(self, fields)
        if "input" not in self.names:
            fields = self._folded(fields)
        said = {name: value for name, value in fields.items() if name != "system" or value or name in self.names}
        refuse_leftovers(self.name, said, self.names)
        content = {self.names[name]: value for name, value in said.items() if name in self.names}
        return flat_row(self.name, content, fields, tuple(self.names.values()))

    def _folded(self, fields: Fields) -> Fields:
        try:
            return fold_input(fields)
        except RecastError as failure:
            raise LossError(self.name, failure.lost) from failure


class QuestionAnswer(RenamedInstruction):
    """A question and its answer, with a context where there is one: lamini_docs, GSM8K, synthetic-data-kit.

    {"question": "Does Lamini have a limit?", "answer": "No."}
    """

    name: ClassVar[str] = "question-answer"
    summary: ClassVar[str] = "question and answer, and context if there is one (lamini_docs, GSM8K, synthetic-data-kit)"
    needs: ClassVar[tuple[str, ...]] = ("question", "answer")
    names: ClassVar[dict[str, str]] = {"instruction": "question", "input": "context", "output": "answer"}


class AxolotlContextQa(RenamedInstruction):
    """Axolotl's `context_qa`: an article, a question about it, and the answer.

    {"article": "Ada wrote the first program.", "question": "Who wrote it?", "answer": "Ada."}
    """

    name: ClassVar[str] = "axolotl-context-qa"
    summary: ClassVar[str] = "article, question and answer (Axolotl context_qa)"
    needs: ClassVar[tuple[str, ...]] = ("article", "question", "answer")
    names: ClassVar[dict[str, str]] = {"instruction": "question", "input": "article", "output": "answer"}


class Dolly(RenamedInstruction):
    """Databricks Dolly: an instruction, its context, the response, and a category beside them.

    {"instruction": "Who wrote it?", "context": "Ada did.", "response": "Ada.", "category": "closed_qa"}
    """

    name: ClassVar[str] = "dolly"
    summary: ClassVar[str] = "instruction, context and response (Databricks Dolly)"
    needs: ClassVar[tuple[str, ...]] = ("instruction", "context", "response")
    names: ClassVar[dict[str, str]] = {"instruction": "instruction", "input": "context", "output": "response"}


class GPTeacher(RenamedInstruction):
    """GPTeacher, Magpie, torchtune's instruct sets: an instruction, an input if there is one, and the response.

    {"instruction": "Translate to French.", "input": "Good morning.", "response": "Bonjour."}
    """

    name: ClassVar[str] = "gpteacher"
    summary: ClassVar[str] = "instruction, input and response (GPTeacher, Magpie, torchtune)"
    needs: ClassVar[tuple[str, ...]] = ("instruction", "response")
    names: ClassVar[dict[str, str]] = {"instruction": "instruction", "input": "input", "output": "response"}


class OpenOrca(RenamedInstruction):
    """OpenOrca: a system prompt, a question and the response.

    {"id": "niv.1", "system_prompt": "Be brief.", "question": "Is 9 a prime?", "response": "No."}
    """

    name: ClassVar[str] = "openorca"
    summary: ClassVar[str] = "system_prompt, question and response (OpenOrca)"
    needs: ClassVar[tuple[str, ...]] = ("system_prompt", "question", "response")
    names: ClassVar[dict[str, str]] = {"system": "system_prompt", "instruction": "question", "output": "response"}


class InstructLab(RenamedInstruction):
    """InstructLab's generated samples: a question, a context if there is one, and the response.

    {"question": "What is a heron?", "response": "A bird.", "domain": "birds"}
    """

    name: ClassVar[str] = "instructlab"
    summary: ClassVar[str] = "question and response, and context if there is one (InstructLab's generated samples)"
    needs: ClassVar[tuple[str, ...]] = ("question", "response")
    names: ClassVar[dict[str, str]] = {"instruction": "question", "input": "context", "output": "response"}


class InstructLabLegacy(RenamedInstruction):
    """InstructLab's legacy training file: what system, user and assistant say, in a field each.

    {"system": "Be brief.", "user": "What is a heron?", "assistant": "A bird."}
    """

    name: ClassVar[str] = "instructlab-legacy"
    summary: ClassVar[str] = "system, user and assistant (InstructLab's legacy training file)"
    needs: ClassVar[tuple[str, ...]] = ("user", "assistant")
    names: ClassVar[dict[str, str]] = {"system": "system", "instruction": "user", "output": "assistant"}


class Xp3(RenamedInstruction):
    """xP3, P3 and FLAN: inputs and targets.

    {"inputs": "Is 9 a prime? Answer:", "targets": "No."}
    """

    name: ClassVar[str] = "xp3"
    summary: ClassVar[str] = "inputs and targets (xP3, P3, FLAN)"
    needs: ClassVar[tuple[str, ...]] = ("inputs", "targets")
    names: ClassVar[dict[str, str]] = {"instruction": "inputs", "output": "targets"}


class Torchtune(RenamedInstruction):
    """torchtune's default columns: input and output, where the input is all there is of the task.

    {"input": "Is 9 a prime?", "output": "No."}
    """

    name: ClassVar[str] = "torchtune"
    summary: ClassVar[str] = "input and output, without an instruction beside them (torchtune)"
    needs: ClassVar[tuple[str, ...]] = ("input", "output")
    names: ClassVar[dict[str, str]] = {"instruction": "input", "output": "output"}

    def recognise(self, row: Row) -> str | None:
        """An input that is the task: not empty, and no other name of a task beside it."""
        has_task = any(name in row for name in ("instruction", "prompt", "question", "text"))
        return None if has_task or not row.get("input") else super().recognise(row)
