"""What a tokenizer's folder says about itself: special tokens and chat templates. Nothing is loaded to read it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tilth.errors import DataError, UsageError
from tilth.trainers.models import TRAINING_FILE, find_model
from tilth.trainers.templates.template import SpecialTokens

TOKENIZER_FILE = "tokenizer.json"
_CONFIG, _MAP = "tokenizer_config.json", "special_tokens_map.json"
_TEMPLATE, _TEMPLATES = "chat_template.jinja", "additional_chat_templates"
_MOST_BYTES = 512 * 1024 * 1024  # the largest vocabularies of the field take 35 MB
_NAMED = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
"""The tokens that `transformers` shows to a template, under these names."""


@dataclass(frozen=True)
class TokenizerFiles:
    """One tokenizer as its files describe it."""

    where: str
    """As the user wrote it."""
    folder: Path
    file: Path | None
    """Its `tokenizer.json`, when there is one."""
    special: SpecialTokens
    digest: str
    """sha256 of its `tokenizer.json`; empty where there is none."""
    templates: Mapping[str, str]
    """Its chat templates by name; the one that is meant without a name is `default`."""


def read_tokenizer_files(name: str) -> TokenizerFiles:
    """The tokenizer in a folder, of a training run, or in a `tokenizer.json` with what lies beside it.

    Raises `UsageError` when there is none and `DataError` when one of its files is not what it should be.
    """
    path = Path(name)
    if (path / TRAINING_FILE).is_file():
        path = Path(find_model(name).tokenizer)
    folder = path if path.is_dir() else path.parent
    file = path if path.is_file() else folder / TOKENIZER_FILE
    if not path.exists() or not (file.is_file() or (folder / _CONFIG).is_file() or (folder / _TEMPLATE).is_file()):
        found = "there is no such file or folder" if not path.exists() else f"it holds no {TOKENIZER_FILE}"
        raise UsageError(f"{found}; a tokenizer is a folder with {TOKENIZER_FILE}, or that file", where=name)
    described = _object(file) if file.is_file() else {}
    if file.is_file() and "model" not in described:
        raise DataError(f"this is no {TOKENIZER_FILE}: it has no model in it", where=str(file))
    config = _object(folder / _CONFIG)
    return TokenizerFiles(
        name,
        folder,
        file if file.is_file() else None,
        _special({**_object(folder / _MAP), **config}, described),
        sha256(file.read_bytes()).hexdigest() if file.is_file() else "",
        dict(_templates(folder, config)),
    )


def _special(config: Mapping[str, Any], described: Mapping[str, Any]) -> SpecialTokens:
    values = {name: text for name in _NAMED if (text := _spelling(config.get(name))) is not None}
    added = described.get("added_tokens") or []
    by_id = config.get("added_tokens_decoder") or {}
    known = [*added, *(by_id.values() if isinstance(by_id, Mapping) else ())]
    strings = {str(token["content"]) for token in known if isinstance(token, Mapping) and token.get("special")}
    bos = values.get("bos_token")
    adds_bos = config.get("add_bos_token")
    if not isinstance(adds_bos, bool):
        adds_bos = bos is not None and bos == _written_first(described.get("post_processor"))
    return SpecialTokens(
        bos, values.get("eos_token"), tuple(sorted(strings | set(values.values()))), values, adds_bos=adds_bos
    )


def _spelling(token: Any) -> str | None:
    """A token as a text, whether the file spells it or describes it."""
    found = token.get("content") if isinstance(token, Mapping) else token
    return found if isinstance(found, str) and found else None


def _written_first(processor: Any) -> str | None:
    """The token that a tokenizer itself writes in front of a text."""
    if not isinstance(processor, Mapping):
        return None
    if processor.get("type") == "Sequence":
        inner = processor.get("processors") or []
        return next((found for each in inner if (found := _written_first(each)) is not None), None)
    single = processor.get("single")
    first = single[0] if isinstance(single, list) and single else None
    named = first.get("SpecialToken") if isinstance(first, Mapping) else None
    return _spelling(named.get("id")) if isinstance(named, Mapping) else None


def _templates(folder: Path, config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Chat templates by name; a file of its own comes before what the configuration says."""
    found = config.get("chat_template")
    if isinstance(found, str):
        yield "default", found
    elif isinstance(found, list):
        yield from ((str(each.get("name")), str(each.get("template"))) for each in found if isinstance(each, Mapping))
    if (folder / _TEMPLATE).is_file():
        yield "default", _text(folder / _TEMPLATE)
    for file in sorted((folder / _TEMPLATES).glob("*.jinja")):
        yield file.stem, _text(file)


def _object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; an empty one where there is no file."""
    if not path.is_file():
        return {}
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError) as failure:
        raise DataError(f"this is not JSON: {failure}", where=str(path)) from failure
    if not isinstance(found, dict):
        raise DataError("this is no JSON object", where=str(path))
    return found


def _text(path: Path) -> str:
    if path.stat().st_size > _MOST_BYTES:
        raise DataError("this is too large for a tokenizer's file", where=str(path))
    try:
        return path.read_text(encoding="utf-8")
    except ValueError as failure:
        raise DataError(f"this is not UTF-8 text: {failure}", where=str(path)) from failure
