"""Configs in JSON and YAML, read whole and bounded: a hostile one costs no more than a large one."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from tilth.artifacts.cursor import BrokenError
from tilth.artifacts.yaml_tree import yaml_tree

MAX_JSON_BYTES = 48 << 20
"""The largest JSON that is read: a tokenizer of 256,000 words has 33 MB."""
MAX_VALUES = 3_000_000
"""Values that a JSON may hold: an empty list of 2 bytes takes 64 in memory."""
MAX_YAML_BYTES = 1 << 20
_MARKS = re.compile(rb'"((?:[^"\\]|\\.)*)"|[{}\[\]:]')
_YAML_KEY = re.compile(rb"""^["']?([A-Za-z_][\w.\-]{0,80})["']?[ ]*:(?=\s|$)""", re.MULTILINE)


class Document:
    """A mapping from a file, where nothing is sure: each question names the type that it wants, or gets nothing."""

    def __init__(self, content: dict[str, Any], tags: frozenset[str] = frozenset()) -> None:
        self.content, self.tags = content, tags

    def text(self, name: str) -> str:
        """A text, or the empty one."""
        value = self.content.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int | float | None:
        """A number; YAML has them as text."""
        value = self.content.get(name)
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value):
            return int(value)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def first(self, *names: str) -> int | float | None:
        """The number under the first of these names that has one: the same thing is called differently everywhere."""
        return next((number for name in names if (number := self.number(name)) is not None), None)

    def shown(self, name: str) -> str:
        """A text, number, truth or list of such in one line; empty for anything else."""
        return _shown(self.content.get(name))

    def inner(self, name: str) -> "Document":
        """The mapping under a name, or an empty one."""
        value = self.content.get(name)
        return Document(value if isinstance(value, dict) else {})

    def items(self, name: str) -> list[Any]:
        """The list under a name, or an empty one."""
        value = self.content.get(name)
        return value if isinstance(value, list) else []

    def mappings(self, name: str) -> "list[Document]":
        """Those items of a list that are mappings."""
        return [Document(item) for item in self.items(name) if isinstance(item, dict)]

    def texts(self, name: str) -> list[str]:
        """A list of texts, or one text as a list."""
        value = self.content.get(name)
        return [value] if isinstance(value, str) else [item for item in self.items(name) if isinstance(item, str)]

    def __contains__(self, name: object) -> bool:
        return name in self.content

    def __iter__(self) -> Iterator[str]:
        return iter(self.content)

    def __len__(self) -> int:
        return len(self.content)


def json_document(read: Callable[[int], bytes]) -> Document:
    """The JSON object that `read` gives. Raises `BrokenError` for anything else, and for more than is bounded here."""
    text = read(MAX_JSON_BYTES)
    if len(text) > MAX_JSON_BYTES:
        raise BrokenError(f"more than {MAX_JSON_BYTES >> 20} MB of JSON, which is not read as a whole")
    if text.count(b",") + text.count(b"[") + text.count(b"{") > MAX_VALUES:
        raise BrokenError(f"more than {MAX_VALUES:,} values in one JSON")
    try:
        content = orjson.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as failure:
        raise BrokenError(f"broken JSON at line {failure.lineno}, column {failure.colno}: {failure.msg}") from failure
    if not isinstance(content, dict):
        raise BrokenError("JSON, and no object")
    return Document(content)


def yaml_document(read: Callable[[int], bytes]) -> Document:
    """The YAML mapping that `read` gives; its numbers and truths are texts. Raises `BrokenError` for anything else."""
    text = read(MAX_YAML_BYTES)
    if len(text) > MAX_YAML_BYTES:
        raise BrokenError(f"more than {MAX_YAML_BYTES >> 20} MB of YAML, which is no config")
    content, tags = yaml_tree(text)
    if not isinstance(content, dict):
        raise BrokenError("YAML, and no mapping")
    return Document(content, tags)


def visible_keys(head: bytes, suffix: str) -> frozenset[str]:
    """The outermost keys that the first bytes of a JSON object or a YAML mapping show; none for anything else.

    A line of JSON Lines is an object too, and a row: its keys say nothing about the file.
    """
    if suffix in (".yaml", ".yml"):
        return frozenset(found.decode() for found in _YAML_KEY.findall(head))
    if suffix in (".jsonl", ".ndjson") or not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return frozenset()
    return frozenset(_json_keys(head))


def _json_keys(head: bytes) -> Iterator[str]:
    depth, last = 0, b""
    for mark in _MARKS.finditer(head):
        token = mark[0]
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
            if depth == 0:
                return  # the next line of JSON Lines is another object
        elif token == b":":
            if depth == 1:
                yield last.decode("utf-8", errors="replace")
        else:
            last = mark[1]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return ", ".join(_shown(item) for item in value)
    return ""
