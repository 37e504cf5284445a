"""ONNX (`.onnx`): a graph in Protocol Buffers; its description is read, its numbers are hopped over."""

from collections import Counter
from pathlib import PurePosixPath

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.cursor import BrokenError, Cursor, TooLongError
from tilth.artifacts.probe import Probe
from tilth.artifacts.protobuf import Field, fields, text, varint

_ONNX = Kind(
    "onnx", "a model as a graph, for ONNX Runtime and what converts from it", "named .onnx, a message with a graph"
)
_IR_VERSION, _PRODUCER, _PRODUCER_VERSION, _GRAPH, _OPSETS, _FUNCTIONS = 1, 2, 3, 7, 8, 25
_NODE, _GRAPH_NAME, _INITIALIZER, _INPUT, _OUTPUT = 1, 2, 5, 11, 12
_DTYPES = {1: "F32", 2: "U8", 3: "I8", 4: "U16", 5: "I16", 6: "I32", 7: "I64", 8: "text", 9: "BOOL", 10: "F16",
           11: "F64", 12: "U32", 13: "U64", 16: "BF16", 17: "F8", 18: "F8", 19: "F8", 20: "F8"}  # fmt: skip
_OWN_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training")
_SHOWN = 200


class Onnx:
    """Recognises ONNX models."""

    kinds = (_ONNX,)

    def match(self, probe: Probe) -> Artifact | None:
        """A file with the suffix; Protocol Buffers have no first bytes of their own."""
        if probe.suffix != ".onnx" or not probe.head.startswith(b"\x08"):
            return None
        model = _Model()
        artifact = _ONNX.found()
        try:
            model.read(probe.cursor(), probe.size)
        except TooLongError as failure:
            artifact.tell("looked_at", str(failure))
        except BrokenError as failure:
            artifact.broken.append(str(failure))
        if not artifact.broken and not model.has_graph:
            artifact.broken.append("it holds no graph")
        _tell(artifact, model)
        _find_outside(artifact, probe, model)
        return artifact


class _Model:
    def __init__(self) -> None:
        self.about: dict[int, str | int] = {}
        self.opsets: dict[str, int] = {}
        self.graph_name, self.has_graph = "", False
        self.operators: Counter[str] = Counter()
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.weights = self.parameters = self.functions = 0
        self.dtypes: Counter[str] = Counter()
        self.outside: Counter[str] = Counter()
        """Files that hold the numbers of tensors, with how many tensors."""

    def read(self, cursor: Cursor, end: int) -> None:
        for field in fields(cursor, end):
            if field.number == _IR_VERSION and field.integer is not None:
                self.about[_IR_VERSION] = field.integer
            elif field.number in (_PRODUCER, _PRODUCER_VERSION):
                self.about[field.number] = text(cursor, field)
            elif field.number == _GRAPH:
                self.has_graph = True
                self.graph(cursor, field.end)
            elif field.number == _OPSETS:
                self.opset(cursor, field.end)
            elif field.number == _FUNCTIONS:
                self.functions += 1

    def opset(self, cursor: Cursor, end: int) -> None:
        domain, version = "", 0
        for field in fields(cursor, end):
            if field.number == 1:
                domain = text(cursor, field)
            elif field.number == 2:
                version = field.integer or 0
        if len(self.opsets) < _SHOWN:
            self.opsets[domain[:60]] = version

    def graph(self, cursor: Cursor, end: int) -> None:
        for field in fields(cursor, end):
            if field.number == _NODE:
                self.node(cursor, field.end)
            elif field.number == _GRAPH_NAME:
                self.graph_name = text(cursor, field)
            elif field.number == _INITIALIZER:
                self.tensor(cursor, field.end)
            elif field.number in (_INPUT, _OUTPUT):
                names = self.inputs if field.number == _INPUT else self.outputs
                names.append(_first_text(cursor, field)) if len(names) < _SHOWN else None

    def node(self, cursor: Cursor, end: int) -> None:
        operator = domain = ""
        for field in fields(cursor, end):
            if field.number == 4:
                operator = text(cursor, field)
            elif field.number == 7:
                domain = text(cursor, field)
        name = f"{domain}.{operator}" if domain not in _OWN_DOMAINS else operator
        if name in self.operators or len(self.operators) < _SHOWN:
            self.operators[name[:80]] += 1

    def tensor(self, cursor: Cursor, end: int) -> None:
        numbers = 1
        for field in fields(cursor, end):
            if field.number == 1 and field.integer is not None:
                numbers *= min(field.integer, 1 << 63)
            elif field.number == 1:
                for size in _packed(cursor, field.end):
                    numbers *= size
            elif field.number == 2 and field.integer is not None:
                self.dtypes[_DTYPES.get(field.integer, f"type {field.integer}")] += 1
            elif field.number == 13:
                self.outside_entry(cursor, field.end)
            numbers = min(numbers, 1 << 63)
        self.weights, self.parameters = self.weights + 1, self.parameters + numbers

    def outside_entry(self, cursor: Cursor, end: int) -> None:
        key = value = ""
        for field in fields(cursor, end):
            if field.number == 1:
                key = text(cursor, field)
            elif field.number == 2:
                value = text(cursor, field)
        if key == "location" and (value in self.outside or len(self.outside) < _SHOWN):
            self.outside[value] += 1


def _first_text(cursor: Cursor, field: Field) -> str:
    return next((text(cursor, inner) for inner in fields(cursor, field.end) if inner.number == 1), "")


def _packed(cursor: Cursor, end: int) -> list[int]:
    sizes: list[int] = []
    while cursor.position < end and len(sizes) < 20:
        sizes.append(varint(cursor))
    return sizes


def _tell(artifact: Artifact, model: _Model) -> None:
    producer = f"{model.about.get(_PRODUCER, '')} {model.about.get(_PRODUCER_VERSION, '')}".strip()
    artifact.tell("producer", producer[:100])
    artifact.tell("graph", model.graph_name[:100])
    artifact.tell("inputs", model.inputs)
    artifact.tell("outputs", model.outputs)
    artifact.tell("parameters", model.parameters or None)
    artifact.tell("tensors", model.weights or None)
    artifact.tell("dtypes", dict(model.dtypes))
    artifact.tell("nodes", sum(model.operators.values()) or None)
    artifact.tell("operators", [name for name, _ in model.operators.most_common()])
    artifact.tell("opsets", {domain or "ai.onnx": version for domain, version in model.opsets.items()})
    artifact.tell("ir_version", model.about.get(_IR_VERSION))
    artifact.tell("functions", model.functions or None)
    if strange := sorted(domain for domain in model.opsets if domain not in _OWN_DOMAINS):
        artifact.unsafe.append(f"it needs operators of {', '.join(strange)}: libraries that ONNX Runtime would load")


def _find_outside(artifact: Artifact, probe: Probe, model: _Model) -> None:
    """The files with its numbers: are they there, and do they stay in its folder?"""
    artifact.tell("data_files", list(model.outside))
    for name in model.outside:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            artifact.unsafe.append(f"it reads {name}, which lies outside of its folder")
        elif str(path.parts[0] if path.parts else name) not in probe.beside:
            artifact.missing.append(f"{name}: the numbers of {model.outside[name]} tensors")
