"""The fastText dialect: lines of text that begin with their labels."""

import re
from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels, as_listed
from tilth.schemas.dialects.base import Row, held, refuse_leftovers
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields, says_nothing
from tilth.schemas.note import without_notes

_MARK = "__label__"
_LABEL = re.compile(rf"(?:(?<=\s)|\A){_MARK}(\S+)(?:\s+|\Z)")


class FastText(FaithfulDialect):
    """fastText: a line per text, its labels before it, as the format `lines` reads it.

        {"text": "__label__delivery __label__damage The parcel is late and broken."}

    A line has room for labels and text, and for nothing else.
    """

    name: ClassVar[str] = "fasttext"
    summary: ClassVar[str] = "lines that begin with __label__ and a label, once or more (fastText)"
    record_types: ClassVar[tuple[str, ...]] = ("classification",)
    needs: ClassVar[tuple[str, ...]] = ("text",)

    def recognise(self, row: Row) -> str | None:
        """A line with a label, and nothing beside it."""
        text = row.get("text")
        is_labelled = row.keys() == {"text"} and isinstance(text, str) and _LABEL.match(text)
        return f"every row begins with {_MARK}" if is_labelled else None

    def evidence(self, row: Row) -> frozenset[str]:
        """The line and its labels."""
        return frozenset(("text", _MARK))

    def read(self, row: Row) -> Fields:
        """The labels, and the text without them."""
        line = row.get("text")
        if not isinstance(line, str):
            return {"type": "classification", **({"text": line} if "text" in row else {})}
        extra = {name: value for name, value in row.items() if name != "text"}
        fields: Fields = {"type": "classification", "text": _LABEL.sub("", line), "labels": _LABEL.findall(line)}
        return {**fields, "extra": extra} if extra else fields

    def write(self, fields: Fields) -> dict[str, Any]:
        """The line. Raises `LossError` for what it has no place for."""
        fields = as_listed(held(self, fields))
        refuse_leftovers(self.name, fields, ("text", "labels"))
        text, labels = fields.get("text"), fields.get("labels")
        lost = [f"meta.{name}" for name in without_notes(fields).get("meta") or {}]
        lost += [f"extra.{name}" for name, value in (fields.get("extra") or {}).items() if not says_nothing(value)]
        if not (isinstance(labels, list) and are_labels(labels)):
            lost.append("labels (there are none to write)")
        elif not isinstance(text, str):
            lost.append("text (there is none)")
        else:
            line = " ".join([*(f"{_MARK}{label}" for label in labels), *([text] if text else [])])
            if _LABEL.findall(line) != labels or _LABEL.sub("", line) != text or "\n" in line or "\r" in line:
                lost.append("text (a label or the text would be read as something else)")
            if not lost:
                return {"text": line}
        raise LossError(self.name, lost)
