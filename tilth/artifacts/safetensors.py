"""safetensors: a header of JSON before the numbers; it is read and checked against the file, and nothing else is."""

import json
import re
import struct
from collections import Counter
from dataclasses import dataclass, field
from math import prod
from typing import Any, Final

from tilth.artifacts.artifact import Artifact, Kind
from tilth.artifacts.cursor import BrokenError
from tilth.artifacts.probe import Probe

_WEIGHTS = Kind("safetensors", "weights of a model, without code", "8 bytes of length, then JSON with data_offsets")
_ADAPTER = Kind("lora-weights", "weights of a LoRA adapter, without code", "the same, with lora_A and lora_B")
_STATE = Kind("safetensors-state", "state of a training run, without code", "the same, named optimizer or random")
_TOKENS = Kind("safetensors-tokens", "a tokenized set: rows of token ids", "the same, with input_ids")

FORMAT_HEADER_BYTES = 100_000_000
"""The longest header that the format allows."""
MAX_HEADER_BYTES = 12 << 20
"""The longest header that is read: 100,000 tensors."""
_MAX_STRUCTURE = 1_500_000
_BITS: Final = {
    "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32,
    "U16": 16, "U8": 8, "BOOL": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "C64": 64, "F4": 4, "F6_E2M3": 6,
    "F6_E3M2": 6,
}  # fmt: skip
_NAMES_TOLD = 1000
_SHARD = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.safetensors")


@dataclass
class Header:
    """What the header of a file says, and everything in which it contradicts itself or the file."""

    metadata: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    dtypes: Counter[str] = field(default_factory=Counter)
    parameters: int = 0
    broken: list[str] = field(default_factory=list)


class Safetensors:
    """Recognises safetensors files: weights, adapters, states, tokenized sets."""

    kinds = (_WEIGHTS, _ADAPTER, _STATE, _TOKENS)

    def match(self, probe: Probe) -> Artifact | None:
        """A file whose ninth byte opens the JSON of a header, or whose name says so."""
        named = probe.suffix == ".safetensors"
        if not named and not (probe.head[8:10] == b'{"' and _length(probe.head) < probe.size):
            return None
        if named and probe.head.startswith(b"version https://git-lfs"):
            return None
        header = read_header(probe)
        artifact = _kind(probe, header).found()
        is_model = artifact.kind in (_WEIGHTS.name, _ADAPTER.name)
        artifact.tell("parameters" if is_model else "numbers", header.parameters or None)
        if artifact.kind == _TOKENS.name:
            artifact.tell("rows", next(iter(header.shapes["input_ids"]), None))
        artifact.tell("tensors", len(header.shapes) or None)
        artifact.tell("dtypes", dict(header.dtypes))
        _tell_adapter(artifact, header)
        for name, value in list(header.metadata.items())[:20]:
            artifact.tell(f"metadata {name[:40]}", value[:200])
        artifact.tell("names", [f"{name} {list(shape)}" for name, shape in list(header.shapes.items())[:_NAMES_TOLD]])
        artifact.broken += header.broken
        _find_missing(artifact, probe)
        return artifact


def read_header(probe: Probe) -> Header:
    """The header of the file, checked by the rules of the format: no gaps, no overlaps, no byte unaccounted for."""
    header = Header()
    try:
        content = _parsed(probe)
        metadata = content.pop("__metadata__", {})
        if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
            raise BrokenError("its __metadata__ is no map of texts")
        header.metadata = metadata
        spans = sorted(_tensor(header, name, told) for name, told in content.items())
        _check_spans(spans, probe.size - 8 - _length(probe.head))
    except BrokenError as failure:
        header.broken.append(str(failure))
    return header


def _length(head: bytes) -> int:
    return int(struct.unpack_from("<Q", head)[0]) if len(head) >= 8 else 0


def _parsed(probe: Probe) -> dict[str, Any]:
    length = _length(probe.head)
    if length > FORMAT_HEADER_BYTES:
        raise BrokenError(f"its header claims {length:,} bytes; the format allows {FORMAT_HEADER_BYTES:,}")
    if length > probe.size - 8:
        raise BrokenError(f"cut short: its header claims {length:,} bytes, and the file has {probe.size:,}")
    if length > MAX_HEADER_BYTES:
        raise BrokenError(f"a header of {length:,} bytes: no model needs that, and it is not read")
    stream = probe.stream()
    stream.seek(8)
    text = stream.read(length)
    if text.count(b",") + text.count(b"[") + text.count(b"{") > _MAX_STRUCTURE:
        raise BrokenError("a header of more than a million values: no model needs that, and it is not read")
    try:
        content = json.loads(text, object_pairs_hook=_unique)
    except BrokenError:
        raise
    except (ValueError, RecursionError) as failure:
        raise BrokenError("its header is no JSON") from failure
    if not isinstance(content, dict):
        raise BrokenError("its header is JSON, and no object")
    return content


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise BrokenError(f"its header has the key {twice[:60]} twice: two readers may see two different models")
    return found


def _tensor(header: Header, name: str, told: Any) -> tuple[int, int, str]:
    """Take one entry of the header; gives where its numbers begin and end."""
    if not isinstance(told, dict):
        raise BrokenError(f"the entry {name[:60]} is no description of a tensor")
    shape, offsets, dtype = _sizes(told.get("shape")), _sizes(told.get("data_offsets")), told.get("dtype")
    if shape is None or offsets is None or len(offsets) != 2 or not isinstance(dtype, str):
        raise BrokenError(f"the tensor {name[:60]} lacks a shape, a dtype or its data_offsets")
    begin, end = offsets
    bits = _BITS.get(dtype)
    if bits is not None and prod(shape) * bits != (end - begin) * 8:
        raise BrokenError(f"the tensor {name[:60]} has {end - begin:,} bytes, which {dtype} {list(shape)} has not")
    header.shapes[name] = shape
    header.dtypes[dtype[:20]] += 1
    header.parameters += prod(shape)
    return begin, end, name


def _sizes(value: Any) -> tuple[int, ...] | None:
    if (
        isinstance(value, list)
        and len(value) < 20
        and all(isinstance(each, int) and 0 <= each < 1 << 63 for each in value)
    ):
        return tuple(value)
    return None


def _check_spans(spans: list[tuple[int, int, str]], size: int) -> None:
    at = 0
    for begin, end, name in spans:
        if begin < at:
            raise BrokenError(f"the tensor {name[:60]} lies over another one (byte {begin:,} of the numbers)")
        if begin > at:
            raise BrokenError(f"{begin - at:,} bytes before the tensor {name[:60]} belong to no tensor")
        at = end
    if at > size:
        raise BrokenError(f"cut short: its tensors need {at:,} bytes, and {size:,} are there")
    if at < size:
        raise BrokenError(f"{size - at:,} bytes after the last tensor belong to nothing")


def _kind(probe: Probe, header: Header) -> Kind:
    if any(".lora_" in name for name in header.shapes) or probe.name.startswith("adapter_model"):
        return _ADAPTER
    if probe.name.startswith(("optimizer", "random", "rng_state")):
        return _STATE
    return _TOKENS if "input_ids" in header.shapes else _WEIGHTS


def _tell_adapter(artifact: Artifact, header: Header) -> None:
    ranks = {shape[0] for name, shape in header.shapes.items() if ".lora_A." in name and shape}
    if ranks:
        artifact.tell("rank", ", ".join(str(rank) for rank in sorted(ranks)))
        layers = {name.partition(".lora_")[0].rpartition(".")[2] for name in header.shapes if ".lora_" in name}
        artifact.tell("layers", sorted(layers))


def _find_missing(artifact: Artifact, probe: Probe) -> None:
    if artifact.kind == _ADAPTER.name and not probe.lies_beside("adapter_config.json"):
        artifact.missing.append("adapter_config.json: which model it lies over, and how")
    if artifact.kind == _WEIGHTS.name and not probe.lies_beside("config.json"):
        artifact.missing.append("config.json: the model that the weights belong to")
    if shard := _SHARD.fullmatch(probe.path.name):
        stem, _, total = shard.groups()
        names = [f"{stem}-{number:05}-of-{total}.safetensors" for number in range(1, min(int(total), 9999) + 1)]
        absent = [name for name in names if name != probe.path.name and name not in probe.beside]
        if absent:
            artifact.missing.append(f"{len(absent)} of {int(total)} shards, the first is {absent[0]}")
