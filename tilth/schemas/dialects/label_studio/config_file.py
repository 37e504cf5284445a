"""The configuration beside tasks that are being written: Label Studio reads no annotation without one."""

from collections.abc import Mapping
from typing import Any

from tilth.errors import DataError
from tilth.schemas.dialects.label_studio.config import Config, ConfigError, Control, parse_config
from tilth.schemas.dialects.label_studio.results import type_of

_TAGS = {"labels": "Labels", "choices": "Choices", "textarea": "TextArea", "rating": "Rating", "pairwise": "Pairwise"}


class ConfigFile:
    """Gathers controls and labels from annotations; what the tasks came with is handed on if it has them all."""

    def __init__(self, raw: bytes | None) -> None:
        self._raw = raw
        self._config = Config()

    def add(self, row: dict[str, Any]) -> None:
        """Take note of the regions of an annotation, and of the data that they are about."""
        annotation, task = row.get("annotation"), row.get("task")
        result = annotation.get("result") if isinstance(annotation, Mapping) else None
        data = task.get("data") if isinstance(task, Mapping) else None
        for region in result if isinstance(result, list) else []:
            if type_of(region) is not None:
                self._add_region(region, data if isinstance(data, Mapping) else {})

    def content(self, there: bytes | None) -> bytes:
        """The configuration; what is there stays when it has all that is needed, and is added to when it is ours."""
        for known in (there, self._raw):
            if known is not None and _read(known).covers(self._config):
                return known
        if there is not None:
            before = _read(there)
            if before.xml().encode("utf-8") != there:
                raise DataError(
                    "this configuration lacks labels or controls of the annotations that are written",
                    fix="move it away, or write to another folder",
                )
            self._config = _joined(before, self._config)
        try:
            return self._config.xml().encode("utf-8")
        except ConfigError as failure:
            raise DataError(f"no configuration can be written: {failure}") from failure

    def _add_region(self, region: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        kind, value = region["type"], region.get("value", {})
        if kind == "relation":
            control = self._config.controls.setdefault("relations", Control("Relations"))
            control.labels |= dict.fromkeys(region.get("labels") or [])
            return
        tag = _TAGS.get(kind)
        if tag is None:
            return
        about = tuple(str(region.get("to_name")).split(","))
        control = self._config.controls.setdefault(str(region.get("from_name")), Control(tag, about))
        if kind in ("labels", "choices"):
            control.labels |= dict.fromkeys(value[kind])
            control.is_multiple |= kind == "choices" and len(value[kind]) > 1
        texts = [name for name in data if isinstance(data[name], str)]
        for name in about:
            self._config.shown.setdefault(name, name if name in data or not texts else texts[0])


def _read(content: bytes) -> Config:
    try:
        return parse_config(content)
    except ConfigError as failure:
        raise DataError(f"this is no configuration of Label Studio: {failure}", fix="move it away") from failure


def _joined(one: Config, other: Config) -> Config:
    for name, control in other.controls.items():
        known = one.controls.setdefault(name, Control(control.tag, control.to_names))
        known.labels |= control.labels
        known.is_multiple |= control.is_multiple
    one.shown = {**one.shown, **other.shown}
    return one
