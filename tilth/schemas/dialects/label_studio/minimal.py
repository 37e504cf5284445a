"""Label Studio's minimal export: the data of a task, and beside it a field for each control."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tilth.schemas.annotation.labels import are_labels, as_single
from tilth.schemas.annotation.span_items import are_spans, read_spans
from tilth.schemas.annotation.spans import spans_of
from tilth.schemas.dialects.base import Dialect, Row, flat_row, held, put, refuse_leftovers, sort_fields
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.label_studio.config import Config, ConfigError, Control, parse_config
from tilth.schemas.dialects.label_studio.results import entities_of
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, without_note

_NOTE = "label-studio-min"
_ABOUT = ("annotator", "annotation_id", "lead_time")
_LABELS, _CHOICES = "label", "choice"
_RESERVED = ("id", "type", "meta", "extra", "created_at", "updated_at", *_ABOUT)
"""Fields that are neither the text nor a control."""


class LabelStudioMin(FaithfulDialect):
    """Label Studio's JSON-MIN: one row for each annotation, what each control says under the control's name.

        {"id": 1, "text": "Ada lives in Oslo.", "label": [{"start": 13, "end": 17, "text": "Oslo",
         "labels": ["LOC"]}], "annotator": 3, "annotation_id": 5, "lead_time": 4.2}

    It leaves out what Label Studio's JSON has: relations, ids of regions, what was skipped. A single choice looks like
    any text: which field is one, a row says in which several were chosen, or the configuration beside the file.
    """

    name: ClassVar[str] = "label-studio-min"
    summary: ClassVar[str] = "a task's data, what each control says of it, and its annotator (Label Studio's JSON-MIN)"
    record_types: ClassVar[tuple[str, ...]] = ("ner", "classification")
    needs: ClassVar[tuple[str, ...]] = _ABOUT

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()

    def recognise(self, row: Row) -> str | None:
        """An annotation's own fields, and something that a control says."""
        if not all(name in row for name in _ABOUT) or self._control(row) is None:
            return None
        return f"every row has {self._control(row)}, and whose annotation it is"

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> Dialect:
        """The dialect that knows which fields are choices, by the rows in which several were chosen."""
        seen = {name for row in sample for name, value in row.items() if _is_listed_choice(value)} - {*_RESERVED}
        new = {name: Control("Choices", ("text",)) for name in sorted(seen - self.config.controls.keys())}
        return LabelStudioMin(Config({**self.config.controls, **new}, self.config.shown)) if new else self

    def companion_name(self, file_name: str) -> str | None:
        """The configuration that says which fields are controls."""
        return f"{file_name.split('.')[0]}.label_config.xml"

    def informed(self, companion: bytes, file_name: str) -> Dialect | None:
        """The dialect with what a configuration says of the fields."""
        try:
            return LabelStudioMin(parse_config(companion))
        except ConfigError:
            return None

    def read(self, row: Row) -> Fields:
        """What one control says; what others say stays in `extra`."""
        control = self._control(row) or _LABELS
        said = row.get(control)
        key = self._text_key(row, control)
        known = (key, control)
        spans = _regions(said)
        record_type = "ner" if spans is not None or not self._is_choice(control, said) else "classification"
        fields = sort_fields(row, record_type, known, as_written=known)
        note: dict[str, Any] = {} if known == ("text", _usual(record_type)) else {"names": list(known)}
        if spans is not None:
            into: dict[str, Any] = {"entities": [found for span in spans for found in entities_of(span, row.get(key))]}
        elif record_type == "classification":
            into = {"labels": said["choices"]} if isinstance(said, Mapping) else {"label": said}
        else:
            plain = read_spans(said, row.get(key))[0] if isinstance(said, list) and are_spans(said) else said
            into = {"entities": plain} if control in row else {}
        return as_single(noted(put(fields, {key: {"text": row.get(key)}, control: into}), _NOTE, note))

    def write(self, fields: Fields) -> dict[str, Any]:
        """The text, and what is said of it under the name of a control."""
        note, fields = without_note(held(self, fields), _NOTE)
        refuse_leftovers(self.name, fields, ("text", "entities", "label", "labels"))
        kind = str(fields["type"])
        names = note.get("names")
        key, control = names if isinstance(names, list) and len(names) == 2 else ("text", _usual(kind))
        if not isinstance(fields.get("text"), str):
            raise LossError(self.name, ["text (there is none)"])
        content: dict[str, Any] = {key: fields["text"]}
        if kind == "ner":
            if fields.get("labels"):
                raise LossError(self.name, ["labels (beside spans)"])
            spans_of(self.name, fields, ("text",))
            content[control] = [_span(found, fields.get("text")) for found in fields["entities"]]
        elif isinstance(fields.get("label"), str):
            content[control] = fields["label"]
        elif are_labels(fields.get("labels")):
            content[control] = {"choices": fields["labels"]}
        else:
            raise LossError(self.name, ["labels (there are none to write)"])
        return flat_row(self.name, content, fields, tuple(content))

    def _control(self, row: Row) -> str | None:
        """The field that is a control: spans before choices."""
        row = {name: value for name, value in row.items() if name not in _RESERVED}
        named = [name for name in self.config.controls if name in row]
        spans = [name for name, value in row.items() if value and _regions(value) is not None]
        choices = [name for name, value in row.items() if _is_listed_choice(value)]
        usual = [_CHOICES] if isinstance(row.get(_CHOICES), str) else []
        return next(iter([*spans, *named, *choices, *usual]), None)

    def _is_choice(self, control: str, said: Any) -> bool:
        if isinstance(said, Mapping):
            return _is_listed_choice(said) and are_labels(said["choices"])
        known = self.config.controls.get(control)
        return isinstance(said, str) and (control == _CHOICES or (known is not None and known.tag == "Choices"))

    def _text_key(self, row: Row, control: str) -> str:
        known = self.config.controls.get(control)
        shown = [self.config.field_of(name) for name in known.to_names] if known is not None else []
        texts = [name for name, value in row.items() if isinstance(value, str) and name not in (control, *_RESERVED)]
        wanted = [*(name for name in shown if name), "text", *(texts if len(texts) == 1 else [])]
        free = (name for name in wanted if name not in (control, *_RESERVED))
        return next((name for name in free if isinstance(row.get(name), str)), "text")


def _is_listed_choice(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"choices"}


def _usual(record_type: str) -> str:
    return _LABELS if record_type == "ner" else _CHOICES


def _regions(value: Any) -> list[dict[str, Any]] | None:
    """Regions of labels as the minimal export lists them, in the shape of the full one."""
    if not isinstance(value, list):
        return None
    for region in value:
        if not (isinstance(region, Mapping) and are_labels(region.get("labels")) and region["labels"]):
            return None
        if not type(region.get("start")) is type(region.get("end")) is int:
            return None
    return [{"value": region} for region in value]


def _span(found: Mapping[str, Any], text: Any) -> dict[str, Any]:
    start, end = found["start"], found["end"]
    covered = found.get("text", text[start:end] if isinstance(text, str) and 0 <= start <= end <= len(text) else None)
    if "text" in found and not isinstance(covered, str):
        raise LossError("label-studio", ["entities.text (no text)"])
    said = {"text": covered} if isinstance(covered, str) else {}
    return {"start": start, "end": end, **said, "labels": [found["label"]]}
