"""Label Studio's tasks with their annotations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from tilth.schemas.annotation.labels import as_listed, as_single
from tilth.schemas.dialects.base import Dialect, Numbered, Row, held, refuse_leftovers
from tilth.schemas.dialects.companion import Companion
from tilth.schemas.dialects.faithful import FaithfulDialect
from tilth.schemas.dialects.label_studio.config import Config, ConfigError, parse_config
from tilth.schemas.dialects.label_studio.config_file import ConfigFile
from tilth.schemas.dialects.label_studio.gathering import Gathering
from tilth.schemas.dialects.label_studio.regions import data_of, ordered, regions_of, says_something
from tilth.schemas.dialects.label_studio.results import is_of_text, read_result, type_of
from tilth.schemas.dialects.loss import LossError
from tilth.schemas.envelope import Envelope
from tilth.schemas.identity import Fields
from tilth.schemas.note import noted, with_empty, without_note
from tilth.schemas.recast import fold_input, unfold_input

_DATA, _ANNOTATIONS, _RESULT = "data", "annotations", "result"
_TASK, _ANNOTATION, _AT, _NOTE = "task", "annotation", "at", "label-studio"
_BY, _ANNOTATOR = "completed_by", "annotator"
_CLASSES = ("choices", "taxonomy")
_CONTENT = {
    "ner": ("text", "entities", "relations", "labels"),
    "classification": ("text", "label", "labels"),
    "instruction": ("instruction", "output"),
    "preference": ("prompt", "chosen", "rejected"),
    "chat": ("messages",),
}


class LabelStudio(FaithfulDialect):
    """Label Studio's JSON: tasks with data, and what annotators said of it.

        [{"id": 1, "data": {"text": "Ada lives in Oslo."}, "annotations": [{"completed_by": 3, "result": [
         {"id": "a1", "from_name": "label", "to_name": "text", "type": "labels",
          "value": {"start": 13, "end": 17, "text": "Oslo", "labels": ["LOC"]}}]}]}]

    A record is one annotation of one task: spans with their relations, choices or a rating as classes, a text that
    was written, a comparison, a conversation. `meta.annotator` says whose. What was skipped (`was_cancelled`) is no
    annotation: its record has no content to learn. Predictions, and regions that are none of these, stay in `extra`.
    """

    name: ClassVar[str] = "label-studio"
    summary: ClassVar[str] = "tasks with data and annotations, each a list of regions (Label Studio's JSON)"
    record_types: ClassVar[tuple[str, ...]] = tuple(_CONTENT)
    needs: ClassVar[tuple[str, ...]] = (_DATA, _ANNOTATIONS)
    unfolds: ClassVar[bool] = True
    way_out: ClassVar[str] = "convert without --to-dialect, which passes on any rows as they are"

    def __init__(self, config: Config | None = None, raw: bytes | None = None, kind: str | None = None) -> None:
        self.config, self.raw, self.kind = config or Config(), raw, kind

    def recognise(self, row: Row) -> str | None:
        """Data with annotations or predictions."""
        annotations = row.get(_ANNOTATIONS)
        is_task = isinstance(row.get(_DATA), dict) and isinstance(annotations, list)
        are_its = is_task and all(isinstance(each, dict) and _RESULT in each for each in annotations or ())
        return "every row has data and annotations" if are_its and not self.objection(row) else None

    def objection(self, row: Row) -> str | None:
        """Annotations of images, sounds or films, of pages or dialogues."""
        regions = [region for result in _results(row) for region in result]
        kinds = sorted({str(region.get("type")) for region in regions if not is_of_text(region)})
        return f"the annotations are of no text: {', '.join(kinds)}" if kinds else None

    def settled(self, sample: Sequence[Row], record_type: str | None = None) -> Dialect:
        """The dialect in which an annotation without any region is of the type that the others are of."""
        if record_type is not None:
            return LabelStudio(self.config, self.raw, record_type)
        kinds = {_kind(region) for row in sample for result in _results(row) for region in result}
        controls = {control.tag for control in self.config.controls.values()}
        has_spans = "labels" in kinds or "Labels" in controls
        has_classes = not kinds.isdisjoint(_CLASSES) or "Choices" in controls
        kind = "ner" if has_spans else "classification" if has_classes else None
        return LabelStudio(self.config, self.raw, kind)

    def unfold(self, rows: Iterable[Numbered], envelope: Envelope | None) -> Iterator[Numbered]:
        """A row for each annotation of each task, and one for a task without any."""
        for number, (line, row) in enumerate(rows):
            annotations = row.get(_ANNOTATIONS)
            if not (isinstance(annotations, list) and all(isinstance(each, dict) for each in annotations)):
                yield line, {_AT: number, "row": row}
                continue
            task = {name: None if name == _ANNOTATIONS else value for name, value in row.items()}
            if not annotations:
                yield line, {_AT: number, _TASK: task}
            for annotation in annotations:
                yield line, {_AT: number, _TASK: task, _ANNOTATION: annotation}

    def folding(self) -> Gathering:
        """Puts annotations of one task that follow each other into it again."""
        return Gathering()

    def companion_name(self, file_name: str) -> str | None:
        """The configuration, which a project needs before tasks can be imported."""
        return f"{file_name.split('.')[0]}.label_config.xml"

    def companion(self, file_name: str) -> Companion:
        """The configuration of the annotations that are written, or the one that the tasks came with."""
        return ConfigFile(self.raw)

    def informed(self, companion: bytes, file_name: str) -> Dialect | None:
        """The dialect with what a configuration says of the data."""
        try:
            return LabelStudio(parse_config(companion), companion)
        except ConfigError:
            return None

    def read(self, row: Row) -> Fields:
        """What one annotator said of one task."""
        task, annotation = row.get(_TASK), row.get(_ANNOTATION, {})
        data = task.get(_DATA) if isinstance(task, Mapping) else None
        if not (isinstance(task, Mapping) and isinstance(data, Mapping) and isinstance(annotation, Mapping)):
            return {"type": self.kind or "ner", "extra": dict(row)}
        result = annotation.get(_RESULT)
        result = result if isinstance(result, list) else []
        key = self._text_key(data, result)
        said = read_result(result, data, key, self.kind, self.config.shown)
        if annotation.get("was_cancelled") is True or _ANNOTATION not in row:
            said = said.silenced(result)
        extra = {name: value for name, value in task.items() if name not in (_DATA, _ANNOTATIONS)}
        by = annotation.get(_BY)
        meta = {} if by is None else {_ANNOTATOR: _annotator(by)}
        if isinstance(extra.get("meta"), dict) and extra["meta"]:
            meta = {**extra.pop("meta"), **meta}
        others = {name: value for name, value in data.items() if name not in said.keys}
        about = {name: value for name, value in annotation.items() if name not in (_RESULT, _BY)}
        extra |= {
            name: value for name, value in ((_DATA, others), (_ANNOTATION, about), (_RESULT, said.unread)) if value
        }
        fields: Fields = {"type": said.record_type, **said.fields}
        fields |= {name: value for name, value in (("extra", extra), ("meta", meta)) if value}
        note = {_AT: row.get(_AT), _TASK: list(task), _DATA: list(data), "keys": said.keys}
        if _ANNOTATION in row:
            note |= {_ANNOTATION: list(annotation), _RESULT: result} | ({_BY: by} if isinstance(by, dict) else {})
        return unfold_input(as_single(noted(fields, _NOTE, note)))

    def write(self, fields: Fields) -> dict[str, Any]:
        """One annotation of one task. Raises `LossError` for what no region can say."""
        note, fields = without_note(held(self, fields), _NOTE)
        were = note.get(_RESULT, [])
        if fields.get("type") == "instruction":
            fields = fold_input(fields)
        elif not any(type_of(region) == "rating" for region in were):
            fields = as_listed(fields)
        refuse_leftovers(self.name, fields, _CONTENT[str(fields["type"])])
        extra, meta = dict(fields.get("extra") or {}), dict(fields.get("meta") or {})
        unread, about, others = extra.pop(_RESULT, []), extra.pop(_ANNOTATION, {}), extra.pop(_DATA, {})
        if not (isinstance(unread, list) and isinstance(about, dict) and isinstance(others, dict)):
            raise LossError(self.name, ["extra (data, annotation and result have a meaning there)"])
        annotator = meta.pop(_ANNOTATOR, None)
        by = note[_BY] if _BY in note and _annotator(note[_BY]) == annotator else annotator
        if meta and extra.get("meta") == {}:
            extra, meta = {name: value for name, value in extra.items() if name != "meta"}, with_empty(meta)
        keys = note.get("keys")
        data = {**data_of(fields, were, keys if isinstance(keys, list) else None), **others}
        task = {**({"meta": meta} if meta else {}), **extra, _DATA: ordered(data, note.get(_DATA)), _ANNOTATIONS: None}
        row = {_AT: note.get(_AT), _TASK: ordered(task, note.get(_TASK, ["id", _DATA, _ANNOTATIONS]))}
        if not says_something(fields) and _ANNOTATION not in note:
            if _TASK in note:
                return row
            raise LossError(self.name, [f"{_CONTENT[str(fields['type'])][-1]} (there is nothing to write)"])
        said = {_BY: by} if by is not None or _BY in note.get(_ANNOTATION, []) else {}
        result = regions_of(fields, were, unread)
        return {**row, _ANNOTATION: ordered({**about, **said, _RESULT: result}, note.get(_ANNOTATION))}

    def _text_key(self, data: Mapping[str, Any], result: Sequence[Any]) -> str:
        """The field of a task's data that is annotated."""
        regions = [region for region in result if type_of(region) not in (None, "relation")]
        names = [str(region.get("to_name")).removeprefix("$") for region in regions]
        shown = [self.config.field_of(name) for name in names] + list(self.config.shown.values())
        texts = [name for name, value in data.items() if isinstance(value, str)]
        wanted = [*(name for name in shown if name), *names, "text", *(texts if len(texts) == 1 else [])]
        return next((name for name in wanted if isinstance(data.get(name), str)), "text")


def _kind(region: Any) -> str | None:
    """What a region is, also where it says it in a way of its own, such as choices in choices."""
    said = region.get("type") if isinstance(region, Mapping) else None
    return said if said in _CLASSES else type_of(region)


def _results(row: Row) -> Iterator[list[Any]]:
    annotations = row.get(_ANNOTATIONS)
    for annotation in annotations if isinstance(annotations, list) else []:
        if isinstance(annotation, Mapping) and isinstance(annotation.get(_RESULT), list):
            yield annotation[_RESULT]


def _annotator(by: Any) -> Any:
    """Who an annotation is by: an address where there is one, else a number."""
    return by.get("email") or by.get("id") if isinstance(by, Mapping) else by
