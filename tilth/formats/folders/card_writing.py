"""The card of a data set as it is written: which files are which split, and what an earlier card said besides."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tilth.formats.folders.card import card_text, front_matter
from tilth.formats.folders.splits_writer import WrittenSplit

if TYPE_CHECKING:
    import pyarrow as pa

_OURS = ("configs", "dataset_info")
_KEY = re.compile(r"([A-Za-z0-9_-]+)\s*:")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NOT_PLAIN = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # which YAML 1.1 takes for something else
_DTYPES = {"string": "string", "int64": "int64", "double": "float64", "bool": "bool", "extension<arrow.json>": "json"}


def card(earlier: Path, name: str, splits: Sequence[WrittenSplit], schema: "pa.Schema | None") -> str:
    """The README.md of a folder with these splits. What the one in `earlier` says besides is kept, word for word."""
    matter, text = front_matter(card_text(earlier) if earlier.is_dir() else "")
    lines = [*_without(matter, _OURS), *_configs(splits), *_info(splits, schema)]
    return "\n".join(["---", *lines, "---", text or f"\n# {name}\n"])


def _without(matter: str, keys: Sequence[str]) -> list[str]:
    """The lines of the YAML that do not belong to one of these keys at its top."""
    kept, belongs = [], False
    for line in matter.splitlines():
        if (key := _KEY.match(line)) is not None:
            belongs = key[1] in keys
        elif line and not line[0].isspace() and not line.startswith(("-", "#")):
            belongs = False
        if not belongs:
            kept.append(line)
    return kept


def _configs(splits: Sequence[WrittenSplit]) -> list[str]:
    lines = ["configs:", "- config_name: default", "  data_files:"]
    for split in splits:
        lines += [f"  - split: {split.name}", f"    path: data/{split.name}-*"]
    return lines


def _info(splits: Sequence[WrittenSplit], schema: "pa.Schema | None") -> list[str]:
    lines = ["dataset_info:", *_features(schema), "  splits:"]
    for split in splits:
        lines += [f"  - name: {split.name}", f"    num_bytes: {split.bytes}", f"    num_examples: {split.rows}"]
    lines += [f"  download_size: {sum(file.stat().st_size for split in splits for file in split.files)}"]
    return [*lines, f"  dataset_size: {sum(split.bytes for split in splits)}"]


def _features(schema: "pa.Schema | None") -> list[str]:
    """The columns, where all have a type that cards have a plain word for; the files themselves say it anyway."""
    if schema is None or b"huggingface" in (schema.metadata or {}) or not len(schema):
        return []
    types = [_DTYPES.get(str(field.type)) for field in schema]
    if None in types:
        return []
    lines = ["  features:"]
    for field, dtype in zip(schema, types, strict=True):
        lines += [f"  - name: {_quoted(field.name)}", f"    dtype: {dtype}"]
    return lines


def _quoted(name: str) -> str:
    """A name as every reader of YAML takes it, whatever it is: a JSON text is one in YAML too."""
    return name if _PLAIN_NAME.fullmatch(name) and name.lower() not in _NOT_PLAIN else json.dumps(name)
