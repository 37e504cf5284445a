"""GGUF (`.gguf`), llama.cpp's models: metadata, tokenizer and list of tensors, and no weight is read."""

import shlex
from collections import Counter
from math import prod
from typing import Any, Final

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.chat_templates import tell_template
from tilth.artifacts.cursor import BrokenError, Cursor, TooLongError
from tilth.artifacts.ggml_types import FILE_TYPES, bytes_of, type_name
from tilth.artifacts.probe import Probe

_MODEL = Kind("gguf", "a model for llama.cpp, Ollama and what else is built on them", "begins with GGUF")
_VOCABULARY = Kind("gguf-vocabulary", "a tokenizer for llama.cpp, without a model", "the same, without tensors")
_ADAPTER = Kind("gguf-adapter", "a LoRA adapter for llama.cpp", "the same, general.type is adapter")

_SCALARS: Final = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
_WIDTHS: Final = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _ARRAY = 8, 9
_MAX_KEYS, _MAX_TENSORS = 100_000, 200_000
_SMALLEST_KEY, _SMALLEST_TENSOR = 13, 24  # bytes: more of them than fit into the file are not even looked for
_NAME_KEPT, _TEMPLATE_KEPT = 1024, 256 * 1024
_DEFAULT_ALIGNMENT = 32
_ENCODERS = ("bert", "nomic-bert", "modern-bert", "t5encoder", "clip")


class Gguf:
    """Recognises GGUF, versions 1 to 3."""

    kinds = (_MODEL, _VOCABULARY, _ADAPTER)

    def match(self, probe: Probe) -> Artifact | None:
        """A file that begins with the magic."""
        if not probe.head.startswith(b"GGUF"):
            return None
        walk = _Walk(probe)
        kind = _ADAPTER if walk.told.get("general.type") == "adapter" else _MODEL
        if walk.tensor_count == 0:
            kind = _VOCABULARY
        artifact = kind.found()
        _tell(artifact, walk)
        artifact.broken += walk.broken
        artifact.next = (
            shlex.join(["llama-server", "-m", str(probe.path)]) if kind is _MODEL and not walk.broken else ""
        )
        if kind is _ADAPTER:
            artifact.missing.append(
                f"the model that it lies over: {walk.told.get('general.base_model.0.name', 'not named')}"
            )
        return artifact


class _Walk:
    """One way through the file: keys with their values, then tensors. Where it breaks off, `broken` says why."""

    def __init__(self, probe: Probe) -> None:
        self.told: dict[str, Any] = {}
        self.lengths: dict[str, int] = {}
        """How long the arrays are; their items are not kept."""
        self.types: Counter[str] = Counter()
        self.version = self.tensor_count = self.key_count = self.parameters = 0
        self.broken: list[str] = []
        self.stopped = ""
        try:
            self._walk(probe.cursor())
        except TooLongError as failure:
            self.stopped = str(failure)
        except BrokenError as failure:
            self.broken.append(str(failure))

    def _walk(self, cursor: Cursor) -> None:
        cursor.skip(4)
        self.version = cursor.number("<I")
        if self.version & 0xFFFF == 0:
            raise BrokenError("its numbers are big-endian, for machines that are; llama.cpp elsewhere does not load it")
        if not 1 <= self.version <= 3:
            raise BrokenError(f"version {self.version} of the format, which is not known")
        count = "<I" if self.version == 1 else "<Q"
        self.tensor_count, self.key_count = cursor.number(count), cursor.number(count)
        self._refuse_lies(cursor)
        for _ in range(self.key_count):
            self._key(cursor, count)
        self._tensors(cursor, count)

    def _refuse_lies(self, cursor: Cursor) -> None:
        for what, claimed, smallest, most in (
            ("keys", self.key_count, _SMALLEST_KEY, _MAX_KEYS),
            ("tensors", self.tensor_count, _SMALLEST_TENSOR, _MAX_TENSORS),
        ):
            if claimed > min(cursor.left // smallest, most):
                raise BrokenError(f"it claims {claimed:,} {what}, and {cursor.left:,} bytes follow")

    def _key(self, cursor: Cursor, count: str) -> None:
        name = _text(cursor, count)
        type_ = cursor.number("<I")
        if type_ == _STRING:
            self.told[name] = _text(cursor, count, _TEMPLATE_KEPT if name.endswith("chat_template") else _NAME_KEPT)
        elif type_ in _SCALARS:
            self.told[name] = cursor.value(_SCALARS[type_])
        elif type_ == _ARRAY:
            self.lengths[name] = self._array(cursor, count)
        else:
            raise BrokenError(f"the key {name[:60]} has the type {type_}, which does not exist")

    def _array(self, cursor: Cursor, count: str) -> int:
        item, length = cursor.number("<I"), cursor.number(count)
        if item in _WIDTHS:
            cursor.skip(length * _WIDTHS[item])
        elif item == _STRING and count == "<Q":
            cursor.skip_strings(length)
        elif item == _STRING:
            for _ in range(length):
                cursor.skip(cursor.number("<I"))
        else:
            raise BrokenError(f"an array of type {item}, which llama.cpp does not write")
        return length

    def _tensors(self, cursor: Cursor, count: str) -> None:
        end = 0
        for _ in range(self.tensor_count):
            name, dimensions = _text(cursor, count), cursor.number("<I")
            if dimensions > 4:
                raise BrokenError(f"the tensor {name[:60]} has {dimensions:,} dimensions; there are at most 4")
            shape = [cursor.number(count) for _ in range(dimensions)]
            type_, offset = cursor.number("<I"), cursor.number("<Q")
            self.types[type_name(type_)] += 1
            self.parameters += prod(shape)
            end = max(end, offset + bytes_of(type_, prod(shape)))
        self._refuse_cut(cursor, end)

    def _refuse_cut(self, cursor: Cursor, end: int) -> None:
        alignment = self.told.get("general.alignment", _DEFAULT_ALIGNMENT)
        alignment = alignment if isinstance(alignment, int) and alignment > 0 else _DEFAULT_ALIGNMENT
        start = -(-cursor.position // alignment) * alignment
        if self.tensor_count and start + end > cursor.size:
            there = max(0, cursor.size - start)
            raise BrokenError(f"cut short: its tensors need {end:,} bytes, and {there:,} are there")


def _text(cursor: Cursor, count: str, most: int = _NAME_KEPT) -> str:
    length = cursor.number(count)
    kept = cursor.take(min(length, most)) if length <= cursor.left else cursor.take(length)
    cursor.skip(length - len(kept))
    return kept.decode("utf-8", errors="replace")


def _tell(artifact: Artifact, walk: _Walk) -> None:
    told, architecture = walk.told, str(walk.told.get("general.architecture", ""))
    artifact.tell("name", _plain(told.get("general.name")))
    artifact.tell("architecture", architecture)
    artifact.tell("parameters", walk.parameters or None)
    for fact, key in _ABOUT_THE_MODEL.items():
        artifact.tell(fact, _plain(told.get(f"{architecture}.{key}")))
    kind = told.get("general.file_type")
    if walk.tensor_count:
        artifact.tell("quantization", FILE_TYPES.get(kind, f"file type {kind}") if isinstance(kind, int) else None)
    artifact.tell("tensors", walk.tensor_count or None)
    artifact.tell("tensor_types", dict(walk.types))
    tokenizer, before = _plain(told.get("tokenizer.ggml.model")), _plain(told.get("tokenizer.ggml.pre"))
    artifact.tell("tokenizer", f"{tokenizer} ({before})" if tokenizer and before else tokenizer)
    artifact.tell("vocabulary", walk.lengths.get("tokenizer.ggml.tokens"))
    artifact.tell("license", _plain(told.get("general.license")))
    artifact.tell("metadata_keys", walk.key_count if not walk.broken else None)
    artifact.tell("gguf_version", walk.version or None)
    artifact.tell("looked_at", walk.stopped)
    if not (walk.broken or walk.stopped) and tokenizer:
        tell_template(artifact, _plain(told.get("tokenizer.chat_template")))
        if walk.tensor_count and "tokenizer.chat_template" not in told and architecture not in _ENCODERS:
            artifact.missing.append("its chat template: whoever serves it has to guess one")


_ABOUT_THE_MODEL = {
    "context_length": "context_length",
    "layers": "block_count",
    "width": "embedding_length",
    "attention_heads": "attention.head_count",
    "experts": "expert_count",
    "lora_alpha": "lora.alpha",
}


def _plain(value: Any) -> str | int | float | None:
    return value if isinstance(value, str | int | float) else None
