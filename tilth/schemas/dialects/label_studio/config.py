"""Label Studio's configuration: which controls a task has, what they label, and with which labels."""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

_MAX_BYTES = 1 << 20
_CONTROLS = ("Labels", "Choices", "TextArea", "Rating", "Pairwise", "Ranker", "Relations")
_PARTS = {"Label": "Labels", "Choice": "Choices", "Relation": "Relations"}
_SHOWN_BY = {"Labels": "Label", "Choices": "Choice", "Relations": "Relation"}


class ConfigError(Exception):
    """Why some bytes are no configuration, in words for people."""


@dataclass
class Control:
    """What an annotator uses: `Labels` for spans, `Choices` for classes, and so on."""

    tag: str
    to_names: tuple[str, ...] = ()
    """The names of what it is about."""
    labels: dict[str, None] = field(default_factory=dict)
    """What can be chosen, in order."""
    is_multiple: bool = False


@dataclass
class Config:
    """The controls by name, and the field of a task's data that each thing on the screen shows."""

    controls: dict[str, Control] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    def covers(self, other: "Config") -> bool:
        """Whether all that another one has is here too."""
        for name, wanted in other.controls.items():
            found = self.controls.get(name)
            if found is None or found.tag != wanted.tag or wanted.labels.keys() - found.labels.keys():
                return False
        return True

    def field_of(self, to_name: str) -> str | None:
        """The field of a task's data that is shown under a name."""
        return self.shown.get(to_name)

    def xml(self) -> str:
        """The configuration as Label Studio reads it. Raises `ConfigError` for a label that XML cannot hold."""
        lines = [f"  <Text name={_quoted(name)} value={_quoted('$' + key)}/>" for name, key in self.shown.items()]
        for name, control in self.controls.items():
            about = f" toName={_quoted(','.join(control.to_names))}" if control.to_names else ""
            is_named = "" if control.tag == "Relations" else f" name={_quoted(name)}"
            multiple = ' choice="multiple"' if control.is_multiple else ""
            opening = f"  <{control.tag}{is_named}{about}{multiple}"
            if not control.labels:
                lines.append(f"{opening}/>")
                continue
            part = _SHOWN_BY[control.tag]
            inner = [f"    <{part} value={_quoted(label)}/>" for label in control.labels]
            lines += [f"{opening}>", *inner, f"  </{control.tag}>"]
        return "\n".join(["<View>", *lines, "</View>", ""])


def parse_config(content: bytes) -> Config:
    """The configuration that some XML is. Raises `ConfigError`.

    A document type, where entities are declared, is refused: a configuration has no use for it, and a bomb has.
    """
    if len(content) > _MAX_BYTES:
        raise ConfigError(f"it is larger than {_MAX_BYTES} bytes")
    reading = _Reading()
    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.end
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(content, True)
    except ExpatError as failure:
        raise ConfigError(f"it is no XML: {failure}") from failure
    if not reading.config.controls:
        raise ConfigError("it has no control that Tilth knows")
    return reading.config


class _Reading:
    """Gathers controls and what is shown from the elements as they come."""

    def __init__(self) -> None:
        self.config = Config()
        self._inside: list[Control] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name, value = attributes.get("name", ""), attributes.get("value", "")
        if tag in _CONTROLS:
            about = tuple(part for part in attributes.get("toName", "").split(",") if part)
            control = Control(tag, about, {}, attributes.get("choice", "single") != "single")
            self.config.controls[name or tag.lower()] = control
            self._inside.append(control)
        elif tag in _PARTS and self._inside and self._inside[-1].tag == _PARTS[tag]:
            self._inside[-1].labels[attributes.get("alias", value)] = None
        elif name and value.startswith("$"):
            self.config.shown[name] = value[1:]

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag in _CONTROLS and self._inside:
            self._inside.pop()


def _refuse_document_type(*_: Any) -> None:
    raise ConfigError("it declares a document type")


def _quoted(text: str) -> str:
    if any(sign < " " and sign not in "\t\r\n" for sign in text) or any(sign in "\ufffe\uffff" for sign in text):
        raise ConfigError(f"the label {text!r} has a character that XML cannot hold")
    from xml.sax.saxutils import quoteattr  # brings an HTTP client along, and every detection imports this file

    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
